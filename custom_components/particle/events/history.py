"""Recent events of each device: names, payloads, fields and rates.

Used to list event names and to show or replay events. The size is limited for each device and for
the account; nothing is stored on disk.
"""

from array import array
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from sys import getsizeof
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from ..api import CloudEvent
from .hub import EventHub, ParticleEvent, payload_as_json

# Limits for each device. Firmware may use event names with numbers in them.
MAX_NAMES: Final = 100
MAX_EVENTS: Final = 50
MAX_FIELDS: Final = 50

# Limits for the account. The devices without events for the longest time are removed first.
MAX_DEVICES: Final = 2_000
MAX_BYTES: Final = 8 * 1024 * 1024

# Maximum depth of fields; ``gps.lat`` has depth two.
MAX_FIELD_DEPTH: Final = 4

# Longer paths are of no use in a list.
MAX_PATH_LENGTH: Final = 200

# Number of latest events that the rate is calculated from.
RATE_SAMPLES: Final = 20

# Memory overhead in bytes without the strings, measured and rounded up.
EVENT_BYTES: Final = 450
NAME_BYTES: Final = 900
FIELD_BYTES: Final = 110
DEVICE_BYTES: Final = 2_200


@dataclass(frozen=True, slots=True)
class RecentEvent:
    """An event in the history.

    Attributes:
        number: Sequential number of the event within the account.
        event: The event without its raw JSON.
        received_at: When it arrived, UTC.
        size: Memory in bytes.
    """

    number: int
    event: CloudEvent
    received_at: datetime
    size: int

    @property
    def json(self) -> Any:
        """The payload as JSON; None if it is not JSON.

        Parsed each time, because parsed JSON can take 40 times the memory of the text.
        """
        return payload_as_json(self.event.data)


@dataclass(slots=True)
class EventSummary:
    """Summary of a device's events with the same name.

    Attributes:
        name: Name of the event.
        first_seen: When the first event arrived, UTC.
        last: The latest event.
        count: Number of events since the account was loaded.
        fields: The JSON types of each field, such as ``number``, by dotted path.
        size: Memory in bytes without the latest event.
    """

    name: str
    first_seen: datetime
    last: RecentEvent
    count: int = 0
    fields: dict[str, frozenset[str]] = field(default_factory=dict)
    size: int = 0
    # Seconds since 1970, oldest first.
    _times: array[float] = field(default_factory=lambda: array("d"))

    def __post_init__(self) -> None:
        """Set the initial size."""
        self.size = NAME_BYTES + getsizeof(self.name)

    def add(self, event: RecentEvent, json: Any) -> None:
        """Add an event with this name; `json` is its parsed payload."""
        self.count += 1
        self.last = event
        self._times.append(event.received_at.timestamp())
        if len(self._times) > RATE_SAMPLES:
            del self._times[0]
        if json is not None:
            self._add_fields(json, "", MAX_FIELD_DEPTH)

    @property
    def interval(self) -> timedelta | None:
        """Average time between the latest events; None after a single event."""
        if len(self._times) < 2:
            return None
        return timedelta(seconds=(self._times[-1] - self._times[0]) / (len(self._times) - 1))

    def _add_fields(self, value: Any, path: str, depth: int) -> None:
        """Add the types of a value and of its nested fields."""
        types = self.fields.get(path)
        if types is None:
            if len(self.fields) >= MAX_FIELDS or len(path) > MAX_PATH_LENGTH:
                return
            self.size += FIELD_BYTES + getsizeof(path)
            types = frozenset()
        if (kind := json_type(value)) not in types:
            self.fields[path] = _with_type(types, kind)
        if depth and isinstance(value, dict):
            for key, inner in islice(value.items(), MAX_FIELDS):
                self._add_fields(inner, f"{path}.{key}" if path else str(key), depth - 1)


