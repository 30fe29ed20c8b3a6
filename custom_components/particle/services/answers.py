"""What the client's objects look like in the answer of an action."""

from collections.abc import Collection, Mapping
import dataclasses
from datetime import datetime
from typing import TYPE_CHECKING, Any

from homeassistant.util.json import JsonObjectType

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def as_data(item: DataclassInstance, *, without: Collection[str] = ()) -> JsonObjectType:
    """Return an object of the client as plain data; times become ISO 8601.

    The cloud's own answer stays out: it may hold secrets that nobody has asked for.

    Args:
        item: The object.
        without: Names of attributes to leave out.
    """
    return {
        field.name: _plain(getattr(item, field.name))
        for field in dataclasses.fields(item)
        if field.name != "raw" and field.name not in without
    }


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
    return value
