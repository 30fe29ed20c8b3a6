"""Convert the client's objects to data for the responses of actions."""

from collections.abc import Collection, Mapping
import dataclasses
from datetime import datetime
from typing import TYPE_CHECKING, Any

from homeassistant.util.json import JsonObjectType

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def as_data(item: DataclassInstance, *, without: Collection[str] = ()) -> JsonObjectType:
    """Return an object of the client as plain data, with times in ISO 8601.

    The raw answer of the cloud is left out, because it may contain secrets.

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
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value
