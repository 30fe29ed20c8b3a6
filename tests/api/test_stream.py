"""The stream stays up, whatever happens to it, and says what has happened."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
import socket
from typing import Any

import aiohttp
import pytest

from custom_components.particle.api import (
    AuthenticationError,
    CloudError,
    CloudEvent,
    DnsError,
    EventStream,
    FixedToken,
    InvalidTokenError,
    MalformedAnswerError,
    ParticleCloud,
    PermissionDeniedError,
    RateLimitedError,
    Scope,
    StreamState,
    TlsError,
    UnreachableError,
)
from custom_components.particle.api.stream import Backoff
from tests.simulator import Settings, SimulatedCloud

GREENHOUSE = "0a10aced202194944a000001"
PATIENCE = 10.0


class Watcher:
    """Runs a stream and notes what comes of it."""

    def __init__(self, particle: ParticleCloud, **options: Any) -> None:
        """Prepare a stream that does not really wait between tries."""
        self.events: list[CloudEvent] = []
        self.states: list[StreamState] = []
        self.delays: list[float] = []
        self._changed = asyncio.Event()
        self.stream: EventStream = particle.events.stream(self._event, self._state, **options)
        self.stream._sleep = self._sleep  # type: ignore[method-assign]
        self.task = asyncio.create_task(self.stream.run())
        self.task.add_done_callback(lambda _: self._changed.set())

    def _event(self, event: CloudEvent) -> None:
        self.events.append(event)
        self._changed.set()

    def _state(self, state: StreamState) -> None:
        self.states.append(state)
        self._changed.set()

    async def _sleep(self, seconds: float) -> None:
        self.delays.append(seconds)
        self._changed.set()
        await asyncio.sleep(0.005)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to become true."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def connected(self, times: int = 1) -> None:
        """Wait until the stream has been opened so many times."""
        await self.until(lambda: sum(state.connected for state in self.states) >= times)

    async def arrived(self, name: str) -> CloudEvent:
        """Wait for an event and give it."""
        await self.until(lambda: any(event.name == name for event in self.events))
        return next(event for event in self.events if event.name == name)

    async def ended(self) -> BaseException | None:
        """Wait for the stream to give up, and tell why."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait([self.task])
        return self.task.exception()

    @property
    def losses(self) -> list[StreamState]:
        """The states in which no events can come."""
        return [state for state in self.states if not state.connected]


@asynccontextmanager
async def watch(particle: ParticleCloud, **options: Any) -> AsyncIterator[Watcher]:
    """Watch a stream for the length of a block."""
    watcher = Watcher(particle, **options)
    try:
        yield watcher
    finally:
        watcher.task.cancel()
        await asyncio.wait([watcher.task])


def publish(cloud: SimulatedCloud, name: str, data: str | None = "1") -> None:
    """Let the greenhouse publish an event."""
    cloud.world.publish("greenhouse", name, data)


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
        assert 2 <= watcher.delays[0] <= 4


