"""Binary sensors of the minimal integration."""

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import BareConfigEntry
from .entity import BareEntity, make


class BareBinarySensor(BareEntity, BinarySensorEntity):
    """A binary sensor that is always on."""

    _attr_is_on = True


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BareConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the entities."""
    async_add_entities(make(BareBinarySensor, "binary_sensor", entry))
