"""What every request has: a token, patience where it costs nothing, and an error that says what to do."""

import asyncio
import logging

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.particle.api import (
    CloudError,
    DnsError,
    FixedToken,
    InvalidRequestError,
    MalformedAnswerError,
    ParticleCloud,
    ParticleError,
    PermissionDeniedError,
    RateLimitedError,
    Scope,
    TlsError,
    UnreachableError,
    transport,
)
from custom_components.particle.api.pacing import RateLimits, TokenBucket
from custom_components.particle.api.session import ATTEMPTS
from custom_components.particle.api.transport import encode_query
from tests.simulator import SimulatedCloud


def calls(cloud: SimulatedCloud) -> int:
    """Number of requests that are not logins."""
    return len([request for request in cloud.requests if request.path != "/oauth/token"])


async def test_any_endpoint_can_be_called(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """The general request gives status, headers, body and JSON."""
    answer = await particle.session.request("get", "/v1/user")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json["username"] == cloud.username
    assert answer.text.encode() == answer.body


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/oauth/token",
        "v1/devices",
        "//evil.example/v1/devices",
        "https://evil.example/v1/",
        "/v1/../oauth/token",
        "/v1/%2e%2e/oauth/token",
        "/v1/devices?access_token=1",
        "/v1/devices#x",
        "/v1/de vices",
        "/v1/gerät",
        "/v1/\\evil",
    ],
)
async def test_other_places_are_refused(
    cloud: SimulatedCloud, particle: ParticleCloud, path: str
) -> None:
    """Only paths below /v1 get the token."""
    with pytest.raises(InvalidRequestError) as caught:
        await particle.session.request("GET", path)
    assert caught.value.argument == "path"
    assert not cloud.requests


async def test_a_token_in_the_query_is_refused(particle: ParticleCloud) -> None:
    """Queries end up in logs."""
    with pytest.raises(InvalidRequestError) as caught:
        await particle.session.request("GET", "/v1/devices", query={"Access_Token": "x"})
    assert caught.value.argument == "query"


def test_queries() -> None:
    """None is left out, truth is lower case, lists are repeated in the cloud's own way."""
    query = {"a": None, "b": True, "c": 3, "d e": "f&g", "groups": ["x", "y"]}
    assert encode_query(query) == "b=true&c=3&d%20e=f%26g&groups[]=x&groups[]=y"
    assert encode_query(None) == ""


@pytest.mark.parametrize(("fault", "strikes"), [("bad_gateway", ATTEMPTS - 1), ("reset", 1)])
async def test_a_read_is_tried_again(
    cloud: SimulatedCloud, particle: ParticleCloud, fault: str, strikes: int
) -> None:
    """Trouble in passing is not seen by the caller of a read that costs nothing."""
    cloud.faults.set(fault, only="calls", count=strikes)
    assert (await particle.users.me()).username == cloud.username
    assert calls(cloud) == strikes + 1


