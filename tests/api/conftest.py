"""What the client's tests share: a session and a client on the simulated cloud."""

from collections.abc import AsyncIterator
import re
import socket
import sys
from types import FrameType
from typing import Any, override

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
import pytest

from custom_components.particle.api import ClientCredentials, DataOperation, ParticleCloud
from custom_components.particle.api.endpoint import Endpoint
from custom_components.particle.api.namespace import Namespace
from custom_components.particle.api.transport import Answer, Transport
from tests.simulator import SimulatedCloud


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    """A real session."""
    async with aiohttp.ClientSession() as opened:
        yield opened


def endpoints_of_caller(frame: FrameType | None) -> tuple[Endpoint, ...]:
    """The endpoints that the client's method at work has been marked with."""
    while frame is not None:
        owner = frame.f_locals.get("self")
        if isinstance(owner, Namespace):
            method = getattr(type(owner), frame.f_code.co_name, None)
            if marked := getattr(method, "endpoints", ()):
                return tuple(marked)
        frame = frame.f_back
    return ()


@pytest.fixture(autouse=True)
def _endpoints_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a method that calls another endpoint than it is marked with fail, in every test."""
    send = Transport.send

    async def checked(
        transport: Transport, method: str, path: str, /, *args: Any, **options: Any
    ) -> Answer:
        marked = endpoints_of_caller(sys._getframe())
        if marked and path != "/oauth/token":
            assert any(
                endpoint.method == method
                and re.fullmatch(re.sub(r":\w+", "[^/]+", endpoint.path), path)
                for endpoint in marked
            ), f"{method} {path} is none of {marked}"
        return await send(transport, method, path, *args, **options)

    monkeypatch.setattr(Transport, "send", checked)


class NoNames(AbstractResolver):
    """A network whose DNS knows no names."""

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Know nothing."""
        raise OSError(-2, "Name or service not known")

    @override
    async def close(self) -> None:
        """Have nothing to close."""


@pytest.fixture
async def nameless_session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    """A session in a network without DNS."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=NoNames())) as opened:
        yield opened


@pytest.fixture
def auth(session: aiohttp.ClientSession, cloud: SimulatedCloud) -> ClientCredentials:
    """The simulated user's OAuth client."""
    return ClientCredentials(session, cloud.client_id, cloud.client_secret, base_url=cloud.base_url)


@pytest.fixture
def paid() -> list[DataOperation]:
    """The data operations that the client says it has spent."""
    return []


@pytest.fixture
def particle(
    session: aiohttp.ClientSession,
    auth: ClientCredentials,
    cloud: SimulatedCloud,
    paid: list[DataOperation],
) -> ParticleCloud:
    """The client, logged in as the simulated user; its retries do not wait."""
    return ParticleCloud(session, auth, on_data_operation=paid.append, retry_delay=0.01)
