"""The integration's part of Home Assistant's system health page."""

from typing import Any

from homeassistant.components.system_health import (
    SystemHealthRegistration,
    async_check_can_reach_url,
)
from homeassistant.core import HomeAssistant, callback

from .const import CONF_SERVER_URL, DEFAULT_SERVER_URL, DOMAIN
from .coordinator import ParticleConfigEntry


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what the page shows."""
    register.async_register_info(_info, "/config/integrations/integration/particle")


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    """Return whether the cloud can be reached, and how streams, boards and budget are doing."""
    entries: list[ParticleConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    server = (
        entries[0].data.get(CONF_SERVER_URL, DEFAULT_SERVER_URL) if entries else DEFAULT_SERVER_URL
    )
    streams = [stream for entry in entries for stream in entry.runtime_data.streams]
    devices = [board for entry in entries for board in entry.runtime_data.devices.values()]
    return {
        # Any answer shows that the server is there; this path needs no credentials.
        "can_reach_server": async_check_can_reach_url(hass, f"{server}/v1/build_targets"),
        "streams_connected": f"{sum(stream.state.connected for stream in streams)}/{len(streams)}",
        "boards_online": f"{sum(board.online for board in devices)}/{len(devices)}",
        "data_operations_used": sum(entry.runtime_data.operations.used for entry in entries),
    }
