"""Which devices an action is for, and what it answers for several of them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import json
from typing import Any

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_device_and_config_entry
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..api.models import normal_device_id
from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from ..targeting import particle_id
from ..validation.fields import TEXT

DEVICE_SCHEMA = {vol.Required(ATTR_DEVICE_ID): TEXT}
DEVICES_SCHEMA = {vol.Required(ATTR_DEVICE_ID): vol.All(cv.ensure_list, vol.Length(min=1), [TEXT])}


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
    device_id = particle_id(page)
    if device_id is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_device",
            translation_placeholders={"device": name},
        )
    coordinator = entry.runtime_data.devices.get(device_id)
    if coordinator is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="device_not_found",
            translation_placeholders={"device": name, "account": entry.title},
        )
    return TargetDevice(registry_id, name, entry, coordinator)


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
    devices = [
        async_get_device(call.hass, registry_id)
        for registry_id in dict.fromkeys(call.data[ATTR_DEVICE_ID])
    ]
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
