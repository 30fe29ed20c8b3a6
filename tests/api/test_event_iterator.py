"""Events as an asynchronous iterator."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from custom_components.particle.api import (
    CloudEvent,
    FixedToken,
    InvalidTokenError,
    ParticleCloud,
    PermissionDeniedError,
    StreamState,
    event_iterator,
)
from custom_components.particle.api.sse import parse_block
from tests.simulator import SimulatedCloud

TIMES: dict[str, Any] = {"backoff_min": 0.01, "backoff_max": 0.02}


def _publish_when_open(cloud: SimulatedCloud, count: int, states: list[StreamState]) -> None:
    """Publish once the stream is open for the first time."""

    def publish() -> None:
        for number in range(count):
            cloud.world.publish("greenhouse", "reading", str(number))

    if states[-1].connected and sum(state.connected for state in states) == 1:
        asyncio.get_running_loop().call_soon(publish)


@pytest.mark.parametrize("most", [2, 1000], ids=["slow taker", "room for all"])
async def test_events_come_in_order(
    cloud: SimulatedCloud,
    particle: ParticleCloud,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
) -> None:
    """None is lost and none comes twice, however slowly they are taken; closing closes the stream."""
    monkeypatch.setattr(event_iterator, "MAX_WAITING", most)
    monkeypatch.setattr("custom_components.particle.api.stream.SLICE", 0.0)
    states: list[StreamState] = []

    def on_state(state: StreamState) -> None:
        states.append(state)
        _publish_when_open(cloud, 50, states)

    found = []
    async with aclosing(particle.events.iterate(prefix="reading", on_state=on_state)) as events:
        async for event in events:
            found.append(event.data)
            await asyncio.sleep(0)
            if len(found) == 50:
                break
    assert found == [str(number) for number in range(50)]
    while cloud.streams:
        await asyncio.sleep(0.01)


async def test_what_nobody_takes_is_not_read(
    cloud: SimulatedCloud, particle: ParticleCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cloud keeps what a slow taker has no room for; the stream goes on as soon as there is room."""
    monkeypatch.setattr(event_iterator, "MAX_WAITING", 2)
    monkeypatch.setattr("custom_components.particle.api.stream.SLICE", 0.0)
    states: list[StreamState] = []
    read = 0

    def count(block: bytes) -> CloudEvent | None:
        nonlocal read
        event = parse_block(block)
        read += event is not None
        return event

    monkeypatch.setattr("custom_components.particle.api.stream.parse_block", count)

    def on_state(state: StreamState) -> None:
        states.append(state)
        _publish_when_open(cloud, 20, states)

    found = []
    async with aclosing(particle.events.iterate(prefix="reading", on_state=on_state)) as events:
        async for event in events:
            found.append(event.data)
            if len(found) == 20:
                break
            async with asyncio.timeout(10):
                while read < min(len(found) + 2, 20):
                    await asyncio.sleep(0)
            # Many turns in which the stream could read on.
            for _ in range(50):
                await asyncio.sleep(0)
            assert read == min(len(found) + 2, 20)
    assert found == [str(number) for number in range(20)]


async def test_a_stream_that_is_cut_goes_on(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Whoever iterates does not notice."""
    opened = 0

    def on_state(state: StreamState) -> None:
        nonlocal opened
        if state.connected:
            opened += 1
            loop = asyncio.get_running_loop()
            loop.call_soon(cloud.world.publish, "greenhouse", "reading", str(opened))

    found = []
    async with aclosing(particle.events.iterate(on_state=on_state, **TIMES)) as events:
        async for event in events:
            found.append(event.data)
            if len(found) == 3:
                break
            cloud.cut_streams()
    assert found == ["1", "2", "3"]


async def test_a_token_that_is_refused(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Bad credentials end the iteration before it has begun, after one second try."""
    auth = FixedToken(particle.session.transport._session, "f" * 40, base_url=cloud.base_url)
    other = ParticleCloud(particle.session.transport._session, auth, retry_delay=0)
    with pytest.raises(InvalidTokenError):
        await anext(other.events.iterate(**TIMES))
    assert len(cloud.requests.matching("GET", "/v1/devices/events")) == 2


async def test_events_that_may_not_be_read(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """The iteration ends with the reason."""
    cloud.faults.set("forbidden", only="streams")
    with pytest.raises(PermissionDeniedError):
        await anext(particle.events.iterate(**TIMES))
