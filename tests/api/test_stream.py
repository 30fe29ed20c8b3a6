"""Events arrive whole and in order, however the bytes come."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.particle.api import (
    CloudEvent,
    ParticleCloud,
    Scope,
    StreamState,
    UnreachableError,
)
from custom_components.particle.api.sse import BlockSplitter
from tests.api.watcher import PATIENCE, publish, watch
from tests.simulator import SimulatedCloud

GREENHOUSE = "0a10aced202194944a000001"


async def test_events_arrive_in_order(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """What a board publishes comes with name, data, board and time."""
    async with watch(particle) as watcher:
        await watcher.connected()
        for number in range(50):
            publish(cloud, "count", str(number))
        publish(cloud, "last")
        event = await watcher.arrived("last")
        assert [event.data for event in watcher.events[:50]] == [str(n) for n in range(50)]
        assert event.device_id == GREENHOUSE
        assert event.published_at is not None
        assert watcher.stream.state.events == 51
        assert [state.connected for state in watcher.states] == [True]


async def test_a_product_a_board_and_a_prefix(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """Each stream carries only its own."""
    async with (
        watch(particle, scope=Scope.product(cloud.product_id)) as product,
        watch(particle, device_id=GREENHOUSE) as board,
        watch(particle, prefix="a/") as prefix,
    ):
        for watcher in (product, board, prefix):
            await watcher.connected()
        cloud.world.publish("van-2", "a/van", "1")
        cloud.world.publish("garage", "a/garage", "1")
        publish(cloud, "b/greenhouse")
        assert (await product.arrived("a/van")).product_id == cloud.product_id
        await board.arrived("b/greenhouse")
        await prefix.arrived("a/garage")
        assert [event.name for event in board.events] == ["b/greenhouse"]
        assert not [event for event in prefix.events if not event.name.startswith("a/")]


async def test_the_historic_stream(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """The stream of everybody's events needs a prefix, and still works with one."""
    cloud.faults.set("firehose")
    stream = particle.events.firehose("public/", lambda _: None)
    task = asyncio.create_task(stream.run())
    async with asyncio.timeout(PATIENCE):
        while not stream.state.connected:
            await asyncio.sleep(0.01)
    task.cancel()
    assert cloud.requests[-1].path.startswith("/v1/events/public")


@pytest.mark.parametrize(
    "fault",
    [
        "crlf",
        "cr",
        "several_data_lines",
        "no_ok",
        "comments",
        "id_and_retry",
        "split_writes",
        "ttl_string",
    ],
)
async def test_spellings_of_the_wire(
    cloud: SimulatedCloud, particle: ParticleCloud, fault: str
) -> None:
    """Other line ends, split data, missing greeting: the events are the same."""
    cloud.faults.set(fault)
    async with watch(particle) as watcher:
        await watcher.connected()
        publish(cloud, "one", "first")
        publish(cloud, "two", "second")
        # After a lone CR only the next byte shows that it was a line end of its own.
        publish(cloud, "three", "third")
        event = await watcher.arrived("two")
        assert (event.data, event.ttl) == ("second", 60)
        assert watcher.stream.state.dropped == 0


async def test_raw_separators_arrive_whole(
    cloud: SimulatedCloud, particle: ParticleCloud, caplog: pytest.LogCaptureFixture
) -> None:
    """U+0085, U+2028 and U+2029 in the data do not cut it."""
    cloud.faults.set("raw_separators")
    async with watch(particle) as watcher:
        await watcher.connected()
        publish(cloud, "note", "end")
        assert (await watcher.arrived("note")).data == "a\u0085b\u2028c\u2029d end"
    assert not [record for record in caplog.records if record.name == "aiosseclient"]


@pytest.mark.parametrize("fault", ["no_event_name", "broken_json", "not_an_object", "huge_block"])
async def test_broken_blocks_cost_only_themselves(
    cloud: SimulatedCloud, particle: ParticleCloud, fault: str
) -> None:
    """A block that is no event is counted, and the stream goes on."""
    cloud.faults.set(fault, count=1)
    async with watch(particle) as watcher:
        await watcher.connected()
        publish(cloud, "broken")
        publish(cloud, "whole")
        await watcher.arrived("whole")
        assert [event.name for event in watcher.events] == ["whole"]
        assert watcher.stream.state.dropped == 1
        assert not watcher.losses


