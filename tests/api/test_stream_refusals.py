"""A stream that the cloud refuses: a login, a permission, a limit."""

import asyncio

import aiohttp
import pytest

from custom_components.particle.api import (
    ClientCredentials,
    FixedToken,
    InvalidCredentialsError,
    InvalidTokenError,
    LoginBlockedError,
    ParticleCloud,
    PermissionDeniedError,
    RateLimitedError,
)
from custom_components.particle.api.pacing import MAX_FAILED_LOGINS, LoginGuard
from tests.api.watcher import watch
from tests.simulator import SimulatedCloud


async def test_a_401_is_answered_by_one_renewal(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """The token is renewed at once; while the new one is refused too, there is time between the tries."""
    cloud.faults.set("unauthorized", only="streams", count=1)
    async with watch(particle) as watcher:
        await watcher.connected()
        assert watcher.delays == [0]
        assert len(cloud.requests.matching("POST", "/oauth/token")) == 2
        cloud.faults.set("unauthorized", only="streams", count=5)
        cloud.cut_streams()
        await watcher.connected(2)
        assert [type(state.error) for state in watcher.losses[-5:]] == [InvalidTokenError] * 5
        renewal, first, again, second, last = watcher.delays[-5:]
        assert renewal == again == last == 0
        assert 60 <= first <= 72
        assert 120 <= second <= 144
        assert len(cloud.requests.matching("POST", "/oauth/token")) == 5


async def test_a_fixed_token_that_is_refused_is_tried_again_slowly(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """One 401 may be a hiccup; a token that is revoked is not given up either."""
    particle = ParticleCloud(
        session, FixedToken(session, cloud.access_token, base_url=cloud.base_url), retry_delay=0
    )
    cloud.faults.set("unauthorized", only="streams", count=1)
    async with watch(particle) as watcher:
        await watcher.connected()
        held = cloud.world.tokens.get(cloud.access_token)
        assert held is not None
        held.revoked = True
        cloud.cut_streams()
        await watcher.until(lambda: len(watcher.losses) > 8)
        assert isinstance(watcher.losses[-1].error, InvalidTokenError)
        held.revoked = False
        await watcher.connected(2)


async def test_a_refused_client_does_not_end_the_stream(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """It is asked about ever more rarely, and the stream is back once the client is accepted."""
    now = 0.0
    auth = ClientCredentials(
        session,
        cloud.client_id,
        cloud.client_secret,
        base_url=cloud.base_url,
        clock=lambda: now,
    )
    client = cloud.world.clients.pop(cloud.client_id)
    async with watch(ParticleCloud(session, auth)) as watcher:
        await watcher.until(lambda: len(watcher.losses) >= 9)
        assert {type(state.error) for state in watcher.losses} == {InvalidCredentialsError}
        assert watcher.delays[0] >= 60
        assert all(720 <= delay <= 1080 for delay in watcher.delays[5:])
        assert len(cloud.requests.matching("POST", "/oauth/token")) == 1
        cloud.world.clients[cloud.client_id] = client
        now = 61
        await watcher.connected()


async def test_a_pause_of_the_logins_is_waited_for(
    cloud: SimulatedCloud, session: aiohttp.ClientSession, particle: ParticleCloud
) -> None:
    """The credentials are good; somebody else has failed too often with the same client."""
    for number in range(MAX_FAILED_LOGINS):
        wrong = ClientCredentials(
            session, cloud.client_id, f"wrong-{number}", base_url=cloud.base_url
        )
        with pytest.raises(InvalidCredentialsError):
            await wrong.access_token()
    async with watch(particle) as watcher:
        await watcher.until(lambda: bool(watcher.delays))
        assert isinstance(watcher.losses[0].error, LoginBlockedError)
        assert watcher.delays[0] == 900
        particle.session.transport.rate_limits.logins = LoginGuard()  # half an hour later
        await watcher.connected()


async def test_a_missing_permission_does_not_end_the_stream(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """403 is tried again slowly: the permission may be given later."""
    cloud.faults.set("forbidden", only="streams", count=7)
    async with watch(particle) as watcher:
        await watcher.connected()
        assert [type(state.error) for state in watcher.losses] == [PermissionDeniedError] * 7
        for number, delay in enumerate(watcher.delays):
            longest = min(60 * 2**number, 900)
            assert longest <= delay <= longest * 1.2


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


@pytest.mark.parametrize(("fault", "tries"), [("rate_limited", 1), ("server_error", 2)])
async def test_a_wait_can_be_ended_unless_the_cloud_has_asked_for_it(
    cloud: SimulatedCloud, particle: ParticleCloud, fault: str, tries: int
) -> None:
    """Whoever knows that the cloud works again has the stream tried at once."""
    cloud.faults.set(fault, only="streams")
    failed = asyncio.Event()
    stream = particle.events.stream(lambda _: None, lambda _: failed.set(), backoff_min=300)
    task = asyncio.create_task(stream.run())
    async with asyncio.timeout(10):
        await failed.wait()
        failed.clear()
        stream.retry_now()
        # As much time as another call takes.
        await particle.users.me()
        if tries > 1:
            await failed.wait()
    task.cancel()
    assert stream.state.attempts == tries
