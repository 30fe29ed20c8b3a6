"""Device trackers: where devices are that publish their location."""

from collections.abc import Callable
from functools import partial
from typing import Any, override

from homeassistant.components.device_tracker import TrackerEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import ParticleConfigEntry
from .device.coordinator import DeviceCoordinator
from .entities.dynamic import async_add_device_entities
from .entity import DeviceEntity

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ParticleConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add a tracker for each device that has said where it is."""

    def trackers(device: DeviceCoordinator) -> dict[str, Callable[[], DeviceEntity]]:
        if device.data.location is None:
            return {}
        return {"location": partial(DeviceTracker, entry, device)}

    async_add_device_entities(hass, entry, "device_tracker", async_add_entities, trackers)


class DeviceTracker(DeviceEntity, TrackerEntity):
    """Where a device said last that it is, with the time at which it said so."""

    _true_while_offline = True
    _attr_translation_key = "location"

    def __init__(self, entry: ParticleConfigEntry, coordinator: DeviceCoordinator) -> None:
        """Initialize the entity."""
        super().__init__(entry, coordinator, "location")

    @property
    @override
    def entity_category(self) -> None:
        """Where a device is belongs to its main values; trackers are diagnostic by default."""
        return None

    @property
    @override
    def latitude(self) -> float | None:
        """Degrees north."""
        location = self.coordinator.data.location
        return location.latitude if location else None

    @property
    @override
    def longitude(self) -> float | None:
        """Degrees east."""
        location = self.coordinator.data.location
        return location.longitude if location else None

    @property
    @override
    def location_accuracy(self) -> float:
        """Metres; 0 where the device does not tell."""
        location = self.coordinator.data.location
        return (location.horizontal_accuracy if location else None) or 0

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """What else the device told."""
        location = self.coordinator.data.location
        if location is None:
            return {}
        published_at = location.event.published_at
        return {
            "altitude": location.altitude,
            "heading": location.heading,
            "speed": location.speed,
            "located_at": (at := location.time or published_at) and at.isoformat(),
        }
