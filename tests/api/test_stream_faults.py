"""The stream stays up, whatever happens to it, and says what has happened."""

import asyncio
from contextlib import suppress
import socket

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.particle.api import (
    CloudError,
    DnsError,
    FixedToken,
    MalformedAnswerError,
    ParticleCloud,
    TlsError,
    UnreachableError,
)
from custom_components.particle.api.stream import Backoff
from tests.api.watcher import publish, watch
from tests.simulator import Settings, SimulatedCloud


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
            FixedToken(session, cloud.access_token, base_url=cloud.base_url),
        )
        async with watch(particle, idle_timeout=1) as watcher:
            await watcher.connected()
            await asyncio.sleep(2)
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
    """A greeting is no proof: the waits grow although every try gets one."""
    cloud.faults.set("closes_at_once", count=14)
    async with watch(particle) as watcher:
        await watcher.connected(15)
        assert all(1 <= delay <= 2 for delay in watcher.delays[:5])
        for number, delay in enumerate(watcher.delays[5:]):
            ceiling = min(300, 2 * 2 ** (number + 1))
            assert max(2, ceiling / 2) <= delay <= ceiling


async def test_a_stream_that_ends_before_its_first_byte_is_opened_more_slowly_each_time(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """Nothing has come, so nothing starts anew."""
    cloud.faults.set("no_ok")
    cloud.faults.set("closes_at_once", count=4)
    async with watch(particle) as watcher:
        await watcher.connected(5)
    for number, delay in enumerate(watcher.delays):
        ceiling = 2 * 2 ** (number + 1)
        assert ceiling / 2 <= delay <= ceiling
    assert len(watcher.delays) == 4


async def test_a_line_that_is_cut_again_and_again_is_opened_quickly_each_time(
    cloud: SimulatedCloud, particle: ParticleCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each connection has carried something, so each loss is a new one."""
    monkeypatch.setattr("custom_components.particle.api.stream.SHORT_LIFETIME", 0)
    async with watch(particle) as watcher:
        for number in range(1, 21):
            await watcher.connected(number)
            publish(cloud, f"proof/{number}")
            await watcher.arrived(f"proof/{number}")
            cloud.cut_streams()
        await watcher.connected(21)
        assert len(watcher.delays) == 20
        assert all(1 <= delay <= 2 for delay in watcher.delays)


async def test_the_waits_grow_while_nothing_comes_and_start_anew_after_the_first_byte(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """The greeting of the next connection is enough."""
    cloud.faults.set("server_error", only="streams", status=503, count=6)
    async with watch(particle) as watcher:
        await watcher.connected()
        assert watcher.delays[-1] > 16
        cloud.cut_streams()
        await watcher.connected(2)
        assert 1 <= watcher.delays[-1] <= 2


@pytest.mark.parametrize("fault", ["dripping_head", "endless_continue"])
async def test_an_answer_whose_head_never_ends_is_given_up(
    cloud: SimulatedCloud, particle: ParticleCloud, fault: str
) -> None:
    """Its bytes keep the watchdog quiet, so the head has a time limit of its own."""
    cloud.faults.set(fault, only="streams", count=2, seconds=0.01)
    async with watch(particle, head_timeout=0.2) as watcher:
        await watcher.connected()
        assert len(watcher.losses) >= 2
        assert {type(state.error) for state in watcher.losses} == {UnreachableError}
        assert "in time" in str(watcher.losses[0].error)


async def test_a_refusal_whose_body_never_ends_is_given_up(
    session: aiohttp.ClientSession,
) -> None:
    """Its text is read for a limited time as well; the status says enough."""

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=502)
        await response.prepare(request)
        with suppress(ConnectionError):
            while True:
                await response.write(b"x")
                await asyncio.sleep(0.01)
        return response

    app = web.Application()
    app.router.add_get("/v1/devices/events", drip)
    async with TestServer(app) as server:
        particle = ParticleCloud(
            session, FixedToken(session, "x", base_url=str(server.make_url("")).rstrip("/"))
        )
        async with watch(particle, head_timeout=0.2) as watcher:
            await watcher.until(lambda: len(watcher.delays) >= 2)
            assert isinstance(watcher.losses[0].error, CloudError)


async def test_names_that_cannot_be_resolved(nameless_session: aiohttp.ClientSession) -> None:
    """DNS trouble is told apart, and waited out."""
    auth = FixedToken(nameless_session, "x", base_url="https://api.example.com")
    particle = ParticleCloud(nameless_session, auth)
    async with watch(particle) as watcher:
        await watcher.until(lambda: len(watcher.delays) >= 2)
        assert isinstance(watcher.losses[0].error, DnsError)


async def test_a_failing_tls_handshake(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """TLS trouble is told apart, and waited out."""
    particle = ParticleCloud(
        session,
        FixedToken(
            session, cloud.access_token, base_url=cloud.base_url.replace("http://", "https://")
        ),
    )
    async with watch(particle) as watcher:
        await watcher.until(lambda: len(watcher.delays) >= 2)
        assert isinstance(watcher.losses[0].error, TlsError)


async def test_a_server_that_accepts_and_says_nothing(session: aiohttp.ClientSession) -> None:
    """A connection without an answer is given up by the same watchdog."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        particle = ParticleCloud(
            session, FixedToken(session, "x", base_url=f"http://127.0.0.1:{port}")
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
    streams = particle.session.transport.rate_limits.streams
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


def test_backoff_is_spread_and_bounded() -> None:
    """Waits grow from 2 s to 5 min, and two of them are not alike."""
    backoff = Backoff()
    waits = [backoff.next() for _ in range(60)]
    assert all(2 <= wait <= 300 for wait in waits)
    assert all(wait >= 150 for wait in waits[8:])
    assert len(set(waits[8:])) > 10
    backoff.reset()
    assert 1 <= backoff.next() <= 2 <= backoff.next() <= 4 <= backoff.next()
