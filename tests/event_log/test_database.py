"""What the event log's file keeps, what it forgets, and what it survives."""

from pathlib import Path
import signal
import sqlite3
import subprocess
import sys

import pytest

from custom_components.particle.event_log import database, text_index
from custom_components.particle.event_log.database import EventDatabase, Limits
from custom_components.particle.event_log.models import (
    MAX_DATA,
    EventQuery,
    NewEvent,
    from_milliseconds,
)
from custom_components.particle.event_log.schema import UnusableFileError, journal_of

from .events import DAY, GREENHOUSE, MEGABYTE, START, log, published


def numbered(count: int, *, size: int = 0, first: int = 0, at: int = START) -> list[NewEvent]:
    """Return events whose payloads begin with their numbers."""
    return [
        published(data=f"{number} {'x' * size}", at=at + number)
        for number in range(first, first + count)
    ]


def test_events_are_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    with log(path) as kept:
        kept.write(published(data="before"))
    with log(path) as kept:
        kept.write(published(data="after"))
        assert kept.found(EventQuery()) == ["after", "before"]
    assert not journal_of(path).exists()


def test_ids_are_never_used_again(tmp_path: Path) -> None:
    """A page's cursor and a card that has shown an event rely on it."""
    path = tmp_path / "events.db"
    with log(path, days=1) as kept:
        kept.write(*numbered(3))
        kept.trim(START + 2 * DAY)
        assert kept.found(EventQuery()) == []
    with log(path) as kept:
        kept.write(published())
        assert kept.search.page(EventQuery()).events[0].id == 4


def test_a_payload_is_kept_up_to_a_limit(tmp_path: Path) -> None:
    with log(tmp_path / "events.db") as kept:
        kept.write(published(data="x" * (MAX_DATA + 1)))
        [stored] = kept.search.page(EventQuery(text="xxxx")).events
        assert stored.event.data == "x" * MAX_DATA


def test_old_events_go_first(tmp_path: Path) -> None:
    with log(tmp_path / "events.db", days=7) as kept:
        kept.write(*numbered(5, size=3), *numbered(5, size=3, first=5, at=START + DAY))
        kept.trim(START + 7 * DAY + 2)
        assert kept.found(EventQuery(text="xxx")) == [f"{number} xxx" for number in range(9, 1, -1)]
        assert kept.database.size().events == 8
        assert kept.database.size().oldest == from_milliseconds(START + 2)


def test_the_file_stays_within_its_size(tmp_path: Path) -> None:
    """The newest events stay, the file becomes smaller again, and nothing is left of the others."""
    path = tmp_path / "events.db"
    with log(path, size=4 * MEGABYTE) as kept:
        kept.write_all(numbered(20_000, size=200))
        before = path.stat().st_size
        kept.trim(START)
        assert path.stat().st_size <= 4 * MEGABYTE < before
        size = kept.database.size()
        assert 5_000 < size.events < 20_000
        expected = [str(number) for number in range(19_999, 19_999 - size.events, -1)]
        assert [data.split()[0] for data in kept.found(EventQuery(text="xxx"))] == expected
    connection = sqlite3.connect(path)
    [first] = connection.execute("SELECT min(first_id) FROM segments").fetchone()
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE name LIKE 'text!_%' ESCAPE '!'"
    )
    assert min(int(name.split("_")[1]) for (name,) in tables) == first
    connection.close()


def test_a_few_huge_payloads_do_not_push_everything_out(tmp_path: Path) -> None:
    """Only what is beyond the limit goes."""
    with log(tmp_path / "events.db", size=4 * MEGABYTE) as kept:
        kept.write_all(numbered(200, size=50_000), batch=1)
        kept.trim(START)
        assert 20 < kept.database.size().events < 100


def test_names_that_no_event_has_any_more_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "MAX_SEGMENT_EVENTS", 100)
    path = tmp_path / "events.db"
    with log(path, days=1) as kept:
        kept.write_all((published(f"name/{number}") for number in range(100)), batch=50)
        kept.write(published("new", at=START + 2 * DAY))
        kept.trim(START + 2 * DAY)
        # The numbers of the others may be given again.
        kept.write(published("name/7", "again", at=START + 2 * DAY))
        assert kept.found(EventQuery(name="name/*")) == ["again"]
        assert kept.found(EventQuery(name="new", device_ids=[GREENHOUSE])) == [""]
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM names").fetchall() == [("new",), ("name/7",)]
    connection.close()


def test_a_batch_is_written_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    """A full disk in the middle of a batch; what was written before can be searched, and then it goes on."""
    with log(tmp_path / "events.db") as kept:
        kept.write(published("known", "before"))
        connection = kept.database._connection
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 3}")
        with pytest.raises(sqlite3.OperationalError, match="full"):
            kept.write(*(published(f"new/{number}", "x" * 500) for number in range(100)))
        assert kept.found(EventQuery()) == ["before"]
        connection.execute("PRAGMA max_page_count = 1000000")
        kept.write(published("new/7", "after"))
        assert kept.found(EventQuery(text="new")) == ["after"]


def test_an_error_in_the_middle_of_a_batch_leaves_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with log(tmp_path / "events.db") as kept:
        with monkeypatch.context() as broken:
            broken.setattr(text_index, "add", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                kept.write(published("new", "lost"))
        assert kept.found(EventQuery()) == []
        kept.write(published("new", "after"))
        assert kept.found(EventQuery(name="new", text="after")) == ["after"]


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    with log(path):
        pass
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(UnusableFileError, match="99"):
        EventDatabase(path, Limits(30, MEGABYTE))


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE events (id INTEGER)")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    with pytest.raises(UnusableFileError):
        EventDatabase(path, Limits(30, MEGABYTE))


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.event_log.events import Log, published

log = Log(Path(sys.argv[1]))
for batch in range(20):
    log.write(*(published(data=f"{batch}/{number} text") for number in range(100)))
log.database._connection.execute("BEGIN")
log.database._connection.execute("DELETE FROM events")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_written_is_there_after_a_process_is_killed(tmp_path: Path) -> None:
    """In the middle of writing something else."""
    path = tmp_path / "events.db"
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(path)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert journal_of(path).stat().st_size
    with log(path) as kept:
        assert len(kept.found(EventQuery(text="text"))) == 2_000
        kept.write(published(data="after"))
        assert kept.found(EventQuery(limit=1))[0] == "after"


def test_a_file_that_was_not_closed_is_checked(tmp_path: Path) -> None:
    """Damage inside it is found at once, not months later by a search."""
    path = tmp_path / "events.db"
    with log(path) as kept:
        kept.write_all(numbered(5_000, size=100))
    contents = bytearray(path.read_bytes())
    contents[40 * 4096 : 60 * 4096] = b"\xff" * (20 * 4096)
    path.write_bytes(contents)
    journal_of(path).write_bytes(b"\0" * 32)
    with pytest.raises((UnusableFileError, sqlite3.DatabaseError)):
        EventDatabase(path, Limits(30, MEGABYTE))
