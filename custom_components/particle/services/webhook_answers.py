"""Convert webhooks to data for the responses of actions, without the secrets of their targets.

Home Assistant may store responses on disk, in traces of automations.
"""

from collections.abc import Mapping
import re
from typing import Any, Final

from homeassistant.util.json import JsonObjectType

from ..api import Integration
from .answers import as_data

HIDDEN: Final = "**REDACTED**"

_SECRET_NAME = re.compile(
    r"authori[sz]ation|password|passwd|secret|token|cookie|api[-_]?key|x-.*key", re.IGNORECASE
)
_SECRET_LINE = re.compile(
    r"^([ \t]*(?:[\w-]*authorization|(?:set-)?cookie|x-api-key)[ \t]*:).*$",
    re.IGNORECASE | re.MULTILINE,
)


def webhook_as_data(integration: Integration) -> JsonObjectType:
    """Return a webhook with all its settings in the cloud's spelling under ``settings``."""
    return {
        **as_data(integration, without=("logs",)),
        "settings": without_secrets(integration.configuration),
    }


def webhook_log(integration: Integration) -> list[Any]:
    """Return the last requests of a webhook and their responses as the cloud stores them."""
    return [without_secrets(entry.raw) for entry in integration.logs]


def without_secrets(value: Any) -> Any:
    """Return a JSON value with redacted passwords, tokens and other secrets."""
    match value:
        case Mapping():
            return {
                str(key): HIDDEN if _SECRET_NAME.search(str(key)) else without_secrets(inner)
                for key, inner in value.items()
            }
        case list() | tuple():
            return [without_secrets(inner) for inner in value]
        case str():
            return _SECRET_LINE.sub(rf"\1 {HIDDEN}", value)
    return value
