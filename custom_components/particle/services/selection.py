"""Resolve the devices in the target of an action, and run the action for them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import json
from typing import Any, Final

from homeassistant.const import (
    ATTR_AREA_ID,
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
)
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.service import async_get_device_and_config_entry
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..api.models import normal_device_id
from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from ..targeting import async_target_device_entries, particle_device_id
from ..validation.fields import NON_EMPTY_STRING, TARGET_FIELDS

# The action's target, which Home Assistant merges into its data. `ActionSchema` requires one field.
TARGET_SCHEMA: Final = {
    vol.Optional(field): vol.All(cv.ensure_list, vol.Length(min=1), [NON_EMPTY_STRING])
    for field in TARGET_FIELDS
}


@dataclass(frozen=True, slots=True)
class TargetDevice:
    """A device in the target of an action.

    Attributes:
        registry_id: ID in the device registry.
        name: Name in Home Assistant.
        entry: The account.
        coordinator: The coordinator of the device.
    """

    registry_id: str
    name: str
    entry: ParticleConfigEntry
    coordinator: DeviceCoordinator


@callback
def async_get_device(hass: HomeAssistant, registry_id: str) -> TargetDevice:
    """Return the device with a registry ID.

    Raises:
        ServiceValidationError: The ID does not exist or is not that of a Particle device, its account
            is not loaded, or Particle no longer lists the device.
    """
    device_entry, entry = async_get_device_and_config_entry(hass, DOMAIN, registry_id)
    name = device_entry.name_by_user or device_entry.name or registry_id
    device_id = particle_device_id(device_entry)
    if device_id is None:
        raise _error("not_a_device", device=name)
    coordinator = entry.runtime_data.devices.get(device_id)
    if coordinator is None:
        raise _error("device_not_found", device=name, account=entry.title)
    return TargetDevice(registry_id, name, entry, coordinator)


@callback
def async_get_devices(call: ServiceCall) -> list[TargetDevice]:
    """Return the devices in the target of an action without duplicates.

    Each part of the target must contain a Particle device, so that nothing is silently skipped.
    Devices of other integrations in an area, a floor or a label are ignored.

    Raises:
        ServiceValidationError: A part of the target has no device, see `async_get_device`.
    """
    hass, target = call.hass, call.data
    devices = {
        registry_id: async_get_device(hass, registry_id)
        for registry_id in target.get(ATTR_DEVICE_ID, ())
    }
    for entity_id in target.get(ATTR_ENTITY_ID, ()):
        device_entries = _device_entries(hass, {ATTR_ENTITY_ID: entity_id})
        if not device_entries:
            raise _error("entity_without_device", entity=entity_id)
        devices.setdefault(device_entries[0].id, async_get_device(hass, device_entries[0].id))
    found = {device.coordinator.device_id for device in devices.values()}
    for field in (ATTR_AREA_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID):
        for target_id in target.get(field, ()):
            device_entries = _device_entries(hass, {field: target_id})
            if not device_entries:
                raise _error("target_without_devices", target=target_id)
            for device_entry in device_entries:
                # Two accounts may have the same device.
                if device_entry.id not in devices and particle_device_id(device_entry) not in found:
                    devices[device_entry.id] = device = async_get_device(hass, device_entry.id)
                    found.add(device.coordinator.device_id)
    return [*devices.values()]


def _device_entries(hass: HomeAssistant, target: dict[str, str]) -> list[dr.BaseDeviceEntry]:
    device_entries = async_target_device_entries(hass, target)
    return [
        device_entry
        for device_entry in sorted(device_entries, key=lambda device_entry: device_entry.id)
        if particle_device_id(device_entry)
        and not (isinstance(device_entry, dr.DeviceEntry) and device_entry.disabled_by is not None)
    ]


@callback
def async_get_only_device(call: ServiceCall) -> TargetDevice:
    """Return the device in the target of an action for a single device.

    Raises:
        ServiceValidationError: The target has several devices, or a part of it has none.
    """
    devices = async_get_devices(call)
    if len(devices) > 1:
        raise _error(
            "one_device_only", devices=", ".join(sorted(device.name for device in devices))
        )
    return devices[0]


def _error(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )


def find_device(entry: ParticleConfigEntry, id_or_name: str) -> DeviceCoordinator | None:
    """Return the device with an ID, or the only one with a name: the cloud accepts both.

    Args:
        entry: The account.
        id_or_name: Particle device ID or name of the device.
    """
    devices = entry.runtime_data.devices
    if (coordinator := devices.get(normal_device_id(id_or_name))) is not None:
        return coordinator
    named = [device for device in devices.values() if device.device.name == id_or_name]
    return named[0] if len(named) == 1 else None


async def async_answer_for_devices(
    call: ServiceCall, ask: Callable[[TargetDevice], Awaitable[JsonObjectType]]
) -> ServiceResponse:
    """Run an action for all devices in its target in parallel and return the response.

    The response contains ``devices``: by registry ID, the ``name`` of each device and the result of
    `ask`. For a single device, the same is at the top level, too, for simple templates. If some
    devices fail and a response is requested, each of them has an ``error`` instead: the results of
    the others may have cost data operations and must not be lost.

    Args:
        call: The action call.
        ask: Runs the action for one device.

    Raises:
        HomeAssistantError: All devices failed, or some did and no response is requested.
    """
    # Resolved first, so that an invalid target does not run the action for only some devices.
    devices = async_get_devices(call)
    results = await asyncio.gather(*(ask(device) for device in devices), return_exceptions=True)
    answers: dict[str, JsonObjectType] = {}
    failures: list[HomeAssistantError] = []
    reports: list[str] = []
    for device, result in zip(devices, results, strict=True):
        if isinstance(result, HomeAssistantError):
            failures.append(result)
            reports.append(f"{device.name}: {result}")
            answers[device.registry_id] = {"name": device.name, "error": str(result)}
        elif isinstance(result, BaseException):
            raise result
        else:
            answers[device.registry_id] = {"name": device.name, **result}
    if failures and len(devices) == 1:
        raise failures[0]
    if len(failures) == len(devices) or (failures and not call.return_response):
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="some_devices_failed",
            translation_placeholders={
                "failed": str(len(failures)),
                "all": str(len(devices)),
                "reports": " | ".join(reports),
            },
        ) from failures[0]
    if not call.return_response:
        return None
    single: dict[str, Any] = answers[devices[0].registry_id] if len(devices) == 1 else {}
    return {**single, "devices": {**answers}}


def as_text(value: Any) -> str:
    """Return a value from the user or a template as the text to send to a device.

    Objects and lists become JSON without spaces, truth values ``true`` and ``false``.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
