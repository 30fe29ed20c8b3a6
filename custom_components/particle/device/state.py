"""What is known of one board at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ..api import Device, VariableType
from ..api.location_events import LocationEvent
from ..api.system_events import Module
from ..api.vitals import Vitals

type Value = bool | int | float | str | None


class Source(StrEnum):
    """How a value reached Home Assistant."""

    POLL = "poll"
    ACTION = "action"


@dataclass(frozen=True, slots=True)
class Reading:
    """A variable's value.

    Attributes:
        value: As the firmware gave it; text that holds JSON stays text.
        read_at: When it was read, UTC.
        source: How it reached Home Assistant.
        at: When it was read, by the event loop's clock, which no change of the time of day moves.
        connection: Number of the connection over which it was read.
    """

    value: Value
    read_at: datetime
    source: Source
    at: float
    connection: int


@dataclass(frozen=True, slots=True)
class Reset:
    """Why a board has restarted.

    Attributes:
        reason: Such as ``watchdog`` or ``panic``.
        panic: What went wrong, such as ``hard_fault``; only for a panic.
        at: When the board reported it, UTC.
    """

    reason: str
    panic: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class BoardState:
    """What is known of a board.

    Attributes:
        device: What the cloud says of it.
        online: Whether it is connected, as far as is known.
        functions: Names of its functions; the last known ones while it is offline.
        variables: Its variables and their types; the last known ones while it is offline.
        readings: The last value of each variable that was read.
        connection: Number of the present or last connection, counted from the start of Home
            Assistant; readings of another one are from before it.
        listed: False while the credentials may not list it any more.
        answering: False after a request that the board did not answer, until it is heard again.
        safe_mode: Whether the board runs without its application.
        modules: What the board said of its firmware when it went into safe mode.
        last_reset: Why it restarted last, if it told since Home Assistant listens.
        app_hash: Fingerprint of its application, if it told since Home Assistant listens.
        vitals: Its last report of the present connection.
        firmware_since: Since when it has had these functions and variables, as far as is known.
        vitals_kinds: What its reports have contained so far, by field name.
        location: Where it said last that it is.
        updates_enabled: Whether the firmware lets updates through.
        updates_forced: Whether updates are forced on it.
        updates_pending: Whether an update waits for it.
    """

    device: Device
    online: bool
    functions: tuple[str, ...] = ()
    variables: Mapping[str, VariableType] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    connection: int = 0
    listed: bool = True
    answering: bool = True
    safe_mode: bool = False
    modules: tuple[Module, ...] = ()
    last_reset: Reset | None = None
    app_hash: str | None = None
    firmware_since: datetime | None = None
    vitals: Vitals | None = None
    vitals_kinds: frozenset[str] = frozenset()
    location: LocationEvent | None = None
    updates_enabled: bool | None = None
    updates_forced: bool | None = None
    updates_pending: bool | None = None

    @property
    def reachable(self) -> bool:
        """Whether the device is connected, and what it says can be shown."""
        return self.online and self.listed

    @property
    def features(self) -> tuple[object, ...]:
        """What decides which entities the board has."""
        return (self.functions, self.variables, self.vitals_kinds, self.location is not None)

    def is_fresh(self, variable: str) -> bool:
        """Whether the variable has a value that was read over the present connection."""
        reading = self.readings.get(variable)
        return reading is not None and reading.connection == self.connection
