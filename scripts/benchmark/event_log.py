"""How fast the event log writes and searches, beside the same events in the recorder's tables."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
import json
from pathlib import Path
import random
import sqlite3
import tempfile
import threading
import time

from homeassistant.components.recorder.db_schema import Base
from sqlalchemy import create_engine

from custom_components.particle.api import CloudEvent
from custom_components.particle.event_log.database import EventDatabase, Limits
from custom_components.particle.event_log.models import EventQuery, NewEvent, from_milliseconds
from custom_components.particle.event_log.search import EventSearch

from .measuring import percentile
from .report import Figure, Report

_BATCH = 500
_START = 1_790_000_000_000
_DEVICES = [f"0a10aced{number:016x}" for number in range(50)]

# A device that published little, and long ago.
_QUIET = "0a10aced20219494ffffffff"
_NAMES = [
    *(f"house/{room}/climate" for room in ("kitchen", "bath", "hall", "attic")),
    *(f"garden/{bed}" for bed in ("soil", "rain", "sun")),
    *("door", "motion", "spark/status", "particle/device/updates/pending"),
]

_READ = """
    SELECT events.event_id, events.time_fired_ts, event_data.shared_data
    FROM events JOIN event_data ON event_data.data_id = events.data_id
    WHERE events.event_type_id = 1
"""


@dataclass(frozen=True, slots=True)
class _Search:
    """A search as people do it.

    Attributes:
        label: What they look for.
        query: The same for the event log.
        conditions: The same for the recorder's tables.
        values: Values of the conditions.
    """

    label: str
    query: EventQuery
    conditions: str = ""
    values: tuple[str | float, ...] = ()


def _searches(count: int) -> list[_Search]:
    device = _DEVICES[7]
    of_device = " AND shared_data LIKE ?"
    publisher = f'%"particle_device_id":"{device}"%'
    name = '%"event":"door"%'
    middle = _START + count // 2 * 1_000
    return [
        _Search("newest 100", EventQuery()),
        _Search("one device", EventQuery(device_ids=[device]), of_device, (publisher,)),
        _Search(
            "a device that was quiet for long",
            EventQuery(device_ids=[_QUIET]),
            of_device,
            (f'%"{_QUIET}"%',),
        ),
        _Search(
            "ten devices",
            EventQuery(device_ids=_DEVICES[:10]),
            f" AND ({' OR '.join(['shared_data LIKE ?'] * 10)})",
            tuple(f'%"particle_device_id":"{one}"%' for one in _DEVICES[:10]),
        ),
        _Search("a name", EventQuery(name="door"), of_device, (name,)),
        _Search(
            "names that begin alike", EventQuery(name="house/*"), of_device, ('%"event":"house/%',)
        ),
        _Search(
            "a device and a name",
            EventQuery(device_ids=[device], name="door"),
            of_device * 2,
            (publisher, name),
        ),
        _Search(
            "a time, half of all events back",
            EventQuery(before=from_milliseconds(middle)),
            " AND time_fired_ts < ?",
            (middle / 1_000,),
        ),
        _Search("a common word", EventQuery(text="temperature"), of_device, ("%temperature%",)),
        _Search("a rare word", EventQuery(text="overflow"), of_device, ("%overflow%",)),
        _Search("a word that is nowhere", EventQuery(text="xyzzy"), of_device, ("%xyzzy%",)),
        _Search(
            "a common word of one device",
            EventQuery(text="temperature", device_ids=[device]),
            of_device * 2,
            ("%temperature%", publisher),
        ),
        _Search(
            "a common word of the quiet device",
            EventQuery(text="temperature", device_ids=[_QUIET]),
            of_device * 2,
            ("%temperature%", f'%"{_QUIET}"%'),
        ),
        _Search(
            "a rare word of one device",
            EventQuery(text="overflow", device_ids=[device]),
            of_device * 2,
            ("%overflow%", publisher),
        ),
        _Search("a number", EventQuery(text="21.53"), of_device, ("%21.53%",)),
        _Search("two characters", EventQuery(text="5}"), of_device, ("%5}%",)),
    ]


async def measure(quick: bool) -> Report:
    """Run the benchmark."""
    count = 100_000 if quick else 1_000_000
    rounds = 10 if quick else 50
    with tempfile.TemporaryDirectory(prefix="particle-bench-") as folder:
        ours, recorder = Path(folder) / "events.db", Path(folder) / "home-assistant_v2.db"
        our_rate = _write(ours, count)
        recorder_rate = _write_recorder(recorder, count)
        figures = [
            Figure(
                "written in batches of 500",
                our_rate,
                "events/s",
                recorder_rate,
                "the recorder's tables, filled by plain SQL",
            ),
            Figure("size on disk", _megabytes(ours), "MB", _megabytes(recorder)),
        ]
        search = EventSearch(ours)
        connection = sqlite3.connect(recorder)
        searches = _searches(count)
        for one in searches:
            figures += _compare(search, connection, one, rounds)
        figures.append(_while_writing(search, ours, rounds))
        search.close()
        connection.close()
    return Report(
        f"event log of {count:,} events of {len(_DEVICES) + 1} devices",
        figures,
        [
            f"a page of 100 each; p50 and p95 of {rounds} rounds, of 3 for the recorder's tables",
            "payloads have 90 to 110 characters; the files are in the cache of the system",
            "times on the clock; other programs on the machine make them longer",
        ],
    )


def _events(count: int) -> Iterator[NewEvent]:
    """Yield events of a house, the same each time."""
    chance = random.Random(1)
    for number in range(count):
        payload = {
            "temperature": round(chance.uniform(10, 30), 2),
            "humidity": chance.randrange(100),
            "battery": {"voltage": round(chance.uniform(3.3, 4.2), 3), "charge": chance.random()},
            "sequence": number,
        }
        if number % 90_000 == 4_711:
            payload["alarm"] = "overflow"
        device = _QUIET if number % 1_000 == 17 and number < 10_000 else chance.choice(_DEVICES)
        yield NewEvent(
            CloudEvent(
                chance.choice(_NAMES),
                json.dumps(payload, separators=(",", ":")),
                from_milliseconds(_START + number * 1_000 - 80),
                device_id=device,
                coreid=device,
            ),
            _START + number * 1_000,
        )


def _batches(count: int) -> Iterator[list[NewEvent]]:
    batch: list[NewEvent] = []
    for event in _events(count):
        batch.append(event)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _timed(batches: Iterator[list[NewEvent]], write: Callable[[list[NewEvent]], None]) -> float:
    """Write all, and return how many events a second; making them does not count."""
    seconds, written = 0.0, 0
    for batch in batches:
        started = time.perf_counter()
        write(batch)
        seconds += time.perf_counter() - started
        written += len(batch)
    return written / seconds


def _write(path: Path, count: int) -> float:
    database = EventDatabase(path, Limits(days=36_500, bytes=10 * 1024**3))
    rate = _timed(_batches(count), database.append)
    database.close()
    return rate


def _write_recorder(path: Path, count: int) -> float:
    """Fill the recorder's tables with what `particle_event` puts on the bus."""
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("INSERT INTO event_types VALUES (1, 'particle_event')")
    numbers = iter(range(1, count + 1))

    def write(batch: list[NewEvent]) -> None:
        rows = [(next(numbers), new) for new in batch]
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO event_data (data_id, hash, shared_data) VALUES (?, ?, ?)",
            ((number, number * 2_654_435_761 % 2**32, _on_bus(new)) for number, new in rows),
        )
        connection.executemany(
            "INSERT INTO events (event_id, origin_idx, time_fired_ts, data_id, context_id_bin,"
            " event_type_id) VALUES (?, 0, ?, ?, ?, 1)",
            (
                (number, new.received_at / 1_000, number, number.to_bytes(16))
                for number, new in rows
            ),
        )
        connection.execute("COMMIT")

    rate = _timed(_batches(count), write)
    connection.close()
    return rate


