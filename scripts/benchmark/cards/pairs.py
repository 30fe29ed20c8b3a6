"""The cards that are compared: each of ours, and one of Home Assistant's that shows the same entities."""

from dataclasses import dataclass
from typing import Final

from tests.browser.house import Card, House

DEVICE: Final = "greenhouse"
CONNECTION: Final = "binary_sensor.greenhouse_connection"
VARIABLE: Final = "sensor.greenhouse_temperature"
PUBLISHED: Final = "event.greenhouse_published_event"

# Published before the cards are looked at, so that logs show something.
GREETING: Final = "bench/hello"

# One of the events that all measurements publish is in sight.
_ANY_EVENT: Final = "bench/"

# The height of both logs, in rows of the view.
_LOG_ROWS: Final = {"grid_options": {"columns": 12, "rows": 8}}


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card on a dashboard.

    Attributes:
        name: Name in labels.
        config: Its configuration.
        element: The element that shows its content.
        pattern: Matches the text of the element when the card shows what it is about.
    """

    name: str
    config: Card
    element: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A card of ours and the one beside it."""

    ours: ShownCard
    theirs: ShownCard


TILE: Final = ShownCard(
    "tile", {"type": "tile", "entity": CONNECTION}, "hui-tile-card", r"greenhouse .*\w"
)
FLEET: Final = ShownCard(
    "fleet", {"type": "custom:particle-fleet-card"}, "particle-fleet-card-content", r"van-4"
)
EVENTS: Final = ShownCard(
    "events",
    {"type": "custom:particle-events-card", **_LOG_ROWS},
    "particle-events-card-content",
    _ANY_EVENT,
)


def logbook(*entities: str) -> ShownCard:
    """Return Home Assistant's log of some entities."""
    config = {"type": "logbook", "target": {"entity_id": list(entities)}, **_LOG_ROWS}
    return ShownCard("logbook", config, "hui-logbook-card", _ANY_EVENT)


def variable() -> ShownCard:
    """Return the card of a variable."""
    config = {"type": "custom:particle-variable-card", "entity": VARIABLE}
    return ShownCard("variable", config, "particle-variable-card-content", r"\d+\.\d")


async def device(house: House) -> ShownCard:
    """Return the card of a device."""
    config = {"type": "custom:particle-device-card", "device_id": await house.device_id(DEVICE)}
    return ShownCard("device", config, "particle-device-card-content", r"temperature \d")


async def pairs(house: House) -> list[Pair]:
    """Return all cards."""
    graph = {"type": "history-graph", "entities": [VARIABLE]}
    connections = ["binary_sensor.van_4_connection", CONNECTION]
    return [
        Pair(await device(house), TILE),
        Pair(
            variable(),
            ShownCard("history graph", graph, "hui-history-graph-card", r"greenhouse"),
        ),
        Pair(
            FLEET,
            ShownCard(
                "entities",
                {"type": "entities", "entities": connections},
                "hui-entities-card",
                r"van-4",
            ),
        ),
        Pair(EVENTS, logbook(PUBLISHED)),
    ]
