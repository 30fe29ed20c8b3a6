"""A flash as a job: from the request through the board's own events to an end that has a name.

The cloud answers "Update started" and no more. What then becomes of it only the events tell: the
transfer, the restart, and what the board says when it is back.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .api import DeviceOfflineError, FlashStarted, ParticleError
from .api.system_events import (
    AppHashEvent,
    ConnectionStatus,
    FlashState,
    FlashStatusEvent,
    LastResetEvent,
    SafeModeEvent,
    StatusEvent,
    parse_system_event,
)
from .const import DOMAIN
from .coordinator import ParticleConfigEntry
from .device_coordinator import DeviceCoordinator
from .event_hub import ParticleEvent
from .event_streams import SupervisedStream

_LOGGER = logging.getLogger(__name__)

DEFAULT_TIMEOUT: Final = 600.0

# A board that is back tells in one go why it restarted and what runs. Some of it may never come:
# the hash of the program comes only when the program is another one than before.
LONGEST_REPORT = 20.0

# After the last proof: a board in safe mode says so only now.
LAST_WORD = 3.0

RESET_BY_UPDATE: Final = "update"

DATA_FLASHES: HassKey[dict[str, Flash]] = HassKey(f"{DOMAIN}_flashes")
"""The flashes that are going on, by Particle's id of the board."""


class FlashFailure(StrEnum):
    """How a flash can fail once it has begun; each has a message ``flash_…`` in the translations."""

    TRANSFER_NOT_STARTED = "transfer_not_started"
    TRANSFER_NOT_FINISHED = "transfer_not_finished"
    TRANSFER_FAILED = "transfer_failed"
    NOT_BACK = "not_back"
    NOT_TAKEN = "not_taken"
    CRASHED = "crashed"
    SAFE_MODE = "safe_mode"
    NOT_PROVEN = "not_proven"
    EVENTS_LOST = "events_lost"


@dataclass(slots=True)
class FlashProgress:
    """How far a flash has come.

    Attributes:
        started: The transfer has begun.
        transferred: How it ended; None while it goes on.
        file_name: What is transferred, where the cloud tells.
        restarted: The board was gone, or says that it restarted.
        online: The board is connected, after the restart if there was one.
        reset_reason: Why it says that it restarted.
        panic: What made it crash, where it did.
        app_hash: SHA-256 of the program that runs now, 64 hexadecimal digits; None where it is the
            same as before.
        safe_mode: It runs without its program.
    """

    started: bool = False
    transferred: bool | None = None
    file_name: str | None = None
    restarted: bool = False
    online: bool = True
    reset_reason: str | None = None
    panic: str | None = None
    app_hash: str | None = None
    safe_mode: bool = False

    @property
    def is_back(self) -> bool:
        """Whether the board took the firmware, restarted and is connected again."""
        return self.transferred is True and self.restarted and self.online

    @property
    def is_reported(self) -> bool:
        """Whether the board has said all that it has to say."""
        return self.reset_reason is not None and self.app_hash is not None


class FlashFailedError(HomeAssistantError):
    """A flash that had begun did not end well.

    Attributes:
        failure: How.
        progress: How far it came.
    """

    def __init__(
        self, failure: FlashFailure, progress: FlashProgress, *, device: str, seconds: float
    ) -> None:
        """Say what happened, or what did not.

        Args:
            failure: How it failed.
            progress: How far it came.
            device: Name of the board.
            seconds: The time that it had.
        """
        super().__init__(
            translation_domain=DOMAIN,
            translation_key=f"flash_{failure}",
            translation_placeholders={
                "device": device,
                "seconds": f"{seconds:g}",
                "reason": progress.reset_reason or "–",
                "panic": progress.panic or "–",
            },
        )
        self.failure = failure
        self.progress = progress


