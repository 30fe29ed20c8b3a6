"""Which devices an action is for, and what it answers for several of them."""

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

# The action's target, which Home Assistant merges into its data. `ActionSchema` wants one of them.
TARGET_SCHEMA: Final = {
    vol.Optional(field): vol.All(cv.ensure_list, vol.Length(min=1), [NON_EMPTY_STRING])
    for field in TARGET_FIELDS
}


@dataclass(frozen=True, slots=True)
class TargetDevice:
    """A device that an action is for.

    Attributes:
        registry_id: Id of its page in Home Assistant, as the action got it.
        name: What people call it.
        entry: The account.
        coordinator: The device itself.
    """

    registry_id: str
    name: str
    entry: ParticleConfigEntry
    coordinator: DeviceCoordinator


@callback
def async_get_device(hass: HomeAssistant, registry_id: str) -> TargetDevice:
    """Return the device of a page.

    Raises:
        ServiceValidationError: There is no such page, it is about no device, its account is not
            loaded, or Particle no longer lists the device.
    """
    page, entry = async_get_device_and_config_entry(hass, DOMAIN, registry_id)
    name = page.name_by_user or page.name or registry_id
    device_id = particle_device_id(page)
    if device_id is None:
        raise _error("not_a_device", device=name)
    coordinator = entry.runtime_data.devices.get(device_id)
    if coordinator is None:
        raise _error("device_not_found", device=name, account=entry.title)
    return TargetDevice(registry_id, name, entry, coordinator)


@callback
def async_get_devices(call: ServiceCall) -> list[TargetDevice]:
    """Return the devices in the target of an action, each once.

    Everything in the target must lead to a device, else a part of what people wanted would silently
    not be done. Of an area, a floor or a label the devices of other integrations do not count.

    Raises:
        ServiceValidationError: Something in the target leads to no device, see `async_get_device`.
    """
    hass, target = call.hass, call.data
    devices = {
        registry_id: async_get_device(hass, registry_id)
        for registry_id in target.get(ATTR_DEVICE_ID, ())
    }
    for entity_id in target.get(ATTR_ENTITY_ID, ()):
        pages = _device_pages(hass, {ATTR_ENTITY_ID: entity_id})
        if not pages:
            raise _error("entity_without_device", entity=entity_id)
        devices.setdefault(pages[0].id, async_get_device(hass, pages[0].id))
    found = {device.coordinator.device_id for device in devices.values()}
    for field in (ATTR_AREA_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID):
        for place in target.get(field, ()):
            pages = _device_pages(hass, {field: place})
            if not pages:
                raise _error("target_without_devices", target=place)
            for page in pages:
                # Two accounts may show the same device.
                if page.id not in devices and particle_device_id(page) not in found:
                    devices[page.id] = device = async_get_device(hass, page.id)
                    found.add(device.coordinator.device_id)
    return [*devices.values()]


def _device_pages(hass: HomeAssistant, target: dict[str, str]) -> list[dr.BaseDeviceEntry]:
    pages = async_target_device_entries(hass, target)
    return [
        page
        for page in sorted(pages, key=lambda page: page.id)
        if particle_device_id(page)
        and not (isinstance(page, dr.DeviceEntry) and page.disabled_by is not None)
    ]


@callback
def async_get_only_device(call: ServiceCall) -> TargetDevice:
    """Return the device in the target of an action that works with one.

    Raises:
        ServiceValidationError: There are several, or something in the target leads to no device.
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
    """Return the device with an id, or the only one with a name, as the cloud takes both.

    Args:
        entry: The account.
        id_or_name: Particle's id of the device, or its name.
    """
    devices = entry.runtime_data.devices
    if (coordinator := devices.get(normal_device_id(id_or_name))) is not None:
        return coordinator
    named = [one for one in devices.values() if one.device.name == id_or_name]
    return named[0] if len(named) == 1 else None


async def async_answer_for_devices(
    call: ServiceCall, ask: Callable[[TargetDevice], Awaitable[JsonObjectType]]
) -> ServiceResponse:
    """Ask all devices of an action side by side and return what they answered.

    The answer holds ``devices``: by page id, for each device its ``name`` and what `ask` returned.
    For a single device the same stands at the top too, so that templates can be short. When some of
    several devices fail and the caller wants an answer, each of them has an ``error`` instead; what
    the others answered has been paid for and must not be lost.

    Args:
        call: The action.
        ask: Asks one device.

    Raises:
        HomeAssistantError: The only device failed, all failed, or some did and nobody reads the answer.
    """
    # Resolved first: a page that is none must not leave half of the devices asked.
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
    """Return what a person or a template gave as the text that a device gets.

    Objects and lists become JSON without spaces, truth values ``true`` and ``false``.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
