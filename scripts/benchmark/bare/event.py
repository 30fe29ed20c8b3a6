"""Event entities of the minimal integration."""

from typing import Any

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import BareConfigEntry
from .entity import BareEntity, make


class BareEvent(BareEntity, EventEntity):
    """An event entity that is triggered from outside."""

    entity_description = EventEntityDescription(key="published", event_types=["bench/reading"])

    @callback
    def write(self, event_type: str, attributes: dict[str, Any]) -> None:
        """Trigger the event."""
        self._trigger_event(event_type, attributes)
        self.async_write_ha_state()


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BareConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the entities."""
    async_add_entities(make(BareEvent, "event", entry))
