"""The event log's database as its one writer sees it; see `search.py` for the readers."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..api.parsing import clean_text
from . import text_index
from .models import MAX_DATA, LogSize, NewEvent, from_milliseconds, milliseconds
from .schema import UnusableFileError, journal_of, open_to_write

# What one segment holds at the most. Beyond the size cap the oldest segment is deleted as a whole, so
# it may not be a large part of the log.
MAX_SEGMENT_EVENTS: Final = 50_000
SEGMENTS_OF_FULL_LOG: Final = 20

# Events that are deleted, and pages that are given back to the disk, in one go.
TRIM_EVENTS: Final = 1_000
TRIM_PAGES: Final = 512

# Names and publishers whose numbers are kept in memory.
MAX_NUMBERS: Final = 5_000


# How names and publishers get their numbers, and how those that no event has are deleted.
_NUMBERING: Final = {
    "names": (
        "INSERT OR IGNORE INTO names (name) VALUES (?)",
        "SELECT number FROM names WHERE name = ?",
    ),
    "publishers": (
        "INSERT OR IGNORE INTO publishers (coreid) VALUES (?)",
        "SELECT number FROM publishers WHERE coreid = ?",
    ),
}
_DELETE_UNUSED: Final = (
    "DELETE FROM names WHERE NOT EXISTS (SELECT 1 FROM events WHERE name = names.number)",
    """DELETE FROM publishers
        WHERE NOT EXISTS (SELECT 1 FROM events WHERE publisher = publishers.number)""",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept.

    Attributes:
        days: Older events are deleted.
        bytes: The oldest events are deleted when more is in use.
    """

    days: int
    bytes: int


@dataclass(slots=True)
class _Segment:
    """The stretch of events that is written to.

    Attributes:
        first_id: Id of its first event; its name.
        events: How many it holds.
        characters: Length of their texts.
        indexed: Whether there is an index of their text.
    """

    first_id: int
    events: int
    characters: int
    indexed: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """An event as it is written; the attributes are columns, and its name beside the name's number."""

    event_id: int
    received_at: int
    published_at: int | None
    publisher: int
    name: str
    name_number: int
    data: str | None
    product_id: int | None
    firmware_version: int | None
    source: str | None

    @property
    def columns(self) -> tuple[int | str | None, ...]:
        """What stands in the table."""
        return (
            self.event_id,
            self.received_at,
            self.published_at,
            self.publisher,
            self.name_number,
            self.data,
            self.product_id,
            self.firmware_version,
            self.source,
        )


