"""The functions that Home Assistant has called, as an event entity."""

from homeassistant.components.button import DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from homeassistant.components.event import ATTR_EVENT_TYPE, ATTR_EVENT_TYPES
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_ENTITY_ID,
    ATTR_RESTORED,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.service import async_get_all_descriptions
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import DOMAIN
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.simulator.programs import Program
from tests.waiting import until

STREAM = "binary_sensor.jane_example_com_event_stream"
CALLED = "event.greenhouse_function_called"


@pytest.fixture(autouse=True)
async def entry(hass: HomeAssistant, set_up: SetUp) -> MockConfigEntry:
    """An account that is set up, with its stream open."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    return entry


def _called(hass: HomeAssistant) -> State:
    state = hass.states.get(CALLED)
    assert state is not None
    return state


async def _call(
    hass: HomeAssistant, cloud: SimulatedCloud, function: str, argument: object = ""
) -> Context:
    """Run the action, and return for whom."""
    context = Context()
    await hass.services.async_call(
        DOMAIN,
        "call_function",
        {
            "device_id": registry_id(hass, cloud, "greenhouse"),
            "function": function,
            "argument": argument,
        },
        blocking=True,
        context=context,
    )
    return context


async def test_a_call_by_an_action(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """It says what was called, with what, what came back, and for whom."""
    assert _called(hass).state == STATE_UNKNOWN
    context = await _call(hass, cloud, "setTarget", 24)

    state = _called(hass)
    assert state.attributes[ATTR_EVENT_TYPE] == "setTarget"
    assert state.attributes["argument"] == "24"
    assert state.attributes["return_value"] == 24
    assert state.context is context
    assert cloud.operations.by_kind["function"] == 1


async def test_a_call_by_a_button(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """A value below zero, which the button reports as an error, is still what the call returned."""
    cloud.world.board("greenhouse").program.functions["setTarget"] = lambda _: -3
    context = Context()
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call(
            BUTTON_DOMAIN,
            SERVICE_PRESS,
            {ATTR_ENTITY_ID: "button.greenhouse_settarget"},
            blocking=True,
            context=context,
        )

    state = _called(hass)
    assert state.attributes[ATTR_EVENT_TYPE] == "setTarget"
    assert (state.attributes["argument"], state.attributes["return_value"]) == ("", -3)
    assert state.context is context


@pytest.mark.parametrize(
    ("online", "function"), [(False, "setTarget"), (True, "nowhere")], ids=["offline", "unknown"]
)
async def test_a_call_that_failed_is_not_shown(
    hass: HomeAssistant, cloud: SimulatedCloud, online: bool, function: str
) -> None:
    """Its error says what is known of it; the entity shows what a device has answered."""
    cloud.world.board("greenhouse").online = online
    with pytest.raises(HomeAssistantError):
        await _call(hass, cloud, function)
    assert _called(hass).state == STATE_UNKNOWN


async def test_the_types_are_the_functions_of_the_firmware(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """New firmware brings new ones, which the automation editor can offer."""
    board = cloud.world.board("greenhouse")
    assert _called(hass).attributes[ATTR_EVENT_TYPES] == list(board.program.functions)

    board.install(Program({}, {"blink": lambda _argument: 0}))
    board.system_event("spark/device/app-hash", "ab" * 32)
    await until(hass, lambda: _called(hass).attributes[ATTR_EVENT_TYPES] == ["blink"])


async def test_firmware_without_functions(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """A device without functions has nothing to be called, and is not listed for the action."""
    board = cloud.world.board("greenhouse")
    board.install(Program({"temperature": 20.0}, {}))
    board.system_event("spark/device/app-hash", "ab" * 32)
    await until(hass, lambda: _called(hass).state == STATE_UNAVAILABLE)
    assert _called(hass).attributes[ATTR_RESTORED] is True


async def test_a_function_that_the_firmware_registered_a_moment_ago(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """It can be called before the cloud was asked again, and is among the types from then on."""
    cloud.world.board("greenhouse").program.functions["brandNew"] = lambda _: 5
    await _call(hass, cloud, "brandNew")
    state = _called(hass)
    assert state.attributes[ATTR_EVENT_TYPE] == "brandNew"
    assert "brandNew" in state.attributes[ATTR_EVENT_TYPES]


async def test_the_last_call_survives_a_restart(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry
) -> None:
    """What was called stays true."""
    await _call(hass, cloud, "setTarget", 24)
    before = _called(hass)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    after = _called(hass)
    assert after.state == before.state
    assert after.attributes["argument"] == "24"


async def test_the_editor_finds_the_functions(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """The action's target and its list of functions name what the entity is.

    The editor counts the entities without a category that match the target, and fills a list with
    the attribute that the selector names.
    """
    descriptions = await async_get_all_descriptions(hass)
    described = descriptions[DOMAIN]["call_function"]
    [target] = described["target"]["entity"]
    matching = [
        state.entity_id
        for state in hass.states.async_all(*target["domain"])
        if state.attributes.get(ATTR_DEVICE_CLASS) in target["device_class"]
    ]
    assert [one for one in matching if "greenhouse" in one] == [CALLED]

    registered = entity_registry.async_get(CALLED)
    assert registered is not None
    assert registered.entity_category is None
    selector = described["fields"]["function"]["selector"]["state"]
    assert selector["attribute"] == ATTR_EVENT_TYPE
