"""The demo's dashboard: the one for Particle, as a user chooses it for a new dashboard."""

from typing import Final

from .client import HomeAssistantClient
from .cloud import SimulatedCloud
from .registry import Registry

PATH: Final = "particle-devices"

# Where the devices stand, so that the dashboard has something to group them by.
_AREAS: Final = {"Garden": ("greenhouse",), "House": ("garage",), "On the way": ("boat", "van-1")}


async def create_dashboard(
    client: HomeAssistantClient, cloud: SimulatedCloud, registry: Registry
) -> str:
    """Create the dashboard as the frontend does, and return its address."""
    for name, boards in _AREAS.items():
        area = await client.command("config/area_registry/create", name=name)
        for board in boards:
            await client.command(
                "config/device_registry/update",
                device_id=registry.device(cloud.boards[board]),
                area_id=area["area_id"],
            )
    await client.command(
        "lovelace/dashboards/create",
        url_path=PATH,
        title="Particle",
        icon="mdi:developer-board",
        mode="storage",
        show_in_sidebar=True,
        require_admin=False,
    )
    await client.command(
        "lovelace/config/save", url_path=PATH, config={"strategy": {"type": "custom:particle"}}
    )
    return f"{client.url}/{PATH}"
