"""Automations that start when something happens to a board: its connection, its firmware, its restarts."""

from datetime import timedelta

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.automations import BOARD, Ear, automate, listening, registry_id, trigger
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until

# Longer than the integration waits for the "online" that may follow an "offline".
A_MOMENT = timedelta(seconds=3)


async def see_garage(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: SimulatedCloud, *, online: bool
) -> None:
    """Let the garage come or go, and the next listing show it."""
    cloud.world.set_online("garage", online)
    await entry.runtime_data.account.async_refresh()
    await hass.async_block_till_done()
    board = entry.runtime_data.devices[cloud.world.board("garage").id]
    assert board.online is online


# Connection


async def test_a_board_goes_and_comes(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """Both are told once, with what is known of the board."""
    entry = await listening(hass, set_up)
    ear = Ear(hass, entry)
    automation = await automate(
        hass,
        trigger("went_offline", {"device_id": registry_id(hass, cloud, "garage")}),
        trigger("came_online", {"device_id": registry_id(hass, cloud, "garage")}),
        wrote={
            "board": "{{ trigger.device_name }}",
            "online": "{{ trigger.online }}",
            "reconnected": "{{ trigger.reconnected }}",
            "heard": "{{ trigger.last_heard is not none }}",
            "description": "{{ trigger.description }}",
        },
    )
    for board in ("garage", "boat"):
        cloud.world.set_online(board, False)
    await until(hass, lambda: len(ear.heard) == 2)
    await pass_time(hass, clock, A_MOMENT)
    await automation.times(1)
    cloud.world.set_online("garage", True)
    await automation.times(2)
    one = {"board": "garage", "reconnected": False, "heard": True}
    assert automation.runs == [
        {**one, "online": False, "description": "garage is offline"},
        {**one, "online": True, "description": "garage is online"},
    ]


async def test_offline_that_is_reported_when_the_board_is_back(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """A cellular board's late pair of reports is a connection, and never a loss."""
    await listening(hass, set_up)
    automation = await automate(
        hass,
        trigger("went_offline"),
        trigger("came_online"),
        wrote={"idx": "{{ trigger.idx }}", "reconnected": "{{ trigger.reconnected }}"},
    )
    cloud.world.set_online("boat", False)
    cloud.world.set_online("boat", True)
    await automation.times(1)
    await pass_time(hass, clock, A_MOMENT)
    await automation.times(1)
    assert automation.runs == [{"idx": 1, "reconnected": True}]


async def test_offline_for_long(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """A board that is back in time does not count, and the trace says so."""
    entry = await listening(hass, set_up)
    automation = await automate(hass, trigger("went_offline", lasting="00:10:00"), wrote=BOARD)
    await see_garage(hass, entry, cloud, online=False)
    await pass_time(hass, clock, timedelta(minutes=9))
    await see_garage(hass, entry, cloud, online=True)
    [passed_over] = await automation.passed_over(1)
    assert passed_over["reason"] == "came_back_in_time"
    await pass_time(hass, clock, timedelta(minutes=9))
    await automation.times(0)

    await see_garage(hass, entry, cloud, online=False)
    await pass_time(hass, clock, timedelta(minutes=11))
    await automation.times(1)


async def test_a_reload_while_a_board_is_offline(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """The wait goes on, and the loss is not told a second time."""
    entry = await listening(hass, set_up)
    automation = await automate(
        hass,
        trigger("went_offline", lasting={"minutes": 10}),
        trigger("came_online"),
        wrote=BOARD,
    )
    await see_garage(hass, entry, cloud, online=False)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await automation.times(0)
    await pass_time(hass, clock, timedelta(minutes=11))
    await automation.times(1)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await pass_time(hass, clock, timedelta(minutes=11))
    await automation.times(1)


async def test_a_board_that_went_while_the_account_was_not_loaded(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """It is told when it is seen."""
    entry = await listening(hass, set_up)
    automation = await automate(hass, trigger("went_offline"), wrote=BOARD)
    await hass.config_entries.async_unload(entry.entry_id)
    cloud.world.set_online("garage", False)
    await hass.config_entries.async_setup(entry.entry_id)
    await automation.times(1)
    assert automation.runs == [{"board": "garage"}]


async def test_an_account_that_is_not_loaded_when_the_time_is_over(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """Nobody knows how the board is, so nothing happens, and the trace says so."""
    entry = await listening(hass, set_up)
    automation = await automate(hass, trigger("went_offline", lasting=60), wrote=BOARD)
    await see_garage(hass, entry, cloud, online=False)
    await hass.config_entries.async_unload(entry.entry_id)
    await pass_time(hass, clock, timedelta(minutes=2))
    [passed_over] = await automation.passed_over(1)
    assert passed_over["reason"] == "account_not_loaded"
    await automation.times(0)


async def test_an_automation_that_is_switched_off_while_it_waits(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """Its wait ends, and nothing happens when the time is over."""
    entry = await listening(hass, set_up)
    automation = await automate(hass, trigger("went_offline", lasting=60), wrote=BOARD)
    await see_garage(hass, entry, cloud, online=False)
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.under_test"}, blocking=True
    )
    await pass_time(hass, clock, timedelta(minutes=2))
    await automation.times(0)


async def test_a_board_that_leaves_the_account(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """The trigger stops waiting for it."""
    entry = await listening(hass, set_up)
    automation = await automate(hass, trigger("went_offline", lasting=60), wrote=BOARD)
    await see_garage(hass, entry, cloud, online=False)
    cloud.world.remove_board("garage")
    await entry.runtime_data.account.async_refresh()
    await pass_time(hass, clock, timedelta(minutes=2))
    await automation.times(0)


async def test_a_board_that_leaves_the_account_during_a_reload(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """The wait for it ends too, and that of another board goes on."""
    entry = await listening(hass, set_up)
    automation = await automate(hass, trigger("went_offline", lasting=60), wrote=BOARD)
    cloud.world.set_online("boat", False)
    await see_garage(hass, entry, cloud, online=False)
    cloud.world.remove_board("garage")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await pass_time(hass, clock, timedelta(minutes=2))
    await automation.times(1)
    assert automation.runs == [{"board": "boat"}]


async def test_a_new_board(hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp) -> None:
    """Its first appearance is no news of its connection; what comes later is."""
    entry = await listening(hass, set_up)
    automation = await automate(hass, trigger("came_online"), wrote=BOARD)
    cloud.world.add_board("cellar", online=False)
    await entry.runtime_data.account.async_refresh()
    await hass.async_block_till_done()
    await automation.times(0)
    cloud.world.set_online("cellar", True)
    await automation.times(1)


# Restarts


@pytest.mark.parametrize(
    ("reported", "reason", "panic"),
    [
        ("panic, hard_fault", "panic", "hard_fault"),
        ("panic, 8", "panic", "out_of_heap"),
        ("power_brownout", "power_brownout", None),
        ("60", "watchdog", None),
    ],
)
async def test_a_restart(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    reported: str,
    reason: str,
    panic: str | None,
) -> None:
    """The reason is told in words, a panic with what went wrong."""
    await listening(hass, set_up)
    automation = await automate(
        hass,
        trigger("reset"),
        wrote={"reason": "{{ trigger.reason }}", "panic": "{{ trigger.panic }}"} | BOARD,
    )
    cloud.world.board("garage").system_event("spark/device/last_reset", reported)
    await automation.times(1)
    assert automation.runs == [{"board": "garage", "reason": reason, "panic": panic}]


async def test_some_reasons_of_a_restart(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Others are passed over, and the trace names them."""
    await listening(hass, set_up)
    automation = await automate(hass, trigger("reset", reason=["panic", "watchdog"]), wrote=BOARD)
    cloud.world.board("garage").system_event("spark/device/last_reset", "user")
    [passed_over] = await automation.passed_over(1)
    assert passed_over == {
        "reason": "other_reset_reason",
        "data": {"device_name": "garage", "wanted": ["panic", "watchdog"], "found": "user"},
    }
    cloud.world.board("garage").system_event("spark/device/last_reset", "watchdog")
    await automation.times(1)


async def test_safe_mode(hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp) -> None:
    """A board without its application is told."""
    await listening(hass, set_up)
    automation = await automate(hass, trigger("entered_safe_mode"), wrote=BOARD)
    cloud.world.board("garage").system_event(
        "spark/status/safe-mode", '{"f": [], "v": {}, "p": 12}'
    )
    await automation.times(1)
