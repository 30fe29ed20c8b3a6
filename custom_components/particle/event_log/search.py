"""Searching the event log, newest first.

The narrowest way that the indexes offer yields candidates; each is then read and compared with all
conditions. A page takes a limited time: what is not looked at by then begins the next page.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
import heapq
from itertools import takewhile
from pathlib import Path
from time import monotonic
from typing import Final

from ..api import CloudEvent
from ..api.models import DEVICE_ID
from ..api.parsing import clean_text
from . import text_index
from .models import (
    MAX_LIMIT,
    EventCount,
    EventPage,
    EventQuery,
    StoredEvent,
    from_milliseconds,
    milliseconds,
)
from .schema import open_to_read

# Seconds for one page.
TIME_LIMIT: Final = 0.25

# Publishers or names that are looked up one by one; with more, all events are looked at.
MAX_NUMBERS: Final = 500

_HIGHEST_ID: Final = 2**63 - 1

_EVENT: Final = """
    SELECT e.id, e.received_at, e.published_at, p.coreid, n.name, e.data, e.product_id,
        e.firmware_version, e.source
    FROM events e
    JOIN publishers p ON p.number = e.publisher
    JOIN names n ON n.number = e.name
    WHERE e.id = ?
"""

_BY_PUBLISHER: Final = "SELECT id FROM events WHERE publisher = ? AND id < ? ORDER BY id DESC"
_BY_NAME: Final = "SELECT id FROM events WHERE name = ? AND id < ? ORDER BY id DESC"


@dataclass(frozen=True, slots=True)
class _Plan:
    """How to find candidates.

    Attributes:
        low: They are not older than the event with this id.
        below: They are older than the event with this id.
        publishers: Numbers of the publishers; None for all.
        names: Numbers of the names; None for all, or for too many of them.
        terms: What the text index is asked for.
    """

    low: int
    below: int
    publishers: Collection[int] | None
    names: Collection[int] | None
    terms: list[str]


class EventSearch:
    """Reads the event log; used by one thread at a time, and blocks."""

    def __init__(self, path: Path, *, time_limit: float = TIME_LIMIT) -> None:
        """Open the file for reading.

        Args:
            path: A database that exists.
            time_limit: Seconds for one page, or for one count.

        Raises:
            sqlite3.Error: It cannot be opened.
        """
        self._connection = open_to_read(path)
        self._time_limit = time_limit

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def page(self, query: EventQuery) -> EventPage:
        """Return a page of events.

        A search that is limited in time goes by the order in which events came in. Events that came in
        while the clock was wrong may be missing from it.

        Raises:
            sqlite3.Error: The file cannot be read.
        """
        limit = max(1, min(query.limit, MAX_LIMIT))
        events: list[StoredEvent] = []
        cursor = self._visit(query, limit, events.append)
        return EventPage(events, cursor)

    def count(self, query: EventQuery, at_most: int) -> EventCount:
        """Count the events that match, up to a number.

        Raises:
            sqlite3.Error: The file cannot be read.
        """
        number = 0

        def add(_: StoredEvent) -> None:
            nonlocal number
            number += 1

        # One more, because a page that is full does not tell whether another event matches.
        cursor = self._visit(query, at_most + 1, add)
        return EventCount(min(number, at_most), cursor is None and number <= at_most)

    def _visit(
        self, query: EventQuery, limit: int, visit: Callable[[StoredEvent], None]
    ) -> int | None:
        """Visit matching events and return where to go on, None when all have been visited."""
        end = monotonic() + self._time_limit
        connection = self._connection
        matches = _condition(query)
        found, last_id = 0, None
        # One view of the file, whatever is written or deleted meanwhile.
        connection.execute("BEGIN")
        try:
            plan = self._plan(query)
            if plan is None:
                return None
            for event_id in self._candidates(plan):
                if event_id is not None:
                    if found == limit:
                        # Whether this one matches is not worth looking for: the next page may be empty.
                        return last_id
                    last_id = event_id
                    row = connection.execute(_EVENT, (event_id,)).fetchone()
                    # The index of a segment still knows events that have been deleted.
                    if row is not None and matches(event := _stored(row)):
                        visit(event)
                        found += 1
                if monotonic() > end and last_id is not None:
                    return last_id
            return None
        finally:
            connection.execute("ROLLBACK")

    # Where candidates come from

    def _plan(self, query: EventQuery) -> _Plan | None:
        """Return how to find candidates; None if there cannot be any."""
        publishers = self._publishers(query.device_ids)
        names = self._names(query.name)
        if (publishers is not None and not publishers) or (names is not None and not names):
            return None
        if publishers is not None and len(publishers) > MAX_NUMBERS:
            publishers = None
        terms = text_index.text_terms(clean_text(query.text)) if query.text else []
        if names is not None and len(names) > MAX_NUMBERS:
            names = None
            terms += text_index.text_terms(clean_text(query.name or "").removesuffix("*"))
        if terms or (publishers and names):
            if publishers and len(publishers) <= text_index.MAX_MARKS:
                terms.append(text_index.any_term(map(text_index.publisher_mark, publishers)))
            if names and len(names) <= text_index.MAX_MARKS:
                terms.append(text_index.any_term(map(text_index.name_mark, names)))
        low, below = self._ids_of_time(query)
        if query.before_id is not None:
            below = min(below, query.before_id)
        return _Plan(low, below, publishers, names, terms) if low < below else None

    def _candidates(self, plan: _Plan) -> Iterator[int | None]:
        """Yield ids of events, newest first; None now and then when there is nothing to yield."""
        if plan.terms:
            yield from self._by_text(plan)
        else:
            yield from takewhile(lambda event_id: event_id >= plan.low, self._by_number(plan))

    def _by_text(self, plan: _Plan) -> Iterator[int | None]:
        segments = self._connection.execute(
            "SELECT first_id, indexed FROM segments WHERE first_id < ? ORDER BY first_id DESC",
            (plan.below,),
        ).fetchall()
        below = plan.below
        for first_id, indexed in segments:
            found = (
                text_index.find(self._connection, first_id, plan.terms, below=below)
                if indexed
                else self._every(below, first_id)
            )
            for event_id in found:
                if event_id < plan.low:
                    return
                yield event_id
            yield None
            below = first_id
            if below <= plan.low:
                return

    def _by_number(self, plan: _Plan) -> Iterator[int]:
        if plan.publishers is not None and plan.names is None:
            return self._merged(_BY_PUBLISHER, plan.publishers, plan.below)
        if plan.names is not None:
            return self._merged(_BY_NAME, plan.names, plan.below)
        return self._every(plan.below, plan.low)

    def _every(self, below: int, low: int) -> Iterator[int]:
        found = self._connection.execute(
            "SELECT id FROM events WHERE id < ? AND id >= ? ORDER BY id DESC", (below, low)
        )
        return (event_id for (event_id,) in found)

    def _merged(self, statement: str, numbers: Iterable[int], below: int) -> Iterator[int]:
        """Yield the events of some publishers or names; of each, only as many as are asked for."""
        streams = (self._connection.execute(statement, (number, below)) for number in numbers)
        return (event_id for (event_id,) in heapq.merge(*streams, reverse=True))

    # What the conditions are in numbers

    def _publishers(self, device_ids: Collection[str | None] | None) -> set[int] | None:
        if device_ids is None:
            return None
        found = self._connection.execute("SELECT number, coreid FROM publishers")
        return {number for number, coreid in found if _device_id(coreid) in device_ids}

    def _names(self, name: str | None) -> list[int] | None:
        """Return the numbers of matching names; one more than `MAX_NUMBERS` if there are too many."""
        if name is None:
            return None
        name = clean_text(name)
        if not name.endswith("*"):
            found = self._connection.execute("SELECT number FROM names WHERE name = ?", (name,))
        elif name == "*":
            return None
        else:
            found = self._connection.execute(
                "SELECT number FROM names WHERE name >= ? AND name < ? LIMIT ?",
                (name[:-1], name[:-1] + chr(0x10FFFF), MAX_NUMBERS + 1),
            )
        return [number for (number,) in found]

    def _ids_of_time(self, query: EventQuery) -> tuple[int, int]:
        """Return the first id that comes into question, and the first that no longer does."""
        low, below = 0, _HIGHEST_ID
        if query.after is not None:
            low = self._id_at(milliseconds(query.after))
        if query.before is not None:
            below = self._id_at(milliseconds(query.before))
        return low, below

    def _id_at(self, time: int) -> int:
        """Return the id of the first event that was received at a time or later."""
        row = self._connection.execute(
            "SELECT id FROM events WHERE received_at >= ? ORDER BY received_at, id LIMIT 1", (time,)
        ).fetchone()
        return _HIGHEST_ID if row is None else int(row[0])


def _condition(query: EventQuery) -> Callable[[StoredEvent], bool]:
    """Return what decides whether an event matches."""
    text = clean_text(query.text).lower() if query.text else None
    name = clean_text(query.name) if query.name is not None else None
    prefix = name[:-1] if name is not None and name.endswith("*") else None

    def matches(stored: StoredEvent) -> bool:
        event = stored.event
        if query.device_ids is not None and event.device_id not in query.device_ids:
            return False
        if prefix is not None:
            if not event.name.startswith(prefix):
                return False
        elif name is not None and event.name != name:
            return False
        if query.after is not None and stored.received_at < query.after:
            return False
        if query.before is not None and stored.received_at >= query.before:
            return False
        return text is None or text in (event.data or "").lower() or text in event.name.lower()

    return matches


def _device_id(coreid: str) -> str | None:
    return coreid if DEVICE_ID.fullmatch(coreid) else None


def _stored(row: tuple[int, int, int | None, str, str, str | None, int, int, str]) -> StoredEvent:
    event_id, received_at, published_at, coreid, name, data, product_id, version, source = row
    return StoredEvent(
        event_id,
        CloudEvent(
            name,
            data,
            None if published_at is None else from_milliseconds(published_at),
            device_id=_device_id(coreid),
            coreid=coreid or None,
            firmware_version=version,
            product_id=product_id,
        ),
        from_milliseconds(received_at),
        source or "stream",
    )
