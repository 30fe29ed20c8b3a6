"""Values of variables: how often they are read, how long they are shown, and what a restart costs."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

from freezegun.api import TickingDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import (
    CONF_FIXED_INTERVAL,
    CONF_PACE,
    CONF_SLEEPING_DEVICES,
    PollingMode,
)
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, pass_time_until, until

from .conftest import SetClock
from .running import CONNECTION, SOIL, STREAM, TEMPERATURE, is_available, running, state_of

# Longer than a variable of the greenhouse waits for its turn at the automatic pace.
INTERVAL = timedelta(minutes=6)


async def _with_options(
    hass: HomeAssistant, entry: MockConfigEntry, options: dict[str, Any]
) -> None:
    """Set the account up with options, and wait for the stream."""
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.config_entries.async_setup(entry.entry_id)
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))


@pytest.fixture
def set_up_steady(hass: HomeAssistant, config_entry: MockConfigEntry, set_up: SetUp) -> SetUp:
    """Set up with a read every five minutes; the automatic pace depends on the day of the month."""

    async def run() -> MockConfigEntry:
        await _with_options(
            hass, config_entry, {CONF_PACE: PollingMode.FIXED, CONF_FIXED_INTERVAL: 300}
        )
        return config_entry

    return run


def _read_at(hass: HomeAssistant, entity_id: str) -> Any:
    state = hass.states.get(entity_id)
    assert state is not None
    return state.attributes["read_at"]


# How often


async def test_a_fixed_pace_is_kept(
    hass: HomeAssistant,
    one_device: SimulatedCloud,
    config_entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
) -> None:
    """Once a minute is once a minute: neither more nor less."""
    board = one_device.world.board("greenhouse")
    variables = len(board.variables)
    await _with_options(hass, config_entry, {CONF_PACE: PollingMode.FIXED, CONF_FIXED_INTERVAL: 60})
    await pass_time(hass, clock, 2)
    for rounds in range(1, 5):
        await until(hass, lambda rounds=rounds: len(board.reads) == rounds * variables)  # type: ignore[misc]
        await pass_time(hass, clock, 1)
        await pass_time(hass, clock, 55)
        assert len(board.reads) == rounds * variables
        await pass_time(hass, clock, 7)
    await hass.config_entries.async_unload(config_entry.entry_id)


async def test_a_clock_that_is_set_back_does_not_stop_the_polls(
    hass: HomeAssistant,
    one_device: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    set_clock: SetClock,
) -> None:
    """Intervals go by a clock that nobody can set."""
    await running(hass, set_up, clock)
    set_clock(-timedelta(days=1))
    one_device.world.board("greenhouse").set("temperature", 30.5)
    await pass_time(hass, clock, INTERVAL)
    await until(hass, lambda: hass.states.is_state(TEMPERATURE, "30.5"))


async def test_a_clock_that_is_set_forward_makes_nothing_old(
    hass: HomeAssistant,
    one_device: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    set_clock: SetClock,
) -> None:
    """What was read a minute ago is shown, and is not read again."""
    entry = await running(hass, set_up, clock)
    board = one_device.world.board("greenhouse")
    await until(hass, lambda: len(board.reads) == len(board.variables))
    set_clock(timedelta(days=1))
    await pass_time(hass, clock, 30)
    entry.runtime_data.devices[board.id].async_update_listeners()
    await hass.async_block_till_done()
    assert is_available(hass, TEMPERATURE)
    assert len(board.reads) == len(board.variables)


# How long


@pytest.mark.parametrize("by", [timedelta(0), -timedelta(days=1)], ids=["", "clock set back"])
async def test_a_value_of_an_earlier_connection_is_not_shown(
    hass: HomeAssistant,
    one_device: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    set_clock: SetClock,
    by: timedelta,
) -> None:
    """The device is back, and has not answered yet: nobody knows what it would say."""
    entry = await running(hass, set_up, clock)
    board = one_device.world.board("greenhouse")
    data = entry.runtime_data.devices[board.id]
    await until(hass, lambda: len(data.data.readings) == len(board.variables))
    set_clock(by)
    one_device.faults.set("hang", path=f"/v1/devices/{board.id}/*")
    one_device.world.set_online("greenhouse", False)
    one_device.world.set_online("greenhouse", True)
    await until(hass, lambda: not is_available(hass, TEMPERATURE))
    assert hass.states.is_state(CONNECTION, STATE_ON)

    one_device.faults.clear()
    await pass_time_until(hass, clock, lambda: is_available(hass, TEMPERATURE))


async def test_what_an_offline_device_shows(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """What only the device knows is unavailable; what the cloud knows of it is not."""
    entry = await running(hass, set_up, clock)
    received = entry.runtime_data.hub.received
    one_device.world.set_online("greenhouse", False)
    await until(hass, lambda: entry.runtime_data.hub.received > received)
    await pass_time(hass, clock, 3)
    await until(hass, lambda: hass.states.is_state(CONNECTION, STATE_OFF))

    for entity_id in (TEMPERATURE, SOIL, "binary_sensor.greenhouse_safe_mode"):
        assert not is_available(hass, entity_id), entity_id
    for entity_id in ("sensor.greenhouse_last_reset", "button.greenhouse_ping", CONNECTION):
        assert is_available(hass, entity_id), entity_id


async def test_a_value_that_nobody_is_going_to_read_again_stays(
    hass: HomeAssistant,
    one_device: SimulatedCloud,
    config_entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
) -> None:
    """Without polls, what an action has read is shown with its time, however old it is."""
    board = one_device.world.board("greenhouse")
    board.set("temperature", 17.25)
    await _with_options(hass, config_entry, {CONF_PACE: PollingMode.EVENTS_ONLY})
    coordinator = config_entry.runtime_data.devices[board.id]
    await coordinator.async_read_variable("temperature")
    await hass.async_block_till_done()
    read_at = _read_at(hass, TEMPERATURE)
    await pass_time(hass, clock, timedelta(hours=2))
    await pass_time(hass, clock, timedelta(minutes=6))

    assert state_of(hass, TEMPERATURE) == "17.25"
    assert _read_at(hass, TEMPERATURE) == read_at
    assert one_device.operations.total == 1
    await hass.config_entries.async_unload(config_entry.entry_id)


async def test_values_stay_when_particle_refuses_to_read_more(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """The last value is shown with its time."""
    entry = await running(hass, set_up, clock)
    board = one_device.world.board("greenhouse")
    # A read is counted when it is sent; its value comes later.
    device = entry.runtime_data.devices[board.id]
    await until(hass, lambda: len(device.data.readings) == len(board.variables))
    temperature, read_at = state_of(hass, TEMPERATURE), _read_at(hass, TEMPERATURE)
    one_device.faults.set("quota_used_up")
    for _ in range(6):
        await pass_time(hass, clock, INTERVAL)
    await pass_time(hass, clock, 2)
    assert len(board.reads) == len(board.variables)
    assert state_of(hass, TEMPERATURE) == temperature
    assert _read_at(hass, TEMPERATURE) == read_at


# Restarts


async def test_a_reload_costs_nothing(
    hass: HomeAssistant,
    one_device: SimulatedCloud,
    set_up_steady: SetUp,
    clock: TickingDateTimeFactory,
) -> None:
    """What was read within its interval is not read again, and is shown at once."""
    entry = await running(hass, set_up_steady, clock)
    board = one_device.world.board("greenhouse")
    variables = len(board.variables)
    # A read is counted when it is sent; its value comes later.
    await until(hass, lambda: len(entry.runtime_data.devices[board.id].data.readings) == variables)
    temperature, read_at = state_of(hass, TEMPERATURE), _read_at(hass, TEMPERATURE)

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass, TEMPERATURE) == temperature
    assert _read_at(hass, TEMPERATURE) == read_at
    await pass_time(hass, clock, timedelta(minutes=1))
    await pass_time(hass, clock, timedelta(minutes=1))
    assert one_device.operations.total == variables

    await pass_time(hass, clock, INTERVAL)
    await until(hass, lambda: one_device.operations.total == 2 * variables)


async def test_a_power_cut_costs_nothing(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    one_device: SimulatedCloud,
    set_up_steady: SetUp,
    clock: TickingDateTimeFactory,
) -> None:
    """Values are written half a minute after they were read; nothing is written at the end."""
    entry = await running(hass, set_up_steady, clock)
    variables = len(one_device.world.board("greenhouse").variables)
    await until(hass, lambda: entry.runtime_data.operations.used == variables)
    await pass_time(hass, clock, 40)
    await pass_time(hass, clock, 1)
    written = deepcopy(hass_storage)

    await hass.config_entries.async_unload(entry.entry_id)
    hass_storage.clear()
    hass_storage.update(written)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await pass_time(hass, clock, 10)
    await pass_time(hass, clock, 10)
    assert is_available(hass, TEMPERATURE)
    assert one_device.operations.total == variables


async def test_a_device_that_connected_again_while_home_assistant_was_off(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """It may have restarted: what it said before is not shown, and is read again."""
    entry = await running(hass, set_up, clock)
    board = one_device.world.board("greenhouse")
    await until(hass, lambda: entry.runtime_data.operations.used == len(board.variables))
    await hass.config_entries.async_unload(entry.entry_id)
    board.set("temperature", 3.5)
    board.restart()
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert not is_available(hass, TEMPERATURE)
    await pass_time_until(hass, clock, lambda: hass.states.is_state(TEMPERATURE, "3.5"))
    await until(hass, lambda: one_device.operations.total == 2 * len(board.variables))


async def test_values_that_grew_old_while_home_assistant_was_off(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """They are read again at once."""
    entry = await running(hass, set_up, clock)
    board = one_device.world.board("greenhouse")
    await until(hass, lambda: entry.runtime_data.operations.used == len(board.variables))
    await hass.config_entries.async_unload(entry.entry_id)
    board.set("temperature", 3.5)
    clock.tick(timedelta(hours=1))
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert not is_available(hass, TEMPERATURE)
    await pass_time(hass, clock, 2)
    await until(hass, lambda: hass.states.is_state(TEMPERATURE, "3.5"))


async def test_a_device_that_sleeps_keeps_its_values_through_restarts(
    hass: HomeAssistant,
    one_device: SimulatedCloud,
    config_entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
) -> None:
    """With the time at which they were read, and without paying for them."""
    board = one_device.world.board("greenhouse")
    board.set("temperature", 19.5)
    await _with_options(hass, config_entry, {CONF_SLEEPING_DEVICES: [board.id]})
    await pass_time(hass, clock, 2)
    await until(hass, lambda: config_entry.runtime_data.operations.used == len(board.variables))
    await until(hass, lambda: hass.states.is_state(TEMPERATURE, "19.5"))
    read_at = _read_at(hass, TEMPERATURE)
    one_device.world.set_online("greenhouse", False)

    for _ in range(2):
        await hass.config_entries.async_unload(config_entry.entry_id)
        clock.tick(timedelta(hours=5))
        await hass.config_entries.async_setup(config_entry.entry_id)
        await hass.async_block_till_done()
        assert hass.states.is_state(CONNECTION, STATE_OFF)
        assert state_of(hass, TEMPERATURE) == "19.5"
        assert _read_at(hass, TEMPERATURE) == read_at
    assert one_device.operations.total == len(board.variables)
    await hass.config_entries.async_unload(config_entry.entry_id)


async def test_a_tracker_is_where_it_was_after_a_restart(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The place stays, with the time at which the tracker said so."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    cloud.world.publish(
        "van-1", "loc", '{"cmd":"loc","time":1760000000,"loc":{"lck":1,"lat":52.5,"lon":13.4}}'
    )
    tracker = "device_tracker.van_1_location"
    await until(hass, lambda: is_available(hass, tracker))
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    state = hass.states.get(tracker)
    assert state is not None
    assert (state.attributes["latitude"], state.attributes["longitude"]) == (52.5, 13.4)
    assert state.attributes["located_at"] == "2025-10-09T08:53:20+00:00"
