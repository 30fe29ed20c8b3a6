"""Answers of webhooks are put together, in whatever order and number their parts come."""

import asyncio
import random

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.particle.api import CloudEvent
from custom_components.particle.api.hook_responses import (
    MAX_OPEN,
    PART_SIZE,
    HookReport,
    HookResponse,
    HookResponses,
    parse_hook_event,
)
from tests.simulator.webhooks import chunks

DEVICE = "0a10aced202194944a000001"
NAME = "hook-response/weather"


class Collected(list[HookResponse]):
    """Answers that were put together."""

    async def wait(self, number: int = 1) -> None:
        """Wait for answers."""
        async with asyncio.timeout(5):
            while len(self) < number:
                await asyncio.sleep(0.005)


def parts(text: str, name: str = NAME) -> list[CloudEvent]:
    """The events in which the cloud sends a text."""
    return [
        CloudEvent(f"{name}/{number}", part, coreid="particle-internal")
        for number, part in enumerate(chunks(text))
    ]


@pytest.mark.parametrize(
    "length", [0, 1, 511, 512, 513, 1024, 1500, 512 * 7, 100 * 1024, 100 * 1024 - 1]
)
async def test_any_length_in_any_order(length: int) -> None:
    """Also exact multiples of a part, whose end nobody announces."""
    found = Collected()
    responses = HookResponses(found.append, patience=0.05)
    text = "".join(random.Random(length).choices("abcdefghij", k=length))
    events = parts(text) or [CloudEvent(f"{NAME}/0", "")]
    random.Random(1).shuffle(events)
    assert all(responses.add(event) for event in events)
    await found.wait()
    (response,) = found
    assert response.text == text
    assert response.complete
    assert response.problem is None
    assert response.name == NAME
    assert len(responses) == 0


@given(text=st.text(min_size=300, max_size=900), seed=st.integers())
@settings(deadline=None, max_examples=30)
def test_characters_of_several_bytes(text: str, seed: int) -> None:
    """Parts are counted in bytes; characters stay whole."""

    async def run() -> Collected:
        found = Collected()
        responses = HookResponses(found.append, patience=0.01)
        events = parts(text)
        random.Random(seed).shuffle(events)
        for event in events:
            responses.add(event)
        await found.wait()
        return found

    (response,) = asyncio.run(run())
    assert response.text == text
    assert response.complete


async def test_missing_parts_are_named() -> None:
    """After a while the answer comes as far as it goes, and says what is missing."""
    found = Collected()
    responses = HookResponses(found.append, patience=0.05)
    for event in parts("x" * PART_SIZE * 4 + "end"):
        if event.name not in {f"{NAME}/1", f"{NAME}/3"}:
            responses.add(event)
    await found.wait()
    (response,) = found
    assert not response.complete
    assert response.missing == (1, 3)
    assert response.text == "x" * PART_SIZE
    assert response.parts == 3
    assert response.problem == f"Parts of the answer {NAME!r} never came: 1, 3"


async def test_a_part_that_comes_twice() -> None:
    """At least once is the cloud's promise, not exactly once."""
    found = Collected()
    responses = HookResponses(found.append, patience=0.05)
    first, second = parts("a" * PART_SIZE + "b")
    for event in (first, first, second):
        responses.add(event)
    assert [response.text for response in found] == ["a" * PART_SIZE + "b"]


async def test_the_next_answer_of_the_same_name() -> None:
    """A part with another text begins a new answer."""
    found = Collected()
    responses = HookResponses(found.append, patience=5)
    for text in ("a" * PART_SIZE, "b" * PART_SIZE):
        for event in parts(text):
            responses.add(event)
    assert [response.text for response in found] == ["a" * PART_SIZE]
    responses.close()
    assert len(found) == 1


async def test_two_answers_at_a_time() -> None:
    """Different triggers and devices do not mix."""
    found = Collected()
    responses = HookResponses(found.append, patience=5)
    one = parts("1" * 600, "hook-response/one")
    two = parts("2" * 600, f"{DEVICE}/hook-response/one")
    for event in (one[0], two[1], two[0], one[1]):
        responses.add(event)
    assert {response.name: response.text for response in found} == {
        "hook-response/one": "1" * 600,
        f"{DEVICE}/hook-response/one": "2" * 600,
    }


async def test_an_answer_that_is_sent_whole() -> None:
    """Unchunked answers are longer than a part and need no wait."""
    found = Collected()
    responses = HookResponses(found.append, patience=60)
    responses.add(CloudEvent(f"{NAME}/0", "x" * 90_000))
    assert [len(response.text) for response in found] == [90_000]


async def test_what_is_no_part() -> None:
    """Without a part's number nothing is taken."""
    responses = HookResponses(lambda _: None)
    for name in ("temperature", "hook-response/x", "hook-response/x/y", "x/1000", "/1", "x/¹"):
        assert not responses.add(CloudEvent(name, "x"))
    assert len(responses) == 0


async def test_the_memory_is_bounded() -> None:
    """Answers that never end are handed out when there are too many."""
    found = Collected()
    responses = HookResponses(found.append, patience=60)
    for number in range(MAX_OPEN + 5):
        responses.add(CloudEvent(f"topic-{number}/0", "x" * PART_SIZE))
    assert len(responses) == MAX_OPEN
    assert [response.name for response in found] == [f"topic-{number}" for number in range(5)]
    responses.close()


@pytest.mark.parametrize(
    ("name", "report", "trigger", "part", "device_id"),
    [
        ("hook-sent/weather", HookReport.SENT, "weather", None, None),
        ("hook-response/a/b/3", HookReport.RESPONSE, "a/b", 3, None),
        ("hook-response/weather", HookReport.RESPONSE, "weather", None, None),
        ("hook-error/weather/0", HookReport.ERROR, "weather", 0, None),
        (f"{DEVICE.upper()}/hook-response/w/0", HookReport.RESPONSE, "w", 0, DEVICE),
    ],
)
def test_reports(
    *, name: str, report: HookReport, trigger: str, part: int | None, device_id: str | None
) -> None:
    """What was sent, answered, or went wrong, and for which event."""
    found = parse_hook_event(CloudEvent(name, "x"))
    assert found is not None
    assert (found.report, found.trigger, found.part) == (report, trigger, part)
    assert found.device_id == device_id


@pytest.mark.parametrize("name", ["weather", "hook-sent", "hook-sent/", "x/hook-response/y/0"])
def test_what_is_no_report(name: str) -> None:
    """The user's own events are left alone."""
    assert parse_hook_event(CloudEvent(name, "x")) is None
