"""Event entities: published events, system events and function calls of a device."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, cast, override

from homeassistant.components.event import (
    ATTR_EVENT_TYPES,
    DOMAIN as EVENT_DOMAIN,
    EventDeviceClass,
    EventEntity,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coordinator import ParticleConfigEntry
from .device.coordinator import DeviceCoordinator
from .entities.dynamic import async_add_device_entities
from .entities.function_called import FunctionCalledEvent
from .entities.system_event import ConnectionEvent, FlashEvent, ResetEvent
from .entity import DeviceEntity
from .events.hub import ParticleEvent

PARALLEL_UPDATES = 0

# A device class of this integration, used as a filter in triggers.yaml.
DEVICE: Final = cast(EventDeviceClass, "particle__device")

# Each new name is written to the entity registry, so their number is limited. Events with further
# names have the type "other" and their name in an attribute.
MAX_NAMES = 50
OTHER = "other"

# The recorder drops all attributes of a state whose attributes are longer than 16 KB.
MAX_PAYLOAD = 12_000


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ParticleConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entities of the devices."""

    def events(device: DeviceCoordinator) -> dict[str, Callable[[], DeviceEntity]]:
        factories: dict[str, Callable[[], DeviceEntity]] = {
            "published": partial(PublishedEvent, hass, entry, device),
            "connection": partial(ConnectionEvent, entry, device),
            "flash": partial(FlashEvent, hass, entry, device),
            "reset": partial(ResetEvent, entry, device),
        }
        if device.data.functions:
            factories["function_called"] = partial(FunctionCalledEvent, entry, device)
        return factories

    async_add_device_entities(hass, entry, EVENT_DOMAIN, async_add_entities, events)


class PublishedEvent(DeviceEntity, EventEntity):
    """The events that a device publishes; the event types are the names seen so far."""

    _available_while_offline = True
    _attr_device_class = DEVICE
    _attr_translation_key = "published"

    def __init__(
        self, hass: HomeAssistant, entry: ParticleConfigEntry, coordinator: DeviceCoordinator
    ) -> None:
        """Initialize the entity with the event types from the entity registry."""
        super().__init__(entry, coordinator, "published")
        self._attr_event_types = self._remembered_names(hass)

    def _remembered_names(self, hass: HomeAssistant) -> list[str]:
        registry = er.async_get(hass)
        entity_id = registry.async_get_entity_id(EVENT_DOMAIN, DOMAIN, self.unique_id or "")
        registered = registry.async_get(entity_id) if entity_id else None
        capabilities = registered.capabilities if registered else None
        return list((capabilities or {}).get(ATTR_EVENT_TYPES, []))

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the device."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self._entry.runtime_data.hub.async_listen(
                self._handle_event, device_id=self.coordinator.device_id
            )
        )

    @callback
    def _handle_event(self, event: ParticleEvent) -> None:
        """Handle an event that the user's firmware published."""
        if not event.is_users_own:
            return
        self._trigger_event(self._learn(event.name), self._attributes(event))
        self.async_set_context(event.context)
        self.async_write_ha_state()

    def _learn(self, name: str) -> str:
        """Return the event type for a name, adding it if it is new."""
        if name in self.event_types:
            return name
        if len(self.event_types) >= MAX_NAMES:
            if OTHER not in self.event_types:
                self._attr_event_types = [*self.event_types, OTHER]
            return OTHER
        self._attr_event_types = [*self.event_types, name]
        return name

    @staticmethod
    def _attributes(event: ParticleEvent) -> dict[str, Any]:
        text = event.data
        cut = text is not None and len(text.encode()) > MAX_PAYLOAD
        data = event.json if event.json is not None and not cut else text and text[:MAX_PAYLOAD]
        published_at = event.published_at
        attributes = {
            "name": event.name,
            "data": data,
            "published_at": published_at and published_at.isoformat(),
        }
        if cut:
            attributes["data_is_cut"] = True
        if event.replayed:
            attributes["replayed"] = True
        return attributes
