"""Violations that axe-core finds, light and dark, left to right and right to left."""

import asyncio
from collections import Counter
from typing import Final

from tests.browser.axe import Axe

from ..report import Figure
from .pairs import ShownCard, pairs
from .stage import Stage, Tab, configs

_LANGUAGES: Final = ("en", "he")
_SETTLE: Final = 0.5


async def measure(stage: Stage) -> tuple[list[Figure], list[str]]:
    """Return how many violations each card has, and which."""
    all_pairs = await pairs(stage.house)
    counts: Counter[str] = Counter()
    found: list[str] = []
    for side in ([pair.ours for pair in all_pairs], [pair.theirs for pair in all_pairs]):
        for language in _LANGUAGES:
            for dark in (False, True):
                await stage.show(*configs(side))
                async with stage.tab(dark=dark, language=language) as tab:
                    await tab.open()
                    for card, violation in await _violations(tab, side):
                        counts[card] += 1
                        found.append(
                            f"{card}, {language}, {'dark' if dark else 'light'}: {violation}"
                        )
    figures = [
        Figure(
            f"{pair.ours.name} card: axe-core violations, 2 themes × 2 directions (at most 0)",
            counts[pair.ours.name],
            "",
            counts[pair.theirs.name],
            f"the {pair.theirs.name} card",
        )
        for pair in all_pairs
    ]
    return figures, found


async def _violations(tab: Tab, cards: list[ShownCard]) -> list[tuple[str, str]]:
    axe = None
    found = []
    for card in cards:
        await tab.reveal(card)
        await tab.shown(card)
        # What fades in has too little contrast until it is there.
        await asyncio.sleep(_SETTLE)
        axe = axe or await Axe.load(tab.visit)
        result = await axe.examine(card.element)
        found += [(card.name, violation) for violation in result.violations]
    return found
