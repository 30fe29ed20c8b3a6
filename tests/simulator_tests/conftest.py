"""A simulated cloud and a plain HTTP client for each test."""

from collections.abc import AsyncGenerator
from typing import Any

from aiohttp import ClientSession
import pytest

from tests.simulator import SimulatedCloud

from .client import Api


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: Any) -> None:
    """Let these tests use real sockets, which the Home Assistant plug-in forbids."""


@pytest.fixture
async def cloud() -> AsyncGenerator[SimulatedCloud]:
    """A quiet simulated cloud."""
    async with SimulatedCloud() as simulated:
        yield simulated


@pytest.fixture
async def session() -> AsyncGenerator[ClientSession]:
    """A plain HTTP client."""
    async with ClientSession() as http:
        yield http


@pytest.fixture
def api(cloud: SimulatedCloud, session: ClientSession) -> Api:
    """The API, called with the user's token."""
    return Api(cloud, session, cloud.access_token)
