"""How smoothly a log runs while many events come in."""

import asyncio
from dataclasses import dataclass
import json
import time
from typing import Any, Final, Self

from ..report import Figure
from .pairs import EVENTS, ShownCard, logbook
from .stage import Stage, Tab

_RATE: Final = 100
_SENDERS: Final = 10
_WARM_UP: Final = 5.0
_NOTHING: Final = ShownCard(
    "heading", {"type": "heading", "heading": "Nothing"}, "hui-heading-card", "Nothing"
)

# What renders the rows of a log.
_RENDERERS: Final = {
    EVENTS.element: [EVENTS.element],
    "hui-logbook-card": ["ha-logbook-renderer"],
}


@dataclass(frozen=True, slots=True)
class LiveRun:
    """What a page went through.

    Attributes:
        long_tasks: Milliseconds of each task that took longer than 50.
        frames: Frames per second.
        gap: Milliseconds between the two frames that were farthest apart.
        most_renders: How often the log was rendered in one frame, at most.
        renders: Renders per second.
        left_out: Events that the integration did not send, because the page was too slow.
        growth: Bytes that the heap has grown.
        busy: Processor time of the page, in seconds per second.
        rate: Events per second that were published.
    """

    long_tasks: list[float]
    frames: float
    gap: float
    most_renders: int
    renders: float
    left_out: int
    growth: float
    busy: float
    rate: float

    @classmethod
    def of(cls, found: dict[str, Any], growth: float, busy: float, rate: float) -> Self:
        """Return what the probe has found."""
        seconds = float(found["seconds"])
        return cls(
            long_tasks=[float(one) for one in found["longTasks"]],
            frames=found["frames"] / seconds,
            gap=float(found["gap"]),
            most_renders=int(found["mostRenders"]),
            renders=found["renders"] / seconds,
            left_out=int(found["leftOut"]),
            growth=growth,
            busy=busy / seconds,
            rate=rate,
        )


async def measure(stage: Stage, seconds: float) -> tuple[list[Figure], str]:
    """Return the figures of three views, one after the other, and a note on them."""
    senders = stage.boards[:_SENDERS]
    entities = [f"event.{name.replace(' ', '_')}_published_event" for name in senders]
    empty = await _run(stage, _NOTHING, senders, seconds)
    theirs = await _run(
        stage, logbook("event.greenhouse_published_event", *entities), senders, seconds
    )
    ours = await _run(stage, EVENTS, senders, seconds)
    what = f"{_RATE} events/s for {seconds:.0f} s"
    book, nothing = "the logbook card with the same events", "a view without a log"
    rows: list[tuple[str, float, str, float, float | None]] = [
        (
            "tasks longer than 50 ms (at most 0)",
            len(ours.long_tasks),
            "",
            len(theirs.long_tasks),
            len(empty.long_tasks),
        ),
        (
            "longest task over 50 ms",
            max(ours.long_tasks, default=0),
            "ms",
            max(theirs.long_tasks, default=0),
            max(empty.long_tasks, default=0),
        ),
        (
            "processor time of the page",
            1e3 * ours.busy,
            "ms/s",
            1e3 * theirs.busy,
            1e3 * empty.busy,
        ),
        ("frames (at least 55)", ours.frames, "/s", theirs.frames, empty.frames),
        ("longest time between two frames", ours.gap, "ms", theirs.gap, empty.gap),
        (
            "growth of the heap (less than 5)",
            ours.growth / 1e6,
            "MB",
            theirs.growth / 1e6,
            empty.growth / 1e6,
        ),
        ("most renders in a frame (at most 1)", ours.most_renders, "", theirs.most_renders, None),
        ("renders", ours.renders, "/s", theirs.renders, None),
    ]
    figures = []
    for label, value, unit, beside, without in rows:
        figures.append(Figure(f"{what}: {label}", value, unit, beside, book))
        if without is not None:
            figures.append(Figure(f"{what}: {label}", value, unit, without, nothing))
    figures.append(Figure(f"{what}: events left out", ours.left_out, ""))
    return figures, (
        f"events: {ours.rate:.0f}/s, {theirs.rate:.0f}/s and {empty.rate:.0f}/s were published; "
        f"the heap after forced garbage collection, and a warm-up of {_WARM_UP:.0f} s"
    )


async def _run(stage: Stage, card: ShownCard, senders: list[str], seconds: float) -> LiveRun:
    await stage.show(card.config)
    async with stage.tab() as tab:
        await tab.open()
        await tab.shown(card)
        await _publish(stage, senders, _WARM_UP)
        before, began = await tab.heap(), await tab.busy()
        await tab.run("(names) => particleBench.start(names)", _RENDERERS.get(card.element, []))
        rate = await _publish(stage, senders, seconds)
        found = await tab.run("() => particleBench.stop()")
        busy = await tab.busy() - began
        await _settle(tab)
        return LiveRun.of(found, await tab.heap() - before, busy, rate)


async def _settle(tab: Tab) -> None:
    """Wait until what was under way has come in and is drawn."""
    await asyncio.sleep(1)
    await tab.run("() => particleBench.painted(() => true)")


async def _publish(stage: Stage, senders: list[str], seconds: float) -> float:
    """Publish events at a steady rate, and return how many a second there were."""
    began = time.monotonic()
    count = round(_RATE * seconds)
    for number in range(count):
        await asyncio.sleep(max(began + number / _RATE - time.monotonic(), 0))
        payload = {"n": number, "temperature": 20 + number % 50 / 10, "state": "measuring"}
        await stage.house.cloud.publish(
            senders[number % len(senders)], "bench/reading", json.dumps(payload)
        )
    return count / (time.monotonic() - began)
