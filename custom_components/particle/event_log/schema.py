"""The database file: how it is opened, and its tables."""

from pathlib import Path
import sqlite3
from typing import Final

SCHEMA_VERSION: Final = 1

# Names and publishers have numbers, because an event is mostly what a few devices say again and again.
# Segments are stretches of events, each with an index of its text: see `text_index.py`.
_TABLES: Final = (
    "CREATE TABLE publishers (number INTEGER PRIMARY KEY, coreid TEXT NOT NULL UNIQUE)",
    "CREATE TABLE names (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    """CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        received_at INTEGER NOT NULL,
        published_at INTEGER,
        publisher INTEGER NOT NULL,
        name INTEGER NOT NULL,
        data TEXT,
        product_id INTEGER,
        firmware_version INTEGER,
        source TEXT
    )""",
    # An index contains the id as well, and is in its order for one publisher or name.
    "CREATE INDEX events_by_publisher ON events (publisher)",
    "CREATE INDEX events_by_name ON events (name)",
    "CREATE INDEX events_by_time ON events (received_at)",
    """CREATE TABLE segments (
        first_id INTEGER PRIMARY KEY,
        events INTEGER NOT NULL,
        characters INTEGER NOT NULL,
        indexed INTEGER NOT NULL
    )""",
)

_LOOKS: Final = (
    "SELECT number, coreid FROM publishers LIMIT 0",
    "SELECT number, name FROM names LIMIT 0",
    """SELECT id, received_at, published_at, publisher, name, data, product_id, firmware_version,
        source FROM events LIMIT 0""",
    "SELECT first_id, events, characters, indexed FROM segments LIMIT 0",
)

# Seconds for which another program, such as a backup or an SQLite browser, may lock the file.
_BUSY_TIMEOUT: Final = 5.0

_JOURNAL_BYTES: Final = 4 * 1024 * 1024


class UnusableFileError(Exception):
    """The file is not a sound database of the event log."""


def journal_of(path: Path) -> Path:
    """Return the path of a database's write-ahead log."""
    return path.with_name(f"{path.name}-wal")


def connect(path: Path) -> sqlite3.Connection:
    """Connect to a database in autocommit mode; one thread at a time may use it."""
    return sqlite3.connect(
        path, isolation_level=None, timeout=_BUSY_TIMEOUT, check_same_thread=False
    )


def open_to_write(path: Path) -> sqlite3.Connection:
    """Open the database, create it if there is none, and check it if it was not closed.

    Raises:
        UnusableFileError: It is damaged, or a newer version of the integration wrote it.
        sqlite3.Error: It cannot be opened.
    """
    journal = journal_of(path)
    was_closed = not journal.exists() or not journal.stat().st_size
    connection = connect(path)
    try:
        # The first statement reads the file. This one has no effect on a database that has tables.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        # A loss of power costs the last seconds at the most; the database stays sound.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {_JOURNAL_BYTES}")
        _check_version(connection)
        _check_tables(connection)
        if not was_closed:
            _check(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open a database that exists for reading.

    Raises:
        sqlite3.Error: It cannot be opened.
    """
    connection = connect(path)
    try:
        connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _check_version(connection: sqlite3.Connection) -> None:
    """Create the tables in a new file; refuse those of a version that is not known."""
    [version] = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise UnusableFileError(f"Version {version} of the tables is not known")
    if not version:
        _create_tables(connection)


def _create_tables(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for table in _TABLES:
        connection.execute(table)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def _check_tables(connection: sqlite3.Connection) -> None:
    """Check that these are our tables: some other program's database is not written to."""
    try:
        for statement in _LOOKS:
            connection.execute(statement)
    except sqlite3.OperationalError as err:
        if err.sqlite_errorcode == sqlite3.SQLITE_ERROR:
            raise UnusableFileError(str(err)) from err
        raise


def _check(connection: sqlite3.Connection) -> None:
    """Check the structure of the whole file; a file that was closed in order is not worth the time."""
    [result] = connection.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        raise UnusableFileError(result)
