"""The trigger "flash finished": what came of new firmware that was sent to a board."""

from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Final, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.trigger import TriggerConfig
import voluptuous as vol

from ..api.system_events import (
    AppHashEvent,
    ConnectionStatus,
    FlashState,
    FlashStatusEvent,
    LastResetEvent,
    SafeModeEvent,
    StatusEvent,
)
from ..coordinator import ParticleConfigEntry
from ..event_hub import ParticleEvent
from .base import ParticleTrigger, trigger_schema
from .subscriptions import async_subscribe_events
from .variables import board_variables

CONF_RESULT: Final = "result"

NAMES: Final = (
    "spark/flash/status",
    "spark/status",
    "spark/status/safe-mode",
    "spark/device/last_reset",
    "spark/device/app-hash",
)

# Seconds. A transfer over a slow cellular link takes minutes; a restart does not.
TRANSFER_LIMIT: Final = 30 * 60
RESTART_LIMIT: Final = 5 * 60
# A board that is online again tells what it runs within moments, if it tells at all.
REPORT_LIMIT: Final = 60

# Reasons of a restart that say that the update went wrong.
FAILED_RESETS: Final = ("update_error", "update_timeout")


class FlashResult(StrEnum):
    """What came of a flash."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"


class FlashFinishedTrigger(ParticleTrigger):
    """Fires when a board runs its new firmware, or when it is clear that it won't.

    That the transfer worked proves little. The board proves it by restarting for an update or by
    reporting another application; one that only comes online again is believed after a while.
    """

    schema = trigger_schema(
        {
            vol.Optional(CONF_RESULT, default=list): vol.All(
                cv.ensure_list, [vol.Coerce(FlashResult)]
            )
        }
    )

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the validated configuration."""
        super().__init__(hass, config)
        # By board: what its flash is waiting for, and the end of the wait.
        self._transferred: dict[str, bool] = {}
        self._timers: dict[str, CALLBACK_TYPE] = {}

    @override
    @callback
    def _async_listen(self) -> CALLBACK_TYPE:
        """Listen to the boards' reports."""
        stop = async_subscribe_events(
            self._hass, self._handle, names=NAMES, target=self._target, entry_id=self._entry_id
        )

        @callback
        def remove() -> None:
            stop()
            for cancel in self._timers.values():
                cancel()
            self._timers.clear()
            self._transferred.clear()

        return remove

    @callback
    def _handle(self, entry: ParticleConfigEntry, event: ParticleEvent) -> None:
        board = event.device_id
        if board is None:
            return
        transferred = self._transferred.get(board, False)
        finish = partial(self._finish, entry, board, event=event)
        match event.system:
            case FlashStatusEvent(state=FlashState.STARTED):
                self._transferred[board] = False
                self._wait(entry, board, TRANSFER_LIMIT, "transfer_timed_out")
            case FlashStatusEvent(state=FlashState.FAILED):
                finish(FlashResult.FAILED, "transfer_failed")
            case FlashStatusEvent(state=FlashState.SUCCESS):
                self._transferred[board] = True
                self._wait(entry, board, RESTART_LIMIT, "did_not_come_back")
            case SafeModeEvent() if transferred:
                finish(FlashResult.FAILED, "safe_mode")
            case LastResetEvent(reason=reason) if transferred and reason in FAILED_RESETS:
                finish(FlashResult.FAILED, reason)
            case LastResetEvent(reason="update") if transferred:
                finish(FlashResult.SUCCEEDED, "restarted")
            case AppHashEvent() if transferred:
                finish(FlashResult.SUCCEEDED, "new_application")
            case StatusEvent(status=ConnectionStatus.ONLINE) if transferred:
                self._wait(entry, board, REPORT_LIMIT, "online", FlashResult.SUCCEEDED)

    @callback
    def _wait(
        self,
        entry: ParticleConfigEntry,
        board: str,
        seconds: float,
        proof: str,
        result: FlashResult = FlashResult.FAILED,
    ) -> None:
        """Finish with a result unless the board says something else in time."""
        self._end_wait(board)

        @callback
        def end(_now: datetime) -> None:
            self._finish(entry, board, result, proof)

        self._timers[board] = async_call_later(self._hass, seconds, end)

    @callback
    def _end_wait(self, board: str) -> None:
        if (cancel := self._timers.pop(board, None)) is not None:
            cancel()

    @callback
    def _finish(
        self,
        entry: ParticleConfigEntry,
        board: str,
        result: FlashResult,
        proof: str,
        *,
        event: ParticleEvent | None = None,
    ) -> None:
        """Tell the result, and be ready for the next flash."""
        self._end_wait(board)
        self._transferred.pop(board, None)
        context = event.context if event else None
        variables = board_variables(self._hass, entry, board)
        name = variables["device_name"]
        wanted: list[FlashResult] = self._options[CONF_RESULT]
        if wanted and result not in wanted:
            found = {"device_name": name, "found": result, "proof": proof}
            self._pass_over("other_flash_result", found, context)
            return
        self._fire(
            variables | {CONF_RESULT: result.value, "proof": proof},
            f"the flash of {name} has {result}: {proof.replace('_', ' ')}",
            context,
        )
