"""Client for Home Assistant's REST and WebSocket APIs, as its frontend uses them."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
import itertools
from typing import Any

import aiohttp

from .processes import DemoError


class HomeAssistantClient:
    """A client of a Home Assistant user.

    Attributes:
        url: Address of Home Assistant, without a trailing slash.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        """Initialize a client that is not logged in; see `log_in`."""
        self.url = url
        self._session = session
        self._headers: dict[str, str] = {}
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._listeners: dict[int, Callable[[dict[str, Any]], None]] = {}

    async def is_up(self) -> bool:
        """Return whether the HTTP server responds."""
        try:
            async with self._session.get(f"{self.url}/manifest.json") as response:
                return response.ok
        except aiohttp.ClientError:
            return False

    async def request(
        self,
        method: str,
        path: str,
        json: dict[str, Any] | None = None,
        form: dict[str, str] | None = None,
    ) -> Any:
        """Call the REST API and return the JSON of the response.

        Raises:
            DemoError: Home Assistant returned an error.
        """
        async with self._session.request(
            method, self.url + path, json=json, data=form, headers=self._headers
        ) as response:
            if not response.ok:
                raise DemoError(
                    f"Home Assistant answered {response.status} to {method} {path}: "
                    f"{await response.text()}"
                )
            return await response.json()

    async def log_in(self, authorization_code: str) -> dict[str, Any]:
        """Exchange an authorization code for tokens, use the access token, and return them."""
        form = {
            "client_id": f"{self.url}/",
            "grant_type": "authorization_code",
            "code": authorization_code,
        }
        tokens: dict[str, Any] = await self.request("POST", "/auth/token", form=form)
        self._headers["Authorization"] = f"Bearer {tokens['access_token']}"
        return tokens

    @asynccontextmanager
    async def connected(self) -> AsyncGenerator[None]:
        """Keep a WebSocket connection open, which commands require."""
        async with self._session.ws_connect(
            f"{self.url}/api/websocket", max_msg_size=0, heartbeat=30
        ) as socket:
            await socket.receive_json()
            token = self._headers["Authorization"].removeprefix("Bearer ")
            await socket.send_json({"type": "auth", "access_token": token})
            answer = await socket.receive_json()
            if answer["type"] != "auth_ok":
                raise DemoError(f"Home Assistant refused the websocket connection: {answer}")
            self._socket = socket
            reader = asyncio.create_task(self._read(socket))
            try:
                yield
            finally:
                reader.cancel()
                self._socket = None

    async def command(self, command: str, **arguments: Any) -> Any:
        """Send a WebSocket command and return its result.

        Raises:
            DemoError: Home Assistant refused the command, or the connection is closed.
        """
        return await self._send(next(self._numbers), command, arguments)

    async def subscribe(
        self, listener: Callable[[dict[str, Any]], None], command: str, **arguments: Any
    ) -> None:
        """Send a WebSocket command that subscribes; the listener is called for each event."""
        number = next(self._numbers)
        self._listeners[number] = listener
        await self._send(number, command, arguments)

    async def call(self, domain: str, action: str, **data: Any) -> Any:
        """Perform an action without a response."""
        return await self.command("call_service", domain=domain, service=action, service_data=data)

    async def _send(self, number: int, command: str, arguments: dict[str, Any]) -> Any:
        """Send one message and wait for its result."""
        if self._socket is None:
            raise DemoError("There is no websocket connection to Home Assistant")
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        await self._socket.send_json({"id": number, "type": command, **arguments})
        return await answer

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Dispatch messages to waiting commands and listeners."""
        async for message in socket:
            content = message.json()
            number = content["id"]
            if content["type"] == "event":
                self._listeners[number](content["event"])
            elif content["type"] == "result" and (answer := self._answers.pop(number, None)):
                if content["success"]:
                    answer.set_result(content["result"])
                else:
                    answer.set_exception(
                        DemoError(f"Home Assistant: {content['error']['message']}")
                    )
        for answer in self._answers.values():
            answer.set_exception(DemoError("Home Assistant closed the websocket connection"))
        self._answers.clear()
