"""Searching the event log: by device, name, text and time, page by page."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
import sqlite3

from hypothesis import HealthCheck, example, given, settings, strategies as st
import pytest

from custom_components.particle.event_log import database, search, text_index
from custom_components.particle.event_log.models import EventCount, EventQuery, from_milliseconds

from .events import GARAGE, GREENHOUSE, START, Log, log, published


@pytest.fixture(params=[True, False], ids=["with text index", "without text index"])
def kept(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Log]:
    """A log, once in a Python that has full-text search and once in one that has not."""
    if not request.param:
        monkeypatch.setattr(text_index, "is_available", lambda connection: False)
    with log(tmp_path / "events.db") as opened:
        yield opened


def test_this_python_has_full_text_search() -> None:
    """Else all that follows would be tested only without it."""
    assert text_index.is_available(sqlite3.connect(":memory:"))


def test_what_was_published_is_what_is_found(kept: Log) -> None:
    kept.write(published("climate", '{"t": 21.5}', at=START + 5))
    [stored] = kept.search.page(EventQuery()).events
    assert stored.event.name == "climate"
    assert stored.event.data == '{"t": 21.5}'
    assert stored.event.device_id == stored.event.coreid == GREENHOUSE
    assert stored.received_at == datetime.fromtimestamp((START + 5) / 1000, UTC)
    assert stored.source == "stream"


def test_an_event_without_payload_is_not_one_with_an_empty_payload(kept: Log) -> None:
    kept.write(published(data=None), published(data=""))
    assert [one.event.data for one in kept.search.page(EventQuery()).events] == ["", None]


@pytest.fixture
def house(kept: Log) -> Log:
    """Two devices, the cloud, and names that begin alike."""
    kept.write(
        published("climate/in", "1 warm", GREENHOUSE, at=START),
        published("climate/out", "2 cold", GREENHOUSE, at=START + 1_000),
        published("climate", "3 WARM", GARAGE, at=START + 2_000),
        published("door", "4 open", GARAGE, at=START + 3_000),
        published("hook-sent/climate", "5", None, at=START + 4_000),
    )
    return kept


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (EventQuery(), "54321"),
        (EventQuery(device_ids=[GREENHOUSE]), "21"),
        (EventQuery(device_ids=[GREENHOUSE, GARAGE]), "4321"),
        (EventQuery(device_ids=[None]), "5"),
        (EventQuery(device_ids=[None, GREENHOUSE]), "521"),
        (EventQuery(device_ids=[]), ""),
        (EventQuery(device_ids=["0a10aced202194944a00ffff"]), ""),
        (EventQuery(name="climate"), "3"),
        (EventQuery(name="climate*"), "321"),
        (EventQuery(name="climate/*"), "21"),
        (EventQuery(name="*"), "54321"),
        (EventQuery(name="clim"), ""),
        (EventQuery(name="Climate"), ""),
        (EventQuery(text="warm"), "31"),
        (EventQuery(text="arm"), "31"),
        (EventQuery(text="wa"), "31"),
        (EventQuery(text="climate"), "5321"),
        (EventQuery(text="nothing of this"), ""),
        (EventQuery(text=""), "54321"),
        (EventQuery(text="warm", device_ids=[GARAGE]), "3"),
        (EventQuery(text="wa", device_ids=[GARAGE]), "3"),
        (EventQuery(text="warm", name="climate/*"), "1"),
        (EventQuery(name="climate*", device_ids=[GREENHOUSE]), "21"),
        (EventQuery(name="door", device_ids=[GREENHOUSE]), ""),
        (EventQuery(name="c*", text="o", device_ids=[GREENHOUSE, GARAGE]), "2"),
        (EventQuery(after=from_milliseconds(START + 2_000)), "543"),
        (EventQuery(before=from_milliseconds(START + 2_000)), "21"),
        (
            EventQuery(
                text="warm",
                after=from_milliseconds(START + 1),
                before=from_milliseconds(START + 2_001),
            ),
            "3",
        ),
        (EventQuery(after=from_milliseconds(START + 9_000)), ""),
        (EventQuery(before=from_milliseconds(START)), ""),
    ],
)
@pytest.mark.parametrize("limit", [1, 100])
def test_all_conditions_hold(house: Log, query: EventQuery, numbers: str, limit: int) -> None:
    query = EventQuery(
        query.device_ids, query.name, query.text, query.after, query.before, None, limit
    )
    assert [data[0] for data in house.found(query)] == list(numbers)


def test_pages_follow_each_other_while_events_come_in(kept: Log) -> None:
    """A new event moves nothing: no event comes twice, none is skipped."""
    kept.write_all(published(data=str(number)) for number in range(10))
    first = kept.search.page(EventQuery(limit=4))
    kept.write(published(data="new"))
    second = kept.search.page(EventQuery(limit=4, before_id=first.cursor))
    assert [one.event.data for one in first.events] == ["9", "8", "7", "6"]
    assert [one.event.data for one in second.events] == ["5", "4", "3", "2"]


def test_a_page_has_500_events_at_the_most(kept: Log) -> None:
    kept.write_all(published(data=str(number)) for number in range(510))
    assert len(kept.search.page(EventQuery(limit=10_000)).events) == 500
    assert len(kept.search.page(EventQuery(limit=0)).events) == 1


@pytest.mark.parametrize("at_most", [9, 10, 11])
def test_a_count_says_whether_it_is_complete(kept: Log, at_most: int) -> None:
    kept.write_all(published("blue" if number % 3 else "red", str(number)) for number in range(15))
    expected = EventCount(min(10, at_most), complete=at_most >= 10)
    assert kept.search.count(EventQuery(name="blue"), at_most) == expected
    assert kept.search.count(EventQuery(text="lu"), at_most) == expected


def test_a_search_through_much_ends_in_time_and_goes_on(tmp_path: Path) -> None:
    """The needle is the oldest of all; each page looks at a part of the rest."""
    with log(tmp_path / "events.db") as kept:
        kept.write(published(data="a needle"))
        kept.write_all(published(data=str(number)) for number in range(2_000))
        hasty = search.EventSearch(kept.path, time_limit=0.0)
        query = EventQuery(text="le")
        found = []
        for looked_at in range(1, 2_002):
            page = hasty.page(query)
            assert page.cursor == 2_002 - looked_at
            found += page.events
            query = EventQuery(text="le", before_id=page.cursor)
        assert hasty.page(query).cursor is None
        hasty.close()
    assert [stored.event.data for stored in found] == ["a needle"]


def test_a_search_goes_through_all_segments(kept: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "MAX_SEGMENT_EVENTS", 100)
    kept.write_all((published(data=f"value {number}") for number in range(1_000)), batch=50)
    assert kept.found(EventQuery(text="value 77", limit=3)) == [
        *(f"value {number}" for number in range(779, 769, -1)),
        "value 77",
    ]
    assert len(kept.found(EventQuery(text="value", device_ids=[GREENHOUSE]))) == 1_000


def test_thousands_of_names_and_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A firmware that puts numbers into names, in a fleet: more than are looked up one by one."""
    monkeypatch.setattr(search, "MAX_NUMBERS", 20)
    monkeypatch.setattr(text_index, "MAX_MARKS", 5)
    devices = [f"{number:024x}" for number in range(30)]
    with log(tmp_path / "events.db") as kept:
        kept.write_all(
            published(f"name/{number}", str(number), devices[number % 30]) for number in range(600)
        )
        assert len(kept.found(EventQuery(name="name/*"))) == 600
        assert len(kept.found(EventQuery(name="na*", device_ids=devices[:10]))) == 200
        assert len(kept.found(EventQuery(device_ids=devices[:25]))) == 500
        assert kept.found(EventQuery(text="name/59", device_ids=devices[:25])) == [
            str(number) for number in (*range(599, 589, -1), 59) if number % 30 < 25
        ]


