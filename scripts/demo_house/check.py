"""Check the whole chain, from a variable of one device to a function of another one."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
import time
from typing import Any, Final

from .automation import AUTOMATION_ID, EVENT, FUNCTION
from .client import HomeAssistantClient
from .cloud import FunctionCall, SimulatedCloud
from .processes import DemoError
from .registry import Registry

_TIME_FOR_EACH: Final = 120.0
_DRY: Final = 200


class Check:
    """Observes Home Assistant and the simulated cloud."""

    def __init__(
        self,
        client: HomeAssistantClient,
        cloud: SimulatedCloud,
        registry: Registry,
        report: Callable[[str], None],
    ) -> None:
        """Initialize the check."""
        self._client = client
        self._cloud = cloud
        self._registry = registry
        self._report = report
        # States of Home Assistant by entity ID, and automations that were triggered.
        self._states: dict[str, dict[str, Any]] = {}
        self._triggered: list[str] = []
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Run all checks, and report each with its duration.

        Raises:
            DemoError: A check failed or took too long.
        """
        await self._client.subscribe(self._handle_states, "subscribe_entities")
        await self._client.subscribe(
            self._handle_trigger, "subscribe_events", event_type="automation_triggered"
        )
        await self._variable_changes()
        await self._event_makes_a_board_act()
        await self._stream_comes_back()

    async def _variable_changes(self) -> None:
        """(a) A variable has a sensor, and its state changes."""
        sensor = self._registry.entity(f"{self._cloud.boards['greenhouse']}_variable_temperature")
        async with self._in_time(f"{sensor} showed no number that changes") as took:
            first = await self._state_that(sensor, _is_number)
            second = await self._state_that(
                sensor, lambda state: _is_number(state) and state != first
            )
        self._report(f"{took():5.1f} s  variable: {sensor} was {first}, then {second}")

    async def _event_makes_a_board_act(self) -> None:
        """(b) An event triggers the automation, (c) which calls a function of another device."""
        automation = self._registry.entity(AUTOMATION_ID, "automation")
        calls_before = len(await self._cloud.calls("garage"))
        self._triggered.clear()
        # When its soil is dry, the greenhouse turns its pump on and publishes this.
        await self._cloud.set_variable("greenhouse", "soil", _DRY)
        async with self._in_time(f"{EVENT} of the greenhouse did not trigger {automation}") as took:
            while automation not in self._triggered:
                await self._wait_for_news()
        self._report(f"{took():5.1f} s  event: {EVENT} triggered {automation}")

        expected = FunctionCall(FUNCTION, "on")
        async with self._in_time(f"{FUNCTION}('on') was not called on the garage") as took:
            while expected not in (await self._cloud.calls("garage"))[calls_before:]:
                await asyncio.sleep(0.1)
        self._report(
            f"{took():5.1f} s  function: the simulated garage confirms"
            f" {expected.name}({expected.argument!r})"
        )

    async def _stream_comes_back(self) -> None:
        """(d) Events are received again after the event stream was cut."""
        entity = self._registry.entity(f"{self._cloud.boards['garage']}_published")
        cut = await self._cloud.cut_streams()
        if not cut:
            raise DemoError("There is no event stream to cut")
        async with self._in_time(f"no event reached {entity} after the cut of the stream") as took:
            number = 0
            while not str(self._attributes(entity).get("data")).startswith("after the cut"):
                number += 1
                # Events that are published while there is no stream are lost, as in the real cloud.
                await self._cloud.publish("garage", "garage/note", f"after the cut, {number}")
                await asyncio.sleep(0.5)
        self._report(
            f"{took():5.1f} s  stream: {cut} cut, events are received again"
            f" ({self._attributes(entity)['data']})"
        )

    async def _state_that(self, entity_id: str, fits: Callable[[str], bool]) -> str:
        """Wait for a state and return it."""
        while not fits(state := str(self._states.get(entity_id, {}).get("s"))):
            await self._wait_for_news()
        return state

    def _attributes(self, entity_id: str) -> dict[str, Any]:
        """Return the current attributes of an entity."""
        attributes: dict[str, Any] = self._states.get(entity_id, {}).get("a", {})
        return attributes

    async def _wait_for_news(self) -> None:
        """Wait until Home Assistant sends a message."""
        self._news.clear()
        await self._news.wait()

    def _handle_states(self, message: dict[str, Any]) -> None:
        """Store added states ("a") and the new values ("+") of changed ones ("c")."""
        self._states.update(message.get("a", {}))
        for entity_id, change in message.get("c", {}).items():
            new = change.get("+", {})
            state = self._states.setdefault(entity_id, {})
            state["s"] = new.get("s", state.get("s"))
            state["a"] = {**state.get("a", {}), **new.get("a", {})}
        self._news.set()

    def _handle_trigger(self, event: dict[str, Any]) -> None:
        """Record that an automation was triggered."""
        self._triggered.append(event["data"]["entity_id"])
        self._news.set()

    @asynccontextmanager
    async def _in_time(self, failure: str) -> AsyncGenerator[Callable[[], float]]:
        """Limit the time of a check; yield a function that returns its duration.

        Raises:
            DemoError: It took too long.
        """
        begin = time.monotonic()
        try:
            async with asyncio.timeout(_TIME_FOR_EACH):
                yield lambda: time.monotonic() - begin
        except TimeoutError:
            raise DemoError(f"Within {_TIME_FOR_EACH:.0f} s {failure}.") from None


def _is_number(state: str) -> bool:
    """Return whether a state is a number."""
    try:
        float(state)
    except ValueError:
        return False
    return True
