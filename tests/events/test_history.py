"""What is remembered of the boards' events, and how little of it."""

from collections.abc import Callable
import gc
import json
import tracemalloc

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.particle.api import CloudEvent
from custom_components.particle.events import history
from custom_components.particle.events.history import EventHistory
from custom_components.particle.events.hub import EventHub
from tests.waiting import delivered

BOARD = "0a10aced202194944a000001"

# What the hub keeps to know duplicates, and the test itself.
OTHER_BYTES = 120_000


class Publisher:
    """Puts events into a hub as boards would."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Connect a hub and a learner."""
        self.hub = EventHub(hass, "test")
        self.history = EventHistory()
        self.stop = self.history.async_start(self.hub)

    def publish(self, name: str, data: str | None = "", board: str | None = BOARD) -> None:
        """Publish an event."""
        self.hub.receive(CloudEvent(name, data, device_id=board, coreid=board or "api"))


@pytest.fixture
def publisher(hass: HomeAssistant) -> Publisher:
    """A hub with a learner, and no cloud."""
    return Publisher(hass)


async def test_fields_and_their_types(hass: HomeAssistant, publisher: Publisher) -> None:
    """All types that a field has had are known; deep ones are not followed."""
    publisher.publish("a", '{"t": 21.5, "on": true, "list": [1], "x": null, "o": {"p": "q"}}')
    publisher.publish("a", '{"t": "n/a", "o": {"p": {"p": {"p": {"p": {"p": 1}}}}}}')
    publisher.publish("a", "7")
    publisher.publish("a", "no JSON")
    await delivered(hass, publisher.hub)
    learned = publisher.history.names(BOARD)["a"]
    assert learned.count == 4
    assert learned.last.event.data == "no JSON"
    assert learned.fields == {
        "": {"object", "number"},
        "t": {"number", "text"},
        "on": {"boolean"},
        "list": {"list"},
        "x": {"null"},
        "o": {"object"},
        "o.p": {"text", "object"},
        "o.p.p": {"object"},
        "o.p.p.p": {"object"},
    }


async def test_the_rate_is_that_of_late(
    hass: HomeAssistant, publisher: Publisher, freezer: FrozenDateTimeFactory
) -> None:
    """A board that has become quicker is not judged by last year."""
    for pause in [3600] + [2] * history.RATE_SAMPLES:
        publisher.publish("tick")
        await delivered(hass, publisher.hub)
        freezer.tick(pause)
    interval = publisher.history.names(BOARD)["tick"].interval
    assert interval is not None
    assert interval.total_seconds() == 2


async def test_ten_thousand_names(hass: HomeAssistant, publisher: Publisher) -> None:
    """Only the most recent names are kept."""
    for number in range(10_000):
        publisher.publish(f"name/{number}", str(number))
    await delivered(hass, publisher.hub)
    names = publisher.history.names(BOARD)
    assert list(names) == [f"name/{number}" for number in range(9_900, 10_000)]
    events = publisher.history.events(BOARD)
    assert [event.event.name for event in events[:2]] == ["name/9999", "name/9998"]
    assert len(events) == history.MAX_EVENTS


async def test_many_fields(hass: HomeAssistant, publisher: Publisher) -> None:
    """A payload with thousands of keys does not fill the memory."""
    for start in (0, 1_000):
        publisher.publish("wide", json.dumps({f"k{start + key}": key for key in range(1_000)}))
    await delivered(hass, publisher.hub)
    assert len(publisher.history.names(BOARD)["wide"].fields) == history.MAX_FIELDS


