"""The websocket between a page and Home Assistant, which a test can hold up or cut."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from playwright.async_api import WebSocketRoute

from .visit import Visit


class Wire:
    """What a page sends goes through here."""

    def __init__(self) -> None:
        """Initialize, see `tap`."""
        self._held: list[tuple[WebSocketRoute, str | bytes]] = []
        self._holds: str | None = None
        self._is_cut = False
        self._open: list[WebSocketRoute] = []

    @classmethod
    async def tap(cls, visit: Visit) -> Self:
        """Put a wire into a page that is not open yet."""
        wire = cls()
        await visit.page.route_web_socket("**/api/websocket", wire._connect)
        return wire

    @asynccontextmanager
    async def hold(self, command: str) -> AsyncIterator[None]:
        """Keep commands of a kind for a while, and send them afterwards."""
        self._holds = f'"type":"{command}'
        try:
            yield
        finally:
            self._holds = None
            held, self._held = self._held, []
            for server, message in held:
                server.send(message)

    @asynccontextmanager
    async def cut(self) -> AsyncIterator[None]:
        """Let no connection live for a while."""
        self._is_cut = True
        try:
            for page in self._open:
                await page.close()
            self._open.clear()
            yield
        finally:
            self._is_cut = False

    async def _connect(self, page: WebSocketRoute) -> None:
        if self._is_cut:
            await page.close()
            return
        server = page.connect_to_server()
        self._open.append(page)

        def pass_on(message: str | bytes) -> None:
            if self._holds is not None and isinstance(message, str) and self._holds in message:
                self._held.append((server, message))
            else:
                server.send(message)

        page.on_message(pass_on)
