"""A card as a test sees it: a websocket connection, and the object that its patches make."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket

from tests.waiting import MAX_WAIT


def apply_patch(target: Any, patch: Any) -> Any:
    """Return a JSON value with a merge patch applied, word for word as RFC 7396 says."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = apply_patch(result.get(name), value)
    return result


class Card:
    """Follows something, and keeps what it was told."""

    def __init__(self, hass: HomeAssistant, client: MockHAClientWebSocket) -> None:
        """Connect nothing yet."""
        self._hass = hass
        self._client = client
        self.shown: dict[str, Any] = {}
        self.messages: list[dict[str, Any]] = []
        self.complete = False
        self.subscription = 0

    async def follow(self, command: str, **fields: Any) -> dict[str, Any]:
        """Subscribe; returns the answer."""
        await self._client.send_json_auto_id({"type": command, **fields})
        answer: dict[str, Any] = await self._client.receive_json()
        self.subscription = answer["id"]
        return answer

    async def ask(self, command: str, **fields: Any) -> dict[str, Any]:
        """Send a command, and return its answer; messages that come in between are kept."""
        await self._client.send_json_auto_id({"type": command, **fields})
        while True:
            message = await self._client.receive_json()
            if message["type"] == "result":
                return dict(message)
            self._take(message)

    async def until(self, condition: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Take messages until what is shown fulfils a condition."""
        async with asyncio.timeout(MAX_WAIT):
            while not (self.complete and condition(self.shown)):
                self._take(await self._client.receive_json())
                await self._hass.async_block_till_done()
        return self.shown

    async def next(self) -> dict[str, Any]:
        """Return the next message."""
        async with asyncio.timeout(MAX_WAIT):
            self._take(await self._client.receive_json())
        return self.messages[-1]

    def _take(self, message: dict[str, Any]) -> None:
        assert message["type"] == "event", message
        event = message["event"]
        self.messages.append(event)
        if "patch" in event:
            self.shown = apply_patch(self.shown, event["patch"])
            self.complete = event["complete"]
