"""Sensors of the minimal integration."""

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import BareConfigEntry
from .entity import BareEntity, make


class BareSensor(BareEntity, SensorEntity):
    """A sensor whose state never changes."""

    _attr_native_value = 21.5


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BareConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the entities."""
    async_add_entities(make(BareSensor, "sensor", entry))
