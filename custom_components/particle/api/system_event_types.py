"""Data classes for system events."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .models import CloudEvent
from .parsing import Json
from .vitals import Vitals


class ConnectionStatus(StrEnum):
    """Values of ``spark/status``."""

    ONLINE = "online"
    OFFLINE = "offline"
    AUTO_UPDATE = "auto-update"


class FlashState(StrEnum):
    """Values of ``spark/flash/status``; success refers to the transfer only."""

    STARTED = "started"
    SUCCESS = "success"
    FAILED = "failed"


class UpdateFlag(StrEnum):
    """Kinds of ``particle/device/updates/…``."""

    ENABLED = "enabled"
    FORCED = "forced"
    PENDING = "pending"


# Device OS reports some reasons as numbers.
RESET_REASONS: Mapping[int, str] = {
    0: "none",
    10: "unknown",
    20: "pin_reset",
    30: "power_management",
    40: "power_down",
    50: "power_brownout",
    60: "watchdog",
    70: "update",
    80: "update_error",
    90: "update_timeout",
    100: "factory_reset",
    110: "safe_mode",
    120: "dfu_mode",
    130: "panic",
    140: "user",
    150: "config_update",
}
PANIC_CODES: Mapping[int, str] = {
    1: "hard_fault",
    2: "nmi_fault",
    3: "memory_fault",
    4: "bus_fault",
    5: "usage_fault",
    6: "invalid_length",
    7: "exit",
    8: "out_of_heap",
    9: "spi_overrun",
    10: "assert_failed",
    11: "invalid_case",
    12: "pure_virtual_call",
    13: "stack_overflow",
    14: "heap_error",
    15: "secure_fault",
}


@dataclass(frozen=True, slots=True)
class SystemEvent:
    """A system event without a class of its own.

    Attributes:
        event: The original event.
    """

    event: CloudEvent

    @property
    def data(self) -> str:
        """The data without surrounding whitespace."""
        return (self.event.data or "").strip()


@dataclass(frozen=True, slots=True)
class StatusEvent(SystemEvent):
    """A device is online, offline or about to be updated; ``offline`` may be late.

    Attributes:
        status: The status; None if it is unknown to this client.
    """

    status: ConnectionStatus | None


@dataclass(frozen=True, slots=True)
class Module:
    """One module of a device's firmware.

    Attributes:
        function: ``b`` bootloader, ``s`` system part, ``u`` user application and so on.
        location: ``m`` main, ``b`` backup, ``f`` factory and so on.
        dependencies: Modules that it requires.
    """

    function: str | None
    name: str | None
    version: int | None
    location: str | None
    size: int | None
    validity_checked: str | None
    validity_result: str | None
    dependencies: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class SafeModeEvent(SystemEvent):
    """A device is in safe mode, usually because its Device OS is too old for the application."""

    platform_id: int | None
    functions: tuple[str, ...]
    variables: tuple[str, ...]
    modules: tuple[Module, ...]


@dataclass(frozen=True, slots=True)
class SafeModeUpdaterEvent(SystemEvent):
    """The cloud updates Device OS of a device in safe mode.

    Attributes:
        step: Number of the step; None if the data is not a number.
    """

    step: int | None


@dataclass(frozen=True, slots=True)
class FlashStatusEvent(SystemEvent):
    """The state of a firmware transfer.

    Attributes:
        state: The state; None if it is unknown to this client.
        file_name: Name of the file; None if unknown.
    """

    state: FlashState | None
    file_name: str | None


@dataclass(frozen=True, slots=True)
class FlashAvailableEvent(SystemEvent):
    """Reserved by the cloud: firmware is available for a device."""


@dataclass(frozen=True, slots=True)
class FlashProgressEvent(SystemEvent):
    """Reserved by the cloud: progress of a transfer.

    Attributes:
        sent: Transferred bytes.
        total: Total bytes.
        seconds: Seconds since the start.
    """

    sent: int | None
    total: int | None
    seconds: int | None


@dataclass(frozen=True, slots=True)
class AppHashEvent(SystemEvent):
    """A device runs a different application.

    Attributes:
        app_hash: 64 hexadecimal digits in lower case.
    """

    app_hash: str


@dataclass(frozen=True, slots=True)
class LastResetEvent(SystemEvent):
    """The reason of a device's restart.

    Attributes:
        reason: For example ``watchdog``; unknown numbers are kept.
        panic: For example ``hard_fault``; only for the reason ``panic``.
    """

    reason: str
    panic: str | None


@dataclass(frozen=True, slots=True)
class VitalsEvent(SystemEvent):
    """New vitals of a device."""

    vitals: Vitals


@dataclass(frozen=True, slots=True)
class UpdatesEvent(SystemEvent):
    """Whether updates are enabled, forced or pending on a device."""

    flag: UpdateFlag
    on: bool | None


@dataclass(frozen=True, slots=True)
class ProductFirmwareEvent(SystemEvent):
    """Product firmware was uploaded or released.

    Attributes:
        released: Whether it was released; otherwise it was uploaded.
        immediate: Whether it is delivered immediately.
    """

    released: bool
    version: int | None
    immediate: bool | None


@dataclass(frozen=True, slots=True)
class OtaResultEvent(SystemEvent):
    """Result of an over-the-air update as JSON; only old firmware."""

    result: Json


@dataclass(frozen=True, slots=True)
class DeviceInformationEvent(SystemEvent):
    """A request of a device to the cloud, or the answer.

    Attributes:
        topic: ``name``, ``ip`` or ``random``.
    """

    topic: str


@dataclass(frozen=True, slots=True)
class CommandEvent(SystemEvent):
    """A command of the cloud to a device to restart or to restore its key.

    Attributes:
        command: ``reset`` or ``key/restore``.
    """

    command: str


@dataclass(frozen=True, slots=True)
class HandshakeEvent(SystemEvent):
    """A message of the handshake between a device and the cloud, such as ``claim/code``."""

    topic: str
