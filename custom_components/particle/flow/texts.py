"""What the config and options flows tell the user: error keys, and texts that are put together."""

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

# What is wrong when the client itself refuses to send a field.
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
def explained(
    errors: dict[str, str], placeholders: dict[str, str], login: Login | None = None
) -> Iterator[None]:
    """Turn a failure into the error that the form shows.

    Args:
        errors: Where the error goes.
        placeholders: Where what the error's text needs goes.
        login: How the user logs in; decides what wrong credentials are.
    """
    try:
        yield
    except AbortFlow:
        raise
    except ParticleError as err:
        _LOGGER.debug("The flow cannot go on: %s (%s)", err, type(err).__name__)
        errors["base"] = _error_key(err, login)
        if isinstance(err, LoginBlockedError):
            placeholders["minutes"] = str(math.ceil((err.retry_after or LOGIN_BLOCK) / 60))
    except Exception:
        _LOGGER.exception("Unexpected error in a flow")
        errors["base"] = "unknown"


def _error_key(err: ParticleError, login: Login | None) -> str:
    """Return the key of the text that says what to do about an error."""
    match err:
        case InvalidCredentialsError(code="invalid_client") if login is Login.PASSWORD:
            return "unknown_oauth_client"
        case InvalidCredentialsError() if login is Login.CLIENT_CREDENTIALS:
            return "invalid_client_credentials"
        case InvalidRequestError(argument=str(argument)) if argument in FIELD_ERRORS:
            return FIELD_ERRORS[argument]
        case InvalidRequestError() if login is Login.CLIENT_CREDENTIALS:
            # Own servers do not know this way to log in, and each says so in its own words.
            return "no_client_credentials"
    if (key := rule_for(err).form) is not None:
        return key
    _LOGGER.error("Particle refused for a reason that no text covers: %s", err)
    return "unknown"


async def async_phrase(hass: HomeAssistant, kind: str, key: str, **placeholders: object) -> str:
    """Return one of the phrases that a form's text is put together from.

    Args:
        hass: Home Assistant; its language decides.
        kind: Key under ``selector`` in the translations.
        key: Key under its ``options``.
        placeholders: What stands in braces in the text.
    """
    texts = await async_get_translations(hass, hass.config.language, "selector", {DOMAIN})
    text = texts[f"component.{DOMAIN}.selector.{kind}.options.{key}"]
    return text.format(**placeholders)


async def async_describe_limits(
    hass: HomeAssistant, account: Account, limits: Iterable[MissingPermission]
) -> str:
    """Return a list, in Markdown, of what the credentials cannot do, and where.

    Names stand in code quotes, so that an email address does not become a link.
    """
    names = {str(product.id): product.name for product in account.products}
    lines = []
    for limit in limits:
        what = await async_phrase(hass, "permission", limit.permission)
        if limit.scope is None:
            lines.append(f"- {what}")
            continue
        place = limit.scope.id
        where = account.title if place is None else names.get(place) or place
        lines.append(f"- `{where}`: {what}")
    return "\n".join(lines)
