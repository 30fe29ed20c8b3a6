"""What comes between while a flash goes on: lost events, other restarts, reloads, a cloud that is silent."""

import asyncio

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.api import CloudEvent
from custom_components.particle.const import DOMAIN
from custom_components.particle.firmware.flash import DATA_FLASHES
from tests.actions import api_user
from tests.binaries import meanwhile
from tests.simulator import SimulatedCloud

from .hand import FlashAction, flash_by_hand, progress


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
    """Stopping does not have to cancel the action."""
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
    await meanwhile(lambda: progress(hass, cloud).started)
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
