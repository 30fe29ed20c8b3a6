"""Events on Home Assistant's bus, for Node-RED, for automations of old and for the logbook."""

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

# What the logbook shows of a published event. It names no device under the key that the logbook
# filters by: the line of the event entity, which has the same context, shows it.
EVENT_PUBLISHED: Final = "particle_published"
ATTR_REGISTRY_ID: Final = "device_registry_id"

CONF_BUS_EVENTS: Final = "bus_events"

# The recorder stores every event of the bus and refuses those of more than 32 KB.
MAX_PARSED: Final = 8_000

# Characters of a payload in the logbook: a hint, not a document.
MAX_LOGBOOK_DATA: Final = 80

# What tells a device's story; a report of its health every few minutes would bury it.
SYSTEM: Final = (AppHashEvent, FlashStatusEvent, LastResetEvent, SafeModeEvent, StatusEvent)


class BusEvents(StrEnum):
    """What of the devices' events goes to the bus, and with it to the logbook and the recorder."""

    NONE = "none"
    SYSTEM = "story"
    ALL = "all"


@callback
def async_forward_to_bus(
    hass: HomeAssistant, entry: ConfigEntry, hub: EventHub, devices: Container[str]
) -> None:
    """Forward what the user wants as long as the account is loaded.

    Args:
        hass: Home Assistant.
        entry: The account.
        hub: Where its events arrive.
        devices: The ids of its devices at any moment.
    """
    wanted = BusEvents(entry.options.get(CONF_BUS_EVENTS, BusEvents.SYSTEM))
    if wanted is BusEvents.NONE:
        return
    registry = dr.async_get(hass)

    @callback
    def forward(event: ParticleEvent) -> None:
        if wanted is BusEvents.SYSTEM and not isinstance(event.system, SYSTEM):
            return
        device_id = event.device_id
        page = device_id and registry.async_get_device_by_identifier(
            (DOMAIN, device_id), entry.entry_id
        )
        if device_id and not page and device_id not in devices:
            # Another account shows the device, or none does.
            return
        registry_id = page.id if page else None
        if event.is_users_own:
            # First, because the logbook takes the first event of a context for its cause.
            hass.bus.async_fire(
                EVENT_PUBLISHED, _published_data(event, registry_id), context=event.context
            )
        hass.bus.async_fire(
            EVENT_PARTICLE, event_data(entry, event, registry_id), context=event.context
        )

    entry.async_on_unload(hub.async_listen(forward))


def _published_data(event: ParticleEvent, registry_id: str | None) -> dict[str, Any]:
    """Return what the logbook needs for its line."""
    text = event.data or ""
    return {
        ATTR_REGISTRY_ID: registry_id,
        "particle_device_id": event.device_id,
        "event": event.name,
        "data": text if len(text) <= MAX_LOGBOOK_DATA else f"{text[:MAX_LOGBOOK_DATA]}…",
        "replayed": event.replayed,
    }


def event_data(entry: ConfigEntry, event: ParticleEvent, registry_id: str | None) -> dict[str, Any]:
    """Return what an event on the bus carries."""
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
