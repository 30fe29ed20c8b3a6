"""An account that runs, and what its devices show."""

from freezegun.api import TickingDateTimeFactory
from homeassistant.const import STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until

STREAM = "binary_sensor.jane_example_com_event_stream"
CONNECTION = "binary_sensor.greenhouse_connection"
TEMPERATURE = "sensor.greenhouse_temperature"
SOIL = "sensor.greenhouse_soil"


async def running(
    hass: HomeAssistant, set_up: SetUp, clock: TickingDateTimeFactory
) -> MockConfigEntry:
    """Set the account up, and wait for the stream and for the values of the greenhouse."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    await pass_time(hass, clock, 2)
    await until(hass, lambda: all(is_available(hass, one) for one in (TEMPERATURE, SOIL)))
    return entry


def is_available(hass: HomeAssistant, entity_id: str) -> bool:
    """Whether an entity is there and available."""
    state = hass.states.get(entity_id)
    return state is not None and state.state != STATE_UNAVAILABLE


def state_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity that has to be there."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state.state


def entities_of_firmware(hass: HomeAssistant, entry: MockConfigEntry) -> set[str]:
    """Return the registered entities of variables and functions."""
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {
        one.entity_id
        for one in registered
        if "_variable_" in one.unique_id or "_function_" in one.unique_id
    }


def listings(cloud: SimulatedCloud) -> int:
    """Return how often the account's devices were listed, with an answer."""
    return sum(
        request.status is not None for request in cloud.requests.matching("GET", "/v1/devices")
    )
