"""Events: publishing and streams."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from .endpoint import ACCOUNT_OR_PRODUCT, EVERYWHERE, Endpoint
from .errors import InvalidRequestError
from .event_iterator import iterate
from .limits import MAX_EVENT_DATA, validate_event_data, validate_event_name
from .models import CloudEvent, normal_device_id
from .namespace import Namespace
from .scope import ACCOUNT, Scope, ScopeKind
from .stream import EventStream, StreamState

PUBLISH = Endpoint("POST", "/v1/events", ACCOUNT_OR_PRODUCT, account="/v1/devices/events")
STREAM = Endpoint("GET", "/v1/events", EVERYWHERE, account="/v1/devices/events")
STREAM_PREFIX = Endpoint(
    "GET", "/v1/events/:prefix", EVERYWHERE, account="/v1/devices/events/:prefix"
)
STREAM_DEVICE = Endpoint("GET", "/v1/devices/:device_id/events", EVERYWHERE)
STREAM_DEVICE_PREFIX = Endpoint("GET", "/v1/devices/:device_id/events/:prefix", ACCOUNT_OR_PRODUCT)
STREAM_PUBLIC = Endpoint("GET", "/v1/events/:prefix")


class Events(Namespace):
    """Events of the account, a product or an organization."""

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
            name: 1 to 64 letters, digits, ``_``, ``-`` and ``/``; must not start with particle or spark.
            data: Text; up to 1024 bytes of UTF-8, so that all devices can receive it.
            ttl: Time to live in seconds; no longer used.
            private: No longer used; the cloud treats all events as private.
            scope: Account or product.
            as_device_id: Publish in the name of this device of the product.
            max_data: Maximum size of `data` in bytes.

        Raises:
            InvalidRequestError: The name or the data is not valid; nothing was sent.
        """
        call = PUBLISH.at(scope)
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
        await self._session.request(*call, json=body)

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
        """Create a stream of events; `EventStream.run` opens it and keeps it open.

        Args:
            on_event: Called for each event, in order.
            on_state: Called each time the connection's state changes.
            scope: Account, product or organization.
            device_id: Only events of this device.
            prefix: Only events whose names start with this.
            tunables: Timeouts and limits of `EventStream`.
        """
        if scope.kind is ScopeKind.ORGANIZATION and device_id is not None and prefix is not None:
            raise InvalidRequestError(
                "The stream of a device of an organization takes no prefix", argument="prefix"
            )
        match device_id, prefix:
            case None, None:
                path = STREAM.path(scope)
            case None, _:
                path = STREAM_PREFIX.path(scope, prefix=prefix)
            case _, None:
                path = STREAM_DEVICE.path(scope, device_id=device_id)
            case _:
                path = STREAM_DEVICE_PREFIX.path(scope, device_id=device_id, prefix=prefix)
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
        """Iterate over events; the stream is open as long as the iterator.

        Args:
            scope: Account, product or organization.
            device_id: Only events of this device.
            prefix: Only events whose names start with this.
            on_state: Called each time the connection's state changes.
            tunables: Timeouts and limits of `EventStream`.

        Raises:
            AuthenticationError: The credentials were refused before the stream was open.
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

    def firehose(
        self,
        prefix: str,
        on_event: Callable[[CloudEvent], None],
        on_state: Callable[[StreamState], None] | None = None,
        **tunables: Any,
    ) -> EventStream:
        """Create the obsolete stream of public events; use `stream` instead.

        Args:
            prefix: Prefix of the names; required.
            on_event: Called for each event, in order.
            on_state: Called each time the connection's state changes.
            tunables: Timeouts and limits of `EventStream`.
        """
        path = STREAM_PUBLIC.path(prefix=prefix)
        return EventStream(self._session, path, on_event, on_state, **tunables)
