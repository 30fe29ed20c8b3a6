"""What is kept of a device across restarts, as JSON; what cannot be read back is left out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
from math import isfinite
from typing import Any

from ..api import CloudEvent, VariableType
from ..api.location_events import LocationEvent, parse_location_event
from ..api.vitals import Vitals
from ..board import BoardState, Source, Value

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
    fresh: frozenset[str] = frozenset()
    vitals_kinds: frozenset[str] = frozenset()
    vitals: Vitals | None = None
    location: LocationEvent | None = None


def to_json(state: BoardState) -> dict[str, Any]:
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


def from_json(value: object) -> tuple[Memory, int]:
    """Read what was kept of a device.

    Returns:
        The memory, and how many of its parts were damaged and are left out.
    """
    reader = _Reader()
    memory = Memory()
    kept = reader.mapping(value)
    memory.functions = tuple(reader.texts(kept.get("functions", [])))
    memory.vitals_kinds = frozenset(reader.texts(kept.get("vitals_kinds", [])))
    for name, kind in reader.items(kept.get("variables", {})):
        with reader.part():
            memory.variables[name] = VariableType(kind)
    fresh = set()
    for name, reading in reader.items(kept.get("readings", {})):
        with reader.part():
            memory.readings[name] = (
                _value(reading["value"]),
                _moment(reading["read_at"]),
                Source(reading["source"]),
            )
            if reading["fresh"] is True:
                fresh.add(name)
    memory.fresh = frozenset(fresh)
    memory.firmware_since = reader.optional(kept.get("firmware_since"), _moment)
    memory.handshake_at = reader.optional(kept.get("handshake_at"), _moment)
    memory.vitals = reader.optional(kept.get("vitals"), _vitals)
    memory.location = reader.optional(kept.get("location"), _location)
    return memory, reader.dropped


class _Reader:
    """Reads damaged JSON: what is not as it should be is counted and left out."""

    def __init__(self) -> None:
        """Initialize the count."""
        self.dropped = 0

    @contextmanager
    def part(self) -> Iterator[None]:
        """Read one part; it is left out if it is damaged."""
        try:
            yield
        # A damaged file can hold anything anywhere.
        except Exception:  # noqa: BLE001
            self.dropped += 1

    def mapping(self, value: object) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self.dropped += 1
        return {}

    def items(self, value: object) -> Iterator[tuple[str, Any]]:
        yield from self.mapping(value).items()

    def texts(self, value: object) -> Iterator[str]:
        if not isinstance(value, list):
            self.dropped += 1
            return
        for item in value:
            if isinstance(item, str):
                yield item
            else:
                self.dropped += 1

    def optional[T](self, value: Any, read: Callable[[Any], T]) -> T | None:
        if value is not None:
            with self.part():
                return read(value)
        return None


def _is_writable(value: Value) -> bool:
    """Whether a value survives being written as JSON."""
    if isinstance(value, float):
        return isfinite(value)
    return not isinstance(value, int) or abs(value) <= MAX_INTEGER


def _value(value: object) -> Value:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    # A time without a zone cannot be compared with others.
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _vitals(value: str) -> Vitals:
    return Vitals.from_json(json.loads(value))


def _location(value: Mapping[str, Any]) -> LocationEvent | None:
    published_at = value["published_at"]
    location = parse_location_event(
        CloudEvent(value["name"], value["data"], published_at and _moment(published_at))
    )
    if location is None or location.latitude is None:
        raise ValueError
    return location
