"""Memory per device."""

import gc
import tracemalloc

from .cloud import cloud_process
from .home import add_account, add_bare, home_assistant, shape_of
from .report import Figure, Report

_VARIABLES = 4


async def measure(quick: bool) -> Report:
    """Run the benchmark."""
    boards = 100 if quick else 1000
    async with cloud_process() as cloud:
        # Run once before, so that modules and caches do not count.
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
        f"memory with {boards:,} devices with {_VARIABLES} variables each",
        [
            Figure(
                "per device",
                particle,
                "KiB",
                alone,
                "the same entities without the integration",
            ),
            Figure("all devices", particle * boards / 1024, "MiB", alone * boards / 1024),
        ],
        [
            "memory of Python's allocator after garbage collection (tracemalloc)",
            f"per device {_counts(shape.enabled)}; disabled by default {_counts(shape.disabled)}",
        ],
    )


def held() -> int:
    """Return the number of bytes in use."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {platform}" for platform, count in sorted(counts.items())) or "none"
