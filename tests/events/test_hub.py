"""Events come in through one door, once, in order, and reach exactly those who asked for them."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.particle.api import CloudEvent
from custom_components.particle.api.hook_responses import (
    PART_SIZE,
    PATIENCE,
    HookResponse,
    HookResponses,
)
from custom_components.particle.events import hub as hub_module
from custom_components.particle.events.hub import EventHub, ParticleEvent, payload_as_json
from tests.waiting import delivered, pass_time

GREENHOUSE = "0a10aced202194944a000001"
GARAGE = "0a10aced202194944a000002"


@pytest.fixture
def hub(hass: HomeAssistant) -> Iterator[EventHub]:
    """An empty hub."""
    hub = EventHub(hass, "jane@example.com")
    yield hub
    hub.close()


def event(
    name: str = "temperature",
    data: str | None = "21.5",
    *,
    coreid: str = GREENHOUSE,
    second: int = 0,
) -> CloudEvent:
    """An event as the cloud would send it."""
    published_at = datetime(2026, 1, 2, 3, 4, second % 60, second // 60, tzinfo=UTC)
    return CloudEvent.from_json(
        name,
        {"data": data, "ttl": 60, "published_at": published_at.isoformat(), "coreid": coreid},
    )


class Heard(list[str]):
    """A listener that keeps the names and payloads that it was given."""

    def __call__(self, event: ParticleEvent) -> None:
        """Keep them."""
        self.append(f"{event.name}={event.data}")


async def test_listeners_hear_exactly_what_they_asked_for(
    hass: HomeAssistant, hub: EventHub
) -> None:
    """By exact name, by prefix, by board, and everything."""
    everything, exact, prefix, garage, garage_door = Heard(), Heard(), Heard(), Heard(), Heard()
    hub.async_listen(everything)
    hub.async_listen(exact, name="door")
    hub.async_listen(prefix, name="door/*")
    hub.async_listen(garage, device_id=GARAGE)
    hub.async_listen(garage_door, name="door*", device_id=GARAGE)

    hub.receive(event("door", "a", coreid=GREENHOUSE))
    hub.receive(event("door/opening", "b", coreid=GARAGE))
    hub.receive(event("doorbell", "c", coreid=GARAGE))
    hub.receive(event("light", "d", coreid="particle-internal"))
    await delivered(hass, hub)

    assert everything == ["door=a", "door/opening=b", "doorbell=c", "light=d"]
    assert exact == ["door=a"]
    assert prefix == ["door/opening=b"]
    assert garage == ["door/opening=b", "doorbell=c"]
    assert garage_door == ["door/opening=b", "doorbell=c"]


async def test_a_listener_that_left_hears_nothing(hass: HomeAssistant, hub: EventHub) -> None:
    """Leaving twice does no harm, and the other listener of the same name stays."""
    gone, stays = Heard(), Heard()
    leave = hub.async_listen(gone, name="door*")
    hub.async_listen(stays, name="door*")
    leave()
    leave()

    hub.receive(event("door/opening"))
    await delivered(hass, hub)

    assert gone == []
    assert stays == ["door/opening=21.5"]


async def test_the_same_event_counts_once(hass: HomeAssistant, hub: EventHub) -> None:
    """The cloud delivers at least once; the account's stream and a product's both carry it."""
    heard = Heard()
    hub.async_listen(heard)

    hub.receive(event(second=1))
    hub.receive(event(second=1))
    hub.receive(event(second=2))
    await delivered(hass, hub)

    assert len(heard) == 2
    assert hub.duplicates == 1


async def test_events_without_a_time_are_never_taken_for_duplicates(
    hass: HomeAssistant, hub: EventHub
) -> None:
    """Two equal events that carry no time stamp may be two."""
    heard = Heard()
    hub.async_listen(heard)
    timeless = CloudEvent.from_json("temperature", {"data": "1", "coreid": GREENHOUSE})

    hub.receive(timeless)
    hub.receive(timeless)
    await delivered(hass, hub)

    assert len(heard) == 2


async def test_what_is_remembered_is_bounded(
    hass: HomeAssistant, hub: EventHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event that is older than the memory is new again."""
    monkeypatch.setattr(hub_module, "REMEMBERED_EVENTS", 2)
    for second in (1, 2, 3, 1):
        hub.receive(event(second=second))
    await delivered(hass, hub)

    assert hub.duplicates == 0


@pytest.mark.expect_log("Error while handling the event temperature")
async def test_one_faulty_listener_does_not_harm_the_others(
    hass: HomeAssistant, hub: EventHub, caplog: pytest.LogCaptureFixture
) -> None:
    """Its error stands in the log; everybody else hears the event, and the next one."""
    heard = Heard()

    def faulty(_event: ParticleEvent) -> None:
        raise ValueError("this listener is broken")

    hub.async_listen(faulty)
    hub.async_listen(heard)
    hub.receive(event(second=1))
    hub.receive(event(second=2))
    await delivered(hass, hub)

    assert len(heard) == 2
    assert "this listener is broken" in caplog.text


@pytest.mark.expect_log("Error while handling the webhook response hook-response/door")
async def test_one_faulty_listener_for_answers_does_not_harm_the_others(
    hass: HomeAssistant, hub: EventHub
) -> None:
    """The event itself, the answer and what waits behind it reach everybody else."""
    heard, answers = Heard(), list[str]()

    def faulty(_response: HookResponse) -> None:
        raise ValueError("this listener is broken")

    hub.async_listen_responses(faulty)
    hub.async_listen_responses(lambda response: answers.append(response.text))
    hub.async_listen(heard)
    hub.receive(event("hook-response/door/0", "closed", second=1))
    hub.receive(event("temperature", "21.5", second=2))
    await delivered(hass, hub)

    assert heard == ["hook-response/door/0=closed", "temperature=21.5"]
    assert answers == ["closed"]


