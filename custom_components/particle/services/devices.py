"""Actions to list, claim and unclaim devices."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..account.errors import cloud_errors
from ..api import Device, DeviceNotFoundError, PermissionDeniedError, platform
from ..api.models import DEVICE_ID, normal_device_id
from ..const import CONF_GROUPS, DOMAIN
from ..coordinator import ParticleConfigEntry
from ..validation.fields import FLAG, NON_EMPTY_STRING, TEXT
from .accounts import (
    ACCOUNT_SCHEMA,
    ATTR_PRODUCT_ID,
    PRODUCT_SCHEMA,
    async_get_account,
    async_get_product,
)
from .action import Access, Action
from .answers import as_data
from .selection import TARGET_SCHEMA, async_get_only_device

ATTR_GROUPS: Final = "groups"
ATTR_PARTICLE_ID: Final = "particle_id"
ATTR_REQUEST_TRANSFER: Final = "request_transfer"


def particle_device_id(value: object) -> str:
    """Validate a Particle device ID."""
    text = TEXT(value).strip()
    if not DEVICE_ID.fullmatch(text):
        raise vol.Invalid(
            "a device ID has 24 hexadecimal digits, such as 0a10aced202194944a000001; "
            "names do not work here"
        )
    return normal_device_id(text)


LIST_DEVICES_SCHEMA = {
    **PRODUCT_SCHEMA,
    vol.Optional(ATTR_GROUPS): vol.All(cv.ensure_list, [NON_EMPTY_STRING]),
}
CLAIM_DEVICE_SCHEMA = {
    **ACCOUNT_SCHEMA,
    vol.Required(ATTR_PARTICLE_ID): particle_device_id,
    vol.Optional(ATTR_REQUEST_TRANSFER, default=False): FLAG,
}


async def _list_devices(call: ServiceCall) -> ServiceResponse:
    """Return the devices with their current details at Particle."""
    groups = call.data.get(ATTR_GROUPS)
    if call.data.get(ATTR_PRODUCT_ID) or groups:
        # Only products have groups.
        target = async_get_product(call)
        entry, scopes = target.entry, [target.scope]
    else:
        entry = async_get_account(call)
        scopes = entry.runtime_data.account.scopes
        groups = entry.options.get(CONF_GROUPS)
    found: dict[str, Device] = {}
    with cloud_errors(entry):
        for scope in scopes:
            filter_groups = groups if scope.id else None
            async for device in entry.runtime_data.cloud.devices.list(scope, groups=filter_groups):
                found.setdefault(device.id, device)
    registry = dr.async_get(call.hass)
    return {"devices": [_details(registry, entry, device) for device in found.values()]}


def _details(
    registry: dr.DeviceRegistry, entry: ParticleConfigEntry, device: Device
) -> JsonObjectType:
    """Return a device with its registry ID, and its last known functions and variables if not listed."""
    device_entry = registry.async_get_device_by_identifier((DOMAIN, device.id), entry.entry_id)
    details: JsonObjectType = {
        "device_id": device_entry.id if device_entry else None,
        "particle_id": device.id,
        "platform": platform(device.platform_id).name,
        **as_data(device, without=("id",)),
    }
    if coordinator := entry.runtime_data.devices.get(device.id):
        if not device.functions:
            details["functions"] = list(coordinator.data.functions)
        if not device.variables:
            details["variables"] = dict(coordinator.data.variables)
    return details


async def _claim_device(call: ServiceCall) -> ServiceResponse:
    """Claim a device for the account, or request its transfer."""
    entry = async_get_account(call)
    device_id = call.data[ATTR_PARTICLE_ID]
    with cloud_errors(entry, device_id):
        try:
            result = await entry.runtime_data.cloud.claims.claim(
                device_id, request_transfer=call.data[ATTR_REQUEST_TRANSFER]
            )
        except DeviceNotFoundError as err:
            raise _not_claimed("claim_unknown_device", device_id, err.message) from err
        except PermissionDeniedError as err:
            if err.code == "unauthorized":
                raise
            raise _not_claimed("claim_refused", device_id, err.message) from err
    entry.runtime_data.account.async_refresh_soon()
    if not call.return_response:
        return None
    return {
        "particle_id": result.device_id,
        "claimed": result.transfer_id is None,
        "transfer_id": result.transfer_id,
    }


def _not_claimed(key: str, device_id: str, reason: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"device": device_id, "reason": reason.rstrip(".")},
    )


async def _unclaim_device(call: ServiceCall) -> ServiceResponse:
    """Unclaim a device; the next listing removes it from Home Assistant."""
    device = async_get_only_device(call)
    with cloud_errors(device.entry, device.name):
        await device.entry.runtime_data.cloud.claims.unclaim(
            device.coordinator.device_id, scope=device.coordinator.scope
        )
    device.entry.runtime_data.account.async_refresh_soon()
    if not call.return_response:
        return None
    return {"name": device.name, "particle_id": device.coordinator.device_id}


ACTIONS: Final = (
    Action("list_devices", _list_devices, LIST_DEVICES_SCHEMA, SupportsResponse.ONLY, Access.READ),
    Action(
        "claim_device",
        _claim_device,
        CLAIM_DEVICE_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.ADMINISTRATORS,
    ),
    Action(
        "unclaim_device",
        _unclaim_device,
        TARGET_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.ADMINISTRATORS,
    ),
)
