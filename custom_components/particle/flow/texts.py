"""Form errors and composed texts of the config flow and the options flow."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
import logging
import math
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.translation import async_get_translations

from ..api import InvalidCredentialsError, InvalidRequestError, LoginBlockedError, ParticleError
from ..const import DOMAIN, Login
from ..exceptions import LOGIN_BLOCK, rule_for
from .permissions import Account, MissingPermission

_LOGGER = logging.getLogger(__name__)

# Form errors for arguments that the client refuses to send.
FIELD_ERRORS: Final = {
    "access_token": "invalid_access_token",
    "base_url": "invalid_url",
    "client_id": "invalid_client_credentials",
    "client_secret": "invalid_client_credentials",
    "otp": "invalid_otp",
    "password": "invalid_password",
    "product": "unknown_product",
    "username": "invalid_password",
}


@contextmanager
def form_errors(
    errors: dict[str, str], placeholders: dict[str, str], login: Login | None = None
) -> Iterator[None]:
    """Turn exceptions into form errors.

    Args:
        errors: Receives the error.
        placeholders: Receives the placeholders of the error's text.
        login: How the user logs in; determines the error for wrong credentials.
    """
    try:
        yield
    except AbortFlow:
        raise
    except ParticleError as err:
        _LOGGER.debug("The flow failed: %s (%s)", err, type(err).__name__)
        errors["base"] = _error_key(err, login)
        if isinstance(err, LoginBlockedError):
            placeholders["minutes"] = str(math.ceil((err.retry_after or LOGIN_BLOCK) / 60))
    except Exception:
        _LOGGER.exception("Unexpected error in a flow")
        errors["base"] = "unknown"


def _error_key(err: ParticleError, login: Login | None) -> str:
    """Return the form error for an error of the client."""
    match err:
        case InvalidCredentialsError(code="invalid_client") if login is Login.PASSWORD:
            return "unknown_oauth_client"
        case InvalidCredentialsError() if login is Login.CLIENT_CREDENTIALS:
            return "invalid_client_credentials"
        case InvalidRequestError(argument=str(argument)) if argument in FIELD_ERRORS:
            return FIELD_ERRORS[argument]
        case InvalidRequestError() if login is Login.CLIENT_CREDENTIALS:
            # Self-hosted servers do not support this login, and their error messages differ.
            return "no_client_credentials"
    if (key := rule_for(err).form) is not None:
        return key
    _LOGGER.error("Unexpected error from the Particle Cloud: %s", err)
    return "unknown"


async def async_phrase(hass: HomeAssistant, kind: str, key: str, **placeholders: object) -> str:
    """Return a translated phrase.

    Args:
        hass: Home Assistant, which determines the language.
        kind: Key under ``selector`` in the translations.
        key: Key under its ``options``.
        placeholders: Placeholders of the phrase.
    """
    texts = await async_get_translations(hass, hass.config.language, "selector", {DOMAIN})
    text = texts[f"component.{DOMAIN}.selector.{kind}.options.{key}"]
    return text.format(**placeholders)


async def async_describe_missing(
    hass: HomeAssistant, account: Account, missing: Iterable[MissingPermission]
) -> str:
    """Return the missing permissions as a Markdown list.

    Names are formatted as code, so that an email address does not become a link.
    """
    names = {str(product.id): product.name for product in account.products}
    lines = []
    for item in missing:
        what = await async_phrase(hass, "permission", item.permission)
        if item.scope is None:
            lines.append(f"- {what}")
            continue
        scope_id = item.scope.id
        where = account.title if scope_id is None else names.get(scope_id) or scope_id
        lines.append(f"- `{where}`: {what}")
    return "\n".join(lines)
