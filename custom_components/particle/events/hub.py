"""The one door through which every event comes in, and the ways out to whoever listens."""

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

# Particle delivers at least once, and an event of a product comes through the account's stream too.
REMEMBERED_EVENTS = 4096

# A burst is handled in slices, so that Home Assistant goes on with everything else in between.
SLICE_SECONDS = 0.005

# While as many events wait, the stream is not read on: the cloud keeps what it cannot send.
MAX_WAITING = 200

# What waits at the most. Beyond that the oldest is dropped, counted and said.
QUEUE_LIMIT = 20_000

# Home Assistant cannot write JSON of more than 254 levels; what wraps the payload needs some of them.
MAX_JSON_DEPTH = 100

type Listener = Callable[[ParticleEvent], None]
type Topic = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class ParticleEvent:
    """An event on its way through Home Assistant.

    Attributes:
        cloud_event: What the cloud sent.
        json: The payload as JSON; None where it is not JSON.
        system: What it says if it is an event of Device OS or of the cloud; None for the user's own.
        source: Where it came from: ``stream``, ``webhook`` or ``replay``.
        context: The context of everything that follows from it.
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
        """Particle's id of the device that published it; None for the cloud's own events."""
        return self.cloud_event.device_id

    @property
    def product_id(self) -> int | None:
        """Number of the device's product."""
        return self.cloud_event.product_id

    @property
    def firmware_version(self) -> int | None:
        """Version of the product firmware that the device ran."""
        return self.cloud_event.firmware_version

    @property
    def published_at(self) -> datetime | None:
        """When it was published, by the cloud's clock, UTC."""
        return self.cloud_event.published_at

    @property
    def is_users_own(self) -> bool:
        """Whether firmware or a person published it, and not Device OS or the cloud."""
        return not self.cloud_event.is_system and not self.cloud_event.is_hook

    @property
    def replayed(self) -> bool:
        """Whether it is played again inside Home Assistant alone."""
        return self.source == "replay"


class EventHub:
    """Takes events in order, drops duplicates and hands each to those who asked for it.

    Listeners are kept by device and by name, exact or prefix, so that the cost of an event depends
    on the listeners that match it and not on those that don't.
    """

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        """Start with nothing remembered; the name is for the log."""
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
        """How many events have not reached their listeners yet."""
        return len(self._queue)

    @callback
    def receive(self, event: CloudEvent, *, source: str = "stream") -> None:
        """Take an event; it reaches its listeners in a later turn of the event loop."""
        if self._closed:
            return
        self.received += 1
        if source != "replay" and self._is_duplicate(event):
            self.duplicates += 1
            return
        if len(self._queue) >= QUEUE_LIMIT:
            if not self.dropped:
                _LOGGER.warning(
                    "%s: events come in faster than Home Assistant can handle them; "
                    "the oldest that wait are dropped",
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
        """Call the listener for each event that matches.

        Args:
            listener: Called inside the event loop, in the order of the events.
            name: Exact name, or a prefix when it ends with ``*``; None for every name.
            device_id: Particle's id of a device; None for every device and the cloud's own events.

        Returns:
            A function that ends it.
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
        """Call the listener for each answer of a webhook's target, put together from its parts."""
        self._response_listeners.append(listener)
        return lambda: self._response_listeners.remove(listener)

    @callback
    def async_listen_dropped(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call the listener after a burst in which events were dropped; returns a function that ends it."""
        self._dropped_listeners.append(listener)
        return lambda: self._dropped_listeners.remove(listener)

    @callback
    def close(self) -> None:
        """Forget what waits; nothing is delivered any more."""
        self._closed = True
        self._queue.clear()
        self._responses.close()

    def _is_duplicate(self, event: CloudEvent) -> bool:
        """Whether this very event came before, and remember it."""
        if event.published_at is None:
            # Without the cloud's time stamp two equal events cannot be told from one.
            return False
        # Only the hash is kept: names may be long.
        fingerprint = hash((event.name, event.coreid, event.published_at, event.data))
        if fingerprint in self._seen:
            return True
        self._seen[fingerprint] = None
        if len(self._seen) > REMEMBERED_EVENTS:
            self._seen.popitem(last=False)
        return False

    async def async_wait_for_room(self) -> None:
        """Let everything else have its turn, until few events wait."""
        await asyncio.sleep(0)
        while len(self._queue) >= MAX_WAITING:
            await asyncio.sleep(0)

    def _schedule_drain(self) -> None:
        if not self._drain_scheduled:
            self._drain_scheduled = True
            self._hass.loop.call_soon(self._drain)

    @callback
    def _drain(self) -> None:
        """Deliver what waits, for one slice of time."""
        self._drain_scheduled = False
        until = monotonic() + SLICE_SECONDS
        try:
            while self._queue:
                self._deliver(self._queue.popleft())
                if monotonic() >= until:
                    break
        finally:
            # One event's trouble must not hold up those behind it.
            if self._queue:
                self._schedule_drain()
            elif self.dropped != self._reported_dropped:
                self._report_dropped()

    @callback
    def _report_dropped(self) -> None:
        """Call the listeners once for all events of a burst."""
        self._reported_dropped = self.dropped
        for listener in list(self._dropped_listeners):
            listener()

    def _deliver(self, event: ParticleEvent) -> None:
        if event.cloud_event.is_hook:
            try:
                self._responses.add(event.cloud_event)
            except Exception:
                _LOGGER.exception("Error while putting together the answers of webhooks")
        for listener in self._matching(event):
            try:
                listener(event)
            except Exception:
                # One listener's fault must not keep the event from the others.
                _LOGGER.exception("Error while handling the event %s", event.name)

    @callback
    def _handle_response(self, response: HookResponse) -> None:
        for listener in list(self._response_listeners):
            try:
                listener(response)
            except Exception:
                _LOGGER.exception("Error while handling the answer %s", response.name)

    def _matching(self, event: ParticleEvent) -> list[Listener]:
        """Return the listeners of an event in the order in which they were added."""
        found: dict[int, Listener] = {}
        devices = (None,) if event.device_id is None else (None, event.device_id)
        for device in devices:
            found.update(self._exact.get((device, event.name), {}))
            for length in self._prefix_lengths:
                if length <= len(event.name):
                    found.update(self._prefix.get((device, event.name[:length]), {}))
        return [listener for _, listener in sorted(found.items(), key=lambda item: item[0])]


def payload_as_json(data: str | None) -> Any:
    """Return the payload's JSON value, None where it is none or nests too deep to be passed on.

    Home Assistant's own parser is strict: what it refuses, such as NaN or half a surrogate pair,
    could not be written to a trace or to the recorder either.
    """
    if not data:
        return None
    try:
        value = json_loads(data)
    except ValueError:
        return None
    return None if _nests_too_deep(data, value) else value


def _nests_too_deep(text: str, value: Any) -> bool:
    """Whether a JSON value nests deeper than Home Assistant can write it."""
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
