"""The platform of the bare minimum that Home Assistant calls sensor."""

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import BareConfigEntry
from .entity import BareEntity, make


class BareSensor(BareEntity, SensorEntity):
    """A sensor that always shows the same."""

    _attr_native_value = 21.5


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BareConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the entities."""
    async_add_entities(make(BareSensor, "sensor", entry))