class Flash:
    """One flash of one board.

    Attributes:
        progress: How far it has come; changes while it goes on.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ParticleConfigEntry,
        board: DeviceCoordinator,
        *,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """Prepare a flash; nothing is sent yet.

        Args:
            hass: Home Assistant.
            entry: The account.
            board: The board.
            timeout: Seconds between the cloud's "Update started" and the board being back.
        """
        self.progress = FlashProgress()
        self._hass = hass
        self._hub = entry.runtime_data.hub
        self._streams = entry.runtime_data.streams
        self._board = board
        self._timeout = timeout
        self._failure: FlashFailure | None = None
        self._changed = asyncio.Event()

    async def async_start(self, send: Callable[[], Awaitable[FlashStarted]]) -> FlashStarted:
        """Send firmware to the board and leave it at that.

        Args:
            send: Asks the cloud to flash the board.

        Raises:
            DeviceOfflineError: The board is not connected; nothing was sent.
            ParticleError: The cloud refused.
        """
        await self._ensure_online()
        return await send()

    async def async_run(self, send: Callable[[], Awaitable[FlashStarted]]) -> FlashProgress:
        """Send firmware to the board and follow it until the board proves that it runs.

        Args:
            send: Asks the cloud to flash the board.

        Returns:
            What the board said of itself.

        Raises:
            FlashFailedError: The flash began and did not end well.
            HomeAssistantError: Another flash of the board is going on, or no events come in that
                would tell how it ends; nothing was sent.
            DeviceOfflineError: The board is not connected; nothing was sent.
            ParticleError: The cloud refused.
        """
        flashes = self._hass.data.setdefault(DATA_FLASHES, {})
        if self._board.device_id in flashes:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="flash_going_on",
                translation_placeholders={"device": self._board.name},
            )
        flashes[self._board.device_id] = self
        # Before the request: the first events may come before its answer.
        stop_listening = self._hub.async_listen(self._handle_event, device_id=self._board.device_id)
        try:
            stream = self._connected_stream()
            begun = dt_util.utcnow()
            await self.async_start(send)
            await self._follow(stream, begun)
        finally:
            stop_listening()
            del flashes[self._board.device_id]
        return self.progress

    async def _ensure_online(self) -> None:
        """Refuse a board that is offline; what we know may be old, so the cloud is asked, which is free."""
        if not self._board.online:
            await self._board.async_describe()
        if not self._board.online:
            raise DeviceOfflineError(f"{self._board.name} is offline")

    def _connected_stream(self) -> SupervisedStream:
        """Return the stream that brings the board's events."""
        for stream in self._streams:
            if stream.scope == self._board.scope and stream.state.connected:
                return stream
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="flash_without_events",
            translation_placeholders={"device": self._board.name},
        )

    async def _follow(self, stream: SupervisedStream, begun: datetime) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await self._until(lambda: self.progress.is_back)
        except TimeoutError:
            raise self._failed(self._what_is_missing(stream, begun)) from None
        await self._until(lambda: self.progress.is_reported, at_most=LONGEST_REPORT)
        await self._until(lambda: False, at_most=LAST_WORD)
        await self._ask_the_cloud()
        if failure := self._judge():
            raise self._failed(failure)

    async def _until(self, happened: Callable[[], bool], *, at_most: float | None = None) -> None:
        """Wait until something has happened; a failure ends it.

        Args:
            happened: Whether it has.
            at_most: Seconds after which not to wait any longer.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most):
                while not happened() and self._failure is None:
                    self._changed.clear()
                    await self._changed.wait()
        if self._failure is not None:
            raise self._failed(self._failure)

    async def _ask_the_cloud(self) -> None:
        """Bring what is known of the board up to date; it tells of safe mode too, and is free."""
        try:
            await self._board.async_describe()
        except ParticleError as err:
            _LOGGER.debug("No details of %s after its flash: %s", self._board.name, err)
            return
        self.progress.safe_mode = self.progress.safe_mode or self._board.device.safe_mode
        self.progress.online = self._board.device.online

    def _judge(self) -> FlashFailure | None:
        """Return what is wrong with a board that came back."""
        progress = self.progress
        if progress.safe_mode:
            return FlashFailure.SAFE_MODE
        if not progress.online:
            return FlashFailure.NOT_BACK
        if progress.reset_reason != RESET_BY_UPDATE and progress.app_hash is None:
            return FlashFailure.NOT_PROVEN
        return None

    def _what_is_missing(self, stream: SupervisedStream, begun: datetime) -> FlashFailure:
        """Return what has not happened in time."""
        state = stream.state
        if not state.connected or state.since > begun:
            return FlashFailure.EVENTS_LOST
        if self.progress.transferred:
            return FlashFailure.NOT_BACK
        if self.progress.started:
            return FlashFailure.TRANSFER_NOT_FINISHED
        return FlashFailure.TRANSFER_NOT_STARTED

    def _failed(self, failure: FlashFailure) -> FlashFailedError:
        return FlashFailedError(
            failure, self.progress, device=self._board.name, seconds=self._timeout
        )

    @callback
    def _handle_event(self, event: ParticleEvent) -> None:
        """Take what an event tells; later proofs stand in for earlier ones that were lost."""
        if event.replayed:
            return
        progress = self.progress
        match parse_system_event(event.event):
            case FlashStatusEvent(state=state, file_name=file_name) if state is not None:
                self._handle_transfer(state, file_name)
            case StatusEvent(status=ConnectionStatus.OFFLINE):
                progress.online = False
                progress.restarted = progress.restarted or progress.transferred is True
            case StatusEvent(status=ConnectionStatus.ONLINE):
                progress.online = True
                progress.restarted = progress.restarted or progress.transferred is True
            case LastResetEvent(reason=reason, panic=panic):
                self._handle_reset(reason, panic)
            case AppHashEvent(app_hash=app_hash):
                progress.app_hash = app_hash
                progress.started = progress.transferred = True
                progress.restarted = progress.online = True
            case SafeModeEvent() if progress.transferred:
                progress.safe_mode = True
                progress.restarted = progress.online = True
                self._failure = FlashFailure.SAFE_MODE
            case _:
                return
        self._changed.set()

    def _handle_transfer(self, state: FlashState, file_name: str | None) -> None:
        progress = self.progress
        progress.started = True
        progress.file_name = file_name or progress.file_name
        match state:
            case FlashState.STARTED:
                progress.transferred = None
            case FlashState.SUCCESS:
                progress.transferred = True
            case FlashState.FAILED:
                progress.transferred = False
                self._failure = FlashFailure.TRANSFER_FAILED

    def _handle_reset(self, reason: str, panic: str | None) -> None:
        progress = self.progress
        if reason == RESET_BY_UPDATE:
            progress.started = progress.transferred = True
        elif not progress.transferred:
            # A restart before the transfer says nothing about it.
            return
        progress.reset_reason, progress.panic = reason, panic
        progress.restarted = progress.online = True
        if reason in {"update_error", "update_timeout"}:
            self._failure = FlashFailure.NOT_TAKEN
        elif reason == "panic":
            self._failure = FlashFailure.CRASHED
