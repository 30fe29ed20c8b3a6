"""Reading values out of answers that may miss a key, hold null, or hold something else than promised.

Every reader gives None (or something empty) instead of raising: one odd key must not cost the rest
of the answer. Only `mapping_of` raises, because without an object there is nothing to read.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
import json
import math
from typing import Any

from .errors import MalformedAnswerError

type Json = Mapping[str, Any]


def loads(text: str | bytes) -> Any:
    """Parse JSON as tolerantly as is safe: raw control characters in strings are accepted.

    Raises:
        ValueError: It is no JSON, or nested too deeply.
    """
    try:
        return json.loads(text, strict=False)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def mapping_of(value: object, what: str) -> Json:
    """Insist on a JSON object.

    Raises:
        MalformedAnswerError: It is something else.
    """
    if not isinstance(value, Mapping):
        raise MalformedAnswerError(f"The cloud's answer holds no {what}")
    return value


def id_of(data: Json, what: str, *keys: str) -> str:
    """Insist on an identifier under one of the keys.

    Raises:
        MalformedAnswerError: None of them holds text or a number.
    """
    for key in keys or ("id",):
        if found := text_of(data.get(key)):
            return found
    raise MalformedAnswerError(f"The cloud sent a {what} without an id")


def text_of(value: object) -> str | None:
    """Text; a number becomes its digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        # A number of more than some thousand digits cannot become text.
        return str(value) if value.bit_length() < 256 else None
    return None


def int_of(value: object) -> int | None:
    """A whole number, also where it is written as text or as 3.0."""
    match value:
        case bool():
            return None
        case int():
            return value
        case float():
            return int(value) if value.is_integer() else None
        case str():
            try:
                return int(value)
            except ValueError:
                return None
    return None


def float_of(value: object) -> float | None:
    """A finite number, also where it is written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError, OverflowError:
        return None
    return number if math.isfinite(number) else None


def bool_of(value: object) -> bool | None:
    """A truth value, also where it is written as text or as 0 and 1."""
    match value:
        case bool():
            return value
        case 0 | 1:
            return bool(value)
        case str():
            return {"true": True, "false": False, "1": True, "0": False}.get(value.strip().lower())
    return None


def datetime_of(value: object) -> datetime | None:
    """A point in time in UTC out of ISO 8601; without an offset it is taken as UTC."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except ValueError, OverflowError:
        return None


def texts_of(value: object) -> tuple[str, ...]:
    """The texts of a list; everything else in it is left out."""
    if not isinstance(value, list | tuple):
        return ()
    return tuple(text for item in value if (text := text_of(item)) is not None)


def child_of(data: Json, *path: str) -> Json:
    """The object under a path of keys; empty where there is none."""
    found: object = data
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def objects_of(value: object) -> tuple[Json, ...]:
    """The objects of a list; everything else in it is left out."""
    if not isinstance(value, list | tuple):
        return ()
    return tuple(item for item in value if isinstance(item, Mapping))