class EventDatabase:
    """Writes events and deletes old ones. It is used by one thread at a time, and blocks.

    Each method may raise `sqlite3.Error`, and what it was to do is then not done.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        """Open the database, or create it.

        Raises:
            UnusableFileError: The file has to be put away first.
            sqlite3.Error: It cannot be opened.
        """
        self._path = path
        self._limits = limits
        self._numbers: dict[tuple[str, str], int] = {}
        self._connection = open_to_write(path)
        try:
            self._has_text_index = self._check_text_index()
            self._segment = self._last_segment()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def append(self, events: Sequence[NewEvent]) -> None:
        """Write events, all or none."""
        with self._transaction():
            segment = self._segment_to_write()
            first_id = self._next_id()
            rows = [self._row(event_id, event) for event_id, event in enumerate(events, first_id)]
            self._connection.executemany(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (row.columns for row in rows),
            )
            if segment.indexed:
                text_index.add(
                    self._connection,
                    segment.first_id,
                    (
                        (row.event_id, row.name, row.data or "", row.publisher, row.name_number)
                        for row in rows
                    ),
                )
            characters = sum(len(row.name) + len(row.data or "") for row in rows)
            self._connection.execute(
                "UPDATE segments SET events = events + ?, characters = characters + ?"
                " WHERE first_id = ?",
                (len(rows), characters, segment.first_id),
            )
        segment.events += len(rows)
        segment.characters += characters

    def checkpoint(self) -> None:
        """Move all that was written into the file itself."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def trim(self, now: int) -> bool:
        """Delete a portion of what is too old or too much.

        Args:
            now: Milliseconds since 1970.

        Returns:
            Whether there is more to do.
        """
        return (
            self._delete_old(now - self._limits.days * 86_400_000)
            or self._delete_excess()
            or self._drop_empty_segments()
            or self._give_pages_back()
        )

    def size(self) -> LogSize:
        """Return how much the log holds."""
        events, oldest = self._connection.execute(
            "SELECT count(*), min(received_at) FROM events"
        ).fetchone()
        size = self._path.stat().st_size
        journal = journal_of(self._path)
        if journal.exists():
            size += journal.stat().st_size
        return LogSize(events, size, None if oldest is None else from_milliseconds(oldest))

    # Writing

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            # SQLite has rolled back by itself when the disk is full.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._numbers.clear()
            self._segment = self._last_segment()
            raise

    def _row(self, event_id: int, new: NewEvent) -> _Row:
        event = new.event
        name = clean_text(event.name)
        return _Row(
            event_id,
            new.received_at,
            None if event.published_at is None else milliseconds(event.published_at),
            self._number("publishers", clean_text(event.device_id or event.coreid or "")),
            name,
            self._number("names", name),
            None if event.data is None else clean_text(event.data[:MAX_DATA]),
            _storable(event.product_id),
            _storable(event.firmware_version),
            None if new.source == "stream" else new.source,
        )

    def _number(self, table: str, text: str) -> int:
        """Return the number of a name or publisher; new ones get the next."""
        if (number := self._numbers.get((table, text))) is None:
            insert, select = _NUMBERING[table]
            self._connection.execute(insert, (text,))
            [number] = self._connection.execute(select, (text,)).fetchone()
            if len(self._numbers) >= MAX_NUMBERS:
                self._numbers.clear()
            self._numbers[table, text] = number
        return int(number)

    def _next_id(self) -> int:
        """Return the id of the next event; ids of deleted ones are not used again."""
        row = self._connection.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = 'events'"
        ).fetchone()
        return 1 if row is None else int(row[0]) + 1

    # Segments

    def _last_segment(self) -> _Segment | None:
        row = self._connection.execute(
            "SELECT first_id, events, characters, indexed FROM segments"
            " ORDER BY first_id DESC LIMIT 1"
        ).fetchone()
        return None if row is None else _Segment(*row)

    def _check_text_index(self) -> bool:
        """Return whether this SQLite can index text; the file may not need it otherwise."""
        if text_index.is_available(self._connection):
            return True
        if self._connection.execute("SELECT 1 FROM segments WHERE indexed LIMIT 1").fetchone():
            raise UnusableFileError("Its indexes need FTS5, which this SQLite does not have")
        return False

    def _segment_to_write(self) -> _Segment:
        """Return the segment for the next events; a new one when the last one is full."""
        segment = self._segment
        if segment is not None:
            if (
                segment.events < MAX_SEGMENT_EVENTS
                and segment.characters < self._limits.bytes // SEGMENTS_OF_FULL_LOG
            ):
                return segment
            if segment.indexed:
                text_index.complete(self._connection, segment.first_id)
        self._segment = segment = _Segment(self._next_id(), 0, 0, self._has_text_index)
        self._connection.execute(
            "INSERT INTO segments VALUES (?, 0, 0, ?)", (segment.first_id, segment.indexed)
        )
        if segment.indexed:
            text_index.create(self._connection, segment.first_id)
        return segment

    # Deleting

    def _delete_old(self, before: int) -> bool:
        return self._delete(
            "SELECT id FROM events WHERE received_at < ? ORDER BY received_at LIMIT ?",
            (before, TRIM_EVENTS),
        )

    def _delete_excess(self) -> bool:
        """Delete the oldest segment when more is in use than may be; the last one stays."""
        if self._used_bytes() <= self._limits.bytes:
            return False
        starts = self._connection.execute(
            "SELECT first_id FROM segments ORDER BY first_id LIMIT 2"
        ).fetchall()
        if len(starts) < 2:
            return False
        [second] = starts[1]
        return self._delete(
            "SELECT id FROM events WHERE id < ? ORDER BY id LIMIT ?", (second, TRIM_EVENTS)
        )

    def _delete(self, select: str, values: Iterable[int]) -> bool:
        ids = self._connection.execute(select, tuple(values)).fetchall()
        if ids:
            with self._transaction():
                self._connection.executemany("DELETE FROM events WHERE id = ?", ids)
        return bool(ids)

    def _drop_empty_segments(self) -> bool:
        """Drop the oldest segment if its events are deleted, and the names that only they had."""
        segments = self._connection.execute(
            "SELECT first_id, indexed FROM segments ORDER BY first_id LIMIT 2"
        ).fetchall()
        if len(segments) < 2:
            return False
        (first_id, indexed), (next_id, _) = segments
        if self._connection.execute("SELECT 1 FROM events WHERE id < ?", (next_id,)).fetchone():
            return False
        with self._transaction():
            if indexed:
                text_index.drop(self._connection, first_id)
            self._connection.execute("DELETE FROM segments WHERE first_id = ?", (first_id,))
            for statement in _DELETE_UNUSED:
                self._connection.execute(statement)
        self._numbers.clear()
        return True

    def _give_pages_back(self) -> bool:
        """Make the file smaller by some of its free pages, if it is too large or a tenth is free.

        The next events use what remains: a full log does not grow and shrink all the time.
        """
        free, pages = self._pragma("freelist_count"), self._pragma("page_count")
        too_large = pages * self._pragma("page_size") > self._limits.bytes
        if not free or not (too_large or free > max(TRIM_PAGES, pages // 10)):
            return False
        # Each row of the answer frees a page. The file itself shrinks at the checkpoint.
        self._connection.execute(f"PRAGMA incremental_vacuum({TRIM_PAGES})").fetchall()
        self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        return self._pragma("freelist_count") < free

    def _used_bytes(self) -> int:
        pages = self._pragma("page_count") - self._pragma("freelist_count")
        return pages * self._pragma("page_size")

    def _pragma(self, name: str) -> int:
        [value] = self._connection.execute(f"PRAGMA {name}").fetchone()
        return int(value)


def _storable(number: int | None) -> int | None:
    """Return a number that SQLite can store; one that is larger is not Particle's."""
    return number if number is not None and -(2**63) <= number < 2**63 else None
