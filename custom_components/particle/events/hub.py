"""Distribute all events of an account to their listeners."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
import logging
from time import monotonic
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.util.json import json_loads

from ..api import CloudEvent
from ..api.hook_responses import HookResponse, HookResponses
from ..api.system_events import SystemEvent, parse_system_event

_LOGGER = logging.getLogger(__name__)

# Number of events for detecting duplicates: Particle delivers at least once, and events of products
# also arrive through the account's stream.
REMEMBERED_EVENTS = 4096

# Bursts are processed in slices of this length, so that the event loop is not blocked.
SLICE_SECONDS = 0.005

# The stream is not read while this many events are queued; the cloud buffers the rest.
MAX_WAITING = 200

# Maximum number of queued events. Beyond it, the oldest are dropped, counted and logged.
QUEUE_LIMIT = 20_000

# Home Assistant cannot write JSON with more than 254 levels; this leaves room for the wrapping.
MAX_JSON_DEPTH = 100

type Listener = Callable[[ParticleEvent], None]
type Topic = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class ParticleEvent:
    """An event inside Home Assistant.

    Attributes:
        cloud_event: The event from the cloud.
        json: The payload as JSON; None if it is not JSON.
        system: The parsed system event; None for the user's own events.
        source: ``stream``, ``webhook`` or ``replay``.
        context: Context for everything that the event causes.
    """

    cloud_event: CloudEvent
    json: Any
    system: SystemEvent | None = None
    source: str = "stream"
    context: Context = field(default_factory=Context)

    @property
    def name(self) -> str:
        """Name of the event."""
        return self.cloud_event.name

    @property
    def data(self) -> str | None:
        """The payload as text."""
        return self.cloud_event.data

    @property
    def device_id(self) -> str | None:
        """Particle device ID of the publisher; None for the cloud's own events."""
        return self.cloud_event.device_id

    @property
    def product_id(self) -> int | None:
        """Number of the device's product."""
        return self.cloud_event.product_id

    @property
    def firmware_version(self) -> int | None:
        """Version of the product firmware on the device."""
        return self.cloud_event.firmware_version

    @property
    def published_at(self) -> datetime | None:
        """When it was published, by the cloud's clock, UTC."""
        return self.cloud_event.published_at

    @property
    def is_users_own(self) -> bool:
        """Whether the user's firmware or account published it, and not Device OS or the cloud."""
        return not self.cloud_event.is_system and not self.cloud_event.is_hook

    @property
    def replayed(self) -> bool:
        """Whether it is a replay inside Home Assistant."""
        return self.source == "replay"


