"""All figures of the dashboard cards."""

import os

from tests.browser.requirements import missing

from ..report import Figure, Report
from . import accessibility, cold_loads, first_paint, latency, live, sizes
from .console import Console
from .stage import stage

_TITLE = "dashboard cards in a real browser, beside Home Assistant's own"


async def measure(quick: bool) -> Report:
    """Run the benchmark."""
    if reason := missing():
        return Report(f"{_TITLE}: not measured", [], [reason])
    rounds = 3 if quick else 9
    console = Console()
    notes = []
    async with stage(console, 30) as house:
        figures = await sizes.measure(house)
        figures += await first_paint.measure(house, rounds, 300)
        smoothness, note = await live.measure(house, 10 if quick else 60)
        figures += smoothness
        figures += await latency.measure(house, 20 if quick else 100)
        loads, errors = await cold_loads.measure(house, 10 if quick else 100)
        figures += loads
        accessible, violations = await accessibility.measure(house)
        figures += accessible
        notes += [note, *errors, *violations]
    async with stage(console, 500) as house:
        figures += await first_paint.measure(house, rounds, 1_000)
    figures.append(
        Figure(
            "console messages of the cards, whole run (at most 0)",
            len(console.ours),
            "",
            len(console.others),
            "those of Home Assistant's frontend and of the browser",
        )
    )
    return Report(
        _TITLE,
        figures,
        [
            f"first paint: medians of {rounds} alternating rounds, each with an empty cache",
            "Home Assistant paints all tiles of a view in the same frame",
            "latency: from the message in the page to the end of the frame that shows it",
            *notes,
            *dict.fromkeys(console.ours),
            f"load of the machine at the end: {os.getloadavg()[0]:.1f}",
        ],
    )
