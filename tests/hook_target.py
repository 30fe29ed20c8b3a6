"""A server on loopback that webhooks call."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class Delivery:
    """A request that arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str


@dataclass
class Target:
    """A server that webhooks can call.

    Attributes:
        url: Its address.
        status: What it answers with.
        deliveries: What arrived.
    """

    url: str = ""
    status: int = 200
    deliveries: list[Delivery] = field(default_factory=list)


@asynccontextmanager
async def hook_target() -> AsyncIterator[Target]:
    """Serve a target for as long as the context lasts."""
    target = Target()

    async def answer(request: web.Request) -> web.Response:
        target.deliveries.append(
            Delivery(
                request.method,
                request.path,
                dict(request.query),
                dict(request.headers),
                await request.text(),
            )
        )
        return web.json_response({"greeting": "hello"}, status=target.status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        target.url = str(server.make_url("/hook"))
        yield target
