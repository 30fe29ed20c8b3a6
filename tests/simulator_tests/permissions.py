"""Who may call what: every endpoint, called with every kind of token.

The table is `permissions.txt`. Columns: Jane, who owns the things of the path; John, a stranger; a customer
of product 24001; the client of that product; an API user of it without scopes, and with the scope that it is
told to miss. Bodies are empty, so 400 with another error than `unauthorized` says that the call was let in.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from tests.simulator import SimulatedCloud
from tests.simulator.api import ENDPOINTS
from tests.simulator.clock import Clock
from tests.simulator.endpoint import Endpoint
from tests.simulator.world import Customer, Sim, Token, TokenKind
from tests.simulator.world.defaults import STRANGER

from .client import Answer, Api
from .test_every_endpoint import GOOD, fill

TABLE = Path(__file__).parent / "permissions.txt"
_COLUMNS = ("jane", "john", "customer", "client", "no scope", "scope")
_MISSING = "Missing scope "
_VALUES = {
    **GOOD,
    "client": "van-fleet-4712",
    "iccid": "8934",
    "email": "carla@example.net",
    "serial": "P026AB246328337",
}


def endpoints() -> list[Endpoint]:
    """Return the endpoints that a token is needed for and that end by themselves."""
    streams = [one for one in ENDPOINTS if one.method == "GET" and "/events" in one.path]
    return [
        one
        for one in ENDPOINTS
        if one not in streams and one.access.name != "OPEN" and one.method != "HEAD"
    ]


async def table() -> str:
    """Return the table as the cloud makes it."""
    lines = [f"{'endpoint':<72}" + "".join(f"{name:<14}" for name in _COLUMNS)]
    lines += [line async for line in _rows()]
    return "\n".join(line.rstrip() for line in lines) + "\n"


async def _rows() -> AsyncIterator[str]:
    """Call every endpoint with every token, each time on the first day."""
    clock = Clock(speed=0, start=datetime(2026, 1, 2, tzinfo=UTC))
    async with SimulatedCloud(clock=clock, offline_wait=0) as cloud, ClientSession() as session:
        cloud.limits.enabled = False
        for endpoint in endpoints():
            shown, scope = [], ""
            for name in _COLUMNS:
                await cloud.reset()
                token = _token(cloud, name, scope)
                answer = await _call(Api(cloud, session, token), endpoint)
                body: Any = answer.json if answer.text.startswith("{") else {}
                text = str(body.get("error_description", ""))
                if name == "no scope":
                    scope = text.removeprefix(_MISSING) if text.startswith(_MISSING) else ""
                refused = " refused" if body.get("error") == "unauthorized" else ""
                shown.append(f"{answer.status}{refused}".ljust(14))
            yield f"{endpoint.method + ' ' + endpoint.path:<72}{''.join(shown)}{scope}"


async def _call(api: Api, endpoint: Endpoint) -> Answer:
    """Call an endpoint without a body."""
    return await api(endpoint.method, fill(endpoint.path, _VALUES))


def _token(cloud: SimulatedCloud, name: str, scope: str) -> str:
    """Return a token of somebody, and put what paths name into the world."""
    world = cloud.world
    van = world.board("van-1")
    world.customers[24001, "carla@example.net"] = Customer("c1", "carla@example.net", 24001, "x")
    world.sims["8934"] = Sim("8934", 24001, None, van.id)
    kinds = {
        "john": Token("john", TokenKind.USER, STRANGER, "particle"),
        "customer": Token("c", TokenKind.CUSTOMER, "carla@example.net", "x", 24001),
        "client": Token("p", TokenKind.PRODUCT, cloud.username, "x", 24001),
        "no scope": Token("a", TokenKind.API_USER, "a", "particle", 24001),
        "scope": Token("s", TokenKind.API_USER, "s", "particle", 24001, scopes=(scope,)),
    }
    return world.tokens.add(kinds[name]).value if name in kinds else cloud.access_token
