"""The forms in which people enter their credentials."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeassistant.const import CONF_PASSWORD
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
import voluptuous as vol

from .api import Product
from .const import (
    CONF_ACCESS_TOKEN,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_SERVER_URL,
    CONF_USERNAME,
    DEFAULT_SERVER_URL,
    Login,
)
from .options_flow import product_selector

CONF_OTP: Final = "otp"
CONF_PRODUCT: Final = "product"
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

_SERVER_URL: Final[dict[vol.Marker, Any]] = {
    vol.Required(CONF_SERVER_URL, default=DEFAULT_SERVER_URL): TextSelector(
        TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url")
    )
}

# A login with a password goes through an OAuth client; own servers have others than Particle.
_OAUTH_CLIENT: Final[dict[vol.Marker, Any]] = {
    vol.Optional(CONF_CLIENT_ID): _TEXT,
    vol.Optional(CONF_CLIENT_SECRET): _SECRET,
}

SECRETS: Final = {CONF_ACCESS_TOKEN, CONF_CLIENT_SECRET, CONF_PASSWORD}


def server_fields(login: Login) -> dict[vol.Marker, Any]:
    """Return the section for people who run their own server."""
    fields = _SERVER_URL | (_OAUTH_CLIENT if login is Login.PASSWORD else {})
    return {vol.Required(SECTION_SERVER): section(vol.Schema(fields), {"collapsed": True})}


def without_secrets(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form may show again of what was entered: passwords and secrets not."""
    return {
        key: without_secrets(value) if isinstance(value, Mapping) else value
        for key, value in user_input.items()
        if key not in SECRETS
    }


OTP_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_OTP): TextSelector(TextSelectorConfig(autocomplete="one-time-code"))}
)


def product_schema(products: Iterable[Product]) -> vol.Schema:
    """Return the form that asks for a product; where there is nothing to pick, it is typed."""
    known = tuple(products)
    field = product_selector(known, multiple=False, custom_value=True) if known else TextSelector()
    return vol.Schema({vol.Required(CONF_PRODUCT): field})