@dataclass(slots=True)
class _Device:
    """The history of one device.

    Attributes:
        names: Summaries by event name, in the order of the latest event.
        events: The latest events, oldest first.
        size: Memory in bytes; an event that is also the latest of its name counts once.
    """

    names: OrderedDict[str, EventSummary] = field(default_factory=OrderedDict)
    events: deque[RecentEvent] = field(default_factory=deque)
    size: int = DEVICE_BYTES

    def add(self, event: RecentEvent, json: Any) -> None:
        """Add an event."""
        name = event.event.name
        summary = self.names.get(name)
        if summary is None:
            summary = self.names[name] = EventSummary(name, event.received_at, event)
            self.size += summary.size
        self.names.move_to_end(name)
        previous, size = summary.last, summary.size
        summary.add(event, json)
        self.events.append(event)
        self.size += event.size + summary.size - size
        if previous is not event and not self._is_recent(previous):
            self.size -= previous.size
        if len(self.names) > MAX_NAMES:
            self.drop_name()
        if len(self.events) > MAX_EVENTS:
            self.drop_event()

    def drop_event(self) -> None:
        """Remove the oldest event; the summary keeps it if it is the latest of its name."""
        event = self.events.popleft()
        summary = self.names.get(event.event.name)
        if summary is None or summary.last is not event:
            self.size -= event.size

    def drop_name(self) -> None:
        """Remove the name whose latest event is the oldest."""
        _, summary = self.names.popitem(last=False)
        self.size -= summary.size
        if not self._is_recent(summary.last):
            self.size -= summary.last.size

    def _is_recent(self, event: RecentEvent) -> bool:
        return bool(self.events) and event.number >= self.events[0].number


class EventHistory:
    """The recent events of an account's devices.

    Replayed events are not added.
    """

    def __init__(self) -> None:
        """Initialize an empty history."""
        self._devices: OrderedDict[str | None, _Device] = OrderedDict()
        self._size = 0
        self._number = 0

    @property
    def size(self) -> int:
        """Memory in bytes."""
        return self._size

    @callback
    def async_start(self, hub: EventHub) -> CALLBACK_TYPE:
        """Start to record events; return a function that stops it."""
        return hub.async_listen(self._handle)

    # Queries. A device ID of None stands for events without a device, from the cloud and webhooks.

    def names(self, device_id: str | None) -> Mapping[str, EventSummary]:
        """Return the summaries of a device's events by name, in the order of the latest event."""
        device = self._devices.get(device_id)
        return device.names if device else {}

    def events(
        self, device_id: str | None, *, name: str | None = None, limit: int = MAX_EVENTS
    ) -> list[RecentEvent]:
        """Return the latest events of a device, newest first.

        Args:
            device_id: The Particle device ID.
            name: Exact event name, or a prefix if it ends with an asterisk; None for all events.
            limit: Maximum number of events.
        """
        device = self._devices.get(device_id)
        if device is None:
            return []
        found = (
            event
            for event in reversed(device.events)
            if name is None or _matches(event.event.name, name)
        )
        return list(islice(found, limit))

    def find(self, number: int) -> RecentEvent | None:
        """Return the event with a number; None if it is no longer in the history."""
        for device in self._devices.values():
            for event in device.events:
                if event.number == number:
                    return event
        return None

    # Recording

    @callback
    def _handle(self, event: ParticleEvent) -> None:
        if event.replayed:
            return
        self._number += 1
        recent = RecentEvent(
            self._number,
            # The size of the raw JSON is not limited.
            replace(event.cloud_event, raw=_NO_RAW),
            dt_util.utcnow(),
            _size_of(event.cloud_event),
        )
        device = self._device(event.device_id)
        size = device.size
        device.add(recent, event.json)
        self._size += device.size - size
        self._limit_size(device)

    def _device(self, device_id: str | None) -> _Device:
        device = self._devices.get(device_id)
        if device is None:
            device = self._devices[device_id] = _Device()
            self._size += device.size
            if len(self._devices) > MAX_DEVICES:
                self._remove_oldest_device()
        self._devices.move_to_end(device_id)
        return device

    def _limit_size(self, device: _Device) -> None:
        """Limit the total size by removing data of the device that has just published."""
        while self._size > MAX_BYTES:
            size = device.size
            if len(device.events) > 1:
                device.drop_event()
            elif len(device.names) > 1:
                device.drop_name()
            elif len(self._devices) > 1:
                self._remove_oldest_device()
            else:
                return
            self._size += device.size - size

    def _remove_oldest_device(self) -> None:
        """Remove the device without events for the longest time."""
        _, forgotten = self._devices.popitem(last=False)
        self._size -= forgotten.size


_NO_RAW: Mapping[str, Any] = {}


def _size_of(event: CloudEvent) -> int:
    """Return the memory of an event in bytes, without its raw JSON."""
    texts = (event.name, event.data, event.device_id, event.coreid, event.user_id)
    return EVENT_BYTES + sum(getsizeof(text) for text in texts if text is not None)


@cache
def _with_type(types: frozenset[str], kind: str) -> frozenset[str]:
    """Return a set with one more type; cached, so that equal sets share memory."""
    return types | {kind}


def _matches(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def json_type(value: Any) -> str:
    """Return the JSON type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "text"
        case list():
            return "list"
    return "object"
