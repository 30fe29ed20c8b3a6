"""Check the permissions of Home Assistant users for actions, as entity services do."""

from collections.abc import Iterable

from homeassistant.core import Context, ServiceCall
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import entity_registry as er

from ..targeting import async_target_device_entries, particle_device_id
from ..validation.fields import TARGET_FIELDS
from .accounts import async_get_account


async def async_check_permission(call: ServiceCall, permission: str) -> None:
    """Raise an error if the user lacks the permission for an entity that an action affects.

    An action affects a whole device, so the permission is needed for all of its entities; without a
    device, for all entities of the account.

    Raises:
        UnknownUser: The user has been removed.
        Unauthorized: The user lacks the permission.
        ServiceValidationError: No device is given, and the account is ambiguous.
    """
    context: Context = call.context
    if context.user_id is None:
        # An automation, or Home Assistant itself.
        return
    user = await call.hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context, permission=permission)
    if user.permissions.access_all_entities(permission):
        return
    entities = [entity.entity_id for entity in _entities(call)]
    for entity_id in entities:
        if not user.permissions.check_entity(entity_id, permission):
            raise Unauthorized(context=context, entity_id=entity_id, permission=permission)
    if not entities:
        raise Unauthorized(context=context, permission=permission)


def _entities(call: ServiceCall) -> Iterable[er.RegistryEntry]:
    """Return the entities that an action affects."""
    registry = er.async_get(call.hass)
    target = {field: call.data[field] for field in TARGET_FIELDS if field in call.data}
    if not target:
        return er.async_entries_for_config_entry(registry, async_get_account(call).entry_id)
    return [
        entity
        for device_entry in async_target_device_entries(call.hass, target)
        if particle_device_id(device_entry)
        for entity in er.async_entries_for_device(
            registry, device_entry.id, include_disabled_entities=True
        )
    ]
