"""Where an event comes from, and who may see it and play it again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from ..api import CloudEvent
from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from .access import access_to_device, may_read_everything


@dataclass(frozen=True, slots=True)
class Sender:
    """Where events come from, for a user who may see them.

    Attributes:
        device_id: Id in the device registry; None for the cloud and for webhooks.
        control: Whether the user may play the events again.
    """

    device_id: str | None
    control: bool

    def is_among(self, device_ids: Collection[str] | None) -> bool:
        """Whether events are wanted: those of some devices, or of None for all."""
        return device_ids is None or self.device_id in device_ids


def find_sender(
    hass: HomeAssistant, user: User, entry: ParticleConfigEntry, particle_device_id: str | None
) -> Sender | None:
    """Return where events come from; None if the user may not see them.

    Events of a device that the account does not show are not sent.
    """
    if particle_device_id is None:
        if not may_read_everything(user):
            return None
        return Sender(None, user.permissions.access_all_entities(POLICY_CONTROL))
    registered = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, particle_device_id), entry.entry_id
    )
    if registered is None:
        return None
    access = access_to_device(hass, user, registered.id)
    return Sender(registered.id, access.control) if access.read else None


def event_as_json(
    entry: ParticleConfigEntry,
    event: CloudEvent,
    sender: Sender,
    *,
    received_at: datetime,
    replayed: bool = False,
) -> dict[str, Any]:
    """Return an event as the log of a card shows it."""
    published_at = event.published_at
    return {
        "config_entry_id": entry.entry_id,
        "device_id": sender.device_id,
        "event": event.name,
        "data": event.data,
        "published_at": published_at and published_at.isoformat(),
        "received_at": received_at.isoformat(),
        "own": not event.is_system and not event.is_hook,
        "replayed": replayed,
        "may_replay": sender.control,
    }
