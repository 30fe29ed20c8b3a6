"""Variables on the dashboard, and what reading them costs."""

from datetime import timedelta
from functools import partial
from math import ceil

from freezegun.api import TickingDateTimeFactory
from homeassistant.config_entries import RELOAD_AFTER_UPDATE_DELAY
from homeassistant.const import STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import (
    CONF_PACE,
    CONF_PRODUCTS,
    CONF_SLEEPING_DEVICES,
    PollingMode,
)
from custom_components.particle.data_operations.meter import DataOperations
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until

STREAM = "binary_sensor.jane_example_com_event_stream"
TEMPERATURE = "sensor.greenhouse_temperature"
USED = "sensor.jane_example_com_data_operations_used"
PUMP = "binary_sensor.greenhouse_pump"


@pytest.fixture
async def one_board(cloud: SimulatedCloud) -> SimulatedCloud:
    """A cloud in which only the greenhouse is online."""
    for board in cloud.world.boards.values():
        if board.name != "greenhouse" and board.owner == cloud.username:
            board.go_offline()
    return cloud


async def _running(
    hass: HomeAssistant, set_up: SetUp, clock: TickingDateTimeFactory
) -> MockConfigEntry:
    """Set up, and wait for the stream and the first values."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    await pass_time(hass, clock, 2)
    return entry


async def test_values_by_type(
    hass: HomeAssistant, one_board: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """Numbers are measurements, booleans binary sensors, text is text."""
    board = one_board.world.board("greenhouse")
    board.set("temperature", 21.25)
    board.set("pump", True)
    board.set("mode", "automatic")
    await _running(hass, set_up, clock)
    await until(hass, lambda: hass.states.is_state(TEMPERATURE, "21.25"))

    temperature = hass.states.get(TEMPERATURE)
    assert temperature is not None
    assert temperature.attributes["state_class"] == "measurement"
    assert temperature.attributes["source"] == "poll"
    assert "read_at" in temperature.attributes
    await until(hass, lambda: hass.states.is_state(PUMP, STATE_ON))
    await until(hass, lambda: hass.states.is_state("sensor.greenhouse_mode", "automatic"))
    mode = hass.states.get("sensor.greenhouse_mode")
    assert mode is not None
    assert "state_class" not in mode.attributes


async def test_what_the_name_of_a_variable_says(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """A number gets unit and device class from a name that states them, text and other names do not."""
    cloud.world.add_board("shed", variables={"temp_c": 4.5, "water": 3, "rssi": "weak"})
    await _running(hass, set_up, clock)
    shown = {}
    for name, value in (("temp_c", "4.5"), ("water", "3"), ("rssi", "weak")):
        await until(hass, partial(hass.states.is_state, f"sensor.shed_{name}", value))
        state = hass.states.get(f"sensor.shed_{name}")
        assert state is not None
        shown[name] = [
            state.attributes.get(one)
            for one in ("device_class", "unit_of_measurement", "state_class", "icon")
        ]
    assert shown == {
        "temp_c": ["temperature", "°C", "measurement", None],
        "water": [None, None, "measurement", "mdi:variable"],
        "rssi": [None, None, None, "mdi:signal"],
    }


async def test_what_a_device_of_a_product_shows(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The version of the product's firmware, once the cloud tells it; other devices have none."""
    cloud.world.board("van-1").firmware_version = 7
    cloud.world.board("van-2").firmware_version = None
    entry = await set_up()
    hass.config_entries.async_update_entry(entry, options={CONF_PRODUCTS: ["24001"]})
    await until(hass, lambda: hass.states.is_state("sensor.van_2_product_firmware", STATE_UNKNOWN))
    assert hass.states.is_state("sensor.van_1_product_firmware", "7")
    assert hass.states.get("sensor.garage_product_firmware") is None
    assert hass.states.is_state("sensor.van_1_device_id", cloud.world.board("van-1").id)


async def test_every_variable_is_read_once_and_then_at_the_pace_of_the_budget(
    hass: HomeAssistant, one_board: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """One paid read of each at the start, then one of each in every interval."""
    clock.move_to("2027-01-01 00:00:00+00:00")
    entry = await _running(hass, set_up, clock)
    operations = entry.runtime_data.operations
    variables = len(one_board.world.board("greenhouse").variables)
    await until(hass, lambda: operations.used == variables)

    interval = operations.interval(variables)
    assert interval is not None
    # 50,000 of 100,000 operations, spread over the 31 days of January.
    assert interval == timedelta(seconds=ceil(variables * 31 * 86400 / 50_000))
    for expected in range(2 * variables, 6 * variables, variables):
        # What was answered last is in Home Assistant before the clock jumps.
        await pass_time(hass, clock, 1)
        await pass_time(hass, clock, interval + timedelta(seconds=2))
        await until(hass, partial(_has_used, operations, expected))
    assert one_board.operations.total == operations.used


async def test_only_variables_that_somebody_sees_are_read(
    hass: HomeAssistant,
    one_board: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    entity_registry: er.EntityRegistry,
) -> None:
    """A disabled entity's variable costs nothing."""
    await _running(hass, set_up, clock)
    board = one_board.world.board("greenhouse")
    await until(hass, lambda: one_board.operations.total == len(board.variables))
    for entity_id in (TEMPERATURE, "sensor.greenhouse_humidity"):
        entity_registry.async_update_entity(entity_id, disabled_by=er.RegistryEntryDisabler.USER)
    await pass_time(hass, clock, RELOAD_AFTER_UPDATE_DELAY + 1)
    await until(hass, lambda: hass.states.get(TEMPERATURE) is None)
    before = len(board.reads)
    await pass_time(hass, clock, timedelta(minutes=10))
    await until(hass, lambda: "soil" in {one.name for one in board.reads[before:]})

    assert "temperature" not in {one.name for one in board.reads[before:]}


async def test_events_only_pays_nothing(
    hass: HomeAssistant,
    one_board: SimulatedCloud,
    set_up: SetUp,
    config_entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
) -> None:
    """Who switched polling off sees no values that were not pushed, and pays nothing."""
    config_entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        config_entry, options={CONF_PACE: PollingMode.EVENTS_ONLY}
    )
    await hass.config_entries.async_setup(config_entry.entry_id)
    await pass_time(hass, clock, timedelta(minutes=20))

    assert one_board.operations.total == 0
    assert hass.states.is_state(TEMPERATURE, STATE_UNAVAILABLE)
    await hass.config_entries.async_unload(config_entry.entry_id)


