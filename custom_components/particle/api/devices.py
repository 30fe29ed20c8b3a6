"""Devices: who is there, what they measure, what they can do."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from .endpoint import endpoint
from .error_mapping import Subject
from .errors import FunctionRefusedError, InvalidRequestError, MalformedAnswerError
from .group import Group
from .limits import validate_function_argument, validate_name
from .models import (
    DataOperation,
    DataOperationKind,
    Device,
    FunctionResult,
    PingResult,
    Variable,
    normal_device_id,
)
from .parsing import bool_of, int_of, objects_of, text_of
from .scope import ACCOUNT, Scope, ScopeKind, require, segment
from .transport import Query

# The cloud itself waits about 30 s for a board; giving up before it would lose the board's answer.
BOARD_TIMEOUT = 90.0


class Devices(Group):
    """The boards of the account or of a product."""

    @endpoint("GET", "/v1/devices", "/v1/products/:product/devices")
    async def list(
        self,
        scope: Scope = ACCOUNT,
        *,
        groups: Iterable[str] | None = None,
        query: Query | None = None,
    ) -> AsyncIterator[Device]:
        """List boards, page by page where there are pages.

        Args:
            scope: Account or product.
            groups: Only boards in one of these groups of the product.
            query: More filters of a product's list, such as ``deviceName`` or ``quarantined``.

        Yields:
            Boards; those of a product without functions and variables.
        """
        require(scope, ScopeKind.ACCOUNT, ScopeKind.PRODUCT)
        wanted = tuple(groups or ())
        if scope.kind is ScopeKind.ACCOUNT:
            if wanted or query:
                raise InvalidRequestError(
                    "Only a product's boards have groups and filters",
                    argument="groups" if wanted else "query",
                )
            answer = await self._cloud.request("GET", "/v1/devices")
            for item in objects_of(answer.array("devices")):
                yield Device.from_json(item)
            return
        filters: dict[str, Any] = dict(query or {})
        if wanted:
            filters["groups"] = ",".join(wanted)
        async for item in self._paged_objects(f"/v1{scope.path}/devices", "devices", query=filters):
            yield Device.from_json(item)

    @endpoint("GET", "/v1/devices/:device", "/v1/products/:product/devices/:device")
    async def get(self, device_id: str, *, scope: Scope = ACCOUNT) -> Device:
        """Get one board with its functions and variables.

        Raises:
            DeviceNotFoundError: It does not exist, or the token does not see it.
        """
        answer = await self._cloud.request(
            "GET", device_path(device_id, scope), subject=Subject.DEVICE
        )
        return Device.from_json(answer.member("device"))

    @endpoint(
        "GET", "/v1/devices/:device/:variable", "/v1/products/:product/devices/:device/:variable"
    )
    async def read_variable(
        self, device_id: str, name: str, *, scope: Scope = ACCOUNT, timeout: float = BOARD_TIMEOUT
    ) -> Variable:
        """Read a variable from a board. Costs one data operation; never tried again by itself.

        Args:
            device_id: Board.
            name: Variable, as the firmware registered it.
            scope: Account or product.
            timeout: Seconds to wait for the board, once it is its turn.

        Raises:
            InvalidRequestError: The name is empty or too long; nothing was sent.
            VariableNotFoundError: The firmware has no such variable.
            DeviceUnreachableError: The board did not answer.
        """
        validate_name(name, "variable")
        if name == "events":
            raise InvalidRequestError(
                "A variable of this name cannot be read: its address is that of the event stream",
                argument="variable",
            )
        path = f"{device_path(device_id, scope)}/{segment(name, 'variable')}"
        async with self._cloud.board_lock(device_id):
            answer = await self._cloud.request(
                "GET",
                path,
                timeout=timeout,
                subject=Subject.VARIABLE,
                operation=DataOperation(
                    DataOperationKind.VARIABLE, normal_device_id(device_id), name
                ),
            )
        return Variable.from_json(answer.object, device_id=device_id, name=name)

    @endpoint(
        "POST", "/v1/devices/:device/:function", "/v1/products/:product/devices/:device/:function"
    )
    async def call_function(
        self,
        device_id: str,
        name: str,
        argument: str = "",
        *,
        scope: Scope = ACCOUNT,
        device: Device | None = None,
        timeout: float = BOARD_TIMEOUT,
    ) -> FunctionResult:
        """Call a function on a board. Costs one data operation; never tried again by itself.

        Args:
            device_id: Board.
            name: Function, as the firmware registered it.
            argument: Text for the function.
            scope: Account or product.
            device: The board's details, to check the argument against its own limit.
            timeout: Seconds to wait for the board, once it is its turn.

        Raises:
            InvalidRequestError: Name or argument cannot be right; nothing was sent.
            FunctionNotFoundError: The firmware has no such function.
            DeviceUnreachableError: The board did not answer; it may have acted all the same.
            FunctionRefusedError: The cloud passed it on, and it was refused.
        """
        validate_name(name, "function", device)
        validate_function_argument(device, argument)
        path = f"{device_path(device_id, scope)}/{segment(name, 'function')}"
        async with self._cloud.board_lock(device_id):
            answer = await self._cloud.request(
                "POST",
                path,
                json={"arg": argument},
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
                raise FunctionRefusedError(message, status=answer.status)
            raise MalformedAnswerError(
                "The answer to the function call holds no return value", status=answer.status
            )
        told = text_of(data.get("id")) or device_id
        return FunctionResult(normal_device_id(told), name, value, data)

    @endpoint("PUT", "/v1/devices/:device/ping", "/v1/products/:product/devices/:device/ping")
    async def ping(self, device_id: str, *, scope: Scope = ACCOUNT) -> PingResult:
        """Ask a board whether it is there. Free, but may take as long as a call."""
        answer = await self._cloud.request(
            "PUT",
            f"{device_path(device_id, scope)}/ping",
            timeout=BOARD_TIMEOUT,
            subject=Subject.DEVICE,
        )
        return PingResult(bool_of(answer.object.get("online")) or False)

    @endpoint("PUT", "/v1/devices/:device")
    async def signal(self, device_id: str, on: bool) -> None:
        """Let a board shout rainbows from its LED, or stop it.

        Raises:
            DeviceUnreachableError: The board did not answer.
        """
        await self.update(device_id, {"signal": "1" if on else "0"})

    @endpoint("PUT", "/v1/devices/:device", "/v1/products/:product/devices/:device")
    async def rename(self, device_id: str, name: str, *, scope: Scope = ACCOUNT) -> None:
        """Give a board another name.

        Raises:
            InvalidRequestError: The name is empty.
        """
        if not name.strip():
            raise InvalidRequestError("The name is empty", argument="name")
        await self.update(device_id, {"name": name.strip()}, scope=scope)

    @endpoint("PUT", "/v1/devices/:device", "/v1/products/:product/devices/:device")
    async def update(
        self, device_id: str, fields: Mapping[str, Any], *, scope: Scope = ACCOUNT
    ) -> Mapping[str, Any]:
        """Change a board; which field is sent decides what is done.

        Returns:
            The cloud's answer: the id and the changed field.
        """
        if not fields:
            raise InvalidRequestError("There is nothing to change", argument="fields")
        answer = await self._cloud.request(
            "PUT",
            device_path(device_id, scope),
            json=dict(fields),
            timeout=BOARD_TIMEOUT,
            subject=Subject.DEVICE,
        )
        return answer.object


def device_path(device_id: str, scope: Scope = ACCOUNT) -> str:
    """The path of one board.

    Raises:
        InvalidRequestError: The id is empty, or the scope is an organisation.
    """
    require(scope, ScopeKind.ACCOUNT, ScopeKind.PRODUCT)
    if isinstance(device_id, str):
        device_id = normal_device_id(device_id)
    return f"/v1{scope.path}/devices/{segment(device_id, 'device_id')}"
