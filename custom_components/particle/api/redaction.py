"""Redaction of secrets in errors: a server may echo them, in any encoding."""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
import json
import re
from typing import Any
from urllib.parse import quote, quote_plus

REDACTED = "***"

_SECRET_KEY = re.compile(
    r"password|secret|token|\botp\b|recovery_code|^code$|authorization|api[-_]?key", re.IGNORECASE
)
# Shorter secrets are replaced only as whole words, so that messages stay readable.
_MIN_LENGTH = 4


def secrets_of(headers: Mapping[str, str] | None, *bodies: object) -> tuple[str, ...]:
    """Return the secrets of a request: credentials in its headers, and values under sensitive keys."""
    found = [*_in_headers(headers or {})]
    for body in bodies:
        found += _in_body(body)
    return tuple(dict.fromkeys(secret for secret in found if secret.strip()))


def redact(text: str, secrets: Iterable[str]) -> str:
    """Replace secrets in a text, also in the encodings of headers, forms, URLs and JSON."""
    written = {form for secret in secrets for form in _encodings(secret) if form}
    if not written:
        return text
    # The longest first, because one secret may be part of another.
    pattern = "|".join(
        re.escape(form) if len(form) >= _MIN_LENGTH else rf"(?<!\w){re.escape(form)}(?!\w)"
        for form in sorted(written, key=len, reverse=True)
    )
    return re.sub(pattern, REDACTED, text, flags=re.IGNORECASE)


def redact_all(value: Any, secrets: tuple[str, ...]) -> Any:
    """Replace secrets in all texts of a parsed body."""
    if not secrets:
        return value
    match value:
        case str():
            return redact(value, secrets)
        case dict():
            return {redact(key, secrets): redact_all(item, secrets) for key, item in value.items()}
        case list():
            return [redact_all(item, secrets) for item in value]
    return value


def _in_headers(headers: Mapping[str, str]) -> Iterator[str]:
    for name, value in headers.items():
        if name.lower() != "authorization":
            continue
        scheme, _, credentials = value.partition(" ")
        yield credentials
        if scheme.lower() == "basic":
            try:
                decoded = base64.b64decode(credentials).decode()
            except (binascii.Error, UnicodeDecodeError):
                continue
            yield decoded.partition(":")[2]


def _in_body(value: object, key: str = "") -> Iterator[str]:
    match value:
        case str() if _SECRET_KEY.search(key):
            yield value
        case Mapping():
            for name, item in value.items():
                yield from _in_body(item, str(name))
        case list() | tuple():
            for item in value:
                yield from _in_body(item, key)


def _encodings(secret: str) -> set[str]:
    try:
        return {
            secret,
            quote(secret, safe=""),
            quote_plus(secret),
            json.dumps(secret)[1:-1],
            json.dumps(secret, ensure_ascii=False)[1:-1],
        }
    except UnicodeEncodeError:
        return {secret}
