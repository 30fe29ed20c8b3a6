"""Requests for tokens, and clients that make them."""

from typing import Any

import aiohttp

from custom_components.particle.api import ClientCredentials
from tests.simulator import SimulatedCloud


def token_requests(cloud: SimulatedCloud) -> int:
    """Number of token requests that the cloud has seen."""
    return len(cloud.requests.matching("POST", "/oauth/token"))


def client(
    session: aiohttp.ClientSession, cloud: SimulatedCloud, secret: str, **options: Any
) -> ClientCredentials:
    """The simulated user's OAuth client with any secret."""
    return ClientCredentials(session, cloud.client_id, secret, base_url=cloud.base_url, **options)
