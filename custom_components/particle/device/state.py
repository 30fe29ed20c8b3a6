"""Immutable snapshot of a device's state, and what listings, events and reports make of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum

from homeassistant.core import Context

from ..api import Device, VariableType
from ..api.location_events import LocationEvent, parse_location_event
from ..api.system_events import (
    AppHashEvent,
    LastResetEvent,
    Module,
    SafeModeEvent,
    UpdateFlag,
    UpdatesEvent,
    VitalsEvent,
)
from ..api.vitals import Vitals
from ..events.hub import ParticleEvent

# Fields of a report that say what it is about; all others are measurements.
_NOT_MEASURED = {"device_id", "updated_at", "raw"}

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
class FunctionCall:
    """A call of a function that the device has answered.

    Attributes:
        function: Name of the function.
        argument: What was passed to it.
        return_value: What it returned.
        called_at: When the answer came, UTC.
        context: Who asked for it, where that is known.
    """

    function: str
    argument: str
    return_value: int
    called_at: datetime
    context: Context | None = None


@dataclass(frozen=True, slots=True)
class Reset:
    """Why a device has restarted.

    Attributes:
        reason: Such as ``watchdog`` or ``panic``.
        panic: What went wrong, such as ``hard_fault``; only for a panic.
        at: When the device reported it, UTC.
    """

    reason: str
    panic: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DeviceState:
    """What is known of a device.

    Attributes:
        device: What the cloud says of it.
        online: Whether it is connected, as far as is known.
        functions: Names of its functions; the last known ones while it is offline.
        variables: Its variables and their types; the last known ones while it is offline.
        readings: The last value of each variable that was read.
        calls: The last call of each function since Home Assistant started; the latest one comes last.
        connection: Number of the present or last connection, counted from the start of Home
            Assistant; readings of another one are from before it.
        listed: False while the credentials may not list it any more.
        answering: False after a request that the device did not answer, until it is heard again.
        safe_mode: Whether the device runs without its application.
        flash_step: What a flash that goes on waits for, such as ``transfer``; None without one.
        modules: What the device said of its firmware when it went into safe mode.
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
    calls: Mapping[str, FunctionCall] = field(default_factory=dict)
    connection: int = 0
    listed: bool = True
    answering: bool = True
    safe_mode: bool = False
    flash_step: str | None = None
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
        """What decides which entities the device has."""
        return (self.functions, self.variables, self.vitals_kinds, self.location is not None)

    def is_fresh(self, variable: str) -> bool:
        """Whether the variable has a value that was read over the present connection."""
        reading = self.readings.get(variable)
        return reading is not None and reading.connection == self.connection

    def after_answer(self, device: Device) -> DeviceState:
        """Return the state after a listing or a description, without functions and variables."""
        safe_mode = self.safe_mode if device.status is None else device.safe_mode
        return replace(self, device=device, safe_mode=safe_mode)

    def with_firmware(self, device: Device, now: datetime) -> DeviceState:
        """Return the state with the functions and variables of a description that can be believed."""
        functions, variables = device.functions or (), device.variables or {}
        same = functions == self.functions and variables == self.variables
        if same and self.firmware_since is not None:
            return self
        return replace(self, functions=functions, variables=variables, firmware_since=now)

    def after_connecting(self) -> DeviceState:
        """Return the state at the start of a new connection."""
        return replace(
            self, online=True, answering=True, connection=self.connection + 1, vitals=None
        )

    def after_starting(self) -> DeviceState:
        """Return the state of a device that may have restarted: in safe mode it will say so again."""
        return replace(self, safe_mode=False, modules=())

    def after_event(self, event: ParticleEvent, now: datetime) -> DeviceState:
        """Return the state after an event of the device.

        Whether the device is connected is not decided here: that takes time to know.
        """
        match event.system:
            case SafeModeEvent(modules=modules):
                return replace(self, safe_mode=True, modules=modules)
            case LastResetEvent(reason=reason, panic=panic):
                return replace(self, last_reset=Reset(reason, panic, event.published_at or now))
            case AppHashEvent(app_hash=app_hash):
                return replace(self, app_hash=app_hash or None)
            case VitalsEvent(vitals=vitals):
                return self.after_vitals(vitals)
            case UpdatesEvent(flag=UpdateFlag.ENABLED, on=on):
                return replace(self, updates_enabled=on)
            case UpdatesEvent(flag=UpdateFlag.FORCED, on=on):
                return replace(self, updates_forced=on)
            case UpdatesEvent(flag=UpdateFlag.PENDING, on=on):
                return replace(self, updates_pending=on)
            case None if (location := parse_location_event(event.cloud_event)) is not None:
                # A tracker without a fix says so; where it was last is still worth showing.
                return self if location.latitude is None else replace(self, location=location)
        return self

    def after_vitals(self, vitals: Vitals, *, is_current: bool = True) -> DeviceState:
        """Return the state after a report of the device's health.

        Args:
            vitals: The report.
            is_current: Whether it is of the present connection. Of an older one only what the device
                can measure is still true.
        """
        kinds = {
            field.name
            for field in fields(vitals)
            if field.name not in _NOT_MEASURED and getattr(vitals, field.name) is not None
        }
        return replace(
            self,
            vitals=vitals if is_current else self.vitals,
            vitals_kinds=self.vitals_kinds | kinds,
        )

    def with_reading(self, name: str, reading: Reading) -> DeviceState:
        """Return the state with a new value of a variable."""
        return replace(self, readings={**self.readings, name: reading})

    def with_call(self, call: FunctionCall) -> DeviceState:
        """Return the state after a call of a function."""
        others = {name: one for name, one in self.calls.items() if name != call.function}
        return replace(self, answering=True, calls={**others, call.function: call})
