"""The demo's dashboard: Home Assistant's own cards with the entities of the devices."""

from typing import Any, Final

from .automation import AUTOMATION_ID
from .client import HomeAssistantClient
from .cloud import SimulatedCloud
from .registry import Registry

PATH: Final = "particle-devices"

# The demo runs for minutes, so the default of a day would show nothing.
_HOURS_OF_GRAPHS: Final = 0.25

type Card = dict[str, Any]


async def create_dashboard(
    client: HomeAssistantClient, cloud: SimulatedCloud, registry: Registry
) -> str:
    """Create the dashboard as its editor does, and return its address."""
    await client.command(
        "lovelace/dashboards/create",
        url_path=PATH,
        title="Particle devices",
        icon="mdi:home-automation",
        mode="storage",
        show_in_sidebar=True,
        require_admin=False,
    )
    view = _View(cloud, registry).build()
    await client.command("lovelace/config/save", url_path=PATH, config={"views": [view]})
    return f"{client.url}/{PATH}"


class _View:
    """Builds the view of the dashboard."""

    def __init__(self, cloud: SimulatedCloud, registry: Registry) -> None:
        """Initialize the view."""
        self._cloud = cloud
        self._registry = registry

    def build(self) -> dict[str, Any]:
        """Return the view, with a section for each device."""
        return {
            "title": "Devices",
            "path": "devices",
            "type": "sections",
            "max_columns": 3,
            "sections": [self._greenhouse(), self._garage(), self._on_the_way(), self._events()],
        }

    def _greenhouse(self) -> Card:
        board = "greenhouse"
        return _section(
            self._heading(board, "Greenhouse", "mdi:greenhouse"),
            self._tile(board, "temperature", "Temperature", "mdi:thermometer", "red", graph=True),
            self._tile(board, "humidity", "Humidity", "mdi:water-percent", "blue", graph=True),
            self._tile(board, "soil", "Soil moisture", "mdi:sprout", "green"),
            self._tile(board, "target", "Target", "mdi:thermometer-check", "amber"),
            self._tile(board, "pump", "Pump", "mdi:water-pump", "light-blue"),
            self._call(board, "pump", "toggle", "Switch the pump", "mdi:water-sync"),
        )

    def _garage(self) -> Card:
        board = "garage"
        automation = self._registry.entity(AUTOMATION_ID, "automation")
        return _section(
            self._heading(board, "Garage", "mdi:garage-variant"),
            self._tile(board, "door", "Door", "mdi:garage-variant", "deep-purple"),
            self._tile(board, "position", "Position", "mdi:arrow-up-down", "purple"),
            self._tile(board, "motor", "Motor", "mdi:engine", "orange"),
            self._tile(board, "light", "Light", "mdi:lightbulb", "amber"),
            self._call(board, "door", "open", "Open", "mdi:arrow-up-bold"),
            self._call(board, "door", "close", "Close", "mdi:arrow-down-bold"),
            {
                "type": "tile",
                "entity": automation,
                "name": "Light while the greenhouse pump runs",
                "icon": "mdi:robot",
                "color": "teal",
                "state_content": "last_triggered",
                "grid_options": {"columns": 12},
            },
        )

    def _on_the_way(self) -> Card:
        return _section(
            self._heading("boat", "Boat", "mdi:sail-boat"),
            self._tile("boat", "battery", "Battery", "mdi:battery-high", "green"),
            self._tile("boat", "water", "Bilge water", "mdi:waves", "blue"),
            self._heading("van-1", "Delivery van", "mdi:van-utility"),
            self._tile("van-1", "speed", "Speed", "mdi:speedometer", "indigo", graph=True),
            self._tile("van-1", "temperature", "Cargo", "mdi:thermometer", "cyan", graph=True),
        )

    def _events(self) -> Card:
        boards = ("greenhouse", "garage", "boat", "van-1")
        events = [
            self._registry.entity(f"{self._cloud.boards[board]}_published") for board in boards
        ]
        return _section(
            {
                "type": "heading",
                "heading": "What the devices publish",
                "icon": "mdi:broadcast",
                "badges": [
                    {"type": "entity", "entity": self._registry.account_entity("operations_used")},
                    {"type": "entity", "entity": self._registry.account_entity("stream_account")},
                ],
            },
            {
                "type": "logbook",
                "target": {"entity_id": events},
                "hours_to_show": 1,
                "grid_options": {"columns": "full", "rows": 5},
            },
        )

    def _heading(self, board: str, title: str, icon: str) -> Card:
        online = self._registry.entity(f"{self._cloud.boards[board]}_online")
        return {
            "type": "heading",
            "heading": title,
            "icon": icon,
            "badges": [{"type": "entity", "entity": online, "show_state": True}],
        }

    def _tile(
        self, board: str, variable: str, name: str, icon: str, color: str, *, graph: bool = False
    ) -> Card:
        entity = self._registry.entity(f"{self._cloud.boards[board]}_variable_{variable}")
        card = {"type": "tile", "entity": entity, "name": name, "icon": icon, "color": color}
        graphs = [{"type": "trend-graph", "hours_to_show": _HOURS_OF_GRAPHS}]
        return {**card, "features": graphs} if graph else card

    def _call(self, board: str, function: str, argument: str, label: str, icon: str) -> Card:
        """Return a button that calls a function."""
        return {
            "type": "shortcut",
            "label": label,
            "description": f"{function}({argument})",
            "icon": icon,
            "tap_action": {
                "action": "perform-action",
                "perform_action": "particle.call_function",
                "target": {"device_id": self._registry.device(self._cloud.boards[board])},
                "data": {"function": function, "argument": argument},
            },
        }


def _section(*cards: Card) -> Card:
    return {"type": "grid", "cards": list(cards)}
