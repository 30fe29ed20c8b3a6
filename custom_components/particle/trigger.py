"""The triggers of the integration; the modules behind them are in the folder ``triggers``."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.trigger import Trigger

from .triggers.event_received import EventReceivedTrigger

TRIGGERS: dict[str, type[Trigger]] = {
    "event_received": EventReceivedTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by their names."""
    return TRIGGERS
