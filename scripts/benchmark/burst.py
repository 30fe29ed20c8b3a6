"""A burst of events: how long the event loop is blocked, lost events, memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import gc
import tracemalloc

from homeassistant.core import HomeAssistant

from .bare import BareConfigEntry
from .cloud import Cloud, cloud_process
from .home import home_assistant
from .measuring import Blockage, blockage
from .memory import held
from .report import Figure, Report
from .throughput import Arrivals, prepare, write_alone

# The maximum time for which the event loop may be blocked, in milliseconds.
_ALLOWED = 50.0


async def measure(quick: bool) -> Report:
    """Run the benchmark."""
    events, bursts = (2000, 2) if quick else (10_000, 3)
    async with cloud_process() as cloud:
        async with _ready(cloud) as (hass, entry, arrivals):
            # Costs of the first time, such as compiling a template, should not count.
            await _burst(cloud, arrivals, range(events))
            blocked: list[Blockage] = []
            alone: list[Blockage] = []
            idle: list[Blockage] = []
            lost = 0
            for start in range(events, events * (bursts + 1), events):
                numbers = range(start, start + events)
                async with blockage() as watch:
                    lost += await _burst(cloud, arrivals, numbers)
                blocked.append(watch)
                gc.collect()
                arrivals.expect(numbers)
                async with blockage() as watch:
                    await write_alone(hass, entry, numbers)
                    await arrivals.complete()
                alone.append(watch)
                gc.collect()
                async with blockage() as watch:
                    await asyncio.sleep(1)
                idle.append(watch)
        tracemalloc.start()
        try:
            async with _ready(cloud) as (_, _, arrivals):
                await _burst(cloud, arrivals, range(1))
                before = held()
                tracemalloc.reset_peak()
                await _burst(cloud, arrivals, range(1, events + 1))
                peak = tracemalloc.get_traced_memory()[1] - before
                first = held() - before
                await _burst(cloud, arrivals, range(events + 1, 2 * events + 1))
                second = held() - before
        finally:
            tracemalloc.stop()
    return Report(
        f"a burst of {events:,} events",
        [
            Figure(
                "longest blocking of the event loop",
                _worst_work(blocked),
                "ms",
                _worst_work(alone),
                "Home Assistant doing the same work in slices of 10 ms",
            ),
            Figure(
                "longest blocking of the event loop",
                _worst_work(blocked),
                "ms",
                _ALLOWED,
                "the limit",
            ),
            Figure(
                "longest blocking, wall-clock time",
                _worst(blocked),
                "ms",
                _worst(alone),
                "Home Assistant doing the same work in slices of 10 ms",
            ),
            Figure("longest blocking when idle", _worst(idle), "ms"),
            Figure("events lost", lost, ""),
            Figure("peak memory", peak / 1024**2, "MiB"),
            Figure("memory after the first burst", first / 1024**2, "MiB"),
            Figure(
                "memory after the second burst",
                second / 1024**2,
                "MiB",
                first / 1024**2,
                "memory after the first burst, which should not grow",
            ),
        ],
        [
            f"the worst of {bursts} bursts from the socket to entities and an automation (queued)",
            "delay of a timer of 1 ms, in processor time and in wall-clock time",
            "memory by tracemalloc, in a separate run",
        ],
    )


def _worst_work(watches: list[Blockage]) -> float:
    """Return the longest blocking in milliseconds of processor time."""
    return max(watch.processor for watch in watches) * 1e3


def _worst(watches: list[Blockage]) -> float:
    """Return the longest blocking in milliseconds of wall-clock time."""
    return max(watch.wall for watch in watches) * 1e3


@asynccontextmanager
async def _ready(cloud: Cloud) -> AsyncIterator[tuple[HomeAssistant, BareConfigEntry, Arrivals]]:
    """Run a Home Assistant with an account that receives events."""
    async with home_assistant() as hass:
        arrivals = Arrivals()
        entry = await prepare(hass, cloud, arrivals)
        yield hass, entry, arrivals


async def _burst(cloud: Cloud, arrivals: Arrivals, numbers: range) -> int:
    """Publish events at once, wait until they are handled, and return how many were lost."""
    arrivals.expect(numbers)
    await cloud.publish(len(numbers), first=numbers.start)
    return await arrivals.lost()
