"""Immutable snapshot of a device's state, and its transitions."""

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

# Fields of the vitals that are not measurements.
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
        value: The value from the firmware; JSON in text stays text.
        read_at: When it was read, UTC.
        source: How it reached Home Assistant.
        at: When it was read, by the event loop's clock, which does not change with the time of day.
        connection: Number of the connection over which it was read.
    """

    value: Value
    read_at: datetime
    source: Source
    at: float
    connection: int


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A completed function call.

    Attributes:
        function: Name of the function.
        argument: Argument of the call.
        return_value: Value that the function returned.
        called_at: When the answer arrived, UTC.
        context: Context of the user or automation that made the call, if known.
    """

    function: str
    argument: str
    return_value: int
    called_at: datetime
    context: Context | None = None


@dataclass(frozen=True, slots=True)
class Reset:
    """Reason of a restart.

    Attributes:
        reason: For example ``watchdog`` or ``panic``.
        panic: The panic code, for example ``hard_fault``; only for a panic.
        at: When the device reported it, UTC.
    """

    reason: str
    panic: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DeviceState:
    """State of a device.

    Attributes:
        device: The device as the cloud describes it.
        online: Whether it is known to be connected.
        functions: Names of its functions; the last known ones while it is offline.
        variables: Its variables and their types; the last known ones while it is offline.
        readings: The last value of each variable that was read.
        calls: The last call of each function since Home Assistant started; the latest one comes last.
        connection: Number of the current or last connection since the start of Home Assistant;
            readings with another number are older.
        listed: False while the credentials may not list the device.
        answering: False after an unanswered request, until the device is active again.
        safe_mode: Whether the device runs without its application.
        flash_step: The step that the current flash is waiting for, such as ``transfer``; None without one.
        modules: The firmware modules that the device reported when it entered safe mode.
        last_reset: The last restart, if it was reported since the start of Home Assistant.
        app_hash: Hash of the application, if it was reported since the start of Home Assistant.
        vitals: The last vitals of the current connection.
        firmware_since: Since when the functions and variables have been the same, if known.
        vitals_kinds: Names of the fields that the vitals have contained so far.
        location: The last known location.
        updates_enabled: Whether the firmware allows updates.
        updates_forced: Whether updates are forced.
        updates_pending: Whether an update is pending.
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
        """Whether the device is connected and listed."""
        return self.online and self.listed

    @property
    def features(self) -> tuple[object, ...]:
        """The values that determine which entities the device has."""
        return (self.functions, self.variables, self.vitals_kinds, self.location is not None)

    def is_fresh(self, variable: str) -> bool:
        """Whether the variable has a value that was read over the current connection."""
        reading = self.readings.get(variable)
        return reading is not None and reading.connection == self.connection

    def after_answer(self, device: Device) -> DeviceState:
        """Return the state after a listing or a device's details, without functions and variables."""
        safe_mode = self.safe_mode if device.status is None else device.safe_mode
        return replace(self, device=device, safe_mode=safe_mode)

    def with_firmware(self, device: Device, now: datetime) -> DeviceState:
        """Return the state with the functions and variables of a complete description."""
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
        """Return the state after a possible restart, without safe mode, which would be reported again."""
        return replace(self, safe_mode=False, modules=())

    def after_event(self, event: ParticleEvent, now: datetime) -> DeviceState:
        """Return the state after an event of the device.

        The connection is tracked elsewhere, because its changes may have to be debounced.
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
                # Keep the last location if the tracker has no fix.
                return self if location.latitude is None else replace(self, location=location)
        return self

    def after_vitals(self, vitals: Vitals, *, is_current: bool = True) -> DeviceState:
        """Return the state after new vitals.

        Args:
            vitals: The vitals.
            is_current: Whether they are from the current connection. Older ones only show which
                fields the device reports.
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
