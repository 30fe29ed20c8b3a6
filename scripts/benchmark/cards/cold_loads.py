"""Whether each card is there, each time a browser comes with an empty cache."""

from statistics import median

from ..report import Figure
from .pairs import pairs
from .stage import Stage, configs


async def measure(stage: Stage, loads: int) -> tuple[list[Figure], list[str]]:
    """Return how many error cards there were, and what they said."""
    all_pairs = await pairs(stage.house)
    ours = [pair.ours for pair in all_pairs]
    errors: list[str] = []
    times = []
    await stage.show(*configs(ours))
    for _ in range(loads):
        async with stage.tab() as tab:
            await tab.open()
            times.append(max([await tab.shown(card) for card in ours]))
            # An element that is not defined in time becomes an error card, and later the card.
            errors += await tab.run("() => particleBench.errors()")
    missing = [error for error in errors if "exist" in error]
    return [
        Figure(f"{loads} cold loads: “Custom element doesn’t exist” (at most 0)", len(missing), ""),
        Figure(
            f"{loads} cold loads: other error cards (at most 0)", len(errors) - len(missing), ""
        ),
        Figure(f"{loads} cold loads: all cards are painted, p50", median(times), "ms"),
    ], errors
