"""What the client's tests share: a session and a client on the simulated cloud."""

from collections.abc import AsyncIterator
import socket
from typing import override

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
import pytest

from custom_components.particle.api import ClientCredentials, DataOperation, ParticleCloud
from tests.simulator import SimulatedCloud


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    """A real session."""
    async with aiohttp.ClientSession() as opened:
        yield opened


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
