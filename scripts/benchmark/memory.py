"""How much memory a board takes."""

import gc
import tracemalloc

from .cloud import cloud_process
from .home import add_account, add_bare, home_assistant, shape_of
from .report import Figure, Report

_VARIABLES = 4


async def measure(quick: bool) -> Report:
    """Measure."""
    boards = 100 if quick else 1000
    async with cloud_process() as cloud:
        # Once before, so that modules and caches do not count.
        await cloud.boards(boards, _VARIABLES)
        async with home_assistant() as hass:
            entry = await add_account(hass, cloud.address)
            shape = shape_of(hass, entry)
            await add_bare(hass, 1, shape)
        tracemalloc.start()
        try:
            async with home_assistant() as hass:
                before = held()
                await add_account(hass, cloud.address)
                particle = (held() - before) / boards / 1024
            async with home_assistant() as hass:
                before = held()
                await add_bare(hass, boards, shape)
                alone = (held() - before) / boards / 1024
        finally:
            tracemalloc.stop()
    return Report(
        f"memory at {boards:,} boards with {_VARIABLES} variables each",
        [
            Figure(
                "for each board",
                particle,
                "KiB",
                alone,
                "as many entities without anything behind them",
            ),
            Figure("for all boards", particle * boards / 1024, "MiB", alone * boards / 1024),
        ],
        [
            "what Python's allocator holds after a collection (tracemalloc)",
            f"for each board {_counts(shape.enabled)}; disabled by default {_counts(shape.disabled)}",
        ],
    )


def held() -> int:
    """Return the bytes that are in use."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {platform}" for platform, count in sorted(counts.items())) or "none"
