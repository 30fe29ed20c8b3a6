"""What the tests use to talk to the cloud."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from typing import Any

from aiohttp import ClientResponse, ClientSession, encode_basic_auth

from tests.simulator import SimulatedCloud


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, read to its end."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class Api:
    """Calls the API with one token."""

    cloud: SimulatedCloud
    session: ClientSession
    token: str | None = None

    def using(self, token: str | None) -> Api:
        """Return the same with another token."""
        return Api(self.cloud, self.session, token)

    async def __call__(self, method: str, path: str, **options: Any) -> Answer:
        """Send a request."""
        headers = dict(options.pop("headers", {}))
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        url = self.cloud.base_url + path
        async with self.session.request(method, url, headers=headers, **options) as response:
            text = await response.text(errors="replace")
            return Answer(response.status, dict(response.headers), text)

    async def log_in(self, client: tuple[str, str], **fields: Any) -> Answer:
        """Ask for a token."""
        headers = {"Authorization": encode_basic_auth(*client)}
        data = {"grant_type": "client_credentials", **fields}
        return await self.using(None)("POST", "/oauth/token", data=data, headers=headers)

    @asynccontextmanager
    async def stream(self, path: str) -> AsyncGenerator[Stream]:
        """Open an event stream."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.session.get(self.cloud.base_url + path, headers=headers) as response:
            yield Stream(response)


class Stream:
    """An open event stream, read as raw bytes."""

    def __init__(self, response: ClientResponse) -> None:
        """Start to read."""
        self.response = response
        self.received = b""

    async def until(self, text: str) -> str:
        """Read until a text has come; return everything so far."""
        while text.encode() not in self.received:
            chunk = await self.response.content.readany()
            assert chunk, f"The stream ended without {text!r}: {self.received!r}"
            self.received += chunk
        return self.received.decode()

    async def to_the_end(self) -> str:
        """Read until the stream ends."""
        while chunk := await self.response.content.readany():
            self.received += chunk
        return self.received.decode()

    async def events(self, count: int) -> list[tuple[str, dict[str, Any]]]:
        """Read until so many events have come; return name and JSON of each."""
        while len(found := _parse(self.received.decode(errors="ignore"))) < count:
            chunk = await self.response.content.readany()
            assert chunk, f"The stream ended: {self.received!r}"
            self.received += chunk
        return found


def _parse(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the complete events of a well-formed stream."""
    found = []
    *blocks, _ = text.split("\n\n")
    for block in blocks:
        lines = dict(line.split(": ", 1) for line in block.strip().split("\n") if ": " in line)
        if "data" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


async def until(condition: Callable[[], Any]) -> None:
    """Wait until something is the case."""
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)
