"""What each device has published lately: names, payloads, fields and how often.

It feeds lists of names to pick from, and lets people look at an event or play it again. All of it is
bounded, for each device and for the account; nothing is written to disk.
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

# For each device. A firmware that puts numbers into names must not grow this without bound.
MAX_NAMES: Final = 100
MAX_EVENTS: Final = 50
MAX_FIELDS: Final = 50

# For the account. The devices that were silent longest are forgotten first.
MAX_DEVICES: Final = 2_000
MAX_BYTES: Final = 8 * 1024 * 1024

# How deep fields are named: ``gps.lat`` is two.
MAX_FIELD_DEPTH: Final = 4

# Nobody picks a field by a longer path.
MAX_PATH_LENGTH: Final = 200

# The rate looks at the latest of so many occurrences.
RATE_OVER: Final = 20

# Bytes that Python needs beside the texts, measured and rounded up.
EVENT_BYTES: Final = 450
NAME_BYTES: Final = 900
FIELD_BYTES: Final = 110
DEVICE_BYTES: Final = 2_200


@dataclass(frozen=True, slots=True)
class RecentEvent:
    """An event as it is remembered.

    Attributes:
        number: Counts the events of the account since Home Assistant listens; names this one.
        event: What the cloud sent, without the raw form.
        received_at: When it came in, UTC.
        size: Bytes that it takes.
    """

    number: int
    event: CloudEvent
    received_at: datetime
    size: int

    @property
    def json(self) -> Any:
        """The payload as JSON; None where it is none.

        Read again each time: the JSON of a payload can take 40 times the memory of its text.
        """
        return payload_as_json(self.event.data)


@dataclass(slots=True)
class EventSummary:
    """What is known of the events of one name from one device.

    Attributes:
        name: Name of the event.
        first_seen: When the first one came in, UTC.
        last: The latest one.
        count: How many came in since Home Assistant listens.
        fields: By dotted path, the JSON types that the field has had, such as ``number``.
        size: Bytes that all of this takes, without the latest event.
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
        """Count what the name takes."""
        self.size = NAME_BYTES + getsizeof(self.name)

    def add(self, event: RecentEvent, json: Any) -> None:
        """Take another event of this name; `json` is its payload."""
        self.count += 1
        self.last = event
        self._times.append(event.received_at.timestamp())
        if len(self._times) > RATE_OVER:
            del self._times[0]
        if json is not None:
            self._learn_fields(json, "", MAX_FIELD_DEPTH)

    @property
    def interval(self) -> timedelta | None:
        """How much time lies between two of them lately; None after a single one."""
        if len(self._times) < 2:
            return None
        return timedelta(seconds=(self._times[-1] - self._times[0]) / (len(self._times) - 1))

    def _learn_fields(self, value: Any, path: str, depth: int) -> None:
        """Note the type of a value, and of the fields in it."""
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
                self._learn_fields(inner, f"{path}.{key}" if path else str(key), depth - 1)


@dataclass(slots=True)
class _Device:
    """What is remembered of one device.

    Attributes:
        names: By name, the one heard last comes last.
        events: Latest events, oldest first.
        size: Bytes that all of this takes; an event that is both the latest of its name and among the
            latest of the device counts once.
    """

    names: OrderedDict[str, EventSummary] = field(default_factory=OrderedDict)
    events: deque[RecentEvent] = field(default_factory=deque)
    size: int = DEVICE_BYTES

    def add(self, event: RecentEvent, json: Any) -> None:
        """Remember an event."""
        name = event.event.name
        learned = self.names.get(name)
        if learned is None:
            learned = self.names[name] = EventSummary(name, event.received_at, event)
            self.size += learned.size
        self.names.move_to_end(name)
        previous, size = learned.last, learned.size
        learned.add(event, json)
        self.events.append(event)
        self.size += event.size + learned.size - size
        if previous is not event and not self._is_recent(previous):
            self.size -= previous.size
        if len(self.names) > MAX_NAMES:
            self.drop_name()
        if len(self.events) > MAX_EVENTS:
            self.drop_event()

    def drop_event(self) -> None:
        """Forget the oldest event; one that is the latest of its name stays there."""
        event = self.events.popleft()
        learned = self.names.get(event.event.name)
        if learned is None or learned.last is not event:
            self.size -= event.size

    def drop_name(self) -> None:
        """Forget the name that was heard least lately."""
        _, learned = self.names.popitem(last=False)
        self.size -= learned.size
        if not self._is_recent(learned.last):
            self.size -= learned.last.size

    def _is_recent(self, event: RecentEvent) -> bool:
        return bool(self.events) and event.number >= self.events[0].number


