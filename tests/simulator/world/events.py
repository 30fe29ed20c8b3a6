"""Events that boards and the cloud publish, and their subscriptions."""

import asyncio
from collections import deque
from collections.abc import Callable
import contextlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """An event.

    Attributes:
        coreid: The coreid in the stream: a device ID, "api" or "particle-internal".
        device_id: The board that the event is about, if there is one.
        owner: User or customer whose streams contain it.
        product_id: Product whose streams contain it.
        firmware_version: Product firmware version of the board.
    """

    name: str
    data: str | None
    published_at: str
    coreid: str
    ttl: int = 60
    device_id: str | None = None
    owner: str | None = None
    owner_id: str | None = None
    product_id: int | None = None
    firmware_version: int | None = None
    from_hook: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the JSON of the `data:` line; the name is not part of it."""
        shown: dict[str, Any] = {
            "data": "" if self.data is None else self.data,
            "ttl": self.ttl,
            "published_at": self.published_at,
            "coreid": self.coreid,
        }
        if self.product_id is not None:
            shown["userid"] = self.owner_id
            shown["version"] = self.firmware_version
            shown["public"] = False
            shown["productID"] = self.product_id
        return shown


class Subscription:
    """A queue of events for one listener."""

    def __init__(self, wants: Callable[[Event], bool]) -> None:
        """Initialize an empty queue."""
        self.wants = wants
        self._queue: deque[Event] = deque()
        self._more = asyncio.Event()

    def put(self, event: Event) -> None:
        """Add an event."""
        self._queue.append(event)
        self._more.set()

    def wake(self) -> None:
        """Wake the listener without an event."""
        self._more.set()

    def take(self) -> list[Event]:
        """Return the queued events without waiting."""
        taken = list(self._queue)
        self._queue.clear()
        self._more.clear()
        return taken

    async def wait(self, seconds: float) -> None:
        """Wait for an event for a limited time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._more.wait()


class EventBus:
    """Delivers events to subscriptions and listeners."""

    def __init__(self) -> None:
        """Initialize without listeners."""
        self._subscriptions: list[Subscription] = []
        self._listeners: list[Callable[[Event], None]] = []
        self.history: deque[Event] = deque(maxlen=5000)

    def subscribe(self, wants: Callable[[Event], bool]) -> Subscription:
        """Open a subscription."""
        subscription = Subscription(wants)
        self._subscriptions.append(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Close a subscription."""
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Add a listener for all events, for webhooks and boards that subscribe."""
        self._listeners.append(listener)

    def publish(self, event: Event) -> None:
        """Deliver an event."""
        self.history.append(event)
        for subscription in self._subscriptions:
            if subscription.wants(event):
                subscription.put(event)
        for listener in self._listeners:
            listener(event)