async def test_silence_is_noticed(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Without keep-alives the watchdog gives up on a connection that looks open."""
    cloud.faults.set("silent")
    async with watch(particle, idle_timeout=0.2) as watcher:
        await watcher.connected(2)
        assert isinstance(watcher.losses[0].error, UnreachableError)
        assert "in time" in str(watcher.losses[0].error)
        cloud.faults.clear()


async def test_keep_alives_keep_a_quiet_stream_open(
    session: aiohttp.ClientSession,
) -> None:
    """A newline is enough for the watchdog, and is no event."""
    settings = Settings(keepalive=(0.05, 0.08))
    async with SimulatedCloud(settings=settings) as cloud:
        particle = ParticleCloud(
            session,
            FixedToken(session, cloud.access_token),
            base_url=cloud.base_url,
        )
        async with watch(particle, idle_timeout=0.4) as watcher:
            await watcher.connected()
            await asyncio.sleep(1)
            publish(cloud, "still/here")
            await watcher.arrived("still/here")
            assert not watcher.losses
            assert watcher.stream.state.dropped == 0


async def test_a_half_open_socket_is_noticed(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """A peer that neither reads nor writes is given up, and the next connection works."""
    async with watch(particle, idle_timeout=0.3) as watcher:
        await watcher.connected()
        cloud.faults.set("half_open")
        publish(cloud, "lost")
        await watcher.until(lambda: bool(watcher.losses))
        cloud.faults.clear()
        before = sum(state.connected for state in watcher.states)
        await watcher.connected(before + 1)
        publish(cloud, "found")
        await watcher.arrived("found")


async def test_a_proxys_page_is_no_stream(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """HTML with a good status is an error that names the proxy; waiting helps."""
    cloud.faults.set("proxy_html", only="streams", count=2)
    async with watch(particle) as watcher:
        await watcher.connected()
        assert [type(state.error) for state in watcher.losses] == [MalformedAnswerError] * 2
        assert "proxy" in str(watcher.losses[0].error)
        assert [state.attempts for state in watcher.losses] == [1, 2]


async def test_a_401_is_answered_by_one_renewal(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """The token is renewed at once; the second 401 in a row ends the stream."""
    cloud.faults.set("unauthorized", only="streams", count=1)
    async with watch(particle) as watcher:
        await watcher.connected()
        assert watcher.delays == [0]
        assert len(cloud.requests.matching("POST", "/oauth/token")) == 2
        cloud.faults.set("unauthorized", only="streams")
        cloud.cut_streams()
        error = await watcher.ended()
        assert isinstance(error, AuthenticationError)
        assert len(cloud.requests.matching("POST", "/oauth/token")) == 3
        assert not watcher.stream.state.connected


async def test_a_fixed_token_gets_a_second_try_too(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """One 401 may be a hiccup; a revoked token ends the stream."""
    particle = ParticleCloud(
        session, FixedToken(session, cloud.access_token), base_url=cloud.base_url, retry_delay=0
    )
    cloud.faults.set("unauthorized", only="streams", count=1)
    async with watch(particle) as watcher:
        await watcher.connected()
        held = cloud.world.tokens.get(cloud.access_token)
        assert held is not None
        held.revoked = True
        cloud.cut_streams()
        assert isinstance(await watcher.ended(), InvalidTokenError)


async def test_bad_credentials_end_the_stream(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """When the client itself is gone, trying again makes no sense."""
    del cloud.world.clients[cloud.client_id]
    async with watch(particle) as watcher:
        assert isinstance(await watcher.ended(), AuthenticationError)


async def test_a_missing_permission_ends_the_stream(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """403 does not change by waiting."""
    cloud.faults.set("forbidden", only="streams")
    async with watch(particle) as watcher:
        assert isinstance(await watcher.ended(), PermissionDeniedError)
        assert len(watcher.losses) == 1


@pytest.mark.parametrize("fault", ["rate_limited", "overloaded"])
@pytest.mark.parametrize(
    ("retry_after", "shortest", "longest"),
    [(None, 60, 60), (120, 120, 120), (5, 5, 5), (80_000, 900, 900)],
)
async def test_limits_are_waited_for(
    *,
    cloud: SimulatedCloud,
    particle: ParticleCloud,
    fault: str,
    retry_after: float | None,
    shortest: float,
    longest: float,
) -> None:
    """429 and 529: as long as the cloud says, a minute where it says nothing, never for ever."""
    cloud.faults.set(fault, only="streams", count=1, retry_after=retry_after)
    async with watch(particle) as watcher:
        await watcher.connected()
        assert isinstance(watcher.losses[0].error, RateLimitedError)
        assert shortest <= watcher.delays[0] <= longest


async def test_trouble_of_the_cloud_is_waited_out(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """5xx: again and again, ever more slowly."""
    cloud.faults.set("server_error", only="streams", count=4, status=503)
    async with watch(particle) as watcher:
        await watcher.connected()
        assert [type(state.error) for state in watcher.losses] == [CloudError] * 4
        assert watcher.delays == sorted(watcher.delays)
        assert len(set(watcher.delays)) == 4


async def test_a_cloud_that_is_down_comes_back(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """Nobody at the port is waited out too."""
    async with watch(particle) as watcher:
        await watcher.connected()
        cloud.faults.set("cloud_down")
        await watcher.until(lambda: len(watcher.delays) >= 3)
        cloud.faults.clear()
        await watcher.connected(2)
        publish(cloud, "back")
        await watcher.arrived("back")


async def test_a_stream_that_closes_at_once_is_opened_ever_more_slowly(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """A 200 is no proof: the waits grow although every try gets one."""
    cloud.faults.set("closes_at_once", count=9)
    async with watch(particle) as watcher:
        await watcher.connected(10)
        assert len(watcher.delays) == 9
        for number, delay in enumerate(watcher.delays):
            ceiling = min(300, 2 * 2 ** (number + 1))
            assert max(2, ceiling / 2) <= delay <= ceiling


async def test_the_waits_start_anew_after_a_good_connection(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """Once a connection has lived for a while, the next loss is a new one."""
    cloud.faults.set("closes_at_once", count=5)
    async with watch(particle, proven_after=0.05) as watcher:
        await watcher.connected(6)
        assert watcher.delays[-1] > 16
        await asyncio.sleep(0.1)
        publish(cloud, "proof")
        await watcher.arrived("proof")
        cloud.cut_streams()
        await watcher.connected(7)
        assert 2 <= watcher.delays[-1] <= 4


async def test_names_that_cannot_be_resolved(nameless_session: aiohttp.ClientSession) -> None:
    """DNS trouble is told apart, and waited out."""
    auth = FixedToken(nameless_session, "x")
    particle = ParticleCloud(nameless_session, auth, base_url="https://api.example.com")
    async with watch(particle) as watcher:
        await watcher.until(lambda: len(watcher.delays) >= 2)
        assert isinstance(watcher.losses[0].error, DnsError)


async def test_a_failing_tls_handshake(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """TLS trouble is told apart, and waited out."""
    particle = ParticleCloud(
        session,
        FixedToken(session, cloud.access_token),
        base_url=cloud.base_url.replace("http://", "https://"),
    )
    async with watch(particle) as watcher:
        await watcher.until(lambda: len(watcher.delays) >= 2)
        assert isinstance(watcher.losses[0].error, TlsError)


async def test_a_server_that_accepts_and_says_nothing(session: aiohttp.ClientSession) -> None:
    """A connection without an answer is given up by the same watchdog."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        particle = ParticleCloud(
            session, FixedToken(session, "x"), base_url=f"http://127.0.0.1:{port}"
        )
        async with watch(particle, idle_timeout=0.1) as watcher:
            await watcher.until(lambda: len(watcher.delays) >= 1)
            assert isinstance(watcher.losses[0].error, UnreachableError)
            assert not watcher.stream.state.connected


