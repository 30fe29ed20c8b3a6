"""Thousands of variables or devices leave Home Assistant time for everything else.

A slice of no time ends after its first piece, so that the turns of the event loop can be counted.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util.event_type import EventType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.slices import work
from tests.conftest import SetUp
from tests.simulator import Board, SimulatedCloud
from tests.waiting import until

VARIABLES = 100
DEVICES = 50

# The entities of one device that do not show a variable are brought up to date at once.
MAX_IN_A_TURN = 20


@pytest.fixture(autouse=True)
def _short_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "SLICE_SECONDS", 0)


@pytest.fixture
async def large(cloud: SimulatedCloud) -> Board:
    """A device with many variables."""
    return cloud.world.add_board(
        "large", variables={f"value{number}": number for number in range(VARIABLES)}
    )


@contextmanager
def turns(hass: HomeAssistant, event_type: EventType[Any]) -> Iterator[Counter[int]]:
    """Count the events of a type in each turn of the event loop."""
    counts: Counter[int] = Counter()
    turn = 0
    watching = True

    def next_turn() -> None:
        nonlocal turn
        turn += 1
        if watching:
            hass.loop.call_soon(next_turn)

    @callback
    def count(event: Event[Any]) -> None:
        counts[turn] += 1

    next_turn()
    stop = hass.bus.async_listen(event_type, count)
    try:
        yield counts
    finally:
        stop()
        watching = False


def assert_in_turns(counts: Counter[int], at_least: int) -> None:
    """Check that so many events came, and few of them in any one turn."""
    assert counts.total() >= at_least
    assert max(counts.values()) <= MAX_IN_A_TURN


def unavailable(hass: HomeAssistant) -> int:
    """Return how many variables of the large device are shown as unavailable."""
    return sum(
        state.state == STATE_UNAVAILABLE
        for state in hass.states.async_all("sensor")
        if state.entity_id.startswith("sensor.large_value")
    )


async def test_variables_appear_in_turns(hass: HomeAssistant, large: Board, set_up: SetUp) -> None:
    """The account is set up while everything else goes on."""
    with turns(hass, er.EVENT_ENTITY_REGISTRY_UPDATED) as registered:
        await set_up()
    assert_in_turns(registered, VARIABLES)


async def test_an_account_that_is_set_up_has_all_its_entities(
    hass: HomeAssistant,
    large: Board,
    config_entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    """Whoever waits for the account, as automations do at the start, finds every entity."""
    config_entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(config_entry.entry_id)
    found = er.async_entries_for_config_entry(entity_registry, config_entry.entry_id)
    assert sum(f"{large.id}_variable_value" in entity.unique_id for entity in found) == VARIABLES
    await hass.config_entries.async_unload(config_entry.entry_id)
    await hass.async_block_till_done()


async def test_variables_become_unavailable_in_turns(
    hass: HomeAssistant, cloud: SimulatedCloud, large: Board, set_up: SetUp
) -> None:
    """The device loses its connection."""
    entry = await set_up()
    device = entry.runtime_data.devices[large.id]
    await until(hass, lambda: len(device.data.readings) == VARIABLES)
    await until(hass, lambda: unavailable(hass) == 0)
    with turns(hass, EVENT_STATE_CHANGED) as written:
        cloud.world.set_online(large, False)
        await until(hass, lambda: unavailable(hass) == VARIABLES)
    assert_in_turns(written, VARIABLES)


async def test_variables_are_unloaded_and_come_back_in_turns(
    hass: HomeAssistant, large: Board, set_up: SetUp
) -> None:
    """The account is reloaded, as it is when its options change."""
    entry = await set_up()
    with turns(hass, EVENT_STATE_CHANGED) as written:
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
    assert_in_turns(written, 2 * VARIABLES)


async def test_variables_of_a_removed_account_go_in_turns(
    hass: HomeAssistant, large: Board, set_up: SetUp
) -> None:
    """Home Assistant alone would take all entities from the registry at once."""
    entry = await set_up()
    with turns(hass, er.EVENT_ENTITY_REGISTRY_UPDATED) as removed:
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
    assert_in_turns(removed, VARIABLES)


async def test_variables_of_a_device_that_is_gone_go_in_turns(
    hass: HomeAssistant, cloud: SimulatedCloud, large: Board, set_up: SetUp
) -> None:
    """The user has removed the device from the account."""
    entry = await set_up()
    with turns(hass, er.EVENT_ENTITY_REGISTRY_UPDATED) as removed:
        cloud.world.remove_board(large)
        await entry.runtime_data.account.async_refresh()
        await hass.async_block_till_done()
    assert_in_turns(removed, VARIABLES)


async def test_devices_appear_and_go_in_turns(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """A fleet is added to the account, and leaves it again."""
    entry = await set_up()
    with turns(hass, dr.EVENT_DEVICE_REGISTRY_UPDATED) as added:
        fleet = [cloud.world.add_board(f"device {number}") for number in range(DEVICES)]
        await entry.runtime_data.account.async_refresh()
        await hass.async_block_till_done()
    assert_in_turns(added, DEVICES)
    with turns(hass, dr.EVENT_DEVICE_REGISTRY_UPDATED) as removed:
        for board in fleet:
            cloud.world.remove_board(board)
        await entry.runtime_data.account.async_refresh()
        await hass.async_block_till_done()
    assert_in_turns(removed, DEVICES)
