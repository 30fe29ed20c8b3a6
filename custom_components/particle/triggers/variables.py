"""Trigger variables for devices and events."""

from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from ..events.hub import ParticleEvent


@callback
def device_variables(
    hass: HomeAssistant, entry: ParticleConfigEntry, particle_device_id: str | None
) -> dict[str, Any]:
    """Return the trigger variables that identify a device.

    Args:
        hass: Home Assistant.
        entry: The account.
        particle_device_id: Particle device ID; None for events of the cloud itself.

    Returns:
        ``device_id`` (of the device registry; None if the device is not registered),
        ``particle_device_id``, ``device_name`` and ``config_entry_id``.
    """
    device_entry = particle_device_id and dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, particle_device_id), entry.entry_id
    )
    return {
        "device_id": device_entry.id if device_entry else None,
        "particle_device_id": particle_device_id,
        "device_name": (device_entry.name_by_user or device_entry.name if device_entry else None)
        or particle_device_id,
        "config_entry_id": entry.entry_id,
    }


@callback
def event_variables(
    hass: HomeAssistant, entry: ParticleConfigEntry, event: ParticleEvent
) -> dict[str, Any]:
    """Return the trigger variables for an event.

    Returns:
        The result of `device_variables`, and ``event`` (name), ``data`` (text), ``json`` (the parsed
        payload; None if it is not JSON), ``published_at`` (datetime, UTC), ``product_id``,
        ``firmware_version`` (of the product firmware), ``source`` and ``replayed``.
    """
    return device_variables(hass, entry, event.device_id) | {
        "event": event.name,
        "data": event.data,
        "json": event.json,
        "published_at": event.published_at,
        "product_id": event.product_id,
        "firmware_version": event.firmware_version,
        "source": event.source,
        "replayed": event.replayed,
    }
