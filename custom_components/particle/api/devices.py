"""Devices: listing them, reading variables, calling functions and changing properties."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from .endpoint import ACCOUNT_OR_PRODUCT, EVERYWHERE, Endpoint
from .error_mapping import Subject
from .errors import FunctionRefusedError, InvalidRequestError
from .limits import function_argument, validate_function_argument, validate_name
from .models import (
    DataOperation,
    DataOperationKind,
    Device,
    FunctionResult,
    PingResult,
    Variable,
    normal_device_id,
)
from .namespace import Namespace
from .parsing import bool_of, int_of, objects_of, text_of
from .scope import ACCOUNT, Scope, ScopeKind
from .transport import Answer, Query

LIST_DEVICES = Endpoint("GET", "/v1/devices", ACCOUNT_OR_PRODUCT)
GET_DEVICE = Endpoint("GET", "/v1/devices/:device_id", ACCOUNT_OR_PRODUCT)
READ_VARIABLE = Endpoint("GET", "/v1/devices/:device_id/:variable", ACCOUNT_OR_PRODUCT)
CALL_FUNCTION = Endpoint("POST", "/v1/devices/:device_id/:function", ACCOUNT_OR_PRODUCT)
FIND_BY_SERIAL_NUMBER = Endpoint("GET", "/v1/serial_numbers/:serial_number")
PING_DEVICE = Endpoint("PUT", "/v1/devices/:device_id/ping", ACCOUNT_OR_PRODUCT)
UPDATE_DEVICE = Endpoint("PUT", "/v1/devices/:device_id", ACCOUNT_OR_PRODUCT)
UNPROTECT_DEVICE = Endpoint("PUT", "/v1/devices/:device_id/unprotect", EVERYWHERE)

# Longer than the cloud waits for a device, about 30 s, so that the answer of the device is not lost.
DEVICE_TIMEOUT = 90.0


class Devices(Namespace):
    """The devices of the account or of a product."""

    async def list(
        self,
        scope: Scope = ACCOUNT,
        *,
        groups: Iterable[str] | None = None,
        query: Query | None = None,
    ) -> AsyncIterator[Device]:
        """List devices.

        Args:
            scope: Account or product.
            groups: Only devices in one of these groups of the product.
            query: Further filters for a product, such as ``deviceName`` or ``quarantined``.

        Yields:
            The devices; those of a product have no functions and variables.
        """
        group_names = tuple(groups or ())
        if scope.kind is ScopeKind.ACCOUNT:
            if group_names or query:
                raise InvalidRequestError(
                    "Only a product's devices have groups and filters",
                    argument="groups" if group_names else "query",
                )
            answer = await self._session.request(*LIST_DEVICES.at(scope))
            for item in objects_of(answer.array("devices")):
                yield Device.from_json(item)
            return
        filters: dict[str, Any] = dict(query or {})
        if group_names:
            filters["groups"] = ",".join(group_names)
        async for item in self._paged_objects(LIST_DEVICES.at(scope), "devices", query=filters):
            yield Device.from_json(item)

    async def get(self, device_id: str, *, scope: Scope = ACCOUNT) -> Device:
        """Get one device with its functions and variables.

        Raises:
            DeviceNotFoundError: The device does not exist, or the token has no access to it.
        """
        answer = await self._session.request(
            *GET_DEVICE.at(scope, device_id=device_id), subject=Subject.DEVICE
        )
        return answer.read(Device.from_json, "device")

    async def read_variable(
        self,
        device_id: str,
        name: str,
        *,
        scope: Scope = ACCOUNT,
        timeout: float = DEVICE_TIMEOUT,
        background: bool = False,
    ) -> Variable:
        """Read a variable from a device. Costs one data operation; never retried automatically.

        Args:
            device_id: Device.
            name: Name of the variable in the firmware.
            scope: Account or product.
            timeout: Seconds to wait for the device, once the request is sent.
            background: Whether the request has low priority.

        Raises:
            InvalidRequestError: The name is empty or too long; nothing was sent.
            VariableNotFoundError: The variable does not exist.
            DeviceUnreachableError: The device did not answer.
        """
        if background:
            # Outside the device's lock, so that commands to the same device are not delayed.
            await self._session.transport.rate_limits.background.take()
        answer = await self._read(device_id, name, scope, timeout)
        return Variable.from_json(answer.object, device_id=device_id, name=name)

    async def call_function(
        self,
        device_id: str,
        name: str,
        argument: str | float | bool = "",
        *,
        scope: Scope = ACCOUNT,
        device: Device | None = None,
        timeout: float = DEVICE_TIMEOUT,
    ) -> FunctionResult:
        """Call a function on a device. Costs one data operation; never retried automatically.

        Args:
            device_id: Device.
            name: Name of the function in the firmware.
            argument: Text for the function; numbers and truth values are written as in JSON.
            scope: Account or product.
            device: The device's details, to check the argument against its limit.
            timeout: Seconds to wait for the device, once the request is sent.

        Raises:
            InvalidRequestError: The name or the argument is not valid; nothing was sent.
            FunctionNotFoundError: The function does not exist.
            DeviceUnreachableError: The device did not answer; the function may have run.
            FunctionRefusedError: The call was passed on but refused.
        """
        validate_name(name, "function", device)
        text = function_argument(argument)
        validate_function_argument(device, text)
        call = CALL_FUNCTION.at(scope, device_id=device_id, function=name)
        async with self._session.device_lock(device_id):
            answer = await self._session.request(
                *call,
                json={"arg": text},
                timeout=timeout,
                subject=Subject.FUNCTION,
                operation=DataOperation(
                    DataOperationKind.FUNCTION, normal_device_id(device_id), name
                ),
            )
        data = answer.object
        value = int_of(data.get("return_value"))
        if value is None:
            if message := text_of(data.get("error")):
                raise answer.call.complete(FunctionRefusedError(message, status=answer.status))
            raise answer.malformed(
                "The answer to the function call does not contain a return value"
            )
        reported_id = text_of(data.get("id")) or device_id
        return FunctionResult(normal_device_id(reported_id), name, value, data)

    async def read_raw_variable(
        self, device_id: str, name: str, *, scope: Scope = ACCOUNT, timeout: float = DEVICE_TIMEOUT
    ) -> str:
        """Read a variable as raw text. Costs one data operation; never retried automatically."""
        answer = await self._read(device_id, name, scope, timeout, raw=True)
        return answer.text

    async def find_by_serial_number(self, serial_number: str) -> str:
        """Return the ID of a device by its serial number; limited to 50 requests an hour.

        Raises:
            NotFoundError: The serial number does not exist.
        """
        call = FIND_BY_SERIAL_NUMBER.at(serial_number=serial_number)
        await self._session.transport.rate_limits.serial_numbers.take()
        answer = await self._session.request(*call, retry=False)
        device_id = text_of(answer.object.get("deviceID") or answer.object.get("device_id"))
        if device_id is None:
            raise answer.malformed("The cloud's answer does not contain a device ID")
        return normal_device_id(device_id)

    async def ping(self, device_id: str, *, scope: Scope = ACCOUNT) -> PingResult:
        """Ping a device. Free, but may take as long as a function call."""
        answer = await self._session.request(
            *PING_DEVICE.at(scope, device_id=device_id),
            timeout=DEVICE_TIMEOUT,
            subject=Subject.DEVICE,
        )
        return PingResult(bool_of(answer.object.get("online")) or False)

    async def signal(self, device_id: str, on: bool) -> None:
        """Start or stop the rainbow on the device's status LED.

        Raises:
            DeviceUnreachableError: The device did not answer.
        """
        await self._update(device_id, {"signal": "1" if on else "0"})

    async def rename(self, device_id: str, name: str, *, scope: Scope = ACCOUNT) -> None:
        """Rename a device.

        Raises:
            InvalidRequestError: The name is empty.
        """
        if not name.strip():
            raise InvalidRequestError("The name is empty", argument="name")
        await self._update(device_id, {"name": name.strip()}, scope=scope)

    async def update(
        self, device_id: str, fields: Mapping[str, Any], *, scope: Scope = ACCOUNT
    ) -> Mapping[str, Any]:
        """Change a device; the fields determine the effect.

        Returns:
            The answer of the cloud: the ID and the changed field.
        """
        if not fields:
            raise InvalidRequestError("There is nothing to change", argument="fields")
        return await self._update(device_id, fields, scope=scope)

    async def _update(
        self, device_id: str, fields: Mapping[str, Any], *, scope: Scope = ACCOUNT
    ) -> Mapping[str, Any]:
        answer = await self._session.request(
            *UPDATE_DEVICE.at(scope, device_id=device_id),
            json=dict(fields),
            timeout=DEVICE_TIMEOUT,
            subject=Subject.DEVICE,
        )
        return answer.object

    async def _read(
        self, device_id: str, name: str, scope: Scope, timeout: float, *, raw: bool = False
    ) -> Answer:
        validate_name(name, "variable")
        if name == "events":
            raise InvalidRequestError(
                "A variable of this name cannot be read: its address is that of the event stream",
                argument="variable",
            )
        call = READ_VARIABLE.at(scope, device_id=device_id, variable=name)
        async with self._session.device_lock(device_id):
            return await self._session.request(
                *call,
                query={"format": "raw"} if raw else None,
                timeout=timeout,
                subject=Subject.VARIABLE,
                operation=DataOperation(
                    DataOperationKind.VARIABLE, normal_device_id(device_id), name
                ),
            )

    async def set_notes(self, device_id: str, notes: str, *, scope: Scope = ACCOUNT) -> None:
        """Set the notes of a device; an empty text deletes them."""
        await self._update(device_id, {"notes": notes}, scope=scope)

    async def force_updates(self, device_id: str, on: bool, *, scope: Scope = ACCOUNT) -> None:
        """Force updates even if the firmware has disabled them, or stop doing so."""
        await self._update(device_id, {"firmware_updates_forced": on}, scope=scope)

    async def unprotect(
        self, device_id: str, fields: Mapping[str, Any], *, scope: Scope = ACCOUNT
    ) -> Mapping[str, Any]:
        """Remove the protection of a device temporarily, in two steps.

        Args:
            device_id: Device.
            fields: ``action`` (``prepare`` or ``confirm``) and the data from the device.
            scope: Account, product or organization.

        Returns:
            The answer of the cloud, which the device needs for the next step.
        """
        if fields.get("action") not in {"prepare", "confirm"}:
            raise InvalidRequestError("The action is prepare or confirm", argument="fields")
        answer = await self._session.request(
            *UNPROTECT_DEVICE.at(scope, device_id=device_id),
            json=dict(fields),
            subject=Subject.DEVICE,
        )
        return answer.object
