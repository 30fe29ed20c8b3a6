"""An integration of the test's Home Assistant: what otherwise takes minutes happens at once."""

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers.typing import ConfigType

from custom_components.particle import coordinator
from custom_components.particle.account import closed_scopes
from custom_components.particle.const import DOMAIN as PARTICLE

DOMAIN = "particle_hurry"


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Let the first failure of the cloud count, and offer to list devices now."""
    for module in (coordinator, closed_scopes):
        setattr(module, "GRACE", 0)  # noqa: B010

    async def list_devices(call: ServiceCall) -> None:
        for entry in hass.config_entries.async_loaded_entries(PARTICLE):
            await entry.runtime_data.account.async_refresh()

    hass.services.async_register(DOMAIN, "list_devices", list_devices)
    return True
