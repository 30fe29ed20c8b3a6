"""The actions, one module for each chapter; each module registers its own."""

from homeassistant.core import HomeAssistant, callback

from .boards import async_register_board_actions
from .events import async_register_event_actions


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register all actions, once for all accounts."""
    async_register_board_actions(hass)
    async_register_event_actions(hass)
