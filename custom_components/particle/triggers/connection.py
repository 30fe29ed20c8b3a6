"""The triggers "came online" and "went offline"."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar, override

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_FOR
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.trigger import TriggerConfig
import voluptuous as vol

from ..coordinator import ParticleConfigEntry
from ..validation.automations import duration
from .base import ParticleTrigger, trigger_schema
from .subscriptions import DeviceChange, DeviceSubscription
from .variables import device_variables


class _ConnectionTrigger(ParticleTrigger):
    """Base class of the triggers that fire when a device's connection changes.

    If the cloud has missed a disconnect, it reports the device offline right before it reports it online
    again. The device's coordinator debounces such a pair: it does not trigger "went offline", but it
    cancels a pending one.
    """

    schema = trigger_schema({vol.Optional(CONF_FOR): duration})
    online: ClassVar[bool]

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Initialize the trigger."""
        super().__init__(hass, config)
        self._for: timedelta = self._options.get(CONF_FOR, timedelta(0))
        self._waiting: dict[str, CALLBACK_TYPE] = {}

    @override
    @callback
    def _async_listen(self) -> CALLBACK_TYPE:
        """Subscribe to the devices."""
        stop = DeviceSubscription(
            self._hass,
            target=self._target,
            entry_id=self._entry_id,
            on_change=self._handle,
            on_gone=self._stop_waiting,
        ).async_start()

        @callback
        def remove() -> None:
            stop()
            for cancel in self._waiting.values():
                cancel()
            self._waiting.clear()

        return remove

    @callback
    def _handle(self, change: DeviceChange) -> None:
        device_id = change.device.device_id
        if change.now.online is not self.online:
            if self._stop_waiting(device_id):
                self._report_not_triggered(
                    "came_back_in_time" if change.now.online else "went_again_in_time",
                    {"device_name": change.device.name, CONF_FOR: str(self._for)},
                )
        elif self._has_happened(change):
            self._stop_waiting(device_id)
            # The disconnect was missed.
            reconnected = self.online and change.before.online
            fire = partial(self._fire_for, change.entry, device_id, reconnected=reconnected)
            if self._for:
                self._waiting[device_id] = async_call_later(self._hass, self._for, fire)
            else:
                fire()

    def _has_happened(self, change: DeviceChange) -> bool:
        """Whether the change starts the trigger."""
        return change.before.online is not self.online

    @callback
    def _stop_waiting(self, device_id: str) -> bool:
        """Cancel the pending trigger of a device; return whether there was one."""
        cancel = self._waiting.pop(device_id, None)
        if cancel is not None:
            cancel()
        return cancel is not None

    @callback
    def _fire_for(
        self,
        entry: ParticleConfigEntry,
        device_id: str,
        _now: datetime | None = None,
        *,
        reconnected: bool,
    ) -> None:
        self._waiting.pop(device_id, None)
        variables: dict[str, Any] = device_variables(self._hass, entry, device_id)
        loaded = entry.state is ConfigEntryState.LOADED
        device = entry.runtime_data.devices.get(device_id) if loaded else None
        if device is None:
            # The current state is unknown.
            self._report_not_triggered(
                "account_not_loaded", {"device_name": variables["device_name"]}
            )
            return
        state = "online" if self.online else "offline"
        self._fire(
            variables
            | {
                "online": self.online,
                "reconnected": reconnected,
                "last_heard": device.device.last_heard,
                CONF_FOR: self._for,
            },
            f"{variables['device_name']} is {state}" + (f" for {self._for}" if self._for else ""),
        )


class CameOnlineTrigger(_ConnectionTrigger):
    """Fires when a device has connected, also after a missed disconnect."""

    online = True

    @override
    def _has_happened(self, change: DeviceChange) -> bool:
        # After a reload, the number of the connection starts again, without a new connection.
        new_session = not change.reloaded and change.now.connection != change.before.connection
        return not change.before.online or new_session


class WentOfflineTrigger(_ConnectionTrigger):
    """Fires when a device is no longer connected."""

    online = False