async def test_large_payloads(
    hass: HomeAssistant, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The board that fills the memory gives way to those that say little."""
    monkeypatch.setattr(history, "MAX_BYTES", 100_000)
    quiet = "0a10aced202194944a000002"
    publisher.publish("rare", "x", quiet)
    for number in range(40):
        publisher.publish("photo", f"{number:05}" + "x" * 16_000)
    await delivered(hass, publisher.hub)
    assert [event.event.name for event in publisher.history.events(quiet)] == ["rare"]
    kept = publisher.history.events(BOARD)
    assert 4 <= len(kept) <= 6
    assert (kept[0].event.data or "").startswith("00039")


def small_values(number: int, board: str) -> CloudEvent:
    """A payload of hundreds of JSON values, which take 40 times the memory of their text."""
    data = json.dumps([[number], *([] for _ in range(800))])
    return CloudEvent("values", data, device_id=board, coreid=board)


def long_names(number: int, board: str) -> CloudEvent:
    """Names of a thousand wide characters that never come again."""
    return CloudEvent(f"{number}/" + "\u20ac" * 1_000, "1", device_id=board, coreid=board)


def new_fields(number: int, board: str) -> CloudEvent:
    """Fields with long names, others in each event."""
    data = json.dumps({f"{number}/{key}/" + "k" * 150: key for key in range(20)})
    return CloudEvent(f"fields/{number % 100}", data, device_id=board, coreid=board)


def new_names(number: int, board: str) -> CloudEvent:
    """Short names that never come again."""
    return CloudEvent(f"name/{number}", str(number), device_id=board, coreid=board)


def large_envelopes(number: int, board: str) -> CloudEvent:
    """More keys beside the payload than the cloud has documented."""
    envelope = {"data": str(number), "coreid": board, "extra": [{} for _ in range(200)]}
    return CloudEvent.from_json("envelope", envelope)


@pytest.mark.parametrize("boards", [1, 250])
@pytest.mark.parametrize(
    "hostile", [small_values, long_names, new_fields, new_names, large_envelopes]
)
async def test_what_is_held_stays_within_the_limit(
    hass: HomeAssistant,
    publisher: Publisher,
    monkeypatch: pytest.MonkeyPatch,
    hostile: Callable[[int, str], CloudEvent],
    boards: int,
) -> None:
    """Whatever is published, and what is counted is what is held."""
    monkeypatch.setattr(history, "MAX_BYTES", 256 * 1024)
    await delivered(hass, publisher.hub)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(400):
            publisher.hub.receive(hostile(number, f"{number % boards:024x}"))
            await delivered(hass, publisher.hub)
        gc.collect()
        held = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert publisher.history.size <= history.MAX_BYTES
    assert held <= history.MAX_BYTES + OTHER_BYTES
    assert publisher.history.size >= (held - OTHER_BYTES)
    assert publisher.history.events(f"{399 % boards:024x}")


async def test_an_event_counts_once_and_as_long_as_it_is_held(
    hass: HomeAssistant, publisher: Publisher
) -> None:
    """As the latest of its name it stays when it is no longer among the latest of the board."""
    publisher.publish("photo", "x" * 10_000)
    await delivered(hass, publisher.hub)
    assert publisher.history.size < 20_000
    for number in range(history.MAX_EVENTS):
        publisher.publish("tick", str(number))
    await delivered(hass, publisher.hub)
    assert "photo" not in [event.event.name for event in publisher.history.events(BOARD)]
    assert publisher.history.names(BOARD)["photo"].last.event.data == "x" * 10_000
    full = publisher.history.size
    publisher.publish("photo", "")
    await delivered(hass, publisher.hub)
    assert full - 11_000 < publisher.history.size < full - 9_000


async def test_many_boards(
    hass: HomeAssistant, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that were silent longest are forgotten."""
    monkeypatch.setattr(history, "MAX_DEVICES", 3)
    for number in (1, 2, 3, 1, 4):
        publisher.publish("hello", "", f"0a10aced202194944a00000{number}")
    await delivered(hass, publisher.hub)
    known = [
        number
        for number in range(1, 5)
        if publisher.history.names(f"0a10aced202194944a00000{number}")
    ]
    assert known == [1, 3, 4]


async def test_events_of_the_cloud_itself(hass: HomeAssistant, publisher: Publisher) -> None:
    """They are kept apart from those of boards, and each event can be found by its number."""
    publisher.publish("hook-error/door/0", "error status 404", None)
    publisher.publish("door", "open")
    await delivered(hass, publisher.hub)
    [event] = publisher.history.events(None)
    assert event.event.name == "hook-error/door/0"
    assert publisher.history.find(event.number) is event
    assert publisher.history.find(99) is None
    assert publisher.history.events("0a10aced202194944a0000ee") == []


async def test_nothing_is_learnt_after_the_end(hass: HomeAssistant, publisher: Publisher) -> None:
    """What was learnt stays; what comes later is not looked at."""
    publisher.publish("one")
    await delivered(hass, publisher.hub)
    publisher.stop()
    publisher.publish("two")
    await delivered(hass, publisher.hub)
    assert list(publisher.history.names(BOARD)) == ["one"]
