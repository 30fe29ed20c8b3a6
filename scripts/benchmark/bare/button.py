"""Buttons of the minimal integration."""

from homeassistant.components.button import ButtonEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import BareConfigEntry
from .entity import BareEntity, make


class BareButton(BareEntity, ButtonEntity):
    """A button that does nothing."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BareConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the entities."""
    async_add_entities(make(BareButton, "button", entry))
