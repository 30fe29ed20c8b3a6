"""The actions, one module for each chapter; each module registers its own."""

from homeassistant.core import HomeAssistant, callback

from .access_tokens import async_register_access_token_actions
from .customers import async_register_customer_actions
from .device_calls import async_register_device_call_actions
from .device_settings import async_register_device_settings_actions
from .devices import async_register_device_actions
from .events import async_register_event_actions
from .firmware import async_register_firmware_actions
from .libraries import async_register_library_actions
from .oauth_clients import async_register_oauth_client_actions
from .product_firmware import async_register_product_firmware_actions
from .products import async_register_product_actions
from .request import async_register_request_action
from .vitals import async_register_vitals_actions
from .webhooks import async_register_webhook_actions


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register all actions, once for all accounts."""
    async_register_device_call_actions(hass)
    async_register_event_actions(hass)
    async_register_device_actions(hass)
    async_register_device_settings_actions(hass)
    async_register_vitals_actions(hass)
    async_register_product_actions(hass)
    async_register_customer_actions(hass)
    async_register_oauth_client_actions(hass)
    async_register_library_actions(hass)
    async_register_access_token_actions(hass)
    async_register_request_action(hass)
    async_register_firmware_actions(hass)
    async_register_product_firmware_actions(hass)
    async_register_webhook_actions(hass)
