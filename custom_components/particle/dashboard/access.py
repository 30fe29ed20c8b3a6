"""What a user of Home Assistant may see of a device and do with it."""

from dataclasses import dataclass

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er


@dataclass(frozen=True, slots=True)
class Access:
    """What a user may do.

    Attributes:
        read: See the device, its values and its events.
        control: Call its functions and read its variables.
        administer: What changes it at Particle, and publish events.
    """

    read: bool
    control: bool
    administer: bool


def access_to_device(hass: HomeAssistant, user: User, registry_id: str) -> Access:
    """Return what a user may do with a device.

    A card shows all of a device and not one entity, so every entity of the device counts, as it does
    for the actions.
    """

    def has(permission: str) -> bool:
        if user.permissions.access_all_entities(permission):
            return True
        entities = er.async_entries_for_device(
            er.async_get(hass), registry_id, include_disabled_entities=True
        )
        return bool(entities) and all(
            user.permissions.check_entity(entity.entity_id, permission) for entity in entities
        )

    return Access(read=has(POLICY_READ), control=has(POLICY_CONTROL), administer=user.is_admin)


def may_read_everything(user: User) -> bool:
    """Whether a user may see what belongs to an account and not to one device."""
    return user.permissions.access_all_entities(POLICY_READ)
