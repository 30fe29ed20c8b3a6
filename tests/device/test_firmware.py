"""Entities of variables and functions while the firmware changes, starts and fails."""

from datetime import timedelta

from freezegun.api import TickingDateTimeFactory
from homeassistant.const import ATTR_RESTORED, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.simulator.programs import Program
from tests.waiting import pass_time, pass_time_until, until

from .running import (
    CONNECTION,
    SOIL,
    STREAM,
    TEMPERATURE,
    entities_of_firmware,
    is_available,
    listings,
    running,
    state_of,
)

BLINK = Program({"temperature": 20.0, "lux": 300}, {"blink": lambda _argument: 0})


async def _listed_again(
    hass: HomeAssistant, cloud: SimulatedCloud, clock: TickingDateTimeFactory, times: int
) -> None:
    """Let time pass until the devices were listed some more times, and the answers are in."""
    for _ in range(times):
        before = listings(cloud)
        # A jump of the clock can end a listing that is under way; the next one is as good.
        await pass_time_until(
            hass,
            clock,
            lambda before=before: listings(cloud) > before,  # type: ignore[misc]
            step=timedelta(minutes=6),
        )
        await pass_time(hass, clock, 1)


async def test_variables_that_the_new_firmware_does_not_have_become_unavailable(
    hass: HomeAssistant,
    one_device: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    entity_registry: er.EntityRegistry,
) -> None:
    """Dashboards keep their cards: the entity is still there, and says that nothing provides it."""
    entry = await running(hass, set_up, clock)
    before = entities_of_firmware(hass, entry)
    board = one_device.world.board("greenhouse")

    board.install(BLINK)
    board.system_event("spark/device/app-hash", "ab" * 32)
    await until(hass, lambda: entity_registry.async_get("sensor.greenhouse_lux"))
    await hass.async_block_till_done()

    assert entities_of_firmware(hass, entry) == before | {
        "sensor.greenhouse_lux",
        "button.greenhouse_blink",
    }
    soil = hass.states.get(SOIL)
    assert soil is not None
    assert soil.state == STATE_UNAVAILABLE
    assert soil.attributes[ATTR_RESTORED] is True
    await until(hass, lambda: is_available(hass, TEMPERATURE))