def test_marks_of_names_and_publishers_differ() -> None:
    """Two that were alike would only cost time; three characters are enough for all there can be."""
    numbers = [*range(1, 7_000), 6_400**2, 6_400**2 + 1]
    marks = {text_index.publisher_mark(number) for number in numbers}
    marks |= {text_index.name_mark(number) for number in numbers}
    assert len(marks) == 2 * len(numbers)
    assert {len(mark) for mark in marks} == {text_index.TRIGRAM}


# Text that means something to SQL, to LIKE or to the full-text search.
HOSTILE = st.text(
    st.sampled_from("\"'%_*()^:{}+-;\\/\n\0 aAbäÄßİıſK\ud800\ue000\U0001f331NEAR")
    | st.characters(),
    max_size=40,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=8), HOSTILE, st.data())
@example([("a", 'say "AND"')], '"AND"', None)
@example([("a", "100 %_")], "0 %", None)
@example([("a\0bcd", "x\0yz")], "x\0yz", None)
@example([("NEAR(a b)", "*")], "NEAR(", None)
@example([("a", "\U0001f331\U0001f331\U0001f331")], "\U0001f331\U0001f331\U0001f331", None)
def test_any_text_is_only_text(
    tmp_path_factory: pytest.TempPathFactory,
    events: list[tuple[str, str]],
    strange: str,
    data: st.DataObject | None,
) -> None:
    """A part of what was published finds it; whatever else is looked for does no harm."""
    path = tmp_path_factory.mktemp("log") / "events.db"
    with log(path) as kept:
        kept.write(*(published(name, text) for name, text in events))
        for text in (strange, f"{strange}*"):
            kept.found(EventQuery(text=text))
            kept.found(EventQuery(name=text, text=text, device_ids=[text]))
        chosen = events[0][1]
        start = data.draw(st.integers(0, len(chosen))) if data else 0
        part = chosen[start : start + 10] if data else strange
        stored = kept.search.page(EventQuery(limit=500)).events[-1]
        assert stored.id in {
            one.id for one in kept.search.page(EventQuery(text=part, limit=500)).events
        }
        assert stored.id in {
            one.id for one in kept.search.page(EventQuery(name=events[0][0], limit=500)).events
        }
