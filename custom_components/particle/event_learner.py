"""What each board has published lately: names, payloads, fields and how often.

It feeds lists of names to pick from, and lets people look at an event or play it again. All of it is
bounded, for each board and for the account; nothing is written to disk.
"""

from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from .api import CloudEvent
from .event_hub import EventHub, ParticleEvent

# For each board. A firmware that puts numbers into names must not grow this without bound.
MOST_NAMES: Final = 100
MOST_EVENTS: Final = 50
MOST_FIELDS: Final = 50

# For the account. The boards that were silent longest are forgotten first.
MOST_BOARDS: Final = 2_000
MOST_BYTES: Final = 8 * 1024 * 1024

# How deep fields are named: ``gps.lat`` is two.
DEEPEST_FIELD: Final = 4

# The rate looks at the latest of so many occurrences.
RATE_OVER: Final = 20


@dataclass(frozen=True, slots=True)
class RecentEvent:
    """An event as it is remembered.

    Attributes:
        number: Counts the events of the account since Home Assistant listens; names this one.
        event: What the cloud sent.
        json: The payload as JSON; None where it is none.
        received_at: When it came in, UTC.
    """

    number: int
    event: CloudEvent
    json: Any
    received_at: datetime

    @property
    def size(self) -> int:
        """Characters that the payload has."""
        return len(self.event.data or "")


@dataclass(slots=True)
class LearnedEvent:
    """What is known of the events of one name from one board.

    Attributes:
        name: Name of the event.
        count: How many came in since Home Assistant listens.
        first_seen: When the first one came in, UTC.
        latest: When the latest ones came in, UTC, oldest first.
        last: The latest one.
        fields: By dotted path, the JSON types that the field has had, such as ``number``.
    """

    name: str
    first_seen: datetime
    last: RecentEvent
    count: int = 0
    latest: deque[datetime] = field(default_factory=lambda: deque(maxlen=RATE_OVER))
    fields: dict[str, set[str]] = field(default_factory=dict)

    def add(self, event: RecentEvent) -> None:
        """Take another event of this name."""
        self.count += 1
        self.last = event
        self.latest.append(event.received_at)
        if event.json is not None:
            _learn_fields(event.json, "", DEEPEST_FIELD, self.fields)

    @property
    def interval(self) -> timedelta | None:
        """How much time lies between two of them lately; None after a single one."""
        if len(self.latest) < 2:
            return None
        return (self.latest[-1] - self.latest[0]) / (len(self.latest) - 1)


@dataclass(slots=True)
class _Board:
    """What is remembered of one board."""

    names: OrderedDict[str, LearnedEvent] = field(default_factory=OrderedDict)
    events: deque[RecentEvent] = field(default_factory=deque)


class EventLearner:
    """Remembers what the boards of an account have published lately.

    What is played again inside Home Assistant is not learnt from.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self._boards: OrderedDict[str | None, _Board] = OrderedDict()
        self._bytes = 0
        self._number = 0

    @callback
    def async_start(self, hub: EventHub) -> CALLBACK_TYPE:
        """Learn from what comes in; returns a function that ends it."""
        return hub.async_listen(self._handle)

    # What others read. A device id of None means what came from no board: the cloud and webhooks.

    def names(self, device_id: str | None) -> Mapping[str, LearnedEvent]:
        """Return what is known of a board's events by name; the one heard last comes last."""
        board = self._boards.get(device_id)
        return board.names if board else {}

    def events(
        self, device_id: str | None, *, name: str | None = None, limit: int = MOST_EVENTS
    ) -> list[RecentEvent]:
        """Return the latest events of a board, newest first.

        Args:
            device_id: The board.
            name: Only events of this name, or of names that begin so if it ends with an asterisk.
            limit: How many at the most.
        """
        board = self._boards.get(device_id)
        if board is None:
            return []
        found = (
            event
            for event in reversed(board.events)
            if name is None or _fits(event.event.name, name)
        )
        return list(islice(found, limit))

    def find(self, number: int) -> RecentEvent | None:
        """Return the event of a number; None where it is forgotten."""
        for board in self._boards.values():
            for event in board.events:
                if event.number == number:
                    return event
        return None

    # How it learns

    @callback
    def _handle(self, event: ParticleEvent) -> None:
        if event.replayed:
            return
        self._number += 1
        recent = RecentEvent(self._number, event.event, event.json, dt_util.utcnow())
        board = self._board(event.device_id)
        self._learn_name(board, recent)
        board.events.append(recent)
        self._bytes += recent.size
        while len(board.events) > MOST_EVENTS or (
            # The board that fills the account's share gives way, not those that say little.
            self._bytes > MOST_BYTES and len(board.events) > 1
        ):
            self._bytes -= board.events.popleft().size

    def _board(self, device_id: str | None) -> _Board:
        board = self._boards.get(device_id)
        if board is None:
            board = self._boards[device_id] = _Board()
            if len(self._boards) > MOST_BOARDS:
                _, forgotten = self._boards.popitem(last=False)
                self._bytes -= sum(event.size for event in forgotten.events)
        self._boards.move_to_end(device_id)
        return board

    @staticmethod
    def _learn_name(board: _Board, event: RecentEvent) -> None:
        name = event.event.name
        learned = board.names.get(name)
        if learned is None:
            learned = board.names[name] = LearnedEvent(name, event.received_at, event)
            if len(board.names) > MOST_NAMES:
                board.names.popitem(last=False)
        board.names.move_to_end(name)
        learned.add(event)


def _fits(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _learn_fields(value: Any, path: str, depth: int, fields: dict[str, set[str]]) -> None:
    """Note the type of a value, and of the fields in it."""
    if path not in fields and len(fields) >= MOST_FIELDS:
        return
    fields.setdefault(path, set()).add(json_type(value))
    if depth and isinstance(value, dict):
        for key, inner in islice(value.items(), MOST_FIELDS):
            _learn_fields(inner, f"{path}.{key}" if path else str(key), depth - 1, fields)


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
