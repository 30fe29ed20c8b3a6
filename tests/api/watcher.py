"""Runs an event stream for a test and notes what comes of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from custom_components.particle.api import CloudEvent, EventStream, ParticleCloud, StreamState
from tests.simulator import SimulatedCloud

PATIENCE = 10.0


class Watcher:
    """Runs a stream and notes what comes of it."""

    def __init__(self, particle: ParticleCloud, **options: Any) -> None:
        """Prepare a stream that does not really wait between tries."""
        self.events: list[CloudEvent] = []
        self.states: list[StreamState] = []
        self.delays: list[float] = []
        self._changed = asyncio.Event()
        self.stream: EventStream = particle.events.stream(self._event, self._state, **options)
        self.stream._sleep = self._sleep  # type: ignore[method-assign]
        self.task = asyncio.create_task(self.stream.run())
        self.task.add_done_callback(lambda _: self._changed.set())

    def _event(self, event: CloudEvent) -> None:
        self.events.append(event)
        self._changed.set()

    def _state(self, state: StreamState) -> None:
        self.states.append(state)
        self._changed.set()

    async def _sleep(self, seconds: float) -> None:
        self.delays.append(seconds)
        self._changed.set()
        await asyncio.sleep(0.005)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to become true."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def connected(self, times: int = 1) -> None:
        """Wait until the stream has been opened so many times."""
        await self.until(lambda: sum(state.connected for state in self.states) >= times)

    async def arrived(self, name: str) -> CloudEvent:
        """Wait for an event and give it."""
        await self.until(lambda: any(event.name == name for event in self.events))
        return next(event for event in self.events if event.name == name)

    async def ended(self) -> BaseException | None:
        """Wait for the stream to give up, and tell why."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait([self.task])
        return self.task.exception()

    @property
    def losses(self) -> list[StreamState]:
        """The states in which no events can come."""
        return [state for state in self.states if not state.connected]


@asynccontextmanager
async def watch(particle: ParticleCloud, **options: Any) -> AsyncIterator[Watcher]:
    """Watch a stream for the length of a block."""
    watcher = Watcher(particle, **options)
    try:
        yield watcher
    finally:
        watcher.task.cancel()
        await asyncio.wait([watcher.task])


def publish(cloud: SimulatedCloud, name: str, data: str | None = "1") -> None:
    """Let the greenhouse publish an event."""
    cloud.world.publish("greenhouse", name, data)
