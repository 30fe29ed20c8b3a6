"""Run many small pieces of work in slices, so that the event loop is not blocked."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
import logging
from time import perf_counter

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

_LOGGER = logging.getLogger(__name__)

SLICE_SECONDS = 0.005


async def in_slices[T](items: Iterable[T] | AsyncIterable[T]) -> AsyncGenerator[T]:
    """Yield items, and yield to the event loop after each time slice."""
    until = perf_counter() + SLICE_SECONDS
    async for item in items if isinstance(items, AsyncIterable) else _as_async(items):
        yield item
        if perf_counter() >= until:
            await asyncio.sleep(0)
            until = perf_counter() + SLICE_SECONDS


async def _as_async[T](items: Iterable[T]) -> AsyncGenerator[T]:
    for item in items:
        yield item


# Pieces that are equal are run once.
type Piece = Callable[[], None]


class SlicedWork:
    """Run pieces of work in order; a piece that is already queued is not queued again.

    The first slice runs at once, the rest in later turns of the event loop.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Initialize the queue; its task belongs to the entry."""
        self._hass = hass
        self._entry = entry
        self._queue: deque[Piece] = deque()
        self._waiting: set[Piece] = set()
        self._running = False
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    @callback
    def put(self, pieces: Iterable[Piece]) -> None:
        """Queue pieces of work and start to run them."""
        if self._closed:
            return
        for piece in pieces:
            if piece not in self._waiting:
                self._waiting.add(piece)
                self._queue.append(piece)
        if self._queue and not self._running:
            self._running = True
            if self._run_slice():
                self._task = self._entry.async_create_task(
                    self._hass, self._run(), "particle entities"
                )

    async def async_done(self) -> None:
        """Wait until the queue is empty."""
        if self._task is not None:
            await self._task

    @callback
    def close(self) -> None:
        """Discard the queue and accept no more work."""
        self._closed = True
        self._queue.clear()
        self._waiting.clear()

    async def _run(self) -> None:
        await asyncio.sleep(0)
        while self._run_slice():
            await asyncio.sleep(0)

    def _run_slice(self) -> bool:
        """Run one slice; return whether work is left."""
        until = perf_counter() + SLICE_SECONDS
        while self._queue:
            piece = self._queue.popleft()
            self._waiting.discard(piece)
            try:
                piece()
            except Exception:
                # An error in one piece must not affect the others.
                _LOGGER.exception("Unexpected error in %s", self._entry.title)
            if perf_counter() >= until:
                break
        self._running = bool(self._queue)
        return self._running