@pytest.mark.parametrize("clean", [True, False])
async def test_cut_in_the_middle_of_a_block(
    cloud: SimulatedCloud, particle: ParticleCloud, clean: bool
) -> None:
    """Half an event is no event; the stream comes back and tells how long it was gone."""
    cloud.faults.set("cut_in_block", count=1, clean=clean)
    async with watch(particle) as watcher:
        await watcher.connected()
        publish(cloud, "half", "x" * 200)
        await watcher.connected(2)
        publish(cloud, "whole")
        await watcher.arrived("whole")
        assert [event.name for event in watcher.events] == ["whole"]
        (loss,) = watcher.losses
        assert isinstance(loss.error, UnreachableError)
        state = watcher.stream.state
        assert state.connected
        assert state.error is None
        assert state.last_gap is not None
        assert timedelta() < state.last_gap < timedelta(seconds=PATIENCE)
        assert datetime.now(UTC) - state.since < timedelta(seconds=PATIENCE)
        assert 1 <= watcher.delays[0] <= 2


async def test_cancelling_leaves_nothing_behind(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """The connection is closed when the stream is no longer wanted."""
    async with watch(particle) as watcher:
        await watcher.connected()
        assert len(cloud.streams) == 1
    assert watcher.task.cancelled()
    async with asyncio.timeout(PATIENCE):
        while len(cloud.streams):
            await asyncio.sleep(0.01)
    assert not watcher.stream.state.connected


@pytest.mark.expect_log("Error while handling the event", "Error while handling the state")
async def test_a_listener_that_fails_does_not_end_the_stream(
    cloud: SimulatedCloud, particle: ParticleCloud, caplog: pytest.LogCaptureFixture
) -> None:
    """Its error stands in the log, and the next event and the next state reach it."""
    events: list[str] = []
    states: list[bool] = []

    def event_listener(event: CloudEvent) -> None:
        events.append(event.name)
        raise OSError("this event listener is broken")

    def state_listener(state: StreamState) -> None:
        states.append(state.connected)
        raise ValueError("this state listener is broken")

    stream = particle.events.stream(event_listener, state_listener, backoff_min=0.01)
    task = asyncio.create_task(stream.run())
    async with asyncio.timeout(PATIENCE):
        for number, name in enumerate(("first", "second", "third"), start=1):
            while states.count(True) < (1 if number < 3 else 2):
                await asyncio.sleep(0.01)
            publish(cloud, name)
            while name not in events:
                await asyncio.sleep(0.01)
            if number == 2:
                cloud.cut_streams()
    task.cancel()
    assert events == ["first", "second", "third"]
    assert states == [True, False, True]
    assert caplog.text.count("OSError: this event listener is broken") == 3
    assert caplog.text.count("ValueError: this state listener is broken") == 3


@pytest.mark.expect_log("unexpected error")
async def test_a_fault_of_ours_does_not_end_the_stream(
    cloud: SimulatedCloud,
    particle: ParticleCloud,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It stands in the log and in the state, and the stream is opened again."""
    real = BlockSplitter.feed
    faults = [RuntimeError("a fault of ours")]

    def feed(splitter: BlockSplitter, chunk: bytes) -> Iterator[bytes]:
        if faults:
            raise faults.pop()
        return real(splitter, chunk)

    monkeypatch.setattr(BlockSplitter, "feed", feed)
    async with watch(particle) as watcher:
        await watcher.connected(2)
        publish(cloud, "whole")
        await watcher.arrived("whole")
        [loss] = watcher.losses
        assert "RuntimeError" in str(loss.error)
    assert "RuntimeError: a fault of ours" in caplog.text


async def test_whoever_takes_the_events_can_slow_the_sender_down(
    cloud: SimulatedCloud, particle: ParticleCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """During a burst nothing more is handed out before there is room; nothing is lost."""
    monkeypatch.setattr("custom_components.particle.api.stream.SLICE", 0)
    room, asked = asyncio.Event(), asyncio.Event()

    async def wait_for_room() -> None:
        asked.set()
        await room.wait()

    async with watch(particle, wait_for_room=wait_for_room) as watcher:
        room.set()
        await watcher.connected()
        publish(cloud, "first")
        await watcher.arrived("first")
        room.clear()
        asked.clear()
        watcher.events.clear()
        for number in range(20):
            publish(cloud, "count", str(number))
        async with asyncio.timeout(PATIENCE):
            await asked.wait()
        assert [event.data for event in watcher.events] == ["0"]
        room.set()
        await watcher.until(lambda: len(watcher.events) == 20)
        assert [event.data for event in watcher.events] == [str(n) for n in range(20)]
