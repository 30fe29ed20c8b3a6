"""The trigger "flash finished"."""

from functools import partial
from typing import Final, override

from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import TriggerConfig
import voluptuous as vol

from ..coordinator import ParticleConfigEntry
from ..events.hub import ParticleEvent
from ..firmware.story import FlashOutcome, FlashProgress, FlashResult
from ..firmware.watch import FlashWatch
from ..validation.fields import one_of
from .base import ParticleTrigger, trigger_schema
from .variables import device_variables

CONF_RESULT: Final = "result"

NAMES: Final = (
    "spark/flash/status",
    "spark/status",
    "spark/status/safe-mode",
    "spark/device/last_reset",
    "spark/device/app-hash",
)


class FlashFinishedTrigger(ParticleTrigger):
    """Fires when a device runs its new firmware, or when the flash has failed.

    A successful transfer is no proof. The device proves success by a restart for an update or by
    reporting another application, and by not being in safe mode afterwards.
    """

    schema = trigger_schema(
        {
            vol.Optional(CONF_RESULT, default=list): vol.All(
                cv.ensure_list, [vol.All(one_of(FlashResult), vol.Coerce(FlashResult))]
            )
        }
    )

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Initialize the trigger."""
        super().__init__(hass, config)
        # Replayed events must not be mixed with real ones.
        self._watches: dict[tuple[str, bool], FlashWatch] = {}

    @override
    @callback
    def _async_listen(self) -> CALLBACK_TYPE:
        """Subscribe to the devices' system events."""
        stop = self._async_listen_events(self._handle, NAMES)

        @callback
        def remove() -> None:
            stop()
            for watch in self._watches.values():
                watch.async_stop()
            self._watches.clear()

        return remove

    @callback
    def _handle(self, entry: ParticleConfigEntry, event: ParticleEvent) -> None:
        if (device := event.device_id) is None:
            return
        key = (device, event.replayed)
        if (watch := self._watches.get(key)) is None:
            watch = self._watches[key] = FlashWatch(
                self._hass, entry, device, partial(self._finish, entry, device)
            )
        watch.async_handle(event)

    @callback
    def _finish(
        self,
        entry: ParticleConfigEntry,
        device: str,
        outcome: FlashOutcome,
        progress: FlashProgress,
        context: Context,
    ) -> None:
        """Fire the trigger with the outcome of a flash."""
        variables = device_variables(self._hass, entry, device)
        name, result = variables["device_name"], outcome.result
        failure = None if outcome is FlashOutcome.SUCCEEDED else outcome.value
        selected: list[FlashResult] = self._options[CONF_RESULT]
        if selected and result not in selected:
            found = {"device_name": name, "found": result, "failure": failure}
            self._report_not_triggered("other_flash_result", found, context)
            return
        self._fire(
            variables
            | {
                CONF_RESULT: result.value,
                "failure": failure,
                "file_name": progress.file_name,
                "reset_reason": progress.reset_reason,
                "panic": progress.panic,
                "app_hash": progress.app_hash,
                "firmware_version": progress.firmware_version,
            },
            f"the flash of {name} has ended: {outcome.replace('_', ' ')}",
            context,
        )
