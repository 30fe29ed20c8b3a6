"""Tolerant reading of values in answers.

Invalid or missing values become None (or empty) instead of raising an error, so that one unexpected
value does not affect the rest of the answer. Only `mapping_of` and `id_of` raise errors.

All data from the cloud passes through `loads` or `clean_text`. Their results can be encoded as UTF-8,
stored in any database and written as JSON by any serializer.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
import json
import math
import re
from typing import Any

from .errors import MalformedAnswerError

type Json = Mapping[str, Any]

# Serializers have a maximum depth; that of the API's data is far lower.
MAX_DEPTH = 100

# Lone surrogates cannot be encoded, and PostgreSQL does not store NUL.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_UNSTORABLE_ESCAPE = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)
_REPLACEMENT = "\ufffd"

_INT_MIN = -(2**63)
_INT_MAX = 2**64 - 1
_MAX_DIGITS = 20


def clean_text(text: str) -> str:
    """Replace the characters that cannot be stored everywhere: NUL and lone surrogates."""
    if text.isascii() and "\x00" not in text:
        # Skips the regular expression, which is slower than parsing.
        return text
    return _UNSTORABLE.sub(_REPLACEMENT, text)


def loads(text: str | bytes) -> Any:
    """Parse JSON tolerantly.

    Accepts raw control characters in strings, and bytes that are not UTF-8. Values that cannot be
    written as JSON again are replaced: unstorable characters, integers of more than 64 bits (by the
    nearest double), numbers beyond the range of doubles and NaN (by None), and values below
    `MAX_DEPTH` levels (by None).

    Raises:
        ValueError: The text is not JSON, or too deeply nested to be parsed.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace").removeprefix("\ufeff")
    text = clean_text(text)
    try:
        value = json.loads(
            text,
            strict=False,
            parse_int=_parse_int,
            parse_float=_parse_float,
            parse_constant=_parse_constant,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    has_escapes = "\\u" in text and _UNSTORABLE_ESCAPE.search(text) is not None
    if has_escapes or _is_too_deep(text, value):
        return _clean(value, MAX_DEPTH)
    return value


def _is_too_deep(text: str, value: Any) -> bool:
    """Whether a parsed value has more levels than `MAX_DEPTH`."""
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return False
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _clean(value: Any, depth: int) -> Any:
    """Return a parsed value with storable texts and at most `depth` levels."""
    match value:
        case str():
            return clean_text(value)
        case dict() | list() if not depth:
            return None
        case dict():
            return {clean_text(key): _clean(item, depth - 1) for key, item in value.items()}
        case list():
            return [_clean(item, depth - 1) for item in value]
    return value


def _parse_int(digits: str) -> int | float | None:
    """Return an integer of up to 64 bits, or the nearest double."""
    if len(digits) <= _MAX_DIGITS and _INT_MIN <= (number := int(digits)) <= _INT_MAX:
        return number
    return _parse_float(digits)


def _parse_float(digits: str) -> float | None:
    """Return a number; None if it is beyond the range of doubles."""
    number = float(digits)
    return number if math.isfinite(number) else None


def _parse_constant(_name: str) -> None:
    """Return None for NaN and Infinity."""


def mapping_of(value: object, what: str) -> Json:
    """Return a JSON object.

    Raises:
        MalformedAnswerError: The value is not an object.
    """
    if not isinstance(value, Mapping):
        raise MalformedAnswerError(f"The cloud's answer does not contain a valid {what}")
    return value


def id_of(data: Json, what: str, *keys: str) -> str:
    """Return the identifier under one of the keys.

    Raises:
        MalformedAnswerError: None of the keys has text or a number.
    """
    for key in keys or ("id",):
        if found := text_of(data.get(key)):
            return found
    raise MalformedAnswerError(f"The cloud sent a {what} without an ID")


def text_of(value: object) -> str | None:
    """Return text; integers are converted."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        # Python does not convert integers with thousands of digits.
        return str(value) if value.bit_length() < 256 else None
    return None


def int_of(value: object) -> int | None:
    """Return an integer of up to 64 bits, also from text or a float such as 3.0."""
    match value:
        case bool():
            return None
        case int():
            number = value
        case float() if value.is_integer():
            number = int(value)
        case str():
            try:
                number = int(value)
            except ValueError:
                return None
        case _:
            return None
    return number if _INT_MIN <= number <= _INT_MAX else None


def float_of(value: object) -> float | None:
    """Return a finite number, also from text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def bool_of(value: object) -> bool | None:
    """Return a truth value, also from text or from 0 and 1."""
    match value:
        case bool():
            return value
        case 0 | 1:
            return bool(value)
        case str():
            return {"true": True, "false": False, "1": True, "0": False}.get(value.strip().lower())
    return None


def datetime_of(value: object) -> datetime | None:
    """Return a time in UTC from ISO 8601; without an offset, it is in UTC."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def texts_of(value: object) -> tuple[str, ...]:
    """Return the texts in a list; other items are left out."""
    if not isinstance(value, list | tuple):
        return ()
    return tuple(text for item in value if (text := text_of(item)) is not None)


def child_of(data: Json, *path: str) -> Json:
    """Return the object under a path of keys; empty if there is none."""
    found: object = data
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def objects_of(value: object) -> tuple[Json, ...]:
    """Return the objects in a list; other items are left out."""
    if not isinstance(value, list | tuple):
        return ()
    return tuple(item for item in value if isinstance(item, Mapping))
