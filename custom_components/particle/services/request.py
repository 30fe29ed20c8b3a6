"""Action to send a request to any endpoint of the API, for administrators."""

import base64
from collections.abc import Collection
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from typing import Any, Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
import voluptuous as vol

from ..account.errors import cloud_errors
from ..api import (
    ACCOUNT,
    Answer,
    DataOperation,
    DataOperationKind,
    ParticleCloud,
    ParticleError,
    Scope,
)
from ..api.devices import DEVICE_TIMEOUT
from ..api.models import DEVICE_ID
from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from ..validation.fields import TEXT, one_of
from .accounts import ACCOUNT_SCHEMA, async_find_account, async_get_account
from .action import Access, Action
from .request_path import (
    data_operation,
    device_of,
    is_stream,
    product_of,
    request_body,
    request_path,
    request_query,
    subject_of,
)
from .selection import find_device

ATTR_BODY: Final = "body"
ATTR_METHOD: Final = "method"
ATTR_PATH: Final = "path"
ATTR_QUERY: Final = "query"

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")

REQUEST_SCHEMA = {
    **ACCOUNT_SCHEMA,
    vol.Optional(ATTR_METHOD, default="GET"): vol.All(TEXT, vol.Upper, one_of(METHODS)),
    vol.Required(ATTR_PATH): request_path,
    vol.Optional(ATTR_QUERY, default={}): request_query,
    vol.Optional(ATTR_BODY): request_body,
}


async def _request(call: ServiceCall) -> ServiceResponse:
    """Send a request and return the status and body of the answer."""
    method, path, body = call.data[ATTR_METHOD], call.data[ATTR_PATH], call.data.get(ATTR_BODY)
    entry = _account(call, path)
    runtime = entry.runtime_data
    if is_stream(method, path):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="request_is_stream")
    if method == "GET" and body is not None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="request_without_body"
        )
    named = device_of(path)
    device = find_device(entry, named) if named else None
    # Reading a variable or calling a function costs a data operation this way, too. It is counted,
    # sent one at a time for each device, and not retried.
    operation = data_operation(method, path)
    if operation is not None:
        # The lock and the count need the device ID, but the path may contain the device's name.
        device_id = device.device_id if device else await _id_of(runtime.cloud, path, operation)
        operation = replace(operation, device_id=device_id)
    async with AsyncExitStack() as stack:
        name, known = (device.name, _known(device, operation)) if device else (named, None)
        stack.enter_context(cloud_errors(entry, name, known=known))
        if operation is not None:
            await stack.enter_async_context(runtime.cloud.session.device_lock(operation.device_id))
        answer = await runtime.cloud.session.request(
            method,
            f"/v1/{path}",
            query=call.data[ATTR_QUERY],
            json=body,
            retry=False,
            timeout=DEVICE_TIMEOUT,
            subject=subject_of(path, operation),
            operation=operation,
        )
    if method != "GET" and operation is None:
        # The request may have changed the devices.
        runtime.account.async_refresh_soon()
    return as_response(answer) if call.return_response else None


def _known(device: DeviceCoordinator, operation: DataOperation | None) -> Collection[str] | None:
    """Return the existing variables or functions; None for other requests."""
    if operation is None:
        return None
    of_function = operation.kind is DataOperationKind.FUNCTION
    return device.data.functions if of_function else device.data.variables


async def _id_of(cloud: ParticleCloud, path: str, operation: DataOperation) -> str:
    """Return the ID of a device that is unknown to Home Assistant, or its name if there is none."""
    if DEVICE_ID.fullmatch(operation.device_id):
        return operation.device_id
    with suppress(ParticleError):
        product = product_of(path)
        scope = Scope.product(product) if product else ACCOUNT
        # This request is free, unlike the following one.
        return (await cloud.devices.get(operation.device_id, scope=scope)).id
    return operation.device_id


def _account(call: ServiceCall, path: str) -> ParticleConfigEntry:
    """Return the given account, or the one with the device or the product in the path."""
    if ATTR_CONFIG_ENTRY_ID in call.data:
        return async_get_account(call)
    return async_find_account(call.hass, product=product_of(path), device=device_of(path))


def as_response(answer: Answer) -> dict[str, Any]:
    """Return an answer as data: as JSON, text or base64."""
    shown: dict[str, Any] = {"status": answer.status, "body": None}
    if not answer.body.strip():
        return shown
    if answer.json is not None or answer.body.strip() == b"null":
        return shown | {"body": answer.json}
    if "octet-stream" not in answer.headers.get("Content-Type", "").lower():
        try:
            answer.body.decode()
        except UnicodeDecodeError:
            pass
        else:
            return shown | {"body": answer.text}
    return shown | {"body_base64": base64.b64encode(answer.body).decode()}


ACTIONS: Final = (
    Action("request", _request, REQUEST_SCHEMA, SupportsResponse.OPTIONAL, Access.ADMINISTRATORS),
)
