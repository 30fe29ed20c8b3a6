"""Backups of Home Assistant: event logs are not written while their files are copied."""

from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .coordinator import ParticleConfigEntry


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Pause the event logs; events wait in memory."""
    entries: list[ParticleConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        await entry.runtime_data.event_log.async_pause()


async def async_post_backup(hass: HomeAssistant) -> None:
    """Go on writing the event logs."""
    entries: list[ParticleConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        entry.runtime_data.event_log.async_resume()
