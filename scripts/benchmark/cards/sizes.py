"""How much a browser loads for the cards."""

from typing import Final

from custom_components.particle.dashboard.files import DIST, URL_BASE

from ..report import Figure
from .pairs import Pair, ShownCard, pairs
from .stage import Stage

_FRONTEND: Final = "/frontend_latest/"
_PLAIN: Final = {"type": "heading", "heading": "Nothing"}

type Loaded = list[tuple[str, int]]


async def measure(stage: Stage) -> list[Figure]:
    """Return the size of all files, and of what each card needs for its first paint."""
    all_pairs = await pairs(stage.house)
    files = sorted(DIST.glob("*.js.gz"))
    plain = await _frontend_of_plain_view(stage)
    figures = [
        Figure(
            f"all {len(files)} built files, gzipped (at most 45)",
            sum(file.stat().st_size for file in files) / 1e3,
            "kB",
        )
    ]
    return figures + [await _compare(stage, pair, plain) for pair in all_pairs]


async def _compare(stage: Stage, pair: Pair, plain: int) -> Figure:
    theirs = size_below(await _load(stage, pair.theirs), _FRONTEND) - plain
    return Figure(
        f"{pair.ours.name} card, loaded for its first paint (at most 20)",
        size_below(await _load(stage, pair.ours), URL_BASE) / 1e3,
        "kB",
        theirs / 1e3,
        f"what the {pair.theirs.name} card loads on top of an empty view",
    )


async def _load(stage: Stage, card: ShownCard) -> Loaded:
    """Return what was loaded until a card is painted."""
    await stage.show(card.config)
    async with stage.tab() as tab:
        await tab.open()
        return loaded(
            await tab.run("(until) => particleBench.loaded(until)", await tab.shown(card))
        )


async def _frontend_of_plain_view(stage: Stage) -> int:
    plain = ShownCard("heading", _PLAIN, "hui-heading-card", "Nothing")
    return size_below(await _load(stage, plain), _FRONTEND)


def loaded(entries: list[list[str | int]]) -> Loaded:
    """Return path and size of what the browser has loaded."""
    return [(str(path), int(size)) for path, size in entries]


def size_below(files: Loaded, folder: str) -> int:
    """Return the bytes of the JavaScript files below a path."""
    return sum(size for path, size in files if path.startswith(folder) and path.endswith(".js"))
