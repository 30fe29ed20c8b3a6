"""System health of the Particle integration."""

import asyncio
from typing import Any

from homeassistant.components.system_health import (
    SystemHealthRegistration,
    async_check_can_reach_url,
)
from homeassistant.core import HomeAssistant, callback
from yarl import URL

from .const import CONF_SERVER_URL, DEFAULT_SERVER_URL, DOMAIN
from .coordinator import ParticleConfigEntry


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register system health callbacks."""
    register.async_register_info(_info, "/config/integrations/integration/particle")


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    """Return whether the servers can be reached, and counts of streams, devices and data operations."""
    loaded: list[ParticleConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    streams = [stream for entry in loaded for stream in entry.runtime_data.streams]
    devices = [device for entry in loaded for device in entry.runtime_data.devices.values()]
    return {
        "can_reach_server": _check_servers(hass),
        "streams_connected": f"{sum(stream.state.connected for stream in streams)}/{len(streams)}",
        "devices_online": f"{sum(device.online for device in devices)}/{len(devices)}",
        "data_operations_used": sum(entry.runtime_data.operations.used for entry in loaded),
    }


async def _check_servers(hass: HomeAssistant) -> str | dict[str, str]:
    """Check the servers of all entries, loaded or not; report the first that cannot be reached."""
    entries = hass.config_entries.async_entries(DOMAIN, include_disabled=False)
    servers = sorted({entry.data.get(CONF_SERVER_URL, DEFAULT_SERVER_URL) for entry in entries})
    servers = servers or [DEFAULT_SERVER_URL]
    # This path needs no credentials, and any answer shows that the server can be reached.
    results = await asyncio.gather(
        *(async_check_can_reach_url(hass, f"{server}/v1/build_targets") for server in servers)
    )
    for server, result in zip(servers, results, strict=True):
        if isinstance(result, dict):
            host = URL(server).host_port_subcomponent
            return (
                result if len(servers) == 1 else {**result, "error": f"{result['error']}: {host}"}
            )
    return "ok"
