"""Actions to refresh vitals and to get those that the cloud stores."""

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

# Seconds to wait for the vitals of a device, which may have a weak cellular link.
REPORT_TIMEOUT = 30.0
# Seconds between queries to the cloud while no event arrives.
QUERY_INTERVAL = 5.0

GET_VITALS_SCHEMA = {
    **TARGET_SCHEMA,
    vol.Optional(ATTR_START): MOMENT,
    vol.Optional(ATTR_END): MOMENT,
}


async def _refresh_vitals(call: ServiceCall) -> ServiceResponse:
    """Request new vitals from devices and return them."""

    async def ask(device: TargetDevice) -> JsonObjectType:
        with cloud_errors(device.entry, device.name):
            return _shown(await _report(device))

    return await async_answer_for_devices(call, ask)


async def _report(device: TargetDevice) -> Vitals:
    """Request new vitals from a device and wait for them.

    Raises:
        DeviceOfflineError: The device is not connected.
        HomeAssistantError: The device did not report in time.
        ParticleError: The request failed for another reason.
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
            # The stream that carries the event may be down, so the cloud is also queried periodically.
            try:
                async with asyncio.timeout(min(left, QUERY_INTERVAL)):
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
    """Return the last vitals of a device; None if there are none."""
    try:
        return await device.entry.runtime_data.cloud.diagnostics.last(
            device.coordinator.device_id, scope=device.coordinator.scope
        )
    except NotFoundError:
        return None


async def _get_vitals(call: ServiceCall) -> ServiceResponse:
    """Return the last vitals of devices, or all vitals of a period as ``history``."""
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
    """Return a time in UTC; without an offset it is local time."""
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
