"""Full-text search in events: an index for each stretch of the log.

An index holds the trigrams of names and payloads, so that any part of a word, a number or a piece of
JSON is found. It only narrows the search: whoever finds an event there compares its text.

An event is also indexed by its publisher and its name, each as one trigram of private-use characters.
With that, the index answers combinations such as a device and a word without reading what matches
only one of them.

A stretch has an index of its own because the oldest events go first: the whole index is dropped then,
instead of being rewritten event by event.
"""

from collections.abc import Iterable, Iterator
import sqlite3
from typing import Final

# Characters of the shortest text that the index can find.
TRIGRAM: Final = 3

# Trigrams of one text that are looked up; what remains is compared anyway.
MAX_TRIGRAMS: Final = 24

# Alternatives of one condition that are looked up.
MAX_MARKS: Final = 64

_FIRST_MARK: Final = 0xE000
_MARKS: Final = 0xF900 - _FIRST_MARK
_HALF: Final = _MARKS // 2


def is_available(connection: sqlite3.Connection) -> bool:
    """Whether this SQLite has full-text search with trigrams (FTS5, SQLite 3.34)."""
    try:
        connection.execute(
            "CREATE VIRTUAL TABLE temp.text_probe USING fts5(text, tokenize = 'trigram')"
        )
    except sqlite3.OperationalError:
        return False
    connection.execute("DROP TABLE temp.text_probe")
    return True


def create(connection: sqlite3.Connection, segment: int) -> None:
    """Create the index of a segment."""
    connection.execute(
        f"CREATE VIRTUAL TABLE text_{segment:d} USING fts5("
        "text, content = '', columnsize = 0, detail = none, tokenize = 'trigram')"
    )


def drop(connection: sqlite3.Connection, segment: int) -> None:
    """Drop the index of a segment."""
    connection.execute(f"DROP TABLE text_{segment:d}")


def complete(connection: sqlite3.Connection, segment: int) -> None:
    """Make the index of a segment that gets no more events as small and as fast as it can be."""
    connection.execute(f"INSERT INTO text_{segment:d} (text_{segment:d}) VALUES ('optimize')")


def add(
    connection: sqlite3.Connection, segment: int, events: Iterable[tuple[int, str, str, int, int]]
) -> None:
    """Add events: each with id, name, payload, number of the publisher and number of the name."""
    connection.executemany(
        f"INSERT INTO text_{segment:d} (rowid, text) VALUES (?, ?)",
        (
            (event_id, "\n".join((name, data, publisher_mark(publisher), name_mark(name_number))))
            for event_id, name, data, publisher, name_number in events
        ),
    )


def find(
    connection: sqlite3.Connection, segment: int, terms: Iterable[str], *, below: int
) -> Iterator[int]:
    """Yield the ids of events with all terms, newest first, older than the event `below`."""
    found = connection.execute(
        f"SELECT rowid FROM text_{segment:d} WHERE text_{segment:d} MATCH ? AND rowid < ?"
        " ORDER BY rowid DESC",
        (" AND ".join(terms), below),
    )
    return (event_id for (event_id,) in found)


# Terms of a search


def text_terms(text: str) -> list[str]:
    """Return the terms that every event with this text has; none for a text that is too short.

    Every third trigram and the last one cover the text.
    """
    if len(text) < TRIGRAM:
        return []
    starts = [*range(0, len(text) - TRIGRAM, TRIGRAM), len(text) - TRIGRAM]
    trigrams = dict.fromkeys(text[start : start + TRIGRAM] for start in starts[:MAX_TRIGRAMS])
    return [_quoted(trigram) for trigram in trigrams]


def any_term(marks: Iterable[str]) -> str:
    """Return the term that events with at least one of these marks have."""
    return f"({' OR '.join(map(_quoted, marks))})"


def publisher_mark(number: int) -> str:
    """Return the mark of a publisher."""
    return _mark(number, 0)


def name_mark(number: int) -> str:
    """Return the mark of a name."""
    return _mark(number, _HALF)


def _mark(number: int, base: int) -> str:
    high, low = divmod(number, _MARKS)
    highest, high = divmod(high, _MARKS)
    return "".join(
        chr(_FIRST_MARK + digit) for digit in (base + highest % _HALF, high % _MARKS, low)
    )


def _quoted(text: str) -> str:
    """Return a text as a string of the search language, in which nothing has a meaning."""
    return '"' + text.replace('"', '""') + '"'
