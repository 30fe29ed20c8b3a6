"""The triggers "device restarted", "entered safe mode" and "firmware changed"."""

from datetime import datetime, timedelta
from typing import Any, Final, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import TriggerConfig
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..api.system_events import RESET_REASONS, LastResetEvent, SafeModeEvent
from ..coordinator import ParticleConfigEntry
from ..events.hub import ParticleEvent
from ..validation.fields import one_of
from .base import ParticleTrigger, trigger_schema
from .subscriptions import DeviceChange, DeviceSubscription
from .variables import device_variables, event_variables

CONF_REASON: Final = "reason"

LAST_RESET: Final = "spark/device/last_reset"
SAFE_MODE: Final = "spark/status/safe-mode"

REASONS: Final = [reason for reason in RESET_REASONS.values() if reason != "none"]

# An update of product firmware is reported twice: the device reports a new application hash, and the
# cloud a new version. Within this time, both count as one change.
ONE_CHANGE: Final = timedelta(minutes=5)


class DeviceResetTrigger(ParticleTrigger):
    """Fires when a device reports a restart."""

    schema = trigger_schema(
        {vol.Optional(CONF_REASON, default=list): vol.All(cv.ensure_list, [one_of(REASONS)])}
    )

    @override
    @callback
    def _async_listen(self) -> CALLBACK_TYPE:
        """Subscribe to the devices' system events."""
        return self._async_listen_events(self._handle, [LAST_RESET])

    @callback
    def _handle(self, entry: ParticleConfigEntry, event: ParticleEvent) -> None:
        if not isinstance(event.system, LastResetEvent):
            return
        variables = event_variables(self._hass, entry, event)
        selected: list[str] = self._options[CONF_REASON]
        reason, panic = event.system.reason, event.system.panic
        if selected and reason not in selected:
            self._report_not_triggered(
                "other_reset_reason",
                {"device_name": variables["device_name"], "wanted": selected, "found": reason},
                event.context,
            )
            return
        self._fire(
            variables | {CONF_REASON: reason, "panic": panic},
            f"{variables['device_name']} has restarted: {panic or reason}",
            event.context,
        )


class EnteredSafeModeTrigger(ParticleTrigger):
    """Fires when a device starts without its application."""

    schema = trigger_schema()

    @override
    @callback
    def _async_listen(self) -> CALLBACK_TYPE:
        """Subscribe to the devices' system events."""
        return self._async_listen_events(self._handle, [SAFE_MODE])

    @callback
    def _handle(self, entry: ParticleConfigEntry, event: ParticleEvent) -> None:
        if isinstance(event.system, SafeModeEvent):
            variables = event_variables(self._hass, entry, event)
            self._fire(variables, f"{variables['device_name']} is in safe mode", event.context)


class FirmwareChangedTrigger(ParticleTrigger):
    """Fires when a device runs another application or another Device OS than before."""

    schema = trigger_schema()

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Initialize the trigger."""
        super().__init__(hass, config)
        # Kind and time of the last reported change of the application by device.
        self._seen: dict[str, tuple[str, datetime]] = {}

    @override
    @callback
    def _async_listen(self) -> CALLBACK_TYPE:
        """Subscribe to the devices."""
        return DeviceSubscription(
            self._hass,
            target=self._target,
            entry_id=self._entry_id,
            on_change=self._handle,
            on_gone=lambda device_id: self._seen.pop(device_id, None),
        ).async_start()

    @callback
    def _handle(self, change: DeviceChange) -> None:
        before, now = change.before, change.now
        old, new = before.device.system_firmware_version, now.device.system_firmware_version
        if None not in (old, new) and old != new:
            self._report(change, "device_os", old, new)
        if now.app_hash is not None and now.app_hash != before.app_hash:
            self._report_application(change, "hash", None, None)
        version, new_version = before.device.firmware_version, now.device.firmware_version
        if None not in (version, new_version) and version != new_version:
            self._report_application(change, "version", version, new_version)

    @callback
    def _report_application(self, change: DeviceChange, how: str, old: Any, new: Any) -> None:
        now = dt_util.utcnow()
        seen = self._seen.pop(change.device.device_id, None)
        if seen is not None and seen[0] != how and now - seen[1] <= ONE_CHANGE:
            # The second report of the same change.
            return
        self._seen[change.device.device_id] = (how, now)
        self._report(change, "application", old, new)

    @callback
    def _report(self, change: DeviceChange, part: str, old: Any, new: Any) -> None:
        variables = device_variables(self._hass, change.entry, change.device.device_id)
        device = change.now.device
        what = "Device OS" if part == "device_os" else "application"
        self._fire(
            variables
            | {
                "part": part,
                "from_version": old,
                "to_version": new,
                "app_hash": change.now.app_hash,
                "device_os": device.system_firmware_version,
                "firmware_version": device.firmware_version,
            },
            f"the {what} of {variables['device_name']} has changed",
        )
