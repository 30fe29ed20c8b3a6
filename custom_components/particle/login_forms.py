"""The forms in which people enter their credentials."""

from typing import Any, Final

from homeassistant.const import CONF_PASSWORD
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
import voluptuous as vol

from .const import (
    CONF_ACCESS_TOKEN,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_SERVER_URL,
    CONF_USERNAME,
    DEFAULT_SERVER_URL,
    Login,
)

CONF_OTP: Final = "otp"
SECTION_SERVER: Final = "server"

# Texts must not hold addresses: they come as placeholders.
PLACEHOLDERS: Final = {
    "console_url": "https://console.particle.io",
    "token_help_url": "https://docs.particle.io/reference/cloud-apis/access-tokens/",
    "default_server": DEFAULT_SERVER_URL,
}

_SECRET = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)
_TEXT = TextSelector(TextSelectorConfig(autocomplete="off"))

FIELDS: Final[dict[Login, dict[vol.Marker, Any]]] = {
    Login.CLIENT_CREDENTIALS: {
        vol.Required(CONF_CLIENT_ID): _TEXT,
        vol.Required(CONF_CLIENT_SECRET): _SECRET,
    },
    Login.ACCESS_TOKEN: {vol.Required(CONF_ACCESS_TOKEN): _SECRET},
    Login.PASSWORD: {
        vol.Required(CONF_USERNAME): TextSelector(
            TextSelectorConfig(type=TextSelectorType.EMAIL, autocomplete="username")
        ),
        vol.Required(CONF_PASSWORD): _SECRET,
    },
}

SERVER_FIELDS: Final = {
    vol.Required(SECTION_SERVER): section(
        vol.Schema(
            {
                vol.Required(CONF_SERVER_URL, default=DEFAULT_SERVER_URL): TextSelector(
                    TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url")
                )
            }
        ),
        {"collapsed": True},
    )
}

OTP_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_OTP): TextSelector(TextSelectorConfig(autocomplete="one-time-code"))}
)
