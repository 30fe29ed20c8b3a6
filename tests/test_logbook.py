"""What stands in the logbook, and what goes to the bus for it."""

from collections.abc import Callable
from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.particle.events.bus import (
    CONF_BUS_EVENTS,
    EVENT_PARTICLE,
    EVENT_PUBLISHED,
    BusEvents,
)
from custom_components.particle.logbook import async_describe_events
from tests.automations import listening, registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import until


async def _set_up(
    hass: HomeAssistant, set_up: SetUp, config_entry: MockConfigEntry, wanted: str | None
) -> list[Event[Any]]:
    """Set up an account with an option, and return the events that come to the bus."""
    events: list[Event[Any]] = async_capture_events(hass, EVENT_PARTICLE)
    await listening(hass, set_up)
    if wanted is not None:
        hass.config_entries.async_update_entry(config_entry, options={CONF_BUS_EVENTS: wanted})
        await hass.async_block_till_done()
        await until(hass, lambda: config_entry.runtime_data.streams[0].state.connected)
    return events


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (None, ["spark/device/last_reset"]),
        (BusEvents.SYSTEM, ["spark/device/last_reset"]),
        (BusEvents.ALL, ["spark/device/last_reset", "spark/device/diagnostics/update", "door"]),
        (BusEvents.NONE, []),
    ],
)
async def test_what_goes_to_the_bus(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    config_entry: MockConfigEntry,
    wanted: str | None,
    names: list[str],
) -> None:
    """The boards' story unless the user wants more or less."""
    events = await _set_up(hass, set_up, config_entry, wanted)
    heard: list[str] = []
    config_entry.runtime_data.hub.async_listen(lambda event: heard.append(event.name))
    garage = cloud.world.board("garage")
    garage.system_event("spark/device/last_reset", "user")
    garage.system_event("spark/device/diagnostics/update", "{}")
    garage.publish("door", "open")
    await until(hass, lambda: "door" in heard)
    assert [event.data["event"] for event in events] == names


async def test_an_event_on_the_bus(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, config_entry: MockConfigEntry
) -> None:
    """It has all that an automation of old or Node-RED needs, and stays small."""
    events = await _set_up(hass, set_up, config_entry, BusEvents.ALL)
    cloud.world.publish("garage", "door", '{"open": true}')
    long = '{"x": "' + "y" * 16_000 + '"}'
    cloud.world.publish("garage", "photo", long)
    cloud.world.publish_from_cloud(
        "stray", "", coreid="0a10aced202194944a0000ee", owner=cloud.username
    )
    cloud.world.publish_from_cloud("news", "", owner=cloud.username)
    await until(hass, lambda: len(events) == 3)
    door, photo, news = (event.data for event in events)
    assert door == {
        "device_id": registry_id(hass, cloud, "garage"),
        "config_entry_id": config_entry.entry_id,
        "particle_device_id": cloud.world.board("garage").id,
        "event": "door",
        "data": '{"open": true}',
        "json": {"open": True},
        "published_at": door["published_at"],
        "replayed": False,
    }
    assert (photo["data"], photo["json"]) == (long, None)
    assert (news["event"], news["device_id"]) == ("news", None)


def _describer(hass: HomeAssistant) -> Callable[[Event[Any]], dict[str, str]]:
    """Return what puts a published event into words, as the logbook gets it."""
    described: dict[str, Any] = {}

    @callback
    def register(domain: str, event_type: str, describe: Any) -> None:
        described[event_type] = describe

    async_describe_events(hass, register)
    assert list(described) == [EVENT_PUBLISHED]
    describe: Callable[[Event[Any]], dict[str, str]] = described[EVENT_PUBLISHED]
    return describe


async def test_the_logbook_uses_the_name_that_the_user_gave(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, device_registry: dr.DeviceRegistry
) -> None:
    """The name in Home Assistant, not the one at Particle."""
    await listening(hass, set_up)
    device_id = registry_id(hass, cloud, "garage")
    device_registry.async_update_device(device_id, name_by_user="Big door")
    data = {"event": "door", "data": "open", "device_registry_id": device_id}
    assert _describer(hass)(Event(EVENT_PUBLISHED, data))["name"] == "Big door"


async def test_the_logbook_before_the_translations_are_loaded(hass: HomeAssistant) -> None:
    """A line is never empty; the language has just been changed."""
    hass.config.language = "nl"
    data = {"event": "door", "data": "open"}
    assert _describer(hass)(Event(EVENT_PUBLISHED, data)) == {
        "name": "Particle",
        "message": "door open",
    }


async def test_the_logbook_names_the_device(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """By what people call it; what no device sent comes from Particle."""
    await listening(hass, set_up)
    assert await async_setup_component(hass, "http", {})
    describe = _describer(hass)
    data = {"event": "door", "data": "open"}
    for sender, name in (
        ({"device_registry_id": registry_id(hass, cloud, "garage")}, "garage"),
        ({"device_registry_id": None, "particle_device_id": "0a10"}, "0a10"),
        ({"device_registry_id": None, "particle_device_id": None}, "Particle"),
    ):
        entry = describe(Event(EVENT_PUBLISHED, data | sender))
        assert entry == {"name": name, "message": "published door: open"}
    again = Event(EVENT_PUBLISHED, {"event": "door", "data": "", "replayed": True})
    assert describe(again)["message"] == "published door (replayed)"