async def test_offline_boards_cost_nothing(
    hass: HomeAssistant, one_board: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """Nobody asks a board of which the cloud says that it is not there."""
    one_board.world.set_online("greenhouse", False)
    await _running(hass, set_up, clock)
    await pass_time(hass, clock, timedelta(minutes=30))
    assert one_board.operations.total == 0


async def test_a_board_that_does_not_answer(
    hass: HomeAssistant, one_board: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """One unanswered read ends the round, and no old value is shown as live."""
    await _running(hass, set_up, clock)
    await until(hass, lambda: not hass.states.is_state(TEMPERATURE, STATE_UNAVAILABLE))
    one_board.faults.set("no_answer")
    asked = _reads_asked(one_board)
    await pass_time(hass, clock, timedelta(minutes=6))
    await until(hass, lambda: hass.states.is_state(TEMPERATURE, STATE_UNAVAILABLE))
    assert _reads_asked(one_board) == asked + 1

    one_board.faults.clear()
    for _ in range(3):
        await pass_time(hass, clock, timedelta(minutes=6))
    await until(hass, lambda: not hass.states.is_state(TEMPERATURE, STATE_UNAVAILABLE))


async def test_a_sleeping_board_keeps_its_last_value(
    hass: HomeAssistant,
    one_board: SimulatedCloud,
    set_up: SetUp,
    config_entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
) -> None:
    """If the user says so: the value stays, with the time at which it was read."""
    board = one_board.world.board("greenhouse")
    board.set("temperature", 19.5)
    config_entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        config_entry, options={CONF_SLEEPING_DEVICES: [board.id]}
    )
    await hass.config_entries.async_setup(config_entry.entry_id)
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    await pass_time(hass, clock, 2)
    await until(hass, lambda: hass.states.is_state(TEMPERATURE, "19.5"))
    before = hass.states.get(TEMPERATURE)
    assert before is not None

    one_board.world.set_online("greenhouse", False)
    await until(hass, lambda: not one_board.world.board("greenhouse").online)
    await pass_time(hass, clock, timedelta(minutes=30))

    after = hass.states.get(TEMPERATURE)
    assert after is not None
    assert after.state == "19.5"
    assert after.attributes["read_at"] == before.attributes["read_at"]
    await hass.config_entries.async_unload(config_entry.entry_id)


async def test_long_text_is_cut_and_kept(
    hass: HomeAssistant, one_board: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """A state has 255 characters; the whole text stands in an attribute."""
    one_board.world.board("greenhouse").set("mode", "x" * 600)
    await _running(hass, set_up, clock)
    await until(hass, lambda: hass.states.is_state("sensor.greenhouse_mode", "x" * 255))
    state = hass.states.get("sensor.greenhouse_mode")
    assert state is not None
    assert state.attributes["full_text"] == "x" * 600


async def test_the_budget_is_shown(
    hass: HomeAssistant, one_board: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """Used and forecast, beside the allowance."""
    entry = await _running(hass, set_up, clock)
    variables = len(one_board.world.board("greenhouse").variables)
    await until(hass, lambda: one_board.operations.total == variables)
    operations = entry.runtime_data.operations
    await until(hass, lambda: operations.used == variables)
    await pass_time(hass, clock, timedelta(minutes=1))
    await until(hass, lambda: int(_state(hass, USED)) >= variables)

    used = hass.states.get(USED)
    forecast = hass.states.get("sensor.jane_example_com_data_operations_forecast")
    assert used is not None
    assert forecast is not None
    assert used.attributes["allowance"] == 100_000
    assert forecast.state not in {STATE_UNKNOWN, STATE_UNAVAILABLE}
    assert int(forecast.state) <= 100_000


def _has_used(operations: DataOperations, number: int) -> bool:
    return operations.used == number


def _state(hass: HomeAssistant, entity_id: str) -> str:
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state


def _reads_asked(cloud: SimulatedCloud) -> int:
    """How many paid reads were sent, answered or not."""
    board = cloud.world.board("greenhouse")
    prefix = f"/v1/devices/{board.id}/"
    return sum(request.path.startswith(prefix) for request in cloud.requests)
