"""Work of many small pieces, done in slices, so that Home Assistant goes on with everything else."""

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
    """Yield items, and let the event loop do everything else after each slice of time."""
    until = perf_counter() + SLICE_SECONDS
    async for item in items if isinstance(items, AsyncIterable) else _as_async(items):
        yield item
        if perf_counter() >= until:
            await asyncio.sleep(0)
            until = perf_counter() + SLICE_SECONDS


async def _as_async[T](items: Iterable[T]) -> AsyncGenerator[T]:
    for item in items:
        yield item


# Pieces that are equal are done once.
type Piece = Callable[[], None]


class SlicedWork:
    """Does pieces of work in order; one that waits already is not queued again.

    What fits into one slice is done at once, the rest in later turns of the event loop.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Initialize without work; it ends with the entry."""
        self._hass = hass
        self._entry = entry
        self._queue: deque[Piece] = deque()
        self._waiting: set[Piece] = set()
        self._running = False
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    @callback
    def put(self, pieces: Iterable[Piece]) -> None:
        """Do pieces of work, now or soon."""
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
        """Wait until nothing is left to do."""
        if self._task is not None:
            await self._task

    @callback
    def close(self) -> None:
        """Leave undone what waits."""
        self._closed = True
        self._queue.clear()
        self._waiting.clear()

    async def _run(self) -> None:
        await asyncio.sleep(0)
        while self._run_slice():
            await asyncio.sleep(0)

    def _run_slice(self) -> bool:
        """Work for a while; return whether something is left."""
        until = perf_counter() + SLICE_SECONDS
        while self._queue:
            piece = self._queue.popleft()
            self._waiting.discard(piece)
            try:
                piece()
            except Exception:
                # One piece's fault must not keep the others waiting.
                _LOGGER.exception("Unexpected error in %s", self._entry.title)
            if perf_counter() >= until:
                break
        self._running = bool(self._queue)
        return self._running
