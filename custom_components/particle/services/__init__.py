"""The actions of the integration; each module declares a group of them in `ACTIONS`."""

from typing import Final

from homeassistant.core import HomeAssistant, callback

from . import (
    access_tokens,
    customers,
    device_calls,
    device_settings,
    devices,
    events,
    firmware,
    libraries,
    oauth_clients,
    product_firmware,
    products,
    request,
    vitals,
    webhooks,
)
from .action import Action

ACTIONS: Final[tuple[Action, ...]] = (
    *device_calls.ACTIONS,
    *events.ACTIONS,
    *devices.ACTIONS,
    *device_settings.ACTIONS,
    *vitals.ACTIONS,
    *products.ACTIONS,
    *customers.ACTIONS,
    *oauth_clients.ACTIONS,
    *libraries.ACTIONS,
    *access_tokens.ACTIONS,
    *request.ACTIONS,
    *firmware.ACTIONS,
    *product_firmware.ACTIONS,
    *webhooks.ACTIONS,
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register all actions, once for all accounts."""
    for action in ACTIONS:
        action.async_register(hass)
