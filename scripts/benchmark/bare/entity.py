"""Base class of the entities of the minimal integration."""

from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity

from . import DOMAIN, BareConfigEntry


class BareEntity(Entity):
    """An entity of a device."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, device: int, info: DeviceInfo, name: str, *, enabled: bool) -> None:
        """Initialize the entity.

        Args:
            device: Number of its device.
            info: Information about its device.
            name: Name, which is unique for its device.
            enabled: Whether it is enabled by default.
        """
        self._attr_name = name
        self._attr_unique_id = f"{device:024x}_{name}"
        self._attr_entity_registry_enabled_default = enabled
        self._attr_device_info = info


def make[E: BareEntity](kind: type[E], platform: str, entry: BareConfigEntry) -> list[E]:
    """Create the entities of a platform, and store the enabled ones in the runtime data."""
    bare = entry.runtime_data
    enabled = bare.shape.enabled.get(platform, 0)
    disabled = bare.shape.disabled.get(platform, 0)
    bare.entities[platform] = []
    made: list[E] = []
    for device in range(bare.devices):
        info = DeviceInfo(
            identifiers={(DOMAIN, f"{device:024x}")},
            manufacturer="Nobody",
            model="Nothing",
            name=f"device {device}",
            sw_version="1.0.0",
        )
        for number in range(enabled + disabled):
            entity = kind(device, info, f"{platform} {number}", enabled=number < enabled)
            made.append(entity)
            if number < enabled:
                bare.entities[platform].append(entity)
    return made