class EventHistory:
    """Remembers what the devices of an account have published lately.

    What is played again inside Home Assistant is not learnt from.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self._devices: OrderedDict[str | None, _Device] = OrderedDict()
        self._size = 0
        self._number = 0

    @property
    def size(self) -> int:
        """Bytes that are held."""
        return self._size

    @callback
    def async_start(self, hub: EventHub) -> CALLBACK_TYPE:
        """Learn from what comes in; returns a function that ends it."""
        return hub.async_listen(self._handle)

    # What others read. A device id of None means what came from no device: the cloud and webhooks.

    def names(self, device_id: str | None) -> Mapping[str, EventSummary]:
        """Return what is known of a device's events by name; the one heard last comes last."""
        device = self._devices.get(device_id)
        return device.names if device else {}

    def events(
        self, device_id: str | None, *, name: str | None = None, limit: int = MAX_EVENTS
    ) -> list[RecentEvent]:
        """Return the latest events of a device, newest first.

        Args:
            device_id: The device.
            name: Only events of this name, or of names that begin so if it ends with an asterisk.
            limit: How many at the most.
        """
        device = self._devices.get(device_id)
        if device is None:
            return []
        found = (
            event
            for event in reversed(device.events)
            if name is None or _fits(event.event.name, name)
        )
        return list(islice(found, limit))

    def find(self, number: int) -> RecentEvent | None:
        """Return the event of a number; None where it is forgotten."""
        for device in self._devices.values():
            for event in device.events:
                if event.number == number:
                    return event
        return None

    # How it learns

    @callback
    def _handle(self, event: ParticleEvent) -> None:
        if event.replayed:
            return
        self._number += 1
        recent = RecentEvent(
            self._number,
            # The raw form holds whatever else the cloud has sent, in any amount.
            replace(event.cloud_event, raw=_NOTHING),
            dt_util.utcnow(),
            _size_of(event.cloud_event),
        )
        device = self._device(event.device_id)
        size = device.size
        device.add(recent, event.json)
        self._size += device.size - size
        self._make_room(device)

    def _device(self, device_id: str | None) -> _Device:
        device = self._devices.get(device_id)
        if device is None:
            device = self._devices[device_id] = _Device()
            self._size += device.size
            if len(self._devices) > MAX_DEVICES:
                self._forget_device()
        self._devices.move_to_end(device_id)
        return device

    def _make_room(self, device: _Device) -> None:
        """Keep to the account's share: the device that fills it gives way, not those that say little."""
        while self._size > MAX_BYTES:
            size = device.size
            if len(device.events) > 1:
                device.drop_event()
            elif len(device.names) > 1:
                device.drop_name()
            elif len(self._devices) > 1:
                self._forget_device()
            else:
                return
            self._size += device.size - size

    def _forget_device(self) -> None:
        """Forget the device that was silent longest."""
        _, forgotten = self._devices.popitem(last=False)
        self._size -= forgotten.size


_NOTHING: Mapping[str, Any] = {}


def _size_of(event: CloudEvent) -> int:
    """Return the bytes that an event takes, without its raw form."""
    texts = (event.name, event.data, event.device_id, event.coreid, event.user_id)
    return EVENT_BYTES + sum(getsizeof(text) for text in texts if text is not None)


@cache
def _with_type(types: frozenset[str], kind: str) -> frozenset[str]:
    """Return a set with one more type; the few sets that there can be are shared."""
    return types | {kind}


def _fits(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def json_type(value: Any) -> str:
    """Return the name that JSON gives to the type of a value."""
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
