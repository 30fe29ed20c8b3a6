"""Event entity for the function calls of a device."""

from typing import Final, cast, override

from homeassistant.components.event import EventDeviceClass, EventEntity
from homeassistant.core import callback

from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from ..device.state import FunctionCall
from ..entity import DeviceEntity

# A device class of this integration, used as a filter in services.yaml to list function names.
FUNCTIONS: Final = cast(EventDeviceClass, "particle__functions")


class FunctionCalledEvent(DeviceEntity, EventEntity):
    """The function calls that Home Assistant makes; the event types are the device's functions."""

    _available_while_offline = True
    _attr_device_class = FUNCTIONS
    _attr_translation_key = "function_called"

    def __init__(self, entry: ParticleConfigEntry, coordinator: DeviceCoordinator) -> None:
        """Initialize the entity."""
        super().__init__(entry, coordinator, "function_called")
        self._attr_event_types = [*coordinator.data.functions]
        self._seen = self._last_call

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Update the event types, and trigger an event for a new call."""
        self._attr_event_types = [*self.coordinator.data.functions]
        call = self._last_call
        if call is not None and call is not self._seen:
            self._seen = call
            if call.function not in self.event_types:
                # New firmware may be called before its functions are known.
                self._attr_event_types.append(call.function)
            self._trigger_event(
                call.function, {"argument": call.argument, "return_value": call.return_value}
            )
            if call.context is not None:
                self.async_set_context(call.context)
        super()._handle_coordinator_update()

    @property
    def _last_call(self) -> FunctionCall | None:
        calls = [*self.coordinator.data.calls.values()]
        return calls[-1] if calls else None