@pytest.mark.expect_log("Error while assembling a webhook response")
async def test_an_answer_that_cannot_be_put_together_does_not_stall_the_queue(
    hass: HomeAssistant, hub: EventHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours costs the answer only, not the event and not those behind it."""
    heard = Heard()

    def broken(_responses: HookResponses, _event: CloudEvent) -> bool:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(HookResponses, "add", broken)
    hub.async_listen(heard)
    hub.receive(event("hook-response/door/0", "closed", second=1))
    hub.receive(event("temperature", "21.5", second=2))
    await delivered(hass, hub)

    assert heard == ["hook-response/door/0=closed", "temperature=21.5"]


async def test_an_answer_that_is_not_whole_ends_with_the_account(
    hass: HomeAssistant, clock: TickingDateTimeFactory, hub: EventHub
) -> None:
    """Nobody is called with it after the account is unloaded."""
    answers: list[HookResponse] = []
    hub.async_listen_responses(answers.append)
    part = "x" * PART_SIZE
    hub.receive(event("hook-response/door/0", part, second=1))
    await delivered(hass, hub)
    hub.close()
    await pass_time(hass, clock, PATIENCE + 1)
    assert answers == []


async def test_an_answer_of_full_parts_is_handed_out_after_a_while(
    hass: HomeAssistant, clock: TickingDateTimeFactory, hub: EventHub
) -> None:
    """As long as the account is loaded."""
    answers: list[HookResponse] = []
    hub.async_listen_responses(answers.append)
    part = "x" * PART_SIZE
    hub.receive(event("hook-response/door/0", part, second=1))
    await delivered(hass, hub)
    assert answers == []
    await pass_time(hass, clock, PATIENCE + 1)
    assert [answer.text for answer in answers] == [part]


async def test_a_full_queue_holds_the_stream_back(
    hass: HomeAssistant, hub: EventHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream is read on only when few events wait; each turn in between delivers some."""
    monkeypatch.setattr(hub_module, "SLICE_SECONDS", 0)
    heard = Heard()
    hub.async_listen(heard)
    for number in range(hub_module.MAX_WAITING + 20):
        hub.receive(event("count", str(number), second=number))

    room = asyncio.create_task(hub.async_wait_for_room())
    while hub.waiting >= hub_module.MAX_WAITING:
        assert not room.done()
        await asyncio.sleep(0)
    await room
    assert hub_module.MAX_WAITING - 5 <= hub.waiting < hub_module.MAX_WAITING
    await delivered(hass, hub)
    assert len(heard) == hub_module.MAX_WAITING + 20


async def test_a_queue_with_room_lets_others_have_a_turn(hub: EventHub) -> None:
    """One turn of the event loop, also when nothing waits."""
    turns: list[str] = []
    asyncio.get_running_loop().call_soon(turns.append, "somebody else")
    await hub.async_wait_for_room()
    assert turns == ["somebody else"]


async def test_order_is_kept_through_a_burst(hass: HomeAssistant, hub: EventHub) -> None:
    """A burst is handled in several turns of the event loop."""
    heard = Heard()
    hub.async_listen(heard)

    for number in range(3000):
        hub.receive(event("count", str(number), second=number))
    await delivered(hass, hub)

    assert heard == [f"count={number}" for number in range(3000)]


@pytest.mark.expect_log("the oldest queued events are dropped")
async def test_what_does_not_fit_is_dropped_counted_and_said(
    hass: HomeAssistant,
    hub: EventHub,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The oldest go first, and the log says it once."""
    monkeypatch.setattr(hub_module, "QUEUE_LIMIT", 10)
    heard = Heard()
    hub.async_listen(heard)
    told: list[int] = []
    remove = hub.async_listen_dropped(lambda: told.append(hub.dropped))

    for number in range(15):
        hub.receive(event("count", str(number), second=number))
    await delivered(hass, hub)

    assert heard == [f"count={number}" for number in range(5, 15)]
    assert hub.dropped == 5
    assert told == [5]
    hub.receive(event("count", "later", second=15))
    await delivered(hass, hub)
    assert told == [5]
    remove()
    assert caplog.text.count("the oldest queued events are dropped") == 1


async def test_a_closed_hub_delivers_nothing(hass: HomeAssistant, hub: EventHub) -> None:
    """What waits when the account is unloaded is forgotten."""
    heard = Heard()
    hub.async_listen(heard)
    hub.receive(event(second=1))
    hub.close()
    hub.receive(event(second=2))
    assert hub.waiting == 0
    await hass.async_block_till_done()

    assert heard == []


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, None),
        ("", None),
        ("21.5", 21.5),
        ('{"a": 1}', {"a": 1}),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ("not json", None),
        ("[" * 100_000, None),
        ("data:application/octet-stream;base64,AAEC", None),
    ],
    ids=["none", "empty", "number", "object", "twice the same key", "text", "deep", "binary"],
)
def test_payloads(data: str | None, expected: object) -> None:
    """What is JSON is read as JSON; everything else is none."""
    assert payload_as_json(data) == expected
