"""Actions to change the settings of devices at Particle: notes, groups, firmware lock and flags."""

from collections.abc import Awaitable, Callable
from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..account.errors import cloud_errors
from ..api import NotFoundError
from ..const import DOMAIN
from ..validation.fields import FLAG, NON_EMPTY_STRING, TEXT, whole_number
from .accounts import product_of
from .action import Access, Action
from .selection import TARGET_SCHEMA, TargetDevice, async_answer_for_devices

ATTR_ADD: Final = "add"
ATTR_DEVELOPMENT: Final = "development"
ATTR_FLASH: Final = "flash"
ATTR_FORCED: Final = "forced"
ATTR_GROUPS: Final = "groups"
ATTR_NOTES: Final = "notes"
ATTR_REMOVE: Final = "remove"
ATTR_VERSION: Final = "version"

NEW_GROUP: Final = vol.All(
    NON_EMPTY_STRING,
    vol.Match(
        r"^[a-z0-9_-]+$",
        msg="a group's name consists of lower-case letters, digits, '-' and '_'",
    ),
)

SET_NOTES_SCHEMA = {**TARGET_SCHEMA, vol.Required(ATTR_NOTES): TEXT}
SET_GROUPS_SCHEMA = {
    **TARGET_SCHEMA,
    vol.Optional(ATTR_GROUPS): vol.All(cv.ensure_list, [NEW_GROUP]),
    vol.Optional(ATTR_ADD, default=[]): vol.All(cv.ensure_list, [NEW_GROUP]),
    # Older groups may have names that are no longer valid.
    vol.Optional(ATTR_REMOVE, default=[]): vol.All(cv.ensure_list, [NON_EMPTY_STRING]),
}
LOCK_FIRMWARE_SCHEMA = {
    **TARGET_SCHEMA,
    vol.Required(ATTR_VERSION): whole_number(0, 65535),
    vol.Optional(ATTR_FLASH, default=False): FLAG,
}
FORCE_UPDATES_SCHEMA = {**TARGET_SCHEMA, vol.Optional(ATTR_FORCED, default=True): FLAG}
MARK_DEVELOPMENT_SCHEMA = {**TARGET_SCHEMA, vol.Optional(ATTR_DEVELOPMENT, default=True): FLAG}


async def _change(
    call: ServiceCall, change: Callable[[TargetDevice], Awaitable[JsonObjectType]]
) -> ServiceResponse:
    """Change devices in parallel and fetch their details afterwards."""

    async def ask(device: TargetDevice) -> JsonObjectType:
        with cloud_errors(device.entry, device.name):
            changed = await change(device)
        device.coordinator.async_describe_soon()
        return changed

    return await async_answer_for_devices(call, ask)


async def _set_notes(call: ServiceCall) -> ServiceResponse:
    """Set the notes of devices; an empty text deletes them."""
    notes: str = call.data[ATTR_NOTES]

    async def change(device: TargetDevice) -> JsonObjectType:
        await device.entry.runtime_data.cloud.devices.set_notes(
            device.coordinator.device_id, notes, scope=device.coordinator.scope
        )
        return {"notes": notes}

    return await _change(call, change)


async def _set_groups(call: ServiceCall) -> ServiceResponse:
    """Set the groups of devices, or add devices to groups and remove them from others."""
    absolute: list[str] | None = call.data.get(ATTR_GROUPS)
    add: list[str] = call.data[ATTR_ADD]
    remove: list[str] = call.data[ATTR_REMOVE]
    if (absolute is None) == (not add and not remove):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="groups_missing" if absolute is None else "groups_contradict",
        )
    if both := sorted(set(add) & set(remove)):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="groups_added_and_removed",
            translation_placeholders={"groups": ", ".join(both)},
        )

    async def change(device: TargetDevice) -> JsonObjectType:
        scope, cloud = product_of(device), device.entry.runtime_data.cloud
        device_id = device.coordinator.device_id
        if absolute is None:
            await cloud.fleet.change_groups([device_id], scope=scope, add=add, remove=remove)
        else:
            await cloud.fleet.set_groups(device_id, dict.fromkeys(absolute), scope=scope)
        details = await cloud.devices.get(device_id, scope=scope)
        return {"groups": list(details.groups)}

    return await _change(call, change)


async def _lock_firmware(call: ServiceCall) -> ServiceResponse:
    """Lock devices to one version of their product's firmware."""
    version: int = call.data[ATTR_VERSION]
    flash: bool = call.data[ATTR_FLASH]

    async def change(device: TargetDevice) -> JsonObjectType:
        scope = product_of(device)
        try:
            await device.entry.runtime_data.cloud.fleet.lock_firmware(
                device.coordinator.device_id, version, scope=scope, flash=flash
            )
        except NotFoundError as err:
            # The device exists, so the version does not.
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="firmware_version_not_found",
                translation_placeholders={
                    "device": device.name,
                    "product": str(scope.id),
                    "reason": err.message.rstrip("."),
                    "version": str(version),
                },
            ) from err
        return {"desired_firmware_version": version, "flash": flash}

    return await _change(call, change)


async def _unlock_firmware(call: ServiceCall) -> ServiceResponse:
    """Make devices follow the releases of their product again."""

    async def change(device: TargetDevice) -> JsonObjectType:
        await device.entry.runtime_data.cloud.fleet.unlock_firmware(
            device.coordinator.device_id, scope=product_of(device)
        )
        return {"desired_firmware_version": None}

    return await _change(call, change)


async def _force_updates(call: ServiceCall) -> ServiceResponse:
    """Force updates even if the firmware has disabled them, or stop doing so."""
    forced: bool = call.data[ATTR_FORCED]

    async def change(device: TargetDevice) -> JsonObjectType:
        await device.entry.runtime_data.cloud.devices.force_updates(
            device.coordinator.device_id, forced, scope=device.coordinator.scope
        )
        return {"firmware_updates_forced": forced}

    return await _change(call, change)


async def _mark_development(call: ServiceCall) -> ServiceResponse:
    """Mark devices as development devices, which do not get releases, or remove the mark."""
    development: bool = call.data[ATTR_DEVELOPMENT]

    async def change(device: TargetDevice) -> JsonObjectType:
        await device.entry.runtime_data.cloud.fleet.mark_development(
            device.coordinator.device_id, development, scope=product_of(device)
        )
        return {"development": development}

    return await _change(call, change)


ACTIONS: Final = (
    Action(
        "set_notes", _set_notes, SET_NOTES_SCHEMA, SupportsResponse.OPTIONAL, Access.ADMINISTRATORS
    ),
    Action(
        "set_groups",
        _set_groups,
        SET_GROUPS_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.ADMINISTRATORS,
    ),
    Action(
        "lock_firmware",
        _lock_firmware,
        LOCK_FIRMWARE_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.ADMINISTRATORS,
    ),
    Action(
        "unlock_firmware",
        _unlock_firmware,
        TARGET_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.ADMINISTRATORS,
    ),
    Action(
        "force_firmware_updates",
        _force_updates,
        FORCE_UPDATES_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.ADMINISTRATORS,
    ),
    Action(
        "mark_development",
        _mark_development,
        MARK_DEVELOPMENT_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.ADMINISTRATORS,
    ),
)
