"""Convert a device's state to and from JSON; values that cannot be restored are left out."""

from dataclasses import dataclass, field
from datetime import datetime
import json
from math import isfinite
from typing import Any

from ..api import CloudEvent, VariableType
from ..api.location_events import LocationEvent, parse_location_event
from ..api.vitals import Vitals
from ..storage.values import StoredValues
from .state import DeviceState, Source, Value

# orjson cannot write larger numbers.
MAX_INTEGER = 2**63 - 1


@dataclass(slots=True)
class Memory:
    """The stored state of a device.

    Attributes:
        functions: Names of its functions.
        variables: Its variables and their types.
        firmware_since: Since when the functions and variables have been the same, UTC.
        handshake_at: Start of the last known connection, by the cloud's clock.
        readings: The last value of each variable, with its time and source.
        fresh: Variables that were read over that connection.
        vitals_kinds: Fields that the device's vitals have contained.
        vitals: The last vitals of that connection.
        location: The last known location.
    """

    functions: tuple[str, ...] = ()
    variables: dict[str, VariableType] = field(default_factory=dict)
    firmware_since: datetime | None = None
    handshake_at: datetime | None = None
    readings: dict[str, tuple[Value, datetime, Source]] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)
    vitals_kinds: frozenset[str] = frozenset()
    vitals: Vitals | None = None
    location: LocationEvent | None = None


def to_json(state: DeviceState) -> dict[str, Any]:
    """Return the part of a device's state that is stored."""
    kept: dict[str, Any] = {
        "functions": list(state.functions),
        "variables": dict(state.variables),
        "vitals_kinds": sorted(state.vitals_kinds),
        "readings": {
            name: {
                "value": reading.value,
                "read_at": reading.read_at.isoformat(),
                "source": reading.source.value,
                "fresh": state.is_fresh(name),
            }
            for name, reading in state.readings.items()
            if _is_writable(reading.value)
        },
    }
    if state.firmware_since is not None:
        kept["firmware_since"] = state.firmware_since.isoformat()
    if state.device.last_handshake_at is not None:
        kept["handshake_at"] = state.device.last_handshake_at.isoformat()
    if state.vitals is not None:
        # As text, because vitals may contain numbers that Home Assistant cannot write as JSON.
        kept["vitals"] = json.dumps(dict(state.vitals.raw))
    if state.location is not None:
        event = state.location.event
        kept["location"] = {
            "name": event.name,
            "data": event.data,
            "published_at": event.published_at and event.published_at.isoformat(),
        }
    return kept


def from_json(value: object, dropped: list[str]) -> Memory:
    """Restore the stored state of a device.

    Args:
        value: The result of `to_json`.
        dropped: Receives the names of damaged parts, which are left out.
    """
    stored = StoredValues(value, dropped)
    memory = Memory(
        functions=stored.texts("functions"),
        firmware_since=stored.moment("firmware_since"),
        handshake_at=stored.moment("handshake_at"),
        vitals_kinds=frozenset(stored.texts("vitals_kinds")),
    )
    for name, kind in stored.items("variables"):
        with stored.part("variables"):
            memory.variables[name] = VariableType(kind)
    for name, reading in stored.items("readings"):
        with stored.part("readings"):
            memory.readings[name] = (
                _value(reading["value"]),
                _moment(reading["read_at"]),
                Source(reading["source"]),
            )
            if reading["fresh"] is True:
                memory.fresh.add(name)
    if (vitals := stored.text("vitals")) is not None:
        with stored.part("vitals"):
            memory.vitals = Vitals.from_json(json.loads(vitals))
    if (location := stored.values("location")) is not None:
        with stored.part("location"):
            memory.location = _location(location)
    return memory


def _is_writable(value: Value) -> bool:
    """Whether a value can be written as JSON."""
    if isinstance(value, float):
        return isfinite(value)
    return not isinstance(value, int) or abs(value) <= MAX_INTEGER


def _value(value: object) -> Value:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError


def _moment(value: object) -> datetime:
    if (moment := StoredValues({"": value}).moment("")) is None:
        raise ValueError
    return moment


def _location(stored: StoredValues) -> LocationEvent:
    event = CloudEvent(
        stored.text("name") or "", stored.text("data"), stored.moment("published_at")
    )
    location = parse_location_event(event)
    if location is None or location.latitude is None:
        raise ValueError
    return location
