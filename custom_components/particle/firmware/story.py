"""What a device's system events tell of a flash, and how it ends.

The cloud reports the transfer. What then becomes of the firmware only the device tells, after its
restart, and the order of its reports is not certain: the job, the trigger and the event entity all
read them here, and nothing here knows of Home Assistant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from ..api.system_events import (
    AppHashEvent,
    ConnectionStatus,
    FlashState,
    FlashStatusEvent,
    LastResetEvent,
    SafeModeEvent,
    StatusEvent,
    SystemEvent,
)

_TOLD: Final = (AppHashEvent, FlashStatusEvent, LastResetEvent, SafeModeEvent, StatusEvent)

# An event that arrives later than this after one that was published later is dated wrongly.
LATEST_DELIVERY: Final = timedelta(minutes=5)

RESET_BY_UPDATE: Final = "update"
RESETS_WITHOUT_UPDATE: Final = frozenset({"update_error", "update_timeout"})
RESET_BY_PANIC: Final = "panic"


class FlashResult(StrEnum):
    """What an outcome means for the person who sent the firmware."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


class FlashOutcome(StrEnum):
    """How a flash ends; each failure has a message ``flash_…`` in the translations."""

    SUCCEEDED = "succeeded"
    TRANSFER_NOT_STARTED = "transfer_not_started"
    TRANSFER_NOT_FINISHED = "transfer_not_finished"
    TRANSFER_FAILED = "transfer_failed"
    NOT_RESTARTED = "not_restarted"
    NOT_BACK = "not_back"
    NOT_TAKEN = "not_taken"
    CRASHED = "crashed"
    SAFE_MODE = "safe_mode"
    NOT_PROVEN = "not_proven"
    EVENTS_LOST = "events_lost"

    @property
    def result(self) -> FlashResult:
        """What it means."""
        if self is FlashOutcome.SUCCEEDED:
            return FlashResult.SUCCEEDED
        return FlashResult.UNKNOWN if self in _UNKNOWN else FlashResult.FAILED


_UNKNOWN: Final = frozenset(
    {FlashOutcome.NOT_RESTARTED, FlashOutcome.NOT_PROVEN, FlashOutcome.EVENTS_LOST}
)


class FlashStep(StrEnum):
    """What a flash is waiting for."""

    START = "start"
    TRANSFER = "transfer"
    CONTRADICTION = "contradiction"
    RESTART = "restart"
    PROOF = "proof"
    REPORT = "report"
    SAFE_MODE = "safe_mode"


# Seconds after which nothing more is expected. A transfer over a slow cellular link takes minutes, a
# restart does not. A device that is back reports within moments, and the hash of its application only
# if that is a new one. Safe mode is reported last of all, and a transfer that has failed is sometimes
# contradicted by a device that has taken the firmware.
PATIENCE: Final[dict[FlashStep, float]] = {
    FlashStep.START: 5 * 60,
    FlashStep.TRANSFER: 30 * 60,
    FlashStep.CONTRADICTION: 10,
    FlashStep.RESTART: 5 * 60,
    FlashStep.PROOF: 60,
    FlashStep.REPORT: 20,
    FlashStep.SAFE_MODE: 5,
}


@dataclass(slots=True)
class FlashProgress:
    """How far a flash has come.

    Attributes:
        started: The transfer has begun.
        transferred: How it ended; None while it goes on.
        file_name: What is transferred, where the cloud tells.
        restarted: The device was gone, or says that it has restarted.
        online: The device is connected, after the restart if there was one.
        reset_reason: Why it says that it has restarted.
        panic: What made it crash, where it did.
        app_hash: SHA-256 of the application that runs now, 64 hexadecimal digits; None where it is
            the same as before.
        firmware_version: Version of the product's firmware that runs now; None where it is the same
            as before.
        safe_mode: It runs without its application.
    """

    started: bool = False
    transferred: bool | None = None
    file_name: str | None = None
    restarted: bool = False
    online: bool = True
    reset_reason: str | None = None
    panic: str | None = None
    app_hash: str | None = None
    firmware_version: int | None = None
    safe_mode: bool = False

    @property
    def is_back(self) -> bool:
        """Whether the device has received the firmware, restarted and is connected again."""
        return self.transferred is True and self.restarted and self.online

    @property
    def is_proven(self) -> bool:
        """Whether something shows that the new firmware was installed."""
        return (
            self.reset_reason == RESET_BY_UPDATE
            or self.app_hash is not None
            or self.firmware_version is not None
        )