async def test_openings_stay_below_the_clouds_limit(
    cloud: SimulatedCloud, particle: ParticleCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many streams open, together they take their turns."""
    await particle.auth.access_token()
    taken = 0
    streams = particle.transport.pace.streams
    take = streams.take

    async def counted() -> float:
        nonlocal taken
        taken += 1
        return await take()

    monkeypatch.setattr(streams, "take", counted)
    async with watch(particle) as first, watch(particle, prefix="x") as second:
        await first.connected()
        await second.connected()
    assert taken == 2


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


async def test_a_listener_that_fails_is_not_taken_for_a_lost_stream(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """A bug of the caller comes out as itself."""

    def broken(_: CloudEvent) -> None:
        raise OSError("the caller's own")

    stream = particle.events.stream(broken)
    task = asyncio.create_task(stream.run())
    async with asyncio.timeout(PATIENCE):
        while not len(cloud.streams):
            await asyncio.sleep(0.01)
        publish(cloud, "x")
        with pytest.raises(OSError, match="the caller's own"):
            await task


def test_backoff_is_spread_and_bounded() -> None:
    """Waits grow from 2 s to 5 min, and two of them are not alike."""
    backoff = Backoff()
    waits = [backoff.next() for _ in range(60)]
    assert all(2 <= wait <= 300 for wait in waits)
    assert all(wait >= 150 for wait in waits[8:])
    assert len(set(waits[8:])) > 10
    backoff.reset()
    assert backoff.next() <= 4
