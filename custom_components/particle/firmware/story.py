"""Determine the progress and the outcome of a flash from the device's system events.

The cloud reports the transfer; after that, only the device reports whether it runs the firmware, in
varying order. The action, the trigger and the event entity share this module, which does not depend
on Home Assistant.
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

_RELEVANT_EVENTS: Final = (
    AppHashEvent,
    FlashStatusEvent,
    LastResetEvent,
    SafeModeEvent,
    StatusEvent,
)

# An event is sorted by its timestamp only within this time; beyond it, the timestamp must be wrong.
LATEST_DELIVERY: Final = timedelta(minutes=5)

RESET_BY_UPDATE: Final = "update"
RESETS_WITHOUT_UPDATE: Final = frozenset({"update_error", "update_timeout"})
RESET_BY_PANIC: Final = "panic"


class FlashResult(StrEnum):
    """The result of a flash for the user."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


class FlashOutcome(StrEnum):
    """The outcome of a flash; each failure has a message ``flash_…`` in the translations."""

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
        """The result for the user."""
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


# Seconds to wait for the next event of each step. A transfer over a slow cellular link takes minutes,
# a restart does not. A device that is back reports immediately, but its application hash only if that
# has changed. Safe mode is reported last. After a failed transfer, some devices report that they have
# installed the firmware.
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
    """Progress of a flash.

    Attributes:
        started: Whether the transfer has started.
        transferred: Whether the transfer succeeded; None before its end.
        file_name: Name of the transferred file, if the cloud reports it.
        restarted: Whether the device was offline after the transfer, or has reported a restart.
        online: Whether the device is connected.
        reset_reason: The reported reason of the restart.
        panic: The panic code, if the device crashed.
        app_hash: SHA-256 of the new application, 64 hexadecimal digits; None if it has not changed.
        firmware_version: New version of the product firmware; None if it has not changed.
        safe_mode: Whether the device is in safe mode.
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
        progress: The progress so far.
    """

    def __init__(self, app_hash: str | None = None) -> None:
        """Initialize without events.

        Args:
            app_hash: Hash of the previous application, if it is known.
        """
        self.progress = FlashProgress()
        self._app_hash = app_hash
        self._events: list[SystemEvent] = []

    def feed(self, event: SystemEvent) -> FlashOutcome | None:
        """Add a system event of the device.

        Events are evaluated in the order of publication, because a report from before the flash proves
        nothing.

        Returns:
            The outcome, if the flash has certainly failed. Success is never certain at once: wait for
            `patience` seconds, then call `expire`.
        """
        if isinstance(event, _RELEVANT_EVENTS):
            self._insert(event)
            self.progress = _read(self._events, self._app_hash)
        return self._failure

    def _insert(self, event: SystemEvent) -> None:
        """Insert an event in the order of publication, unless its timestamp must be wrong."""
        at, place = event.event.published_at, len(self._events)
        while at is not None and place:
            other = self._events[place - 1].event.published_at
            if other is None or not timedelta(0) < other - at <= LATEST_DELIVERY:
                break
            place -= 1
        self._events.insert(place, event)

    @property
    def _failure(self) -> FlashOutcome | None:
        """The outcome if the flash has certainly failed."""
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
        # Without events of the transfer, the proof may belong to an earlier flash.
        complete = progress.reset_reason is not None and progress.app_hash is not None
        return FlashStep.SAFE_MODE if complete and self._has_transfer_event else FlashStep.REPORT

    @property
    def _has_transfer_event(self) -> bool:
        return any(isinstance(event, FlashStatusEvent) for event in self._events)

    @property
    def patience(self) -> float:
        """Seconds to wait for the next event."""
        return PATIENCE[self.step]

    def expire(self) -> FlashOutcome:
        """Return the outcome if no more events arrive."""
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
    """Whether an event may be the first one of a flash."""
    return isinstance(event, FlashStatusEvent) and event.state is not None


def _read(events: Iterable[SystemEvent], app_hash: str | None) -> FlashProgress:
    """Return the progress of a flash; later events make up for lost earlier ones.

    Args:
        events: The events in the order of publication.
        app_hash: Hash of the previous application.
    """
    progress = FlashProgress()
    version: int | None = None
    safe_mode = False
    for event in events:
        match event:
            case FlashStatusEvent(state=FlashState.STARTED, file_name=file_name):
                # Earlier events belong to another transfer.
                progress, safe_mode = FlashProgress(started=True, file_name=file_name), False
            case FlashStatusEvent(state=FlashState() as state, file_name=file_name):
                progress.started, progress.transferred = True, state is FlashState.SUCCESS
                progress.file_name = file_name or progress.file_name
                # A device in safe mode may report that again before the flash.
                safe_mode = False
            case StatusEvent(status=ConnectionStatus.OFFLINE | ConnectionStatus.ONLINE as status):
                progress.online = status is ConnectionStatus.ONLINE
                progress.restarted = progress.restarted or progress.transferred is True
            case LastResetEvent(reason=reason, panic=panic):
                _read_reset(progress, reason, panic)
            case AppHashEvent(app_hash=new) if new and new != app_hash:
                progress.app_hash = new
                _mark_restarted(progress)
            case SafeModeEvent():
                safe_mode = progress.started
        if isinstance(event, FlashStatusEvent):
            version = event.event.firmware_version
        elif progress.transferred and version is not None:
            found = event.event.firmware_version
            if found is not None and found != version:
                progress.firmware_version = found
                _mark_restarted(progress)
        if safe_mode and progress.transferred:
            progress.safe_mode = True
            _mark_restarted(progress)
    return progress


def _read_reset(progress: FlashProgress, reason: str, panic: str | None) -> None:
    """Record the reason of a restart; one before the end of the transfer is unrelated."""
    by_update = reason == RESET_BY_UPDATE or reason in RESETS_WITHOUT_UPDATE
    if by_update or progress.transferred:
        progress.reset_reason, progress.panic = reason, panic
        _mark_restarted(progress)


def _mark_restarted(progress: FlashProgress) -> None:
    """Record that the device has restarted, and therefore has received the firmware."""
    progress.started = progress.transferred = True
    progress.restarted = progress.online = True
