"""Validate the requests of `particle.request`, which are limited to the API below ``/v1``."""

from collections.abc import Mapping
import json
import re
from typing import Any, Final
from urllib.parse import quote, unquote

import voluptuous as vol

from ..api import DataOperation, DataOperationKind
from ..api.call import device_of_path
from ..api.error_mapping import Subject
from ..api.models import normal_device_id
from ..validation.fields import TEXT

_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:[/\\]", re.IGNORECASE)
_VERSION: Final = re.compile(r"v\d+")
_PRODUCT: Final = re.compile(r"products/([^/]+)")
_STREAM: Final = re.compile(r"(?:(?:products|orgs)/[^/]+/)?(?:devices/(?:[^/]+/)?)?events(?:/.*)?")
_VALUE: Final = re.compile(r"(?:products/[^/]+/)?devices/([^/]+)/([^/]+)")

# Secrets must be sent in the body, because servers and proxies log addresses.
_SECRETS: Final = {
    "access_token",
    "client_secret",
    "current_password",
    "mfa_token",
    "otp",
    "password",
    "refresh_token",
    "token",
}

QUERY_VALUE: Final = vol.Any(
    None,
    bool,
    int,
    float,
    str,
    [vol.Any(int, float, str)],
    msg="a parameter is text, a number, true or false, or a list of texts and numbers",
)


def request_path(value: Any) -> str:
    """Validate and encode a path below ``/v1``; the prefix ``/v1`` is optional.

    Raises:
        vol.Invalid: The path is a URL, is outside of ``/v1``, or contains a query or a token.
    """
    text = TEXT(value).strip()
    if _SCHEME.match(text) or text.startswith(("//", "\\")):
        raise vol.Invalid("a path below /v1 is needed, such as devices, without a server")
    if "?" in text or "#" in text:
        raise vol.Invalid("a path cannot contain '?' or '#'; enter parameters in the field query")
    if not text.isprintable():
        raise vol.Invalid("the path contains invalid characters")
    segments = text.strip("/").split("/")
    if _decoded(segments[0]).lower() == "v1":
        del segments[0]
    if not segments or not all(segments):
        raise vol.Invalid("the path or a part of it is empty")
    # Servers and proxies may decode a path once or twice before they evaluate it.
    parts = [part.strip() for part in re.split(r"[/\\;]", _decoded("/".join(segments)).lower())]
    if parts[0] == "oauth" or _VERSION.fullmatch(parts[0]):
        raise vol.Invalid("the path is outside of /v1")
    if {".", ".."} & set(parts):
        raise vol.Invalid("the path must not contain '.' or '..'")
    if parts[0] == "access_tokens" and parts[1:] not in ([], ["current"]):
        raise vol.Invalid("a token must not be in the path; use the action particle.revoke_token")
    try:
        return "/".join(quote(unquote(segment, errors="strict"), safe="") for segment in segments)
    except UnicodeError:
        raise vol.Invalid("the path contains characters that cannot be sent") from None


def request_query(value: Any) -> dict[str, Any]:
    """Validate the parameters of a request.

    Raises:
        vol.Invalid: The value is not a mapping, or contains an invalid parameter or a secret.
    """
    if not isinstance(value, Mapping):
        raise vol.Invalid("the parameters have to be names and values, such as page: 2")
    query: dict[str, Any] = vol.Schema({TEXT: QUERY_VALUE})(dict(value))
    for name in query:
        # A list can be written as name[].
        if re.split(r"[\[.]", _decoded(name).strip().lower())[0] in _SECRETS:
            raise vol.Invalid(f"{name} is a secret and must not be in the query")
    return query


def request_body(value: Any) -> Any:
    """Validate the body of a request.

    Raises:
        vol.Invalid: The value is not a JSON object or list.
    """
    if not isinstance(value, dict | list):
        raise vol.Invalid("the body has to be an object or a list")
    try:
        json.dumps(value, allow_nan=False)
    except TypeError, ValueError, RecursionError:
        raise vol.Invalid(
            "the body contains a value that is not valid in JSON, such as a date without quotes"
        ) from None
    return value


def is_stream(method: str, path: str) -> bool:
    """Whether a request opens an event stream, which never ends."""
    return method == "GET" and _STREAM.fullmatch(path) is not None


def device_of(path: str) -> str | None:
    """Return the ID or name of the device in a path."""
    return device_of_path(f"/v1/{path}")


def product_of(path: str) -> str | None:
    """Return the ID or slug of the product in a path."""
    found = _PRODUCT.match(path)
    return unquote(found[1]) if found else None


def data_operation(method: str, path: str) -> DataOperation | None:
    """Return the data operation that a request costs: reading a variable or calling a function."""
    found = _VALUE.fullmatch(path)
    kind = {"GET": DataOperationKind.VARIABLE, "POST": DataOperationKind.FUNCTION}.get(method)
    if found is None or kind is None:
        return None
    return DataOperation(kind, normal_device_id(unquote(found[1])), unquote(found[2]))


def subject_of(path: str, operation: DataOperation | None) -> Subject:
    """Return the subject of a request, which determines how errors are interpreted."""
    if operation is not None:
        return (
            Subject.VARIABLE if operation.kind is DataOperationKind.VARIABLE else Subject.FUNCTION
        )
    return Subject.GENERAL if device_of(path) is None else Subject.DEVICE


def _decoded(text: str) -> str:
    """Decode a text until nothing is encoded any more."""
    while (decoded := unquote(text)) != text:
        text = decoded
    return text
