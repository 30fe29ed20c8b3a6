"""What is kept of a device across restarts, as JSON; what cannot be read back is left out."""

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

# Larger numbers cannot be written as JSON.
MAX_INTEGER = 2**63 - 1


@dataclass(slots=True)
class Memory:
    """What was kept of a device.

    Attributes:
        functions: Names of its functions.
        variables: Its variables and their types.
        firmware_since: Since when it has had these functions and variables, UTC.
        handshake_at: When the connection began that was known last, by the cloud's clock.
        readings: The last value of each variable, with its time.
        fresh: Variables whose values were read over that connection.
        vitals_kinds: What its reports have contained.
        vitals: Its last report of that connection.
        location: Where it said last that it is.
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
    """Return what is kept of a device's state."""
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
        # As text: a report may hold numbers that Home Assistant's JSON cannot.
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
    """Read what was kept of a device.

    Args:
        value: What `to_json` has made.
        dropped: Gets the names of the parts that are damaged and left out.
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
    """Whether a value survives being written as JSON."""
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
