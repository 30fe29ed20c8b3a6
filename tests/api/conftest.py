"""What the client's tests share: a session and a client on the simulated cloud."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from custom_components.particle.api import ClientCredentials, DataOperation, ParticleCloud
from tests.simulator import SimulatedCloud


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    """A real session."""
    async with aiohttp.ClientSession() as opened:
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
    return ParticleCloud(
        session, auth, base_url=cloud.base_url, on_data_operation=paid.append, retry_delay=0.01
    )
