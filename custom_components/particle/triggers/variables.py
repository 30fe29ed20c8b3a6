"""What automations see of the devices and the events: the variables of the triggers."""

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
    """Return how a device is called: by Home Assistant, by Particle, and by people.

    Args:
        hass: Home Assistant.
        entry: The account.
        particle_device_id: Particle's id; None for what comes from the cloud itself.

    Returns:
        ``device_id`` (the page's id, as actions take it; None where the device has no page),
        ``particle_device_id``, ``device_name`` and ``config_entry_id``.
    """
    page = particle_device_id and dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, particle_device_id), entry.entry_id
    )
    return {
        "device_id": page.id if page else None,
        "particle_device_id": particle_device_id,
        "device_name": (page.name_by_user or page.name if page else None) or particle_device_id,
        "config_entry_id": entry.entry_id,
    }


@callback
def event_variables(
    hass: HomeAssistant, entry: ParticleConfigEntry, event: ParticleEvent
) -> dict[str, Any]:
    """Return what an automation sees of an event.

    Returns:
        Those of `device_variables`, and ``event`` (its name), ``data`` (text), ``json`` (the parsed
        payload, None where it is not JSON), ``published_at`` (datetime, UTC), ``product_id``,
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
