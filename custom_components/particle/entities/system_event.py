"""Event entities for the system events of a device: connection, flashes and restarts."""

from abc import abstractmethod
from typing import Any, override

from homeassistant.components.event import EventEntity
from homeassistant.const import EntityCategory
from homeassistant.core import Context, HomeAssistant, callback

from ..api.system_events import (
    RESET_REASONS,
    ConnectionStatus,
    FlashState,
    FlashStatusEvent,
    LastResetEvent,
    StatusEvent,
    SystemEvent,
)
from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from ..entity import DeviceEntity
from ..events.hub import ParticleEvent
from ..firmware.story import FlashOutcome, FlashProgress
from ..firmware.watch import FlashWatch

OTHER = "other"


class DiagnosticEventEntity(DeviceEntity, EventEntity):
    """Base class of the diagnostic event entities; past events also hold while the device is offline."""

    _available_while_offline = True
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    @callback
    def _write_event(
        self, event_type: str, attributes: dict[str, Any], context: Context | None = None
    ) -> None:
        """Trigger an event and write the state."""
        self._trigger_event(event_type, attributes)
        if context is not None:
            self.async_set_context(context)
        self.async_write_ha_state()


class ConnectionEvent(DiagnosticEventEntity):
    """A device came online, went offline or reconnected.

    Based on the device's state instead of single events, because "offline" events may be late. Disabled
    by default, because the connectivity sensor shows the same and the logbook would contain both.
    """

    _attr_translation_key = "connection"
    _attr_entity_registry_enabled_default = False
    _attr_event_types = ["online", "offline", "reconnected"]  # noqa: RUF012

    def __init__(self, entry: ParticleConfigEntry, coordinator: DeviceCoordinator) -> None:
        """Initialize the entity with the current state."""
        super().__init__(entry, coordinator, "connection")
        self._last_connection = self._current_connection

    @property
    def _current_connection(self) -> tuple[bool, int]:
        return (self.coordinator.online, self.coordinator.data.connection)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        before, self._last_connection = self._last_connection, self._current_connection
        if before != self._last_connection:
            (was_online, _), (is_online, _) = before, self._last_connection
            if is_online:
                self._write_event("reconnected" if was_online else "online", {})
            elif was_online:
                self._write_event("offline", {})
        super()._handle_coordinator_update()


class SystemEventEntity(DiagnosticEventEntity):
    """Base class of the entities for system events."""

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the device's system events."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self._entry.runtime_data.hub.async_listen(
                self._handle_event, name="spark/*", device_id=self.coordinator.device_id
            )
        )

    @callback
    def _handle_event(self, event: ParticleEvent) -> None:
        if event.system is not None and (details := self._read(event.system)):
            self._write_event(*details, event.context)

    @abstractmethod
    def _read(self, event: SystemEvent) -> tuple[str, dict[str, Any]] | None:
        """Return event type and attributes for a system event; None if it is not relevant."""


class FlashEvent(SystemEventEntity):
    """The progress and the outcome of flashes."""

    _attr_translation_key = "flash"
    _attr_event_types = [  # noqa: RUF012
        "announced",
        "started",
        "transferred",
        *(
            outcome.value
            for outcome in FlashOutcome
            if outcome is not FlashOutcome.TRANSFER_NOT_STARTED
        ),
    ]

    def __init__(
        self, hass: HomeAssistant, entry: ParticleConfigEntry, coordinator: DeviceCoordinator
    ) -> None:
        """Initialize the entity."""
        super().__init__(entry, coordinator, "flash")
        self._watch = FlashWatch(
            hass,
            entry,
            coordinator.device_id,
            self._handle_end,
            on_step=coordinator.async_set_flash_step,
        )

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the device's system events and stop the watch on removal."""
        await super().async_added_to_hass()
        self.async_on_remove(self._watch.async_stop)

    @callback
    @override
    def _handle_event(self, event: ParticleEvent) -> None:
        if not event.replayed:
            super()._handle_event(event)
            self._watch.async_handle(event)

    @override
    def _read(self, event: SystemEvent) -> tuple[str, dict[str, Any]] | None:
        match event:
            case StatusEvent(status=ConnectionStatus.AUTO_UPDATE):
                return "announced", {}
            case FlashStatusEvent(state=FlashState.STARTED, file_name=file_name):
                return "started", {"file_name": file_name}
            case FlashStatusEvent(state=FlashState.SUCCESS, file_name=file_name):
                return "transferred", {"file_name": file_name}
        return None

    @callback
    def _handle_end(self, outcome: FlashOutcome, progress: FlashProgress, context: Context) -> None:
        attributes = {
            "file_name": progress.file_name,
            "reset_reason": progress.reset_reason,
            "panic": progress.panic,
        }
        self._write_event(outcome.value, attributes, context)


class ResetEvent(SystemEventEntity):
    """The restarts of a device and their reasons."""

    _attr_translation_key = "reset"
    _attr_event_types = sorted({*RESET_REASONS.values(), OTHER})

    def __init__(self, entry: ParticleConfigEntry, coordinator: DeviceCoordinator) -> None:
        """Initialize the entity."""
        super().__init__(entry, coordinator, "reset")

    @override
    def _read(self, event: SystemEvent) -> tuple[str, dict[str, Any]] | None:
        match event:
            case LastResetEvent(reason=reason, panic=panic):
                known = reason if reason in self.event_types else OTHER
                return known, {"reason": reason, "panic": panic}
        return None
