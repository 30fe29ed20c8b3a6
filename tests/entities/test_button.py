"""Buttons on a board's page."""

from datetime import timedelta

from freezegun.api import TickingDateTimeFactory
from homeassistant.components.button import DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until

STREAM = "binary_sensor.jane_example_com_event_stream"


@pytest.fixture(autouse=True)
async def _running(hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp) -> None:
    """Set up, and wait for the stream."""
    await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))


async def _press(hass: HomeAssistant, entity_id: str) -> None:
    await hass.services.async_call(
        BUTTON_DOMAIN, SERVICE_PRESS, {ATTR_ENTITY_ID: entity_id}, blocking=True
    )


async def test_ping_is_free_and_finds_out_that_a_board_is_back(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """Also an offline board can be pinged; if it answers, its page says so."""
    board = cloud.world.board("old photon")
    board.online = True
    assert not hass.states.is_state("binary_sensor.old_photon_connection", STATE_ON)
    await _press(hass, "button.old_photon_ping")
    await until(hass, lambda: hass.states.is_state("binary_sensor.old_photon_connection", STATE_ON))
    assert cloud.operations.by_kind.get("function", 0) == 0


async def test_signal_shows_a_rainbow_for_some_seconds(
    hass: HomeAssistant, cloud: SimulatedCloud, clock: TickingDateTimeFactory
) -> None:
    board = cloud.world.board("greenhouse")
    await _press(hass, "button.greenhouse_signal")
    assert board.signaling is True
    await pass_time(hass, clock, timedelta(seconds=11))
    await until(hass, lambda: board.signaling is False)


async def test_a_second_press_lets_the_rainbow_last_longer(
    hass: HomeAssistant, cloud: SimulatedCloud, clock: TickingDateTimeFactory
) -> None:
    """The end of the first one does not cut the second one short."""
    board = cloud.world.board("greenhouse")
    await _press(hass, "button.greenhouse_signal")
    await pass_time(hass, clock, timedelta(seconds=6))
    await _press(hass, "button.greenhouse_signal")
    asked = len(cloud.requests)
    await pass_time(hass, clock, timedelta(seconds=6))
    await hass.async_block_till_done()
    assert not [request for request in cloud.requests[asked:] if request.method == "PUT"]
    assert board.signaling is True
    await pass_time(hass, clock, timedelta(seconds=6))
    await until(hass, lambda: board.signaling is False)


async def test_a_rainbow_while_the_account_is_unloaded(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
) -> None:
    """Nothing is left that would call the cloud later."""
    await _press(hass, "button.greenhouse_signal")
    assert await hass.config_entries.async_unload(config_entry.entry_id)
    await hass.async_block_till_done()
    asked = len(cloud.requests)
    await pass_time(hass, clock, timedelta(seconds=11))
    await hass.async_block_till_done()
    assert cloud.requests[asked:] == []


async def test_a_functions_button_is_among_the_controls_and_calls_the_function(
    hass: HomeAssistant, cloud: SimulatedCloud, entity_registry: er.EntityRegistry
) -> None:
    """Each press calls it once, without an argument."""
    button = entity_registry.async_get("button.garage_door")
    assert button is not None
    assert (button.entity_category, button.disabled_by) == (None, None)
    cloud.world.board("garage").program.functions["door"] = lambda _: 0
    await _press(hass, "button.garage_door")
    [call] = cloud.world.board("garage").calls
    assert (call.name, call.argument) == ("door", "")


async def test_an_answer_below_zero_is_an_error(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """Functions report what went wrong with a negative value; the button says so."""
    cloud.world.board("garage").program.functions["door"] = lambda _: -7
    with pytest.raises(HomeAssistantError, match="door of garage returned -7"):
        await _press(hass, "button.garage_door")


async def test_a_board_that_does_not_answer_is_named(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """The error says which board, and nothing is tried twice."""
    board = cloud.world.board("greenhouse")
    board.online = False
    with pytest.raises(HomeAssistantError, match="greenhouse"):
        await _press(hass, "button.greenhouse_signal")
    asked = [request for request in cloud.requests if request.method == "PUT"]
    assert len(asked) == 1


async def test_buttons_of_an_offline_board(hass: HomeAssistant) -> None:
    """Signal cannot work; ping can be tried."""
    assert hass.states.is_state("button.old_photon_signal", STATE_UNAVAILABLE)
    assert not hass.states.is_state("button.old_photon_ping", STATE_UNAVAILABLE)
