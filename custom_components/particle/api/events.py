"""Events: publishing them, and the streams on which they come."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from .endpoint import endpoint
from .errors import InvalidRequestError
from .event_iterator import iterate
from .limits import MAX_EVENT_DATA, validate_event_data, validate_event_name
from .models import CloudEvent, normal_device_id
from .namespace import Namespace
from .scope import ACCOUNT, Scope, ScopeKind, require, segment
from .stream import EventStream, StreamState


class Events(Namespace):
    """Events of the account, a product or an organisation."""

    @endpoint("POST", "/v1/devices/events", "/v1/products/:product/events")
    async def publish(
        self,
        name: str,
        data: str = "",
        *,
        ttl: int = 60,
        private: bool = True,
        scope: Scope = ACCOUNT,
        as_device_id: str | None = None,
        max_data: int = MAX_EVENT_DATA,
    ) -> None:
        """Publish an event to devices, streams and webhooks.

        Args:
            name: 1 to 64 letters, digits, ``_``, ``-`` and ``/``; not starting with particle or spark.
            data: Text; up to 1024 bytes of UTF-8 so that any device can receive it.
            ttl: Seconds; without meaning today.
            private: Public events are history; the cloud treats all as private.
            scope: Account or product.
            as_device_id: Publish in the name of this device of the product.
            max_data: Bytes to allow in `data`.

        Raises:
            InvalidRequestError: Name or data cannot be right; nothing was sent.
        """
        require(scope, ScopeKind.ACCOUNT, ScopeKind.PRODUCT)
        validate_event_name(name)
        validate_event_data(data, max_data)
        if ttl < 0:
            raise InvalidRequestError("The time to live is negative", argument="ttl")
        body: dict[str, Any] = {"name": name, "data": data, "ttl": ttl, "private": private}
        if as_device_id is not None:
            if scope.kind is not ScopeKind.PRODUCT:
                raise InvalidRequestError(
                    "Only a product's events can be published in the name of a device",
                    argument="as_device_id",
                )
            body["as_device_id"] = normal_device_id(as_device_id)
        path = (
            "/v1/devices/events" if scope.kind is ScopeKind.ACCOUNT else f"/v1{scope.path}/events"
        )
        await self._session.request("POST", path, json=body)

    @endpoint(
        "GET",
        "/v1/devices/events",
        "/v1/devices/events/:prefix",
        "/v1/devices/:device/events",
        "/v1/devices/:device/events/:prefix",
        "/v1/products/:product/events",
        "/v1/products/:product/events/:prefix",
        "/v1/products/:product/devices/:device/events",
        "/v1/products/:product/devices/:device/events/:prefix",
        "/v1/orgs/:organization/events",
        "/v1/orgs/:organization/events/:prefix",
        "/v1/orgs/:organization/devices/:device/events",
    )
    def stream(
        self,
        on_event: Callable[[CloudEvent], None],
        on_state: Callable[[StreamState], None] | None = None,
        *,
        scope: Scope = ACCOUNT,
        device_id: str | None = None,
        prefix: str | None = None,
        **tunables: Any,
    ) -> EventStream:
        """Prepare a stream of events; `EventStream.run` opens it and keeps it open.

        Args:
            on_event: Called for each event, in order.
            on_state: Called each time the connection's state changes.
            scope: Account, product or organisation.
            device_id: Only events of this device.
            prefix: Only events whose names start with this.
            tunables: Times and limits of `EventStream`.
        """
        path = f"/v1{scope.path}"
        if scope.kind is ScopeKind.ORGANIZATION and device_id is not None and prefix is not None:
            raise InvalidRequestError(
                "The stream of a device of an organisation takes no prefix", argument="prefix"
            )
        if device_id is not None:
            path += f"/devices/{segment(normal_device_id(device_id), 'device_id')}"
        elif scope.kind is ScopeKind.ACCOUNT:
            path += "/devices"
        path += "/events"
        if prefix is not None:
            path += f"/{segment(prefix, 'prefix')}"
        return EventStream(self._session, path, on_event, on_state, **tunables)

    def iterate(
        self,
        *,
        scope: Scope = ACCOUNT,
        device_id: str | None = None,
        prefix: str | None = None,
        on_state: Callable[[StreamState], None] | None = None,
        **tunables: Any,
    ) -> AsyncGenerator[CloudEvent]:
        """Iterate over events; the stream is kept open for as long as the iterator is.

        Args:
            scope: Account, product or organisation.
            device_id: Only events of this device.
            prefix: Only events whose names start with this.
            on_state: Called each time the connection's state changes.
            tunables: Times and limits of `EventStream`.

        Raises:
            AuthenticationError: The credentials were refused before the stream was ever open.
            PermissionDeniedError: The token may not read these events.
        """

        def prepare(
            on_event: Callable[[CloudEvent], None],
            watch: Callable[[StreamState], None],
            wait_for_room: Callable[[], Awaitable[None]],
        ) -> EventStream:
            return self.stream(
                on_event,
                watch,
                scope=scope,
                device_id=device_id,
                prefix=prefix,
                wait_for_room=wait_for_room,
                **tunables,
            )

        return iterate(prepare, on_state)

    @endpoint("GET", "/v1/events/:prefix")
    def firehose(
        self,
        prefix: str,
        on_event: Callable[[CloudEvent], None],
        on_state: Callable[[StreamState], None] | None = None,
        **tunables: Any,
    ) -> EventStream:
        """Prepare the historic stream of public events; `stream` is the one to use.

        Args:
            prefix: Start of the names; the cloud insists on one.
            on_event: Called for each event, in order.
            on_state: Called each time the connection's state changes.
            tunables: Times and limits of `EventStream`.
        """
        path = f"/v1/events/{segment(prefix, 'prefix')}"
        return EventStream(self._session, path, on_event, on_state, **tunables)