class FlashStory:
    """One flash of one device.

    Attributes:
        progress: How far it has come.
    """

    def __init__(self, app_hash: str | None = None) -> None:
        """Begin a story.

        Args:
            app_hash: Hash of the application that ran before, if it is known.
        """
        self.progress = FlashProgress()
        self._app_hash = app_hash
        self._events: list[SystemEvent] = []

    def feed(self, event: SystemEvent) -> FlashOutcome | None:
        """Take an event of the device.

        Events are read in the order in which they were published, whatever the order in which they
        arrive: a report from before the flash proves nothing.

        Returns:
            How the flash ends, as soon as that is certain. Success never is at once: wait for
            `patience` seconds, then ask `expire`.
        """
        if isinstance(event, _TOLD):
            self._insert(event)
            self.progress = _read(self._events, self._app_hash)
        return self._failure

    def _insert(self, event: SystemEvent) -> None:
        """Put an event in its place, unless its time stamp is so far off that it must be wrong."""
        at, place = event.event.published_at, len(self._events)
        while at is not None and place:
            other = self._events[place - 1].event.published_at
            if other is None or not timedelta(0) < other - at <= LATEST_DELIVERY:
                break
            place -= 1
        self._events.insert(place, event)

    @property
    def _failure(self) -> FlashOutcome | None:
        """What has certainly gone wrong."""
        progress = self.progress
        if progress.safe_mode:
            return FlashOutcome.SAFE_MODE
        if progress.transferred and progress.reset_reason in RESETS_WITHOUT_UPDATE:
            return FlashOutcome.NOT_TAKEN
        if progress.transferred and progress.reset_reason == RESET_BY_PANIC:
            return FlashOutcome.CRASHED
        return None

    @property
    def step(self) -> FlashStep:
        """What the flash is waiting for."""
        progress = self.progress
        if progress.transferred is False:
            return FlashStep.CONTRADICTION
        if not progress.started:
            return FlashStep.START
        if progress.transferred is None:
            return FlashStep.TRANSFER
        if not progress.is_back:
            return FlashStep.RESTART
        if not progress.is_proven:
            return FlashStep.PROOF
        # Without the transfer's own events the proof may be that of an earlier flash.
        complete = progress.reset_reason is not None and progress.app_hash is not None
        return FlashStep.SAFE_MODE if complete and self._heard_transfer else FlashStep.REPORT

    @property
    def _heard_transfer(self) -> bool:
        return any(isinstance(event, FlashStatusEvent) for event in self._events)

    @property
    def patience(self) -> float:
        """Seconds for which the next event is worth waiting for."""
        return PATIENCE[self.step]

    def expire(self) -> FlashOutcome:
        """Return how the flash ends when nothing more is heard."""
        match self.step:
            case FlashStep.START:
                return FlashOutcome.TRANSFER_NOT_STARTED
            case FlashStep.TRANSFER:
                return FlashOutcome.TRANSFER_NOT_FINISHED
            case FlashStep.CONTRADICTION:
                return FlashOutcome.TRANSFER_FAILED
            case FlashStep.RESTART if self.progress.restarted:
                return FlashOutcome.NOT_BACK
            case FlashStep.RESTART:
                return FlashOutcome.NOT_RESTARTED
            case FlashStep.PROOF:
                return FlashOutcome.NOT_PROVEN
        return FlashOutcome.SUCCEEDED


def begins_flash(event: SystemEvent | None) -> bool:
    """Whether an event is of a flash that may be new."""
    return isinstance(event, FlashStatusEvent) and event.state is not None


def _read(events: Iterable[SystemEvent], app_hash: str | None) -> FlashProgress:
    """Return how far a flash has come; later proofs stand in for earlier events that were lost.

    Args:
        events: What the device and the cloud reported, in the order of publication.
        app_hash: Hash of the application that ran before.
    """
    progress = FlashProgress()
    version: int | None = None
    safe_mode = False
    for event in events:
        match event:
            case FlashStatusEvent(state=FlashState.STARTED, file_name=file_name):
                # What came before belongs to an earlier transfer.
                progress, safe_mode = FlashProgress(started=True, file_name=file_name), False
            case FlashStatusEvent(state=FlashState() as state, file_name=file_name):
                progress.started, progress.transferred = True, state is FlashState.SUCCESS
                progress.file_name = file_name or progress.file_name
                # A device in safe mode may have said so again before the flash.
                safe_mode = False
            case StatusEvent(status=ConnectionStatus.OFFLINE | ConnectionStatus.ONLINE as status):
                progress.online = status is ConnectionStatus.ONLINE
                progress.restarted = progress.restarted or progress.transferred is True
            case LastResetEvent(reason=reason, panic=panic):
                _read_reset(progress, reason, panic)
            case AppHashEvent(app_hash=new) if new and new != app_hash:
                progress.app_hash = new
                _has_restarted(progress)
            case SafeModeEvent():
                safe_mode = progress.started
        if isinstance(event, FlashStatusEvent):
            version = event.event.firmware_version
        elif progress.transferred and version is not None:
            found = event.event.firmware_version
            if found is not None and found != version:
                progress.firmware_version = found
                _has_restarted(progress)
        if safe_mode and progress.transferred:
            progress.safe_mode = True
            _has_restarted(progress)
    return progress


def _read_reset(progress: FlashProgress, reason: str, panic: str | None) -> None:
    """Take why the device has restarted; a restart before the transfer is over says nothing of it."""
    by_update = reason == RESET_BY_UPDATE or reason in RESETS_WITHOUT_UPDATE
    if by_update or progress.transferred:
        progress.reset_reason, progress.panic = reason, panic
        _has_restarted(progress)


def _has_restarted(progress: FlashProgress) -> None:
    """Note that the device reports after the restart, so that it has received the firmware."""
    progress.started = progress.transferred = True
    progress.restarted = progress.online = True