def _on_bus(new: NewEvent) -> str:
    event = new.event
    return json.dumps(
        {
            "device_id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "config_entry_id": "01M88ZCDXFR7S1AFG2NA8VQP7J",
            "particle_device_id": event.device_id,
            "event": event.name,
            "data": event.data,
            "json": json.loads(event.data or "null"),
            "published_at": event.published_at and event.published_at.isoformat(),
            "replayed": False,
        },
        separators=(",", ":"),
    )


def _compare(
    search: EventSearch, connection: sqlite3.Connection, one: _Search, rounds: int
) -> list[Figure]:
    """Return how long a search takes on both sides.

    Raises:
        RuntimeError: They do not find the same number of events.
    """
    statement = f"{_READ}{one.conditions} ORDER BY time_fired_ts DESC LIMIT 100"
    found, seconds = _times(lambda: len(search.page(one.query).events), rounds)
    expected, plain = _times(lambda: len(connection.execute(statement, one.values).fetchall()), 3)
    if found != expected:
        raise RuntimeError(f"{one.label}: the event log finds {found}, the recorder {expected}")
    return [
        Figure(
            f"{one.label}: {found} found, p{percent}",
            1_000 * percentile(seconds, percent),
            "ms",
            1_000 * percentile(plain, percent),
            "the recorder's tables, by SELECT and LIKE",
        )
        for percent in (50, 95)
    ]


def _times(search: Callable[[], int], rounds: int) -> tuple[int, Sequence[float]]:
    """Return what a search finds, and the seconds of each round; a first one warms up."""
    found, seconds = search(), []
    for _ in range(rounds):
        started = time.perf_counter()
        search()
        seconds.append(time.perf_counter() - started)
    return found, seconds


def _while_writing(search: EventSearch, path: Path, rounds: int) -> Figure:
    """Return how long a search takes while another thread writes as fast as it can."""
    database = EventDatabase(path, Limits(days=36_500, bytes=10 * 1024**3))
    batch = [replace(event, received_at=2 * _START) for event in _events(_BATCH)]
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            database.append(batch)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        _, seconds = _times(
            lambda: len(search.page(EventQuery(device_ids=_DEVICES[7:8])).events), rounds
        )
    finally:
        done.set()
        writer.join()
    database.close()
    return Figure(
        "one device, while events are written without a pause, p95",
        1_000 * percentile(seconds, 95),
        "ms",
    )


def _megabytes(path: Path) -> float:
    return path.stat().st_size / 1024**2