async def test_a_new_variable_is_read_at_once(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """It does not wait until the other variables have their turn."""
    await running(hass, set_up, clock)
    board = one_device.world.board("greenhouse")
    await until(hass, lambda: len(board.reads) == len(board.variables))
    board.install(BLINK)
    board.system_event("spark/device/app-hash", "ab" * 32)
    await until(hass, lambda: hass.states.get("sensor.greenhouse_lux"))
    await pass_time(hass, clock, 2)
    await until(hass, lambda: hass.states.is_state("sensor.greenhouse_lux", "300"))


async def test_the_old_firmware_comes_back(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """So do its entities, under the ids that people know."""
    entry = await running(hass, set_up, clock)
    before = entities_of_firmware(hass, entry)
    board = one_device.world.board("greenhouse")
    program = board.program
    board.install(BLINK)
    board.system_event("spark/device/app-hash", "ab" * 32)
    await until(hass, lambda: not is_available(hass, SOIL))

    board.install(program)
    board.system_event("spark/device/app-hash", "cd" * 32)
    await until(hass, lambda: hass.states.get(SOIL) and not _is_restored(hass, SOIL))
    await pass_time(hass, clock, timedelta(minutes=6))
    await until(hass, lambda: is_available(hass, SOIL))
    assert entities_of_firmware(hass, entry) >= before


async def test_people_can_delete_what_the_firmware_no_longer_has(
    hass: HomeAssistant,
    one_device: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Home Assistant offers it for entities that nothing provides; their state goes too."""
    assert await async_setup_component(hass, "config", {})
    await running(hass, set_up, clock)
    board = one_device.world.board("greenhouse")
    board.install(BLINK)
    board.system_event("spark/device/app-hash", "ab" * 32)
    await until(hass, lambda: _is_restored(hass, SOIL))

    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "config/entity_registry/remove", "entity_id": SOIL})
    assert (await client.receive_json())["success"]
    await hass.async_block_till_done()
    assert hass.states.get(SOIL) is None


async def test_a_function_that_the_new_firmware_does_not_have(
    hass: HomeAssistant,
    one_device: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    entity_registry: er.EntityRegistry,
) -> None:
    """Its button can no longer be pressed; calling it costs nothing."""
    entry = await running(hass, set_up, clock)
    button = "button.greenhouse_settarget"
    entity_registry.async_update_entity(button, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await until(hass, lambda: is_available(hass, button) and hass.states.is_state(STREAM, STATE_ON))
    board = one_device.world.board("greenhouse")
    board.install(BLINK)
    board.system_event("spark/device/app-hash", "ab" * 32)
    await until(hass, lambda: not is_available(hass, button))
    assert entity_registry.async_get(button)
    assert board.calls == []


async def test_a_function_whose_loss_is_noticed_by_the_call(
    hass: HomeAssistant,
    one_device: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    entity_registry: er.EntityRegistry,
) -> None:
    """The call fails, and the device is asked what it has: the button cannot be pressed again."""
    entry = await running(hass, set_up, clock)
    button = "button.greenhouse_settarget"
    entity_registry.async_update_entity(button, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await until(hass, lambda: is_available(hass, button) and hass.states.is_state(STREAM, STATE_ON))
    one_device.world.board("greenhouse").install(BLINK)
    with pytest.raises(HomeAssistantError, match="no function setTarget"):
        await hass.services.async_call("button", "press", {"entity_id": button}, blocking=True)
    await until(hass, lambda: not is_available(hass, button))


async def test_entities_of_a_former_firmware_go_when_the_new_one_has_proved_stable(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """Not at the first restart, but at one after a day."""
    entry = await running(hass, set_up, clock)
    board = one_device.world.board("greenhouse")
    board.install(BLINK)
    board.system_event("spark/device/app-hash", "ab" * 32)
    await until(hass, lambda: not is_available(hass, SOIL))

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert SOIL in entities_of_firmware(hass, entry)
    assert state_of(hass, SOIL) == STATE_UNAVAILABLE

    await hass.config_entries.async_unload(entry.entry_id)
    clock.tick(timedelta(days=1, minutes=1))
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert SOIL not in entities_of_firmware(hass, entry)
    assert "sensor.greenhouse_lux" in entities_of_firmware(hass, entry)


async def test_firmware_that_changed_while_home_assistant_was_off(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """What it does not have is unavailable after the start, and goes a day later at the earliest."""
    entry = await running(hass, set_up, clock)
    await hass.config_entries.async_unload(entry.entry_id)
    clock.tick(timedelta(days=3))
    one_device.world.board("greenhouse").install(BLINK)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert SOIL in entities_of_firmware(hass, entry)
    assert state_of(hass, SOIL) == STATE_UNAVAILABLE
    assert "sensor.greenhouse_lux" in entities_of_firmware(hass, entry)


async def test_two_empty_descriptions_in_a_row_are_no_new_firmware(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """A device that has just started has not told its functions and variables yet."""
    entry = await running(hass, set_up, clock)
    before = entities_of_firmware(hass, entry)
    one_device.faults.set("descriptions_late", seconds=3600)
    one_device.faults.set("descriptions_empty")
    board = one_device.world.board("greenhouse")
    asked = f"/v1/devices/{board.id}"
    for count in (1, 2, 3):
        one_device.requests.clear()
        board.restart()
        board.system_event("spark/device/app-hash", f"{count}a" * 32)
        await until(hass, lambda: len(one_device.requests.matching("GET", asked)) >= 2)
    await pass_time(hass, clock, timedelta(minutes=1))

    assert entities_of_firmware(hass, entry) == before
    await until(hass, lambda: is_available(hass, SOIL))


async def test_safe_mode_takes_nothing_away(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """However long it lasts: the device says that it has nothing, and has it again afterwards."""
    entry = await running(hass, set_up, clock)
    before = entities_of_firmware(hass, entry)
    one_device.faults.set("descriptions_empty")
    board = one_device.world.board("greenhouse")
    board.enter_safe_mode()
    board.restart("panic, hard_fault")
    board.enter_safe_mode()
    await until(hass, lambda: not is_available(hass, SOIL))
    await _listed_again(hass, one_device, clock, 3)
    assert entities_of_firmware(hass, entry) == before
    assert not is_available(hass, SOIL)
    assert not _is_restored(hass, SOIL)

    await hass.config_entries.async_unload(entry.entry_id)
    clock.tick(timedelta(days=2))
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entities_of_firmware(hass, entry) == before

    board.leave_safe_mode()
    board.restart()
    await until(hass, lambda: is_available(hass, CONNECTION))
    await pass_time(hass, clock, timedelta(minutes=2))
    await until(hass, lambda: is_available(hass, SOIL))


async def test_a_firmware_without_functions_and_variables(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """It is believed when it still says so some minutes later; its entities stay, unavailable."""
    entry = await running(hass, set_up, clock)
    before = entities_of_firmware(hass, entry)
    board = one_device.world.board("greenhouse")
    board.install(Program({}, {}))
    board.restart()
    await _listed_again(hass, one_device, clock, 3)
    await until(hass, lambda: _is_restored(hass, SOIL))
    assert entities_of_firmware(hass, entry) == before


def _is_restored(hass: HomeAssistant, entity_id: str) -> bool:
    """Whether nothing provides the entity, so that Home Assistant lets people delete it."""
    state = hass.states.get(entity_id)
    return state is not None and state.attributes.get(ATTR_RESTORED) is True
