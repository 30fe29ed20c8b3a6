"""Actions on access tokens: tell about the one in use, end one, end all. For administrators."""

from typing import Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
import voluptuous as vol

from ..account.errors import cloud_errors
from ..api import InvalidTokenError
from ..const import DOMAIN
from ..validation.fields import NON_EMPTY_STRING
from .accounts import ACCOUNT_SCHEMA, async_get_account
from .answers import as_data
from .permissions import async_register_admin_action

SERVICE_INSPECT_TOKEN: Final = "inspect_token"
SERVICE_REVOKE_TOKEN: Final = "revoke_token"
SERVICE_REVOKE_ALL_TOKENS: Final = "revoke_all_tokens"

ATTR_TOKEN: Final = "token"

INSPECT_TOKEN_SCHEMA = vol.Schema(ACCOUNT_SCHEMA)
REVOKE_TOKEN_SCHEMA = vol.Schema({**ACCOUNT_SCHEMA, vol.Optional(ATTR_TOKEN): NON_EMPTY_STRING})
REVOKE_ALL_TOKENS_SCHEMA = vol.Schema(ACCOUNT_SCHEMA)


@callback
def async_register_access_token_actions(hass: HomeAssistant) -> None:
    """Register the actions of this chapter."""
    for service, handler, schema, response in (
        (SERVICE_INSPECT_TOKEN, _inspect_token, INSPECT_TOKEN_SCHEMA, SupportsResponse.ONLY),
        (SERVICE_REVOKE_TOKEN, _revoke_token, REVOKE_TOKEN_SCHEMA, SupportsResponse.NONE),
        (
            SERVICE_REVOKE_ALL_TOKENS,
            _revoke_all_tokens,
            REVOKE_ALL_TOKENS_SCHEMA,
            SupportsResponse.NONE,
        ),
    ):
        async_register_admin_action(
            hass, service, handler, schema=schema, supports_response=response
        )


async def _inspect_token(call: ServiceCall) -> ServiceResponse:
    """Tell about the token in use: its client, its scopes and its end, never itself."""
    entry = async_get_account(call)
    with cloud_errors(entry):
        info = await entry.runtime_data.cloud.users.token_info()
    return as_data(info)


async def _revoke_token(call: ServiceCall) -> None:
    """End a token; without one, that which Home Assistant itself uses."""
    entry = async_get_account(call)
    token: str | None = call.data.get(ATTR_TOKEN)
    tokens = entry.runtime_data.cloud.access_tokens
    with cloud_errors(entry):
        if token is None:
            await tokens.revoke()
        else:
            try:
                await tokens.revoke(token)
            except InvalidTokenError as err:
                # The other token is refused: that says nothing about our own login.
                raise ServiceValidationError(
                    translation_domain=DOMAIN, translation_key="token_unknown"
                ) from err
    # If the token was ours the listing notices at once, and renews it or asks for a new login.
    entry.runtime_data.account.async_refresh_soon()


async def _revoke_all_tokens(call: ServiceCall) -> None:
    """End all tokens of the user, also the one that Home Assistant uses."""
    entry = async_get_account(call)
    with cloud_errors(entry):
        await entry.runtime_data.cloud.access_tokens.revoke_all()
    entry.runtime_data.account.async_refresh_soon()
