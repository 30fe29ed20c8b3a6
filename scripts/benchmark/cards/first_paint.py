"""How long the fleet takes to appear after Home Assistant's own cards of the same view."""

from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from ..report import Figure
from .pairs import FLEET, TILE, ShownCard
from .stage import Stage, configs

_SLOWER: Final = 4

# The fleet card shows so many devices at first.
_ROWS: Final = 6

_FIRST_TILE: Final = replace(TILE, pattern="[Cc]onnected")


@dataclass(frozen=True, slots=True)
class _Paint:
    """Milliseconds from the first tile of the view.

    Attributes:
        rows: To the first devices.
        complete: Until all devices are taken into account.
        navigation: From the beginning, for comparison.
    """

    rows: float
    complete: float
    navigation: float


async def measure(stage: Stage, rounds: int, bar: int) -> list[Figure]:
    """Measure by turns, so that other load on the machine affects both sides equally.

    Args:
        stage: The house; all its devices are shown.
        rounds: Rounds that count; a first one warms up.
        bar: Milliseconds that the first devices may take.
    """
    devices = sorted(await stage.entities("binary_sensor", "_connection"))
    tiles = [
        replace(_FIRST_TILE, config={"type": "tile", "entity": entity_id}) for entity_id in devices
    ]
    ours, theirs = [], []
    for _ in range(rounds + 1):
        ours.append(await _fleet(stage, len(devices)))
        theirs.append(await _tiles(stage, tiles))
    del ours[0], theirs[0]
    slower = f"a processor {_SLOWER} times slower"
    return [
        Figure(
            f"fleet of {len(devices)}, first rows after the view's first tile (at most {bar})",
            median(paint.rows for paint in ours),
            "ms",
            median(paint.rows for paint in theirs),
            f"the first {_ROWS} tiles of the same devices; {slower}",
        ),
        Figure(
            f"fleet of {len(devices)}, the slowest of {rounds} rounds",
            max(paint.rows for paint in ours),
            "ms",
            max(paint.rows for paint in theirs),
            "the same tiles",
        ),
        Figure(
            f"fleet of {len(devices)}, all devices counted",
            median(paint.complete for paint in ours),
            "ms",
            median(paint.complete for paint in theirs),
            "the last tile of the same devices",
        ),
        Figure(
            f"fleet of {len(devices)}, all devices counted, from the navigation",
            median(paint.navigation for paint in ours),
            "ms",
            median(paint.navigation for paint in theirs),
            "the last tile of the same devices",
        ),
    ]


def rows_of_fleet() -> str:
    """Return a pattern that matches the text of a fleet card that shows its first devices."""
    return rf"((Offline|· heard).*?){{{_ROWS}}}"


async def _fleet(stage: Stage, devices: int) -> _Paint:
    rows = replace(FLEET, pattern=rows_of_fleet())
    # The summary is "28 of 30 online".
    complete = replace(FLEET, pattern=rf"\bof {devices} online")
    return await _paint(stage, [TILE, FLEET], (rows, 0), (complete, 0))


async def _tiles(stage: Stage, tiles: list[ShownCard]) -> _Paint:
    cards = [TILE, *tiles]
    return await _paint(stage, cards, (tiles[_ROWS - 1], _ROWS), (tiles[-1], len(tiles)))


async def _paint(
    stage: Stage,
    cards: list[ShownCard],
    rows: tuple[ShownCard, int],
    complete: tuple[ShownCard, int],
) -> _Paint:
    await stage.show(*configs(cards))
    async with stage.tab() as tab:
        await tab.throttle(_SLOWER)
        await tab.watch((_FIRST_TILE, 0), rows, complete)
        await tab.open()
        first, appeared, completed = await tab.painted()
    return _Paint(appeared - first, completed - first, completed)
