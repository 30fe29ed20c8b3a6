"""Events that wait to be written: bounded, so that a slow disk does not fill the memory."""

from collections import deque
from collections.abc import Iterable
from sys import getsizeof
from typing import Final

from .models import NewEvent

MAX_BYTES: Final = 8 * 1024 * 1024

# Bytes that an event takes beside its texts, measured and rounded up.
EVENT_BYTES: Final = 600


class WaitingEvents:
    """A queue that drops its oldest events when it is full, and counts them."""

    def __init__(self) -> None:
        """Initialize the queue."""
        self._events: deque[NewEvent] = deque()
        self._bytes = 0
        self.dropped = 0

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._events)

    def add(self, event: NewEvent) -> None:
        """Let an event wait."""
        self._events.append(event)
        self._bytes += _size_of(event)
        self._make_room()

    def take(self, limit: int) -> list[NewEvent]:
        """Return the oldest events; they no longer wait."""
        events = [self._events.popleft() for _ in range(min(limit, len(self._events)))]
        self._bytes -= sum(map(_size_of, events))
        return events

    def put_back(self, events: Iterable[NewEvent]) -> None:
        """Let events that were taken and could not be written wait again, before the others."""
        events = list(events)
        self._events.extendleft(reversed(events))
        self._bytes += sum(map(_size_of, events))
        self._make_room()

    def _make_room(self) -> None:
        while self._bytes > MAX_BYTES and self._events:
            self._bytes -= _size_of(self._events.popleft())
            self.dropped += 1


def _size_of(new: NewEvent) -> int:
    return EVENT_BYTES + getsizeof(new.event.name) + getsizeof(new.event.data)
