"""Events on Home Assistant's bus, for the logbook, for Node-RED and for automations of old."""

from enum import StrEnum
from typing import Any, Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .api.system_events import (
    AppHashEvent,
    FlashStatusEvent,
    LastResetEvent,
    SafeModeEvent,
    StatusEvent,
)
from .const import DOMAIN
from .coordinator import ParticleConfigEntry
from .event_hub import ParticleEvent

EVENT_PARTICLE: Final = "particle_event"

CONF_BUS_EVENTS: Final = "bus_events"

# The recorder stores every event of the bus and refuses those of more than 32 KB.
LONGEST_PARSED: Final = 8_000

# What tells a board's story; a report of its health every few minutes would bury it.
STORY: Final = (AppHashEvent, FlashStatusEvent, LastResetEvent, SafeModeEvent, StatusEvent)


class BusEvents(StrEnum):
    """What of the boards' events goes to the bus, and with it to the logbook and the recorder."""

    NONE = "none"
    STORY = "story"
    ALL = "all"


@callback
def async_forward_to_bus(hass: HomeAssistant, entry: ParticleConfigEntry) -> None:
    """Forward what the user wants as long as the account is loaded."""
    wanted = BusEvents(entry.options.get(CONF_BUS_EVENTS, BusEvents.STORY))
    if wanted is BusEvents.NONE:
        return
    registry = dr.async_get(hass)

    @callback
    def forward(event: ParticleEvent) -> None:
        if wanted is BusEvents.STORY and not isinstance(event.system, STORY):
            return
        device_id = event.device_id
        page = device_id and registry.async_get_device_by_identifier(
            (DOMAIN, device_id), entry.entry_id
        )
        if device_id and not page and device_id not in entry.runtime_data.devices:
            # Another account shows the board, or none does.
            return
        hass.bus.async_fire(
            EVENT_PARTICLE,
            event_data(entry, event, page.id if page else None),
            context=event.context,
        )

    entry.async_on_unload(entry.runtime_data.hub.async_listen(forward))


def event_data(
    entry: ParticleConfigEntry, event: ParticleEvent, page_id: str | None
) -> dict[str, Any]:
    """Return what an event on the bus carries."""
    text = event.event.data
    published_at = event.event.published_at
    return {
        ATTR_DEVICE_ID: page_id,
        ATTR_CONFIG_ENTRY_ID: entry.entry_id,
        "particle_device_id": event.device_id,
        "event": event.name,
        "data": text,
        "json": event.json if len(text or "") <= LONGEST_PARSED else None,
        "published_at": published_at and published_at.isoformat(),
        "replayed": event.replayed,
    }
