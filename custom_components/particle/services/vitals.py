"""Actions on vitals: have a device report its health, read what the cloud keeps of it."""

import asyncio
from datetime import datetime
from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..account.errors import cloud_errors
from ..api import DeviceOfflineError, NotFoundError, Vitals
from ..const import DOMAIN
from ..validation.fields import MOMENT
from .action import Access, Action
from .answers import as_data
from .selection import TARGET_SCHEMA, TargetDevice, async_answer_for_devices

ATTR_END: Final = "end"
ATTR_START: Final = "start"

VITALS_EVENT: Final = "spark/device/diagnostics/update"

# Seconds that a device has for its report; one on a weak cellular link needs some.
REPORT_TIMEOUT = 30.0
# Seconds after which the cloud is asked for the report although no event announced it.
LOOK_AGAIN = 5.0

GET_VITALS_SCHEMA = {
    **TARGET_SCHEMA,
    vol.Optional(ATTR_START): MOMENT,
    vol.Optional(ATTR_END): MOMENT,
}


async def _refresh_vitals(call: ServiceCall) -> ServiceResponse:
    """Have devices report their health now; each answers with its vitals."""

    async def ask(device: TargetDevice) -> JsonObjectType:
        with cloud_errors(device.entry, device.name):
            return _shown(await _report(device))

    return await async_answer_for_devices(call, ask)


async def _report(device: TargetDevice) -> Vitals:
    """Ask a device for a report and wait for it.

    Raises:
        DeviceOfflineError: The device is not connected, so no report can come.
        HomeAssistantError: It did not report in time.
        ParticleError: Anything else that the cloud says.
    """
    coordinator, runtime = device.coordinator, device.entry.runtime_data
    if not coordinator.online:
        await coordinator.async_describe()
    if not coordinator.online:
        raise DeviceOfflineError(f"{device.name} is offline")
    before = await _last(device)
    announced = asyncio.Event()
    stop = runtime.hub.async_listen(
        lambda _event: announced.set(), name=VITALS_EVENT, device_id=coordinator.device_id
    )
    try:
        await runtime.cloud.diagnostics.refresh(coordinator.device_id, scope=coordinator.scope)
        end = asyncio.get_running_loop().time() + REPORT_TIMEOUT
        while (left := end - asyncio.get_running_loop().time()) > 0:
            # The event comes by a stream that may be down, so the cloud is asked without it too.
            try:
                async with asyncio.timeout(min(left, LOOK_AGAIN)):
                    await announced.wait()
            except TimeoutError:
                pass
            announced.clear()
            vitals = await _last(device)
            if vitals is not None and vitals != before:
                return vitals
    finally:
        stop()
    raise HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="vitals_not_reported",
        translation_placeholders={"device": device.name, "seconds": f"{REPORT_TIMEOUT:g}"},
    )


async def _last(device: TargetDevice) -> Vitals | None:
    """Return the latest report of a device; None where the cloud has none."""
    try:
        return await device.entry.runtime_data.cloud.diagnostics.last(
            device.coordinator.device_id, scope=device.coordinator.scope
        )
    except NotFoundError:
        return None


async def _get_vitals(call: ServiceCall) -> ServiceResponse:
    """Read the latest report of devices, or with a time those of it as ``history``."""
    start, end = _moment(call, ATTR_START), _moment(call, ATTR_END)
    if start and end and start > end:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="start_after_end",
            translation_placeholders={"start": start.isoformat(), "end": end.isoformat()},
        )

    async def ask(device: TargetDevice) -> JsonObjectType:
        with cloud_errors(device.entry, device.name):
            if start or end:
                history = await device.entry.runtime_data.cloud.diagnostics.history(
                    device.coordinator.device_id,
                    scope=device.coordinator.scope,
                    start=start,
                    end=end,
                )
                return {"history": [_shown(vitals) for vitals in history]}
            vitals = await _last(device)
        if vitals is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_vitals",
                translation_placeholders={"device": device.name},
            )
        return _shown(vitals)

    return await async_answer_for_devices(call, ask)


def _moment(call: ServiceCall, field: str) -> datetime | None:
    """Return a time as UTC; without an offset it is the local one, as people write it."""
    value: datetime | None = call.data.get(field)
    return dt_util.as_utc(value) if value else None


def _shown(vitals: Vitals) -> JsonObjectType:
    errors: dict[str, Any] = dict(vitals.errors)
    return {
        **as_data(vitals, without=("device_id",)),
        "memory_used_percent": vitals.memory_used_percent,
        "errors": errors,
    }


ACTIONS: Final = (
    Action(
        "refresh_vitals", _refresh_vitals, TARGET_SCHEMA, SupportsResponse.OPTIONAL, Access.CONTROL
    ),
    Action("get_vitals", _get_vitals, GET_VITALS_SCHEMA, SupportsResponse.ONLY, Access.READ),
)
