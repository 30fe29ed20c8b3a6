"""Events on Home Assistant's event bus, for Node-RED, event triggers and the logbook."""

from collections.abc import Container
from enum import StrEnum
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ..api.system_events import (
    AppHashEvent,
    FlashStatusEvent,
    LastResetEvent,
    SafeModeEvent,
    StatusEvent,
)
from ..const import DOMAIN
from .hub import EventHub, ParticleEvent

EVENT_PARTICLE: Final = "particle_event"

# The source of the logbook entry for a published event. It has no device_id, by which the logbook
# filters: the entry of the event entity, which has the same context, shows the device.
EVENT_PUBLISHED: Final = "particle_published"
ATTR_REGISTRY_ID: Final = "device_registry_id"

CONF_BUS_EVENTS: Final = "bus_events"

# The recorder rejects events of more than 32 KB.
MAX_PARSED: Final = 8_000

# Maximum number of characters of a payload in the logbook.
MAX_LOGBOOK_DATA: Final = 80

# The system events that are forwarded; vitals are too frequent.
SYSTEM: Final = (AppHashEvent, FlashStatusEvent, LastResetEvent, SafeModeEvent, StatusEvent)


class BusEvents(StrEnum):
    """Which events are forwarded to the bus, and with it to the logbook and the recorder."""

    NONE = "none"
    SYSTEM = "story"
    ALL = "all"


@callback
def async_forward_to_bus(
    hass: HomeAssistant, entry: ConfigEntry, hub: EventHub, devices: Container[str]
) -> None:
    """Forward the selected events while the account is loaded.

    Args:
        hass: Home Assistant.
        entry: The account.
        hub: Distributes its events.
        devices: Contains the current Particle device IDs of the account.
    """
    selected = BusEvents(entry.options.get(CONF_BUS_EVENTS, BusEvents.SYSTEM))
    if selected is BusEvents.NONE:
        return
    registry = dr.async_get(hass)

    @callback
    def forward(event: ParticleEvent) -> None:
        if selected is BusEvents.SYSTEM and not isinstance(event.system, SYSTEM):
            return
        device_id = event.device_id
        device_entry = device_id and registry.async_get_device_by_identifier(
            (DOMAIN, device_id), entry.entry_id
        )
        if device_id and not device_entry and device_id not in devices:
            # The device belongs to another account, or to none.
            return
        registry_id = device_entry.id if device_entry else None
        if event.is_users_own:
            # First, because the logbook treats the first event of a context as the cause.
            hass.bus.async_fire(
                EVENT_PUBLISHED, _published_data(event, registry_id), context=event.context
            )
        hass.bus.async_fire(
            EVENT_PARTICLE, event_data(entry, event, registry_id), context=event.context
        )

    entry.async_on_unload(hub.async_listen(forward))


def _published_data(event: ParticleEvent, registry_id: str | None) -> dict[str, Any]:
    """Return the data of the logbook entry."""
    text = event.data or ""
    return {
        ATTR_REGISTRY_ID: registry_id,
        "particle_device_id": event.device_id,
        "event": event.name,
        "data": text if len(text) <= MAX_LOGBOOK_DATA else f"{text[:MAX_LOGBOOK_DATA]}…",
        "replayed": event.replayed,
    }


def event_data(entry: ConfigEntry, event: ParticleEvent, registry_id: str | None) -> dict[str, Any]:
    """Return the data of an event on the bus."""
    text = event.data
    published_at = event.published_at
    return {
        ATTR_DEVICE_ID: registry_id,
        ATTR_CONFIG_ENTRY_ID: entry.entry_id,
        "particle_device_id": event.device_id,
        "event": event.name,
        "data": text,
        "json": event.json if len(text or "") <= MAX_PARSED else None,
        "published_at": published_at and published_at.isoformat(),
        "replayed": event.replayed,
    }
