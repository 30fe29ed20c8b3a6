"""Actions to inspect and revoke access tokens, for administrators."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
import voluptuous as vol

from ..account.errors import cloud_errors
from ..api import InvalidTokenError
from ..const import DOMAIN
from ..validation.fields import NON_EMPTY_STRING
from .accounts import ACCOUNT_SCHEMA, async_get_account
from .action import Access, Action
from .answers import as_data

ATTR_TOKEN: Final = "token"

REVOKE_TOKEN_SCHEMA = {**ACCOUNT_SCHEMA, vol.Optional(ATTR_TOKEN): NON_EMPTY_STRING}


async def _inspect_token(call: ServiceCall) -> ServiceResponse:
    """Return information about the token in use, but not the token itself."""
    entry = async_get_account(call)
    with cloud_errors(entry):
        info = await entry.runtime_data.cloud.users.token_info()
    return as_data(info)


async def _revoke_token(call: ServiceCall) -> None:
    """Revoke a token, by default the one that Home Assistant uses."""
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
                # The given token is refused, which does not affect the account's own login.
                raise ServiceValidationError(
                    translation_domain=DOMAIN, translation_key="token_unknown"
                ) from err
    # If it was the account's own token, the listing renews it or starts a reauthentication flow.
    entry.runtime_data.account.async_refresh_soon()


async def _revoke_all_tokens(call: ServiceCall) -> None:
    """Revoke all tokens of the user, including the one that Home Assistant uses."""
    entry = async_get_account(call)
    with cloud_errors(entry):
        await entry.runtime_data.cloud.access_tokens.revoke_all()
    entry.runtime_data.account.async_refresh_soon()


ACTIONS: Final = (
    Action(
        "inspect_token",
        _inspect_token,
        ACCOUNT_SCHEMA,
        SupportsResponse.ONLY,
        Access.ADMINISTRATORS,
    ),
    Action(
        "revoke_token",
        _revoke_token,
        REVOKE_TOKEN_SCHEMA,
        SupportsResponse.NONE,
        Access.ADMINISTRATORS,
    ),
    Action(
        "revoke_all_tokens",
        _revoke_all_tokens,
        ACCOUNT_SCHEMA,
        SupportsResponse.NONE,
        Access.ADMINISTRATORS,
    ),
)
