"""Automations that start when a board's firmware has changed or was to be changed."""

from datetime import timedelta

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.particle.firmware.story import PATIENCE, FlashStep
from custom_components.particle.triggers import firmware
from tests.actions import Act
from tests.automations import BOARD, Ear, automate, listening, registry_id, trigger
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until

FLASH = "event.garage_firmware_update"


async def test_another_application(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """A new fingerprint is a change; the same one again is none."""
    entry = await listening(hass, set_up)
    automation = await automate(
        hass,
        trigger("firmware_changed"),
        wrote={"part": "{{ trigger.part }}", "hash": "{{ trigger.app_hash[:2] }}"} | BOARD,
    )
    garage = cloud.world.board("garage")
    ear = Ear(hass, entry)
    for fingerprint in ("AA" * 32, "aa" * 32, "bb" * 32):
        garage.system_event("spark/device/app-hash", fingerprint)
    await ear.hears("spark/device/app-hash")
    await automation.times(2)
    assert automation.runs == [
        {"board": "garage", "part": "application", "hash": letters} for letters in ("aa", "bb")
    ]


async def test_another_device_os(hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp) -> None:
    """The listing tells, with both versions."""
    entry = await listening(hass, set_up)
    automation = await automate(
        hass,
        trigger("firmware_changed"),
        wrote={"change": "{{ trigger.part }} {{ trigger.from_version }} {{ trigger.to_version }}"},
    )
    cloud.world.board("garage").system_version = "6.3.2"
    await entry.runtime_data.account.async_refresh()
    await automation.times(1)
    assert automation.runs == [{"change": "device_os 5.8.0 6.3.2"}]


@pytest.mark.parametrize("first", ["hash", "version"])
async def test_an_update_of_a_products_firmware_is_one_change(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    first: str,
) -> None:
    """The board's fingerprint and the cloud's version are two views of it; the next update is news."""
    # A longer jump of the clock would end the stream.
    monkeypatch.setattr(firmware, "ONE_CHANGE", timedelta(seconds=5))
    entry = await listening(hass, set_up)
    automation = await automate(
        hass,
        trigger("firmware_changed"),
        wrote=BOARD
        | {"to": "{{ trigger.to_version }}", "hash": "{{ (trigger.app_hash or '')[:2] }}"},
    )
    ear = Ear(hass, entry)
    van = cloud.world.board("van-1")

    async def see_version(version: int) -> None:
        van.firmware_version = version
        await entry.runtime_data.account.async_refresh()
        await hass.async_block_till_done()
        assert entry.runtime_data.devices[van.id].device.firmware_version == version

    async def see_hash(letters: str) -> None:
        van.system_event("spark/device/app-hash", letters * 32)
        await ear.hears("spark/device/app-hash")
        await hass.async_block_till_done()

    if first == "version":
        await see_version(8)
        await see_hash("aa")
    else:
        await see_hash("aa")
        await see_version(8)
    assert len(automation.calls) == 1
    # Another version within the same minutes is another update.
    await see_version(9)
    assert [run["to"] for run in automation.runs[1:]] == [9]
    await pass_time(hass, clock, 6)
    await see_hash("bb")
    assert automation.runs[2:] == [{"board": "van-1", "to": None, "hash": "bb"}]


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less for what boards might still say."""
    for step in FlashStep:
        monkeypatch.setitem(PATIENCE, step, 0.1)


def shown(hass: HomeAssistant) -> str | None:
    """Return what the garage's event entity tells of its firmware."""
    state = hass.states.get(FLASH)
    return state.attributes.get("event_type") if state else None


def _report(cloud: SimulatedCloud, *reports: tuple[str, str], board: str = "garage") -> None:
    for name, data in reports:
        cloud.world.board(board).system_event(f"spark/{name}", data)


STARTED = ("flash/status", "started ")
SUCCESS = ("flash/status", "success ")
FAILED = ("flash/status", "failed ")
OFFLINE = ("status", "offline")
ONLINE = ("status", "online")
UPDATED = ("device/last_reset", "update")

OUTCOME = {"result": "{{ trigger.result }}", "failure": "{{ trigger.failure }}"}


async def test_a_flash_ends_once(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, soon: None
) -> None:
    """It tells what the board said; what the board says afterwards is no second end."""
    entry = await listening(hass, set_up)
    automation = await automate(
        hass,
        trigger("flash_finished"),
        wrote=OUTCOME
        | BOARD
        | {
            "file": "{{ trigger.file_name }}",
            "reset": "{{ trigger.reset_reason }}",
            "hash": "{{ trigger.app_hash[:2] }}",
        },
    )
    _report(cloud, STARTED, ("flash/status", "success garage.bin"), OFFLINE, ONLINE, UPDATED)
    _report(cloud, ("device/app-hash", "ab" * 32))
    await automation.times(1)
    assert automation.runs == [
        {
            "board": "garage",
            "result": "succeeded",
            "failure": None,
            "file": "garage.bin",
            "reset": "update",
            "hash": "ab",
        }
    ]
    ear = Ear(hass, entry)
    _report(cloud, ("device/app-hash", "cd" * 32), UPDATED)
    await ear.hears("spark/device/last_reset")
    await automation.times(1)


@pytest.mark.parametrize(
    ("reports", "step", "result", "failure"),
    [
        ([STARTED], FlashStep.TRANSFER, "failed", "transfer_not_finished"),
        ([STARTED, SUCCESS], FlashStep.RESTART, "unknown", "not_restarted"),
        ([STARTED, SUCCESS, OFFLINE], FlashStep.RESTART, "failed", "not_back"),
        ([STARTED, SUCCESS, OFFLINE, ONLINE], FlashStep.PROOF, "unknown", "not_proven"),
    ],
)
async def test_a_flash_that_nobody_reports_on(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    reports: list[tuple[str, str]],
    step: FlashStep,
    result: str,
    failure: str,
) -> None:
    """After the time that the step has it is over all the same, and not before."""
    for other in FlashStep:
        # The stream would take a longer jump of the clock for a silence.
        monkeypatch.setitem(PATIENCE, other, 8.0 if other is step else 2.0)
    entry = await listening(hass, set_up)
    automation = await automate(hass, trigger("flash_finished"), wrote=OUTCOME)
    ear = Ear(hass, entry)
    _report(cloud, *reports)
    await until(hass, lambda: len(ear.heard) == len(reports))
    if reports[-1] == OFFLINE:
        cloud.world.board("garage").online = False
    await pass_time(hass, clock, 5)
    await automation.times(0)
    await pass_time(hass, clock, 5)
    await automation.times(1)
    assert automation.runs == [{"result": result, "failure": failure}]


async def test_a_board_that_the_cloud_does_not_miss_yet(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, soon: None
) -> None:
    """It counts as online although it did not come back; a ping finds out, which is free."""
    await listening(hass, set_up)
    automation = await automate(hass, trigger("flash_finished"), wrote=OUTCOME)
    cloud.faults.set("ping_offline")
    cloud.world.board("garage").online = False
    _report(cloud, STARTED, SUCCESS)
    await automation.times(1)
    assert automation.runs == [{"result": "failed", "failure": "not_back"}]


async def test_a_stream_that_breaks_during_a_flash(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, soon: None
) -> None:
    """Nobody knows what was lost, and the trigger does not pretend to."""
    await listening(hass, set_up)
    automation = await automate(hass, trigger("flash_finished"), wrote=OUTCOME)
    PATIENCE[FlashStep.TRANSFER] = 2.0
    _report(cloud, STARTED)
    await until(hass, lambda: shown(hass) == "started")
    cloud.faults.set("server_error", only="streams")
    cloud.cut_streams()
    await automation.times(1)
    assert automation.runs == [{"result": "unknown", "failure": "events_lost"}]
    assert shown(hass) == "events_lost"


async def test_only_failed_flashes(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, soon: None
) -> None:
    """A good one is passed over, and the trace says so."""
    await listening(hass, set_up)
    automation = await automate(hass, trigger("flash_finished", result="failed"), wrote=BOARD)
    _report(cloud, SUCCESS, UPDATED)
    [passed_over] = await automation.passed_over(1)
    assert passed_over["reason"] == "other_flash_result"
    _report(cloud, STARTED, FAILED)
    await automation.times(1)


async def test_trying_an_automation(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, soon: None
) -> None:
    """Replayed events start it, but say nothing of a flash that goes on, nor to the entity."""
    entry = await listening(hass, set_up)
    automation = await automate(hass, trigger("flash_finished"), wrote=OUTCOME)
    PATIENCE[FlashStep.TRANSFER] = 60.0
    ear = Ear(hass, entry)
    _report(cloud, STARTED)
    await ear.hears("spark/flash/status")
    replayed = {"event": "spark/flash/status", "data": "failed "}
    await Act(hass)("replay_event", device_id=registry_id(hass, cloud, "garage"), **replayed)
    await automation.times(1)
    assert automation.runs == [{"result": "failed", "failure": "transfer_failed"}]
    assert shown(hass) == "started"
    _report(cloud, SUCCESS, UPDATED)
    await automation.times(2)
    assert automation.runs[-1] == {"result": "succeeded", "failure": None}


async def test_flashes_of_two_boards_at_once(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, soon: None
) -> None:
    """They are not mixed up; an automation that is switched off leaves no timer behind."""
    await listening(hass, set_up)
    automation = await automate(
        hass, trigger("flash_finished"), wrote={"failure": "{{ trigger.failure }}"} | BOARD
    )
    PATIENCE[FlashStep.TRANSFER] = 60.0
    _report(cloud, STARTED)
    # The cloud's own reports are about no board.
    cloud.world.publish_from_cloud("spark/flash/status", "failed ", owner=cloud.username)
    _report(cloud, STARTED, FAILED, board="boat")
    await automation.times(1)
    assert automation.runs == [{"board": "boat", "failure": "transfer_failed"}]
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.under_test"}, blocking=True
    )