async def test_trouble_that_stays_is_told(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """After some tries the error comes out, without the proxy's page."""
    cloud.faults.set("bad_gateway", only="calls")
    with pytest.raises(CloudError, match="status 502 and a web page"):
        await particle.users.me()
    assert calls(cloud) == ATTEMPTS


@pytest.mark.parametrize("fault", ["server_error", "rate_limited", "overloaded", "proxy_html"])
async def test_what_does_not_pass_by_itself_is_not_tried_again(
    cloud: SimulatedCloud, particle: ParticleCloud, fault: str
) -> None:
    """Hammering a limit keeps the address locked out."""
    cloud.faults.set(fault, only="calls")
    with pytest.raises(ParticleError):
        await particle.users.me()
    assert calls(cloud) == 1


async def test_writes_are_never_tried_again(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """A rename whose answer was lost may have happened."""
    cloud.faults.set("bad_gateway", only="calls")
    with pytest.raises(CloudError):
        await particle.devices.rename("0a10aced202194944a000001", "hut")
    assert calls(cloud) == 1


@pytest.mark.parametrize("seconds", [None, 17])
async def test_limits_say_how_long_to_wait(
    cloud: SimulatedCloud, particle: ParticleCloud, seconds: int | None
) -> None:
    """`Retry-After` is handed on where the cloud sends it."""
    cloud.faults.set("overloaded", only="calls", retry_after=seconds)
    with pytest.raises(RateLimitedError) as caught:
        await particle.users.me()
    assert caught.value.retry_after == seconds
    assert caught.value.status == 529


async def test_nobody_listens(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """A refused connection is named, and has not been sent."""
    cloud.faults.set("cloud_down")
    with pytest.raises(UnreachableError, match=r"No connection to 127\.0\.0\.1") as caught:
        await particle.users.me()
    assert not caught.value.sent


async def test_no_answer_in_time(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """A call that got no answer may have been carried out."""
    await particle.users.me()
    cloud.faults.set("hang", only="calls")
    with pytest.raises(UnreachableError, match="did not answer in time") as caught:
        await particle.session.request(
            "POST", "/v1/devices/events", json={"name": "x"}, timeout=0.2
        )
    assert caught.value.sent


async def test_a_web_page_is_named(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Whoever reads the error looks for a proxy, be it an object or a list that was asked for."""
    cloud.faults.set("proxy_html", only="calls")
    with pytest.raises(MalformedAnswerError, match="is a web page"):
        await particle.users.me()
    with pytest.raises(MalformedAnswerError, match="is a web page"):
        _ = [device async for device in particle.devices.list()]


@pytest.mark.parametrize("fault", ["proxy_html", "not_json", "empty"])
async def test_answers_that_are_not_the_clouds(
    cloud: SimulatedCloud, particle: ParticleCloud, fault: str
) -> None:
    """A proxy's page, half an answer or none is not taken for an empty account."""
    cloud.faults.set(fault, only="calls")
    with pytest.raises(MalformedAnswerError):
        _ = [device async for device in particle.devices.list()]


async def test_a_missing_permission_is_told_apart_from_a_bad_token(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """An API user without the scope keeps its token and learns what it may not do."""
    particle = ParticleCloud(
        session, FixedToken(session, cloud.api_user_token, base_url=cloud.base_url)
    )
    with pytest.raises(PermissionDeniedError):
        await particle.users.me()
    assert calls(cloud) == 1


async def test_an_unknown_name(nameless_session: aiohttp.ClientSession) -> None:
    """DNS trouble is told apart from a cloud that is down."""
    auth = FixedToken(nameless_session, "x", base_url="https://api.example.com")
    particle = ParticleCloud(nameless_session, auth)
    with pytest.raises(DnsError, match=r"api\.example\.com") as caught:
        await particle.users.me()
    assert not caught.value.sent


async def test_no_tls(cloud: SimulatedCloud, session: aiohttp.ClientSession) -> None:
    """A server that speaks no TLS is told apart from one that is down."""
    base_url = cloud.base_url.replace("http://", "https://")
    particle = ParticleCloud(session, FixedToken(session, "x", base_url=base_url))
    with pytest.raises(TlsError):
        await particle.users.me()


async def test_nothing_secret_is_logged_or_shown(
    cloud: SimulatedCloud,
    particle: ParticleCloud,
    session: aiohttp.ClientSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Tokens and secrets stay out of logs, texts and representations, whatever happens."""
    caplog.set_level(logging.DEBUG)
    token = await particle.auth.access_token()
    shown = [repr(particle), repr(particle.auth)]
    for fault in ("unauthorized", "forbidden", "server_error", "reset", "not_json"):
        cloud.faults.set(fault, only="calls")
        with pytest.raises(ParticleError) as caught:
            await particle.users.identify()
        shown += [str(caught.value), repr(caught.value), repr(caught.value.__cause__)]
        cloud.faults.clear()
    everything = caplog.text + "".join(shown)
    assert token not in everything
    assert cloud.client_secret not in everything


async def test_requests_are_let_through_at_the_pace_of_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After a burst, places are given one by one, in the order of asking."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    bucket = TokenBucket(burst=3, per_second=10)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    waits = [await bucket.take() for _ in range(6)]
    assert waits[:3] == [0, 0, 0]
    assert len(slept) == 3
    assert 0.05 < slept[0] <= 0.1
    assert slept[0] < slept[1] < slept[2] <= 0.3


async def test_the_pace_stays_below_the_clouds_limit() -> None:
    """No five minutes hold more requests than the cloud allows."""
    pace = RateLimits()
    for bucket, seconds, limit in (
        (pace.requests, 300, 10_000),
        (pace.tokens, 300, 100),
        (pace.streams, 300, 100),
        (pace.serial_numbers, 3600, 50),
    ):
        assert bucket._burst + seconds * bucket._per_second <= limit


class OtherServer:
    """A server that is not the cloud, and sends callers to yet another one."""

    def __init__(self) -> None:
        """Start with no caller."""
        self.callers: list[tuple[str, str | None]] = []
        self.refers_to = ""
        app = web.Application()
        app.router.add_get("/v1/user", self._away)
        app.router.add_get("/v1/binaries/{id}", self._away)
        app.router.add_get("/v1/products/{product}/firmware/{version}/binary", self._away)
        app.router.add_get("/elsewhere", self._binary)
        app.router.add_get("/v1/huge", self._huge)
        self.server = TestServer(app, host="127.0.0.1")

    async def _away(self, request: web.Request) -> web.Response:
        self._note(request)
        raise web.HTTPFound(f"{self.refers_to}/elsewhere")

    async def _binary(self, request: web.Request) -> web.Response:
        self._note(request)
        return web.Response(body=b"binary")

    async def _huge(self, request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 2000)

    def _note(self, request: web.Request) -> None:
        self.callers.append((request.path, request.headers.get("Authorization")))


async def test_the_token_goes_to_nobody_else(session: aiohttp.ClientSession) -> None:
    """A redirect is refused, but for downloads, where the token stays behind."""
    other, third = OtherServer(), OtherServer()
    async with other.server, third.server:
        other.refers_to = f"http://127.0.0.1:{third.server.port}"
        particle = ParticleCloud(
            session, FixedToken(session, "x", base_url=f"http://127.0.0.1:{other.server.port}")
        )
        with pytest.raises(MalformedAnswerError, match="redirects"):
            await particle.users.me()
        assert other.callers == [("/v1/user", "Bearer x")]
        assert third.callers == []
        assert await particle.firmware.download_binary("1") == b"binary"
        scope = Scope.product(24001)
        assert await particle.product_firmware.download(1, scope=scope) == b"binary"
        assert third.callers == [("/elsewhere", None)] * 2


async def test_an_answer_without_end(
    session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that is far too large does not fill the memory."""
    monkeypatch.setattr(transport, "MAX_BODY", 1000)
    other = OtherServer()
    async with other.server:
        particle = ParticleCloud(
            session, FixedToken(session, "x", base_url=f"http://127.0.0.1:{other.server.port}")
        )
        with pytest.raises(MalformedAnswerError, match="larger than 1000 bytes"):
            await particle.session.request("GET", "/v1/huge")


async def test_a_session_that_is_closed(cloud: SimulatedCloud) -> None:
    """Somebody else's mistake is told in our own words."""
    closed = aiohttp.ClientSession()
    await closed.close()
    particle = ParticleCloud(
        closed, FixedToken(closed, "x", base_url=cloud.base_url), retry_delay=0
    )
    with pytest.raises(UnreachableError, match="could not be sent"):
        await particle.users.me()
