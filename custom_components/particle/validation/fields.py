"""Validators for the fields of actions, triggers and conditions, and their error messages."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, override

from homeassistant.const import (
    ATTR_AREA_ID,
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..const import DOMAIN

# The fields of an action's target.
TARGET_FIELDS: Final = (ATTR_AREA_ID, ATTR_DEVICE_ID, ATTR_ENTITY_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID)

# The messages complete the sentence "The field … is not valid: …".
TEXT: Final = vol.All(cv.string, msg="text is needed")
NON_EMPTY_STRING: Final = vol.All(cv.string, str.strip, vol.Length(min=1), msg="text is needed")
FLAG: Final = vol.All(cv.boolean, msg="true or false is needed")
MOMENT: Final = vol.All(
    cv.datetime, msg="a date and a time are needed, such as 2026-11-25 18:30:00"
)
# Templates can return numbers, truth values and objects; all are sent to the device as text.
ANY_VALUE: Final = vol.Any(
    str, bool, int, float, dict, list, None, msg="text, a number, a list or an object is needed"
)
JSON_OR_TEXT: Final = vol.Any(
    dict, list, NON_EMPTY_STRING, msg="an object, a list or text is needed"
)
NAMES_AND_VALUES: Final = vol.All(
    dict, {cv.string: ANY_VALUE}, msg="names and values are needed, such as page: 2"
)


def whole_number(lowest: int | None = None, highest: int | None = None) -> vol.All:
    """Return a validator for a whole number within inclusive limits."""
    return _number(int, "a whole number", lowest, highest)


def number(lowest: int | None = None, highest: int | None = None) -> vol.All:
    """Return a validator for a number within inclusive limits."""
    return _number(float, "a number", lowest, highest)


def _number(kind: type, what: str, lowest: int | None, highest: int | None) -> vol.All:
    needed = f"{what} is needed"
    if highest is not None:
        needed = f"{what} from {lowest} to {highest} is needed"
    elif lowest is not None:
        needed = f"{what} from {lowest} on is needed"

    def convert(value: Any) -> Any:
        try:
            return kind(value)
        except OverflowError as err:
            # voluptuous turns a ValueError into an error message, but not an OverflowError.
            raise ValueError from err

    return vol.All(vol.Coerce(convert), vol.Range(min=lowest, max=highest), msg=needed)


def one_of(values: Iterable[str]) -> vol.In:
    """Return a validator for one of several values."""
    known = list(values)
    return vol.In(known, msg=f"it has to be one of {', '.join(known)}")


class ActionSchema(vol.Schema):  # type: ignore[misc]
    """Schema of an action with clear error messages."""

    @override
    def __call__(self, data: Any) -> Any:
        """Validate the data of an action.

        Raises:
            ServiceValidationError: The data is not valid.
        """
        try:
            checked = super().__call__(data)
        except vol.Invalid as err:
            errors = err.errors if isinstance(err, vol.MultipleInvalid) else [err]
            raise self._explained(errors[0], data) from err
        has_target = {*TARGET_FIELDS} <= {str(key) for key in self.schema}
        if has_target and checked.keys().isdisjoint(TARGET_FIELDS):
            raise _error("target_missing")
        return checked

    def _explained(self, err: vol.Invalid, data: dict[str, Any]) -> ServiceValidationError:
        if isinstance(err, vol.ExclusiveInvalid):
            return _error("fields_exclude", fields=self._group(vol.Exclusive, data))
        if isinstance(err, vol.InclusiveInvalid):
            return _error("fields_belong_together", fields=self._group(vol.Inclusive, data))
        return field_error(err, err.path, data, [str(key) for key in self.schema])

    def _group(self, kind: type[vol.Exclusive | vol.Inclusive], data: dict[str, Any]) -> str:
        """Return the fields of the group that is violated."""
        groups: dict[str, list[str]] = {}
        for key in self.schema:
            if isinstance(key, kind):
                group = (
                    key.group_of_exclusion
                    if isinstance(key, vol.Exclusive)
                    else key.group_of_inclusion
                )
                groups.setdefault(group, []).append(str(key))
        for fields in groups.values():
            given = len([field for field in fields if field in data])
            if (given > 1) if kind is vol.Exclusive else (0 < given < len(fields)):
                return ", ".join(fields)
        return "–"


def field_error(
    err: vol.Invalid, path: Sequence[Any], data: Any, fields: Iterable[str]
) -> ServiceValidationError:
    """Return the error for one field.

    Args:
        err: The error of the schema.
        path: The path of the invalid value.
        data: The validated data.
        fields: The known fields.
    """
    field = str(path[0]) if path else ""
    if isinstance(err, vol.RequiredFieldInvalid):
        return _error("field_missing", field=field)
    if field not in fields:
        return _error("field_unknown", field=field, known=", ".join(sorted(fields)))
    # The names of nested fields help the user; the indexes of list items do not.
    place = ".".join(key for key in path if isinstance(key, str))
    if _is_empty(_value_at(data, path)):
        return _error("field_empty", field=place)
    reason = "names and values are needed" if isinstance(err, vol.DictInvalid) else err.msg
    return _error("field_invalid", field=place, reason=reason)


def _error(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )


def _value_at(data: Any, path: Iterable[Any]) -> Any:
    """Return the value at a path, as far as the path exists: a validator may have wrapped it in a list."""
    for key in path:
        if (isinstance(data, dict) and key in data) or (
            isinstance(data, list) and isinstance(key, int) and key < len(data)
        ):
            data = data[key]
        else:
            break
    return data


def _is_empty(value: Any) -> bool:
    return (
        value is None
        or (isinstance(value, str | list | dict) and not value)
        or (isinstance(value, str) and not value.strip())
    )
