"""Forms for entering credentials."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeassistant.const import CONF_PASSWORD
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
import voluptuous as vol

from ..api import Product, normal_base_url
from ..const import (
    CONF_ACCESS_TOKEN,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_LOGIN,
    CONF_SERVER_URL,
    CONF_USERNAME,
    DEFAULT_SERVER_URL,
    Login,
)
from .options import product_selector

CONF_OTP: Final = "otp"
CONF_PRODUCT: Final = "product"
SECTION_SERVER: Final = "server"

# hassfest does not allow URLs in translations.
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

# A password login needs an OAuth client; self-hosted servers have their own.
_OAUTH_CLIENT: Final[dict[vol.Marker, Any]] = {
    vol.Optional(CONF_CLIENT_ID): _TEXT,
    vol.Optional(CONF_CLIENT_SECRET): _SECRET,
}

SECRETS: Final = {CONF_ACCESS_TOKEN, CONF_CLIENT_SECRET, CONF_PASSWORD}


def login_schema(login: Login, again: Mapping[str, Any] | None) -> vol.Schema:
    """Return the form for credentials, with a section for self-hosted servers.

    Args:
        login: How the user logs in.
        again: Data of the entry to reauthenticate, whose server is kept; None if the server can be
            chosen.
    """
    server = _SERVER_URL if again is None else {}
    if login is Login.PASSWORD and (again is None or again[CONF_SERVER_URL] != DEFAULT_SERVER_URL):
        server = server | _OAUTH_CLIENT
    fields = FIELDS[login]
    if server:
        server_section = section(vol.Schema(server), {"collapsed": True})
        fields = fields | {vol.Required(SECTION_SERVER): server_section}
    return vol.Schema(fields)


def suggested_values(old: Mapping[str, Any]) -> dict[str, Any]:
    """Return the suggested values from the entry whose credentials are replaced, without secrets."""
    client = {CONF_CLIENT_ID: old[CONF_CLIENT_ID]} if CONF_CLIENT_ID in old else {}
    username = {CONF_USERNAME: old[CONF_USERNAME]} if CONF_USERNAME in old else {}
    server = {CONF_SERVER_URL: old.get(CONF_SERVER_URL, DEFAULT_SERVER_URL)}
    if old.get(CONF_LOGIN) == Login.PASSWORD:
        return {**username, SECTION_SERVER: server | client}
    return {**username, **client, SECTION_SERVER: server}


def entered_credentials(
    login: Login, user_input: Mapping[str, Any], old: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the entry data for the entered credentials; a password login adds its token later.

    Args:
        login: How the user logs in.
        user_input: The user's input.
        old: Data of the entry whose credentials are replaced; empty for a new entry.

    Raises:
        InvalidRequestError: The server URL is not valid.
    """
    entered = {**user_input, **user_input.get(SECTION_SERVER, {})}
    server_url = entered.get(CONF_SERVER_URL, old.get(CONF_SERVER_URL, DEFAULT_SERVER_URL))
    data = {CONF_LOGIN: login, CONF_SERVER_URL: normal_base_url(server_url)}
    for key in (CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_ACCESS_TOKEN, CONF_USERNAME):
        if entered.get(key):
            data[key] = entered[key].strip()
    if CONF_CLIENT_SECRET not in data and data.get(CONF_CLIENT_ID) == old.get(CONF_CLIENT_ID):
        # Forms never show secrets: an empty field means that the secret has not changed.
        data |= {key: old[key] for key in (CONF_CLIENT_SECRET,) if key in old}
    return data


def without_secrets(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the user's input without passwords and secrets, to show it again."""
    return {
        key: without_secrets(value) if isinstance(value, Mapping) else value
        for key, value in user_input.items()
        if key not in SECRETS
    }


OTP_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_OTP): TextSelector(TextSelectorConfig(autocomplete="one-time-code"))}
)


USERNAME_SCHEMA: Final = vol.Schema({vol.Required(CONF_USERNAME): _TEXT})


def product_schema(products: Iterable[Product]) -> vol.Schema:
    """Return the form that asks for a product, as a list if products are known."""
    known = tuple(products)
    field = product_selector(known, multiple=False, custom_value=True) if known else TextSelector()
    return vol.Schema({vol.Required(CONF_PRODUCT): field})
