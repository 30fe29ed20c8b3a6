"""Stopwatches that all measurements share."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
import gc
from statistics import median, quantiles
import time

# How often the event loop is asked whether it has time.
_TICK = 0.001


@dataclass(slots=True)
class Stopwatch:
    """How long something took.

    Attributes:
        wall: Seconds on the clock.
        processor: Seconds of this process's processor time; others on the machine do not change it.
    """

    wall: float = 0.0
    processor: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Time the block."""
    watch = Stopwatch()
    wall, processor = time.perf_counter(), time.process_time()
    yield watch
    watch.wall = time.perf_counter() - wall
    watch.processor = time.process_time() - processor


def middle(watches: Sequence[Stopwatch]) -> Stopwatch:
    """Return the median of each of the two times."""
    return Stopwatch(
        median(watch.wall for watch in watches), median(watch.processor for watch in watches)
    )


def percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile of at least two values."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


async def until(
    condition: Callable[[], object], what: str, *, seconds: float = 120.0, every: float = 0.002
) -> None:
    """Wait until something is true.

    Raises:
        RuntimeError: It did not become true; the text says what.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"This did not happen within {seconds:.0f} s: {what}")
        await asyncio.sleep(every)


async def in_turns(
    rounds: int, *sides: Callable[[], Awaitable[Stopwatch]]
) -> list[list[Stopwatch]]:
    """Measure the sides alternately, so that what happens on the machine hits all of them alike.

    A first turn of each warms up and does not count.
    """
    found: list[list[Stopwatch]] = [[] for _ in sides]
    for turn in range(rounds + 1):
        for side, watches in zip(sides, found, strict=True):
            # What one side left behind must not cost the other.
            gc.collect()
            watch = await side()
            if turn:
                watches.append(watch)
    return found


@dataclass(slots=True)
class Blockage:
    """The longest time for which a timer had to wait for the event loop, seconds.

    Attributes:
        wall: On the clock; other programs on the machine make it longer.
        processor: What the event loop worked meanwhile.
    """

    wall: float = 0.0
    processor: float = 0.0

    async def watch(self) -> None:
        """Be such a timer, again and again."""
        while True:
            wall, processor = time.perf_counter(), time.thread_time()
            await asyncio.sleep(_TICK)
            self.wall = max(self.wall, time.perf_counter() - wall - _TICK)
            self.processor = max(self.processor, time.thread_time() - processor)


@asynccontextmanager
async def blockage() -> AsyncIterator[Blockage]:
    """Watch how long the event loop is blocked while the block runs."""
    watch = Blockage()
    task = asyncio.create_task(watch.watch())
    try:
        # Let it set its first timer.
        await asyncio.sleep(0)
        yield watch
    finally:
        # A blockage that has just ended counts too.
        await asyncio.sleep(2 * _TICK)
        task.cancel()
