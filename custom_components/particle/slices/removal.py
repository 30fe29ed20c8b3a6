"""Remove entities and devices in slices: Home Assistant removes all in one turn of the event loop."""

from collections.abc import Iterable
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.entity_platform import async_get_platforms

from ..const import DOMAIN
from .work import in_slices

_LOGGER = logging.getLogger(__name__)


async def async_unload_entities(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Remove the entities of an entry before its platforms are unloaded; they stay registered."""
    entities = [
        entity
        for platform in async_get_platforms(hass, DOMAIN)
        if platform.config_entry is entry
        for entity in platform.entities.values()
    ]
    async for entity in in_slices(entities):
        try:
            await entity.async_remove()
        except Exception:
            # An error in one entity must not affect the others.
            _LOGGER.exception("Error while removing entity %s", entity.entity_id)


async def async_remove_registered_entities(
    hass: HomeAssistant, entities: Iterable[er.RegistryEntry]
) -> None:
    """Remove entities from the registry.

    Home Assistant does so when a device or an entry is removed, but with thousands of entities that
    exceeds its limit of events that follow from one event.
    """
    registry = er.async_get(hass)
    async for entity in in_slices(entities):
        registry.async_remove(entity.entity_id)


async def async_remove_from_registries(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Remove the entities and devices of an entry that is being removed."""
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    await async_remove_registered_entities(hass, entities)
    registry = dr.async_get(hass)
    devices = dr.async_entries_for_config_entry(registry, entry.entry_id)
    # In reverse, because the others refer to the account's own device, which was created first.
    async for device in in_slices(reversed(devices)):
        registry.async_remove_device(device.id)
