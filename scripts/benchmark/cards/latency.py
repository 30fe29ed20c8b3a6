"""How long an update takes from the WebSocket to the screen."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from ..measuring import percentile
from ..report import Figure
from .pairs import DEVICE, EVENTS, PUBLISHED, TILE, VARIABLE, ShownCard, device, logbook, variable
from .stage import Stage, configs

# Which message on the socket brings what an element shows.
_PATCH: Final = "patch"
_STATES: Final = "states"
_EVENTS: Final = "events"
_LOGBOOK: Final = "logbook"

_BAR: Final = 100

# More than a log shows at once; an entity remembers no more than 50 names of events.
_MARKERS: Final = 45

type Change = Callable[[str], Awaitable[None]]


async def measure(stage: Stage, rounds: int) -> list[Figure]:
    """Return p50 and p95 of each card of ours, and of the one beside it on the same page."""
    tile = ShownCard(TILE.name, {"type": "tile", "entity": VARIABLE}, TILE.element, r"\d+\.\d")
    details, large, log = await device(stage.house), variable(), logbook(PUBLISHED)

    async def read(marker: str) -> None:
        await stage.set_variable(float(marker))

    async def publish(marker: str) -> None:
        # The logbook shows names of events, and not what they carry.
        await stage.house.cloud.publish(DEVICE, f"bench/{marker}", "{}")

    figures = []
    for one in (details, large):
        times = await _times(stage, rounds, [(one, _PATCH), (tile, _STATES)], read)
        figures += _figures(
            f"a variable, {one.name} card",
            times[one.element],
            times[tile.element],
            "the tile of the variable",
        )
    times = await _times(stage, rounds, [(EVENTS, _EVENTS), (log, _LOGBOOK)], publish)
    figures += _figures(
        "an event, events card", times[EVENTS.element], times[log.element], "the logbook card"
    )
    return figures


def _figures(label: str, ours: list[float], theirs: list[float], against: str) -> list[Figure]:
    return [
        Figure(
            f"{label}: from the socket to the screen, p{percent}{f' (at most {_BAR})' if percent > 50 else ''}",
            percentile(ours, percent),
            "ms",
            percentile(theirs, percent),
            f"{against}, on the same page",
        )
        for percent in (50, 95)
    ]


async def _times(
    stage: Stage, rounds: int, cards: Sequence[tuple[ShownCard, str]], change: Change
) -> dict[str, list[float]]:
    """Change something again and again, and return the milliseconds until each element shows it.

    Args:
        stage: The house.
        rounds: Changes that count; some more warm up.
        cards: Each card, and which message brings its changes.
        change: Makes a change that can be recognized by a text.
    """
    kinds = {card.element: kind for card, kind in cards}
    found: dict[str, list[float]] = {element: [] for element in kinds}
    await stage.show(*configs([card for card, _ in cards]))
    async with stage.tab() as tab:
        await tab.open()
        for card, _ in cards:
            await tab.shown(card)
        for number in range(rounds + 3):
            # No clock and no counter shows such a number.
            marker = f"{700 + number % _MARKERS}.5"
            expected = asyncio.create_task(
                tab.run(
                    "([marker, kinds]) => particleBench.latency(marker, kinds)", [marker, kinds]
                )
            )
            # Let the page wait for it before it comes.
            await tab.run("() => 0")
            await change(marker)
            times = await expected
            if number >= 3:
                for element, milliseconds in times.items():
                    found[element].append(float(milliseconds))
    return found
