"""Filters for event payloads: keys and values to contain, and comparisons of fields."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import json
import math
from typing import Any, Final

from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..validation.fields import ANY_VALUE, TEXT, number

CONF_FIELD: Final = "field"
CONF_EQUALS: Final = "equals"
CONF_ABOVE: Final = "above"
CONF_BELOW: Final = "below"
CONF_CONTAINS: Final = "contains"
COMPARISONS: Final = (CONF_EQUALS, CONF_ABOVE, CONF_BELOW, CONF_CONTAINS)


def _unknown_key(_value: Any) -> None:
    raise vol.Invalid(f"the keys of a comparison are {', '.join((CONF_FIELD, *COMPARISONS))}")


FIELD_SCHEMA: Final = vol.All(
    vol.Schema(
        {
            vol.Optional(CONF_FIELD, default=""): TEXT,
            vol.Optional(CONF_EQUALS): ANY_VALUE,
            vol.Optional(CONF_ABOVE): number(),
            vol.Optional(CONF_BELOW): number(),
            vol.Optional(CONF_CONTAINS): vol.Any(
                bool, int, float, str, msg="text, a number, or true or false is needed"
            ),
            vol.Extra: _unknown_key,
        }
    ),
    vol.All(
        cv.has_at_least_one_key(*COMPARISONS),
        msg=f"a comparison needs one of {', '.join(COMPARISONS)}",
    ),
)

# Maximum length of a value in a trace.
SHOWN_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why a payload does not match.

    Attributes:
        reason: Key of the reason in the trace.
        data: The field, the expected value and the actual value.
    """

    reason: str
    data: Mapping[str, Any]


class _Missing:
    """Marker for a missing field; None is a valid JSON value."""


_MISSING = _Missing()


def check_payload(
    text: str | None,
    parsed: Any,
    match: Mapping[str, Any] | None,
    fields: Iterable[Mapping[str, Any]],
) -> Mismatch | None:
    """Return why a payload does not match; None if it does.

    Args:
        text: The payload as text.
        parsed: The payload as JSON; None if it is not JSON.
        match: Keys and values that the payload must contain, including nested ones.
        fields: Comparisons as described by `FIELD_SCHEMA`.
    """
    if match:
        if not isinstance(parsed, dict):
            return Mismatch("payload_is_no_json_object", {"payload": _shown(text)})
        if mismatch := _check_match(match, parsed, ""):
            return mismatch
    for condition in fields:
        if mismatch := _check_field(condition, text, parsed):
            return mismatch
    return None


def field_of(value: Any, path: str) -> Any:
    """Return a field of a JSON value by its dotted path, such as ``gps.lat`` or ``probes.0``.

    A key that contains dots is found by its full name.

    Raises:
        KeyError: There is no such field.
    """
    if not path:
        return value
    if isinstance(value, dict):
        if path in value:
            return value[path]
        first, _, rest = path.partition(".")
        if first in value and rest:
            return field_of(value[first], rest)
    if isinstance(value, list):
        first, _, rest = path.partition(".")
        if first.isdecimal() and int(first) < len(value):
            return field_of(value[int(first)], rest)
    raise KeyError(path)


def _check_match(
    expected: Mapping[str, Any], actual: Mapping[str, Any], path: str
) -> Mismatch | None:
    for key, value in expected.items():
        field = f"{path}{key}"
        if key not in actual:
            return Mismatch("payload_key_missing", {"field": field})
        found = actual[key]
        if isinstance(value, Mapping) and isinstance(found, Mapping):
            if mismatch := _check_match(value, found, f"{field}."):
                return mismatch
        elif not _same(value, found):
            return _mismatch("payload_value_differs", field, value, found)
    return None


def _check_field(condition: Mapping[str, Any], text: str | None, parsed: Any) -> Mismatch | None:
    path = condition[CONF_FIELD]
    # Plain text is compared as a whole.
    whole = text if parsed is None else parsed
    try:
        actual = field_of(whole, path)
    except KeyError:
        if parsed is None:
            return Mismatch("payload_is_no_json", {"field": path, "payload": _shown(text)})
        return Mismatch("payload_key_missing", {"field": path})
    number = _number(actual)
    if CONF_EQUALS in condition and not _equal(condition[CONF_EQUALS], actual):
        return _mismatch("payload_not_equal", path, condition[CONF_EQUALS], actual)
    for key in (CONF_ABOVE, CONF_BELOW):
        if key in condition and number is None:
            return _mismatch("payload_is_no_number", path, condition[key], actual)
    if CONF_ABOVE in condition and number is not None and not number > condition[CONF_ABOVE]:
        return _mismatch("payload_not_above", path, condition[CONF_ABOVE], actual)
    if CONF_BELOW in condition and number is not None and not number < condition[CONF_BELOW]:
        return _mismatch("payload_not_below", path, condition[CONF_BELOW], actual)
    if CONF_CONTAINS in condition and not _contains(actual, condition[CONF_CONTAINS]):
        return _mismatch("payload_does_not_contain", path, condition[CONF_CONTAINS], actual)
    return None


def _same(expected: Any, actual: Any) -> bool:
    """Whether two JSON values are equal; unlike in Python, true is not 1."""
    return isinstance(expected, bool) is isinstance(actual, bool) and bool(expected == actual)


def _equal(expected: Any, actual: Any) -> bool:
    """Whether a field has the expected value; text from a form is converted to the field's type."""
    if _same(expected, actual):
        return True
    if isinstance(expected, str):
        if isinstance(actual, bool):
            return expected.strip().casefold() == str(actual).casefold()
        if isinstance(actual, int | float):
            return _number(expected) == actual
        return actual is None and expected.strip().casefold() == "null"
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        return isinstance(actual, str) and _number(actual) == expected
    return False


def _contains(actual: Any, expected: Any) -> bool:
    if isinstance(actual, str):
        return str(expected) in actual
    if isinstance(actual, Mapping):
        return expected in actual
    return isinstance(actual, list) and any(_equal(expected, item) for item in actual)


def _number(value: Any) -> float | None:
    """Return a number or numeric text as a number; truth values are not numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError, OverflowError:
        return None
    return number if math.isfinite(number) else None


def _mismatch(reason: str, field: str, expected: Any, actual: Any) -> Mismatch:
    return Mismatch(reason, {"field": field, "wanted": expected, "found": _shown(actual)})


def _shown(value: Any) -> Any:
    """Return a value for the trace, truncated if it is long."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"
