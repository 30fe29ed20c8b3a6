"""Answers that miss what matters are refused in our own words; small tables are right."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.particle.api import (
    PLATFORMS,
    DeviceUnreachableError,
    FixedToken,
    FunctionRefusedError,
    InvalidRequestError,
    LoginBlockedError,
    MalformedAnswerError,
    NotFoundError,
    ParticleCloud,
    ParticleError,
    PasswordLogin,
    RateLimitedError,
    Scope,
    platform,
)

DEVICE = "0a10aced202194944a000001"

type Call = Callable[[ParticleCloud], Awaitable[object]]


async def answered(
    session: aiohttp.ClientSession, call: Call, body: Any, status: int = 200
) -> object:
    """What a call makes of an answer."""

    async def answer(_: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        auth = FixedToken(session, "x", base_url=f"http://127.0.0.1:{server.port}")
        return await call(ParticleCloud(session, auth, retry_delay=0))


@pytest.mark.parametrize(
    ("call", "body"),
    [
        (lambda particle: particle.devices.call_function(DEVICE, "f"), {"id": DEVICE}),
        (lambda particle: particle.devices.call_function(DEVICE, "f"), {"return_value": "x"}),
        (lambda particle: particle.devices.find_by_serial_number("P1"), {"ok": True}),
        (lambda particle: particle.devices.read_variable(DEVICE, "v"), [1]),
        (lambda particle: particle.claims.provision(1), {"ok": True}),
        (lambda particle: particle.claims.create_code(), {"claim_code": None}),
        (lambda particle: particle.firmware.flash_binary(DEVICE, b"x"), {"id": DEVICE}),
        (lambda particle: particle.products.get(1), {"product": []}),
        (lambda particle: particle.products.list(), {"products": {"id": 1}}),
        (lambda particle: particle.users.identify(), {"email": "x"}),
        (lambda particle: particle.oauth_clients.list(), "text"),
    ],
)
async def test_answers_without_what_matters(
    session: aiohttp.ClientSession, call: Call, body: Any
) -> None:
    """Nothing is made up where the cloud tells too little."""
    with pytest.raises(MalformedAnswerError):
        await answered(session, call, body)


async def test_a_refusal_without_a_flag(session: aiohttp.ClientSession) -> None:
    """An error in place of the returned value is a refusal."""
    with pytest.raises(FunctionRefusedError, match="not now"):
        await answered(
            session,
            lambda particle: particle.devices.call_function(DEVICE, "f"),
            {"error": "not now"},
        )


async def test_json_in_a_variable_that_was_not_quoted(session: aiohttp.ClientSession) -> None:
    """An own server that sends an object as value gets its text back."""
    variable = await answered(
        session,
        lambda particle: particle.devices.read_variable(DEVICE, "v"),
        {"result": {"a": [1]}},
    )
    assert getattr(variable, "value", None) == '{"a": [1]}'


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (403, {"error": "forbidden"}, ParticleError),
        (404, {"error": "no such page"}, NotFoundError),
        (429, {"error": "rate_limit_exceeded"}, RateLimitedError),
        (418, {"error": "teapot"}, InvalidRequestError),
    ],
)
async def test_odd_answers_to_a_login(
    session: aiohttp.ClientSession, status: int, body: Any, expected: type[ParticleError]
) -> None:
    """A server that is not Particle's answers logins in its own way."""

    async def log_in(particle: ParticleCloud) -> object:
        login = PasswordLogin(session, base_url=particle.session.base_url)
        return await login.login("jane@example.com", "x")

    with pytest.raises(expected) as caught:
        await answered(session, log_in, body, status)
    assert not isinstance(caught.value, LoginBlockedError)


async def test_ids_that_are_none(session: aiohttp.ClientSession) -> None:
    """A product's methods insist on a product, a board's on what can be an id."""
    particle = ParticleCloud(session, FixedToken(session, "x"))
    with pytest.raises(InvalidRequestError, match="for product"):
        await particle.product_firmware.list(scope=Scope.account())
    with pytest.raises(InvalidRequestError):
        await particle.devices.get("\ud800")
    with pytest.raises(InvalidRequestError):
        await particle.devices.get(True)  # type: ignore[arg-type]


def test_hardware() -> None:
    """Known hardware has its name, hardware of tomorrow a number."""
    assert platform(32).name == "Photon 2 / P2"
    assert platform(42).name == "Tachyon"
    assert platform(35).wifi
    assert platform(35).cellular
    assert platform(777).name == "Particle device (platform 777)"
    assert platform(None).name == "Particle device"
    assert all(number == kind.id for number, kind in PLATFORMS.items())


def test_families_of_errors() -> None:
    """What an integration catches as one family is one."""
    for kind in (ParticleError, DeviceUnreachableError):
        assert str(kind("words", status=400)) == "words"
    assert LoginBlockedError("words", retry_after=3).retry_after == 3
