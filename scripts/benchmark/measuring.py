"""Time measurement for all benchmarks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
import gc
from statistics import median, quantiles
import time

# Interval at which the delay of the event loop is measured.
_TICK = 0.001


@dataclass(slots=True)
class Stopwatch:
    """A measured duration.

    Attributes:
        wall: Wall-clock time in seconds.
        processor: Processor time of this process in seconds, unaffected by other processes.
    """

    wall: float = 0.0
    processor: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Measure the duration of the block."""
    watch = Stopwatch()
    wall, processor = time.perf_counter(), time.process_time()
    yield watch
    watch.wall = time.perf_counter() - wall
    watch.processor = time.process_time() - processor


def middle(watches: Sequence[Stopwatch]) -> Stopwatch:
    """Return the medians of both times."""
    return Stopwatch(
        median(watch.wall for watch in watches), median(watch.processor for watch in watches)
    )


def percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile of at least two values."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


async def until(
    condition: Callable[[], object], what: str, *, seconds: float = 120.0, every: float = 0.002
) -> None:
    """Wait until a condition is true.

    Raises:
        RuntimeError: It did not become true in time; the message contains `what`.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"This did not happen within {seconds:.0f} s: {what}")
        await asyncio.sleep(every)


async def in_turns(
    rounds: int, *sides: Callable[[], Awaitable[Stopwatch]]
) -> list[list[Stopwatch]]:
    """Measure the sides alternately, so that other load on the machine affects all of them equally.

    The first round is a warm-up and does not count.
    """
    found: list[list[Stopwatch]] = [[] for _ in sides]
    for turn in range(rounds + 1):
        for side, watches in zip(sides, found, strict=True):
            # Garbage of one side must not cost the other.
            gc.collect()
            watch = await side()
            if turn:
                watches.append(watch)
    return found


@dataclass(slots=True)
class Blockage:
    """The longest delay of a timer by the event loop, in seconds.

    Attributes:
        wall: Wall-clock time, which other processes on the machine increase.
        processor: Processor time of the event loop meanwhile.
    """

    wall: float = 0.0
    processor: float = 0.0

    async def watch(self) -> None:
        """Measure the delay of timers, repeatedly."""
        while True:
            wall, processor = time.perf_counter(), time.thread_time()
            await asyncio.sleep(_TICK)
            self.wall = max(self.wall, time.perf_counter() - wall - _TICK)
            self.processor = max(self.processor, time.thread_time() - processor)


@asynccontextmanager
async def blockage() -> AsyncIterator[Blockage]:
    """Measure how long the event loop is blocked during the block."""
    watch = Blockage()
    task = asyncio.create_task(watch.watch())
    try:
        # Let the task set its first timer.
        await asyncio.sleep(0)
        yield watch
    finally:
        # Include a blockage that has just ended.
        await asyncio.sleep(2 * _TICK)
        task.cancel()
