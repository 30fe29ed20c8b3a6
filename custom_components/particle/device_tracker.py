"""Device trackers of devices that publish their location."""

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
    """Add a tracker for each device that has published its location."""

    def trackers(device: DeviceCoordinator) -> dict[str, Callable[[], DeviceEntity]]:
        if device.data.location is None:
            return {}
        return {"location": partial(DeviceTracker, entry, device)}

    async_add_device_entities(hass, entry, "device_tracker", async_add_entities, trackers)


class DeviceTracker(DeviceEntity, TrackerEntity):
    """The last published location of a device."""

    _available_while_offline = True
    _attr_translation_key = "location"

    def __init__(self, entry: ParticleConfigEntry, coordinator: DeviceCoordinator) -> None:
        """Initialize the entity."""
        super().__init__(entry, coordinator, "location")

    @property
    @override
    def entity_category(self) -> None:
        """No category: trackers are diagnostic by default, but the location is a main value."""
        return None

    @property
    @override
    def latitude(self) -> float | None:
        """The latitude in degrees."""
        location = self.coordinator.data.location
        return location.latitude if location else None

    @property
    @override
    def longitude(self) -> float | None:
        """The longitude in degrees."""
        location = self.coordinator.data.location
        return location.longitude if location else None

    @property
    @override
    def location_accuracy(self) -> float:
        """The accuracy in meters; 0 if the device does not report it."""
        location = self.coordinator.data.location
        return (location.horizontal_accuracy if location else None) or 0

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Altitude, heading, speed and time of the location."""
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
