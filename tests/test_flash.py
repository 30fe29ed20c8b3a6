"""A flash from the request to its end, with every way in which it can fail."""

import asyncio
from collections.abc import Callable, Coroutine
import hashlib
from pathlib import Path
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.api import CloudEvent
from custom_components.particle.const import CONF_ACCOUNT_DEVICES, CONF_PRODUCTS, DOMAIN
from custom_components.particle.firmware.flash import DATA_FLASHES
from custom_components.particle.firmware.story import PATIENCE, FlashProgress, FlashStep
from tests.actions import api_user
from tests.automations import listening, registry_id
from tests.conftest import SetUp
from tests.firmware import SOURCE, allow_media, bundle, meanwhile, project
from tests.simulator import SimulatedCloud
from tests.waiting import until

type FlashAction = Callable[..., Coroutine[Any, Any, Any]]

BINARY = b"a new program"


@pytest.fixture(autouse=True)
async def _soon(cloud: SimulatedCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let boards transfer and restart fast, and wait less for what they might still say."""
    cloud.clock.set_speed(100)
    for step, seconds in {
        FlashStep.CONTRADICTION: 0.05,
        FlashStep.PROOF: 0.3,
        FlashStep.REPORT: 0.3,
        FlashStep.SAFE_MODE: 0.05,
    }.items():
        monkeypatch.setitem(PATIENCE, step, seconds)


@pytest.fixture
def media(hass: HomeAssistant, tmp_path: Path) -> Path:
    """The media folder, with a binary in it."""
    folder = allow_media(hass, tmp_path)
    (folder / "new.bin").write_bytes(BINARY)
    return folder


@pytest.fixture
async def flash(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, media: Path
) -> FlashAction:
    """Flash the greenhouse, or another board, and return what the action answers."""
    await listening(hass, set_up)

    async def run(board: str = "greenhouse", *, answer: bool = True, **data: Any) -> Any:
        return await hass.services.async_call(
            DOMAIN,
            "flash",
            {"device_id": registry_id(hass, cloud, board), "path": "new.bin", **data},
            blocking=True,
            return_response=answer,
        )

    return run


async def flash_by_hand(
    cloud: SimulatedCloud, flash: FlashAction, **data: Any
) -> asyncio.Task[Any]:
    """Begin a flash of the greenhouse whose clock stands still: the test says what the board does."""
    cloud.clock.manual()
    running = asyncio.create_task(flash(**data))
    await meanwhile(lambda: cloud.world.board("greenhouse").updating)
    return running


def flashes(cloud: SimulatedCloud) -> int:
    """Return how often the cloud was asked to flash a board."""
    return len(cloud.requests.matching("PUT", "/v1/*devices/*"))


# It works


async def test_a_binary_until_the_board_is_back(cloud: SimulatedCloud, flash: FlashAction) -> None:
    """The answer says what happened, in the board's own words."""
    answer = await flash()
    duration = answer.pop("duration")
    assert duration > 0
    assert answer == {
        "name": "greenhouse",
        "success": True,
        "failure": None,
        "message": None,
        "transfer": "success",
        "file_name": "new.bin",
        "restarted": True,
        "online": True,
        "reset_reason": "update",
        "panic": None,
        "app_hash": hashlib.sha256(BINARY).hexdigest(),
        "safe_mode": False,
    }
    assert cloud.world.board("greenhouse").app_hash == answer["app_hash"]
    assert flashes(cloud) == 1
    assert cloud.operations.by_kind["function"] == 0


async def test_a_bundle(cloud: SimulatedCloud, flash: FlashAction, media: Path) -> None:
    """It is followed to its end also where nobody reads the answer."""
    packed = bundle("app.bin", "assets/sound.raw")
    (media / "greenhouse.zip").write_bytes(packed)
    assert await flash(path="greenhouse.zip", answer=False) is None
    [request] = cloud.requests.matching("PUT", "/v1/devices/*")
    assert request.body["files"][0]["content_type"] == "application/zip"
    assert cloud.world.board("greenhouse").app_hash == hashlib.sha256(packed).hexdigest()


async def test_a_project(
    hass: HomeAssistant, cloud: SimulatedCloud, flash: FlashAction, media: Path
) -> None:
    """It is compiled in the cloud; Home Assistant then knows the new variables."""
    project(media / "greenhouse")
    answer = await flash(path="greenhouse", build_target_version="5.8.0")
    assert answer["success"] is True
    assert answer["file_name"] is None
    assert set(cloud.world.board("greenhouse").variables) == {"level"}
    await until(hass, lambda: hass.states.get("sensor.greenhouse_level"))


async def test_the_same_program_again(flash: FlashAction) -> None:
    """The board reports no new hash then, but why it restarted."""
    await flash()
    answer = await flash()
    assert (answer["success"], answer["app_hash"]) == (True, None)
    assert answer["reset_reason"] == "update"


async def test_a_board_of_a_product(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry, flash: FlashAction
) -> None:
    """It is flashed through its product, whose stream tells how it goes."""
    hass.config_entries.async_update_entry(
        config_entry, options={CONF_ACCOUNT_DEVICES: False, CONF_PRODUCTS: [str(cloud.product_id)]}
    )
    await hass.async_block_till_done()
    streams = config_entry.runtime_data.streams
    await until(hass, lambda: streams[0].state.connected)
    answer = await flash("van-2")
    assert answer["success"] is True
    van = cloud.world.board("van-2").id
    assert cloud.requests.matching("PUT", f"/v1/products/{cloud.product_id}/devices/{van}")


async def test_events_in_the_spelling_of_2016(cloud: SimulatedCloud, flash: FlashAction) -> None:
    """The hash was in upper case; flash statuses end with a blank in every year."""
    cloud.faults.set("app_hash_upper")
    answer = await flash()
    assert answer["app_hash"] == hashlib.sha256(BINARY).hexdigest()


async def test_without_following(cloud: SimulatedCloud, flash: FlashAction) -> None:
    """The action ends when the cloud has begun."""
    cloud.clock.manual()
    assert await flash(follow=False) == {"name": "greenhouse", "status": "Update started"}


# Nothing begins


async def test_a_board_that_is_offline(cloud: SimulatedCloud, flash: FlashAction) -> None:
    """Nothing is sent."""
    with pytest.raises(HomeAssistantError, match="old photon is offline"):
        await flash("old photon")
    assert flashes(cloud) == 0


async def test_a_board_that_the_cloud_cannot_reach(
    cloud: SimulatedCloud, flash: FlashAction
) -> None:
    """The cloud believed it to be online, and finds out."""
    cloud.faults.set("flash_offline")
    with pytest.raises(HomeAssistantError, match="greenhouse did not respond"):
        await flash()


async def test_without_an_event_stream(
    hass: HomeAssistant, cloud: SimulatedCloud, flash: FlashAction
) -> None:
    """Nobody could tell how it ends, so it does not begin, unless nobody asks."""
    cloud.faults.set("server_error", only="streams")
    cloud.cut_streams()
    await until(
        hass, lambda: hass.states.is_state("binary_sensor.jane_example_com_event_stream", "off")
    )
    with pytest.raises(HomeAssistantError, match="event stream of greenhouse is not connected"):
        await flash()
    assert flashes(cloud) == 0
    assert (await flash(follow=False))["status"] == "Update started"


async def test_two_flashes_at_once(
    hass: HomeAssistant, cloud: SimulatedCloud, flash: FlashAction
) -> None:
    """The second one is refused, the first one goes on."""
    first = await flash_by_hand(cloud, flash)
    with pytest.raises(HomeAssistantError, match="is already being flashed"):
        await flash()
    cloud.clock.set_speed(100)
    assert (await first)["success"] is True
    assert flashes(cloud) == 1
    assert not hass.data[DATA_FLASHES]


# It fails


@pytest.mark.parametrize(
    ("fault", "failure", "told", "facts"),
    [
        (
            "flash_transfer_failed",
            "transfer_failed",
            "runs the old one",
            {"transfer": "failed", "restarted": False},
        ),
        (
            "flash_wrong_platform",
            "transfer_failed",
            "made for this hardware",
            {"transfer": "failed", "restarted": False},
        ),
        (
            "flash_old_firmware",
            "not_taken",
            "did not install it .update_error.",
            {"transfer": "success", "restarted": True, "reset_reason": "update_error"},
        ),
        (
            "flash_safe_mode",
            "safe_mode",
            "is in safe mode",
            {"transfer": "success", "restarted": True, "online": True, "safe_mode": True},
        ),
    ],
)
async def test_each_failure_has_its_name(
    cloud: SimulatedCloud,
    flash: FlashAction,
    fault: str,
    failure: str,
    told: str,
    facts: dict[str, Any],
) -> None:
    """In the answer for those who read it, else as an error."""
    cloud.faults.set(fault)
    answer = await flash()
    assert (answer["success"], answer["failure"]) == (False, failure)
    assert {key: answer[key] for key in facts} == facts
    with pytest.raises(HomeAssistantError, match=told) as raised:
        await flash(answer=False)
    assert answer["message"] == str(raised.value)


async def test_a_binary_for_other_hardware(
    hass: HomeAssistant, flash: FlashAction, media: Path
) -> None:
    """The board itself finds out."""
    (media / "level.ino").write_text(SOURCE, encoding="utf-8")
    await hass.services.async_call(
        DOMAIN,
        "compile",
        {"path": "level.ino", "platform_id": "13", "save_to": "boron.bin"},
        blocking=True,
    )
    answer = await flash(path="boron.bin")
    assert answer["failure"] == "transfer_failed"
    assert (await flash("boat", path="boron.bin"))["success"] is True


async def test_a_board_that_never_comes_back(cloud: SimulatedCloud, flash: FlashAction) -> None:
    """The time limit ends the wait, and the message names what did not happen."""
    cloud.faults.set("flash_never_returns")
    answer = await flash(timeout=1)
    assert (answer["failure"], answer["transfer"]) == ("not_back", "success")
    assert "was not back online within 1 seconds" in answer["message"]
    assert answer["online"] is False


async def test_a_transfer_that_does_not_end(cloud: SimulatedCloud, flash: FlashAction) -> None:
    """As over a mobile network with too short a limit."""
    cloud.clock.manual()
    answer = await flash(timeout=1)
    assert (answer["failure"], answer["transfer"]) == ("transfer_not_finished", None)


async def test_a_transfer_that_does_not_begin(
    cloud: SimulatedCloud, flash: FlashAction, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cloud says that it began, and the board knows nothing of it."""
    monkeypatch.setattr(cloud.world, "flash", lambda board, update: None)
    answer = await flash(timeout=1)
    assert answer["failure"] == "transfer_not_started"


async def test_a_stream_that_breaks_in_the_middle(
    cloud: SimulatedCloud, flash: FlashAction
) -> None:
    """What happened meanwhile is not known, and the message says so."""
    running = await flash_by_hand(cloud, flash, timeout=1)
    cloud.faults.set("server_error", only="streams")
    cloud.cut_streams()
    answer = await running
    assert answer["failure"] == "events_lost"
    assert "the result is unknown" in answer["message"]


@pytest.mark.timeout(30)
async def test_an_account_that_is_reloaded_in_the_middle(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry, flash: FlashAction
) -> None:
    """The action does not wait for events that cannot come any more; another flash may begin."""
    running = await flash_by_hand(cloud, flash)
    await hass.config_entries.async_reload(config_entry.entry_id)
    answer = await running
    assert answer["failure"] == "events_lost"
    assert not hass.data[DATA_FLASHES]


@pytest.mark.timeout(30)
async def test_home_assistant_stops_in_the_middle(
    hass: HomeAssistant, cloud: SimulatedCloud, flash: FlashAction
) -> None:
    """It does not have to cancel the action."""
    running = await flash_by_hand(cloud, flash)
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_STOP)
    assert (await running)["failure"] == "events_lost"


async def test_another_account_is_unloaded_in_the_middle(
    hass: HomeAssistant, cloud: SimulatedCloud, flash: FlashAction
) -> None:
    """That is no reason to give up."""
    async with api_user(hass, cloud):
        running = await flash_by_hand(cloud, flash)
        _, other = hass.config_entries.async_entries(DOMAIN)
        await hass.config_entries.async_unload(other.entry_id)
        cloud.clock.set_speed(100)
        assert (await running)["success"] is True


async def test_a_lost_event(hass: HomeAssistant, cloud: SimulatedCloud, flash: FlashAction) -> None:
    """Later proofs stand in for it: a board that restarted for the update has received it."""
    running = await flash_by_hand(cloud, flash)
    await meanwhile(lambda: _progress(hass, cloud).started)
    board = cloud.world.board("greenhouse")
    board.system_event("spark/device/last_reset", "update")
    answer = await running
    assert (answer["success"], answer["transfer"], answer["restarted"]) == (True, "success", True)


@pytest.mark.parametrize(
    ("reason", "failure", "told"),
    [
        ("panic, hard_fault", "crashed", "crashed (hard_fault)"),
        ("130, 13", "crashed", "crashed (stack_overflow)"),
        ("update_timeout", "not_taken", "did not install it (update_timeout)"),
        ("pin_reset", "not_proven", "reason of the restart: pin_reset"),
    ],
)
async def test_restarts_for_another_reason(
    cloud: SimulatedCloud, flash: FlashAction, reason: str, failure: str, told: str
) -> None:
    """Back online is not enough."""
    running = await flash_by_hand(cloud, flash)
    board = cloud.world.board("greenhouse")
    # A restart before the transfer is no news.
    board.system_event("spark/device/last_reset", "watchdog")
    board.system_event("spark/flash/status", "success ")
    board.system_event("spark/device/last_reset", reason)
    answer = await running
    assert answer["failure"] == failure
    assert told in answer["message"]


async def test_safe_mode_of_which_no_event_told(cloud: SimulatedCloud, flash: FlashAction) -> None:
    """The cloud is asked once more at the end, which is free."""
    running = await flash_by_hand(cloud, flash)
    board = cloud.world.board("greenhouse")
    board.safe_mode = True
    board.system_event("spark/device/last_reset", "update")
    answer = await running
    assert (answer["failure"], answer["safe_mode"]) == ("safe_mode", True)


async def test_a_board_that_is_gone_again(cloud: SimulatedCloud, flash: FlashAction) -> None:
    """It came back for a moment only."""
    running = await flash_by_hand(cloud, flash)
    board = cloud.world.board("greenhouse")
    board.system_event("spark/device/last_reset", "update")
    board.online = False
    answer = await running
    assert (answer["failure"], answer["online"]) == ("not_back", False)


async def test_a_cloud_that_does_not_answer_at_the_end(
    cloud: SimulatedCloud, flash: FlashAction
) -> None:
    """What the board said itself is proof enough."""
    running = await flash_by_hand(cloud, flash)
    cloud.faults.set("server_error", method="GET", only="calls")
    cloud.world.board("greenhouse").system_event("spark/device/last_reset", "update")
    assert (await running)["success"] is True


async def test_events_that_are_played_again(
    cloud: SimulatedCloud, config_entry: MockConfigEntry, flash: FlashAction
) -> None:
    """Somebody tries an automation meanwhile; the board has said nothing of the kind."""
    running = await flash_by_hand(cloud, flash)
    failed = CloudEvent("spark/flash/status", "failed ", None, cloud.world.board("greenhouse").id)
    config_entry.runtime_data.hub.receive(failed, source="replay")
    cloud.clock.set_speed(100)
    assert (await running)["success"] is True


async def test_an_action_that_is_stopped(
    hass: HomeAssistant, cloud: SimulatedCloud, flash: FlashAction
) -> None:
    """Nothing is left behind: the board can be flashed again."""
    running = await flash_by_hand(cloud, flash)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not hass.data[DATA_FLASHES]
    await cloud.clock.advance(60)
    cloud.clock.set_speed(100)
    assert (await flash())["success"] is True


def _progress(hass: HomeAssistant, cloud: SimulatedCloud) -> FlashProgress:
    return hass.data[DATA_FLASHES][cloud.world.board("greenhouse").id].progress
