"""Special events as objects: what each of them tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .models import CloudEvent
from .parsing import Json
from .vitals import Vitals


class ConnectionStatus(StrEnum):
    """What ``spark/status`` says."""

    ONLINE = "online"
    OFFLINE = "offline"
    AUTO_UPDATE = "auto-update"


class FlashState(StrEnum):
    """What ``spark/flash/status`` says; success means the transfer, not that the firmware runs."""

    STARTED = "started"
    SUCCESS = "success"
    FAILED = "failed"


class UpdateFlag(StrEnum):
    """What ``particle/device/updates/…`` is about."""

    ENABLED = "enabled"
    FORCED = "forced"
    PENDING = "pending"


# Device OS numbers these where it has no words for them.
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
    """A special event that has no class of its own.

    Attributes:
        event: The event as it came.
    """

    event: CloudEvent

    @property
    def data(self) -> str:
        """The data without blanks around it."""
        return (self.event.data or "").strip()


@dataclass(frozen=True, slots=True)
class StatusEvent(SystemEvent):
    """A device came, went, or is about to get firmware; a late ``offline`` may come with an ``online``.

    Attributes:
        status: None for a word that is newer than this client.
    """

    status: ConnectionStatus | None


@dataclass(frozen=True, slots=True)
class Module:
    """One module of a device's firmware.

    Attributes:
        function: ``b`` bootloader, ``s`` system part, ``u`` user application and so on.
        location: ``m`` main, ``b`` backup, ``f`` factory and so on.
        dependencies: Modules that it needs; one of them may be missing.
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
    """A device runs without its application, mostly because Device OS is too old for it."""

    platform_id: int | None
    functions: tuple[str, ...]
    variables: tuple[str, ...]
    modules: tuple[Module, ...]


@dataclass(frozen=True, slots=True)
class SafeModeUpdaterEvent(SystemEvent):
    """The cloud brings Device OS of a device in safe mode up to date.

    Attributes:
        step: Number of the step; None where the data is not a number.
    """

    step: int | None


@dataclass(frozen=True, slots=True)
class FlashStatusEvent(SystemEvent):
    """Firmware is on its way to a device.

    Attributes:
        state: None for a word that is newer than this client.
        file_name: Where the cloud tells.
    """

    state: FlashState | None
    file_name: str | None


@dataclass(frozen=True, slots=True)
class FlashAvailableEvent(SystemEvent):
    """Reserved by the cloud: firmware waits for a device."""


@dataclass(frozen=True, slots=True)
class FlashProgressEvent(SystemEvent):
    """Reserved by the cloud: how far a transfer is.

    Attributes:
        sent: Bytes so far.
        total: Bytes of all.
        seconds: Since the start.
    """

    sent: int | None
    total: int | None
    seconds: int | None


@dataclass(frozen=True, slots=True)
class AppHashEvent(SystemEvent):
    """Another application runs on a device.

    Attributes:
        app_hash: 64 hexadecimal digits in lower case.
    """

    app_hash: str


@dataclass(frozen=True, slots=True)
class LastResetEvent(SystemEvent):
    """Why a device has restarted.

    Attributes:
        reason: Such as ``watchdog``; a number that is newer than this client stays a number.
        panic: Such as ``hard_fault``; only for the reason ``panic``.
    """

    reason: str
    panic: str | None


@dataclass(frozen=True, slots=True)
class VitalsEvent(SystemEvent):
    """A device tells about its health."""

    vitals: Vitals


@dataclass(frozen=True, slots=True)
class UpdatesEvent(SystemEvent):
    """Whether a device lets updates through, has to, or is about to get one."""

    flag: UpdateFlag
    on: bool | None


@dataclass(frozen=True, slots=True)
class ProductFirmwareEvent(SystemEvent):
    """Firmware of a product was uploaded or released.

    Attributes:
        released: False where it was only uploaded.
        immediate: Delivered at once.
    """

    released: bool
    version: int | None
    immediate: bool | None


@dataclass(frozen=True, slots=True)
class OtaResultEvent(SystemEvent):
    """Old firmware: how an update over the air has ended, as JSON."""

    result: Json


@dataclass(frozen=True, slots=True)
class DeviceInformationEvent(SystemEvent):
    """Question and answer between a device and the cloud.

    Attributes:
        topic: ``name``, ``ip`` or ``random``.
    """

    topic: str


@dataclass(frozen=True, slots=True)
class CommandEvent(SystemEvent):
    """The cloud tells a device to restart or to restore its key.

    Attributes:
        command: ``reset`` or ``key/restore``.
    """

    command: str


@dataclass(frozen=True, slots=True)
class HandshakeEvent(SystemEvent):
    """A message of the handshake between a device and the cloud, such as ``claim/code``."""

    topic: str