class EventHub:
    """Receive events, drop duplicates and call the matching listeners in order.

    Listeners are indexed by device and by exact name or prefix, so that the cost of an event does not
    depend on listeners that do not match.
    """

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        """Initialize the hub; the name is used in log messages."""
        self._hass = hass
        self._name = name
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._queue: deque[ParticleEvent] = deque()
        self._drain_scheduled = False
        self._exact: dict[Topic, dict[int, Listener]] = {}
        self._prefix: dict[Topic, dict[int, Listener]] = {}
        # Only prefixes of these lengths can match.
        self._prefix_lengths: Counter[int] = Counter()
        self._responses = HookResponses(self._handle_response)
        self._response_listeners: list[Callable[[HookResponse], None]] = []
        self._dropped_listeners: list[CALLBACK_TYPE] = []
        self._reported_dropped = 0
        self._last_id = 0
        self._closed = False
        self.received = 0
        self.duplicates = 0
        self.dropped = 0

    @property
    def waiting(self) -> int:
        """Number of queued events."""
        return len(self._queue)

    @callback
    def receive(self, event: CloudEvent, *, source: str = "stream") -> None:
        """Queue an event; its listeners are called in a later turn of the event loop."""
        if self._closed:
            return
        self.received += 1
        if source != "replay" and self._is_duplicate(event):
            self.duplicates += 1
            return
        if len(self._queue) >= QUEUE_LIMIT:
            if not self.dropped:
                _LOGGER.warning(
                    "%s: events arrive faster than Home Assistant can process them; "
                    "the oldest queued events are dropped",
                    self._name,
                )
            self._queue.popleft()
            self.dropped += 1
        self._queue.append(
            ParticleEvent(event, payload_as_json(event.data), parse_system_event(event), source)
        )
        self._schedule_drain()

    @callback
    def async_listen(
        self, listener: Listener, *, name: str | None = None, device_id: str | None = None
    ) -> CALLBACK_TYPE:
        """Call a listener for each matching event.

        Args:
            listener: Called in the event loop, in the order of the events.
            name: Exact name, or a prefix if it ends with ``*``; None for all names.
            device_id: Particle device ID; None for all devices and the cloud's own events.

        Returns:
            A function that unsubscribes.
        """
        self._last_id += 1
        listener_id = self._last_id
        is_prefix = name is None or name.endswith("*")
        text = "" if name is None else name.removesuffix("*")
        topic: Topic = (device_id, text)
        table = self._prefix if is_prefix else self._exact
        table.setdefault(topic, {})[listener_id] = listener
        if is_prefix:
            self._prefix_lengths[len(text)] += 1

        @callback
        def remove() -> None:
            listeners = table.get(topic)
            if listeners is None or listeners.pop(listener_id, None) is None:
                return
            if not listeners:
                del table[topic]
            if is_prefix:
                self._prefix_lengths[len(text)] -= 1
                if not self._prefix_lengths[len(text)]:
                    del self._prefix_lengths[len(text)]

        return remove

    @callback
    def async_listen_responses(self, listener: Callable[[HookResponse], None]) -> CALLBACK_TYPE:
        """Call a listener for each webhook response, assembled from its parts."""
        self._response_listeners.append(listener)
        return lambda: self._response_listeners.remove(listener)

    @callback
    def async_listen_dropped(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener after events were dropped; return a function that unsubscribes."""
        self._dropped_listeners.append(listener)
        return lambda: self._dropped_listeners.remove(listener)

    @callback
    def close(self) -> None:
        """Discard the queue and deliver no more events."""
        self._closed = True
        self._queue.clear()
        self._responses.close()

    def _is_duplicate(self, event: CloudEvent) -> bool:
        """Whether the same event was received before; remember it."""
        if event.published_at is None:
            # Equal events can only be distinguished by their timestamps.
            return False
        # Only the hash is kept, to limit memory.
        fingerprint = hash((event.name, event.coreid, event.published_at, event.data))
        if fingerprint in self._seen:
            return True
        self._seen[fingerprint] = None
        if len(self._seen) > REMEMBERED_EVENTS:
            self._seen.popitem(last=False)
        return False

    async def async_wait_for_room(self) -> None:
        """Yield to the event loop until the queue has room."""
        await asyncio.sleep(0)
        while len(self._queue) >= MAX_WAITING:
            await asyncio.sleep(0)

    def _schedule_drain(self) -> None:
        if not self._drain_scheduled:
            self._drain_scheduled = True
            self._hass.loop.call_soon(self._drain)

    @callback
    def _drain(self) -> None:
        """Deliver queued events for one time slice."""
        self._drain_scheduled = False
        until = monotonic() + SLICE_SECONDS
        try:
            while self._queue:
                self._deliver(self._queue.popleft())
                if monotonic() >= until:
                    break
        finally:
            # An error with one event must not affect the following ones.
            if self._queue:
                self._schedule_drain()
            elif self.dropped != self._reported_dropped:
                self._report_dropped()

    @callback
    def _report_dropped(self) -> None:
        """Call the listeners once for each burst."""
        self._reported_dropped = self.dropped
        for listener in list(self._dropped_listeners):
            listener()

    def _deliver(self, event: ParticleEvent) -> None:
        if event.cloud_event.is_hook:
            try:
                self._responses.add(event.cloud_event)
            except Exception:
                _LOGGER.exception("Error while assembling a webhook response")
        for listener in self._matching(event):
            try:
                listener(event)
            except Exception:
                # An error in one listener must not affect the others.
                _LOGGER.exception("Error while handling the event %s", event.name)

    @callback
    def _handle_response(self, response: HookResponse) -> None:
        for listener in list(self._response_listeners):
            try:
                listener(response)
            except Exception:
                _LOGGER.exception("Error while handling the webhook response %s", response.name)

    def _matching(self, event: ParticleEvent) -> list[Listener]:
        """Return the listeners of an event in the order in which they were added."""
        listeners: dict[int, Listener] = {}
        devices = (None,) if event.device_id is None else (None, event.device_id)
        for device in devices:
            listeners.update(self._exact.get((device, event.name), {}))
            for length in self._prefix_lengths:
                if length <= len(event.name):
                    listeners.update(self._prefix.get((device, event.name[:length]), {}))
        return [listener for _, listener in sorted(listeners.items(), key=lambda item: item[0])]


def payload_as_json(data: str | None) -> Any:
    """Return the payload as JSON; None if it is not JSON or nested too deeply.

    Home Assistant's parser is strict: what it rejects, such as NaN or a lone surrogate, could not be
    written to a trace or to the recorder either.
    """
    if not data:
        return None
    try:
        value = json_loads(data)
    except ValueError:
        return None
    return None if _nests_too_deep(data, value) else value


def _nests_too_deep(text: str, value: Any) -> bool:
    """Whether a JSON value is nested too deeply for Home Assistant to write it."""
    if text.count("[") + text.count("{") <= MAX_JSON_DEPTH:
        return False
    level = [value]
    for _ in range(MAX_JSON_DEPTH):
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        if not inner:
            return False
        level = inner
    return True
