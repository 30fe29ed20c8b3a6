"""Event entity of the functions of a device."""

from typing import Final, cast, override

from homeassistant.components.event import EventDeviceClass, EventEntity
from homeassistant.core import callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..coordinator import ParticleConfigEntry
from ..device.calls import FUNCTION_CALLED, FunctionCall
from ..device.coordinator import DeviceCoordinator
from ..entity import DeviceEntity

# A device class of our own, by which the action editor finds the names of functions: see services.yaml.
FUNCTIONS: Final = cast(EventDeviceClass, "particle__functions")


class FunctionCalledEvent(DeviceEntity, EventEntity):
    """Home Assistant has called a function of a device; its event types are the device's functions."""

    _true_while_offline = True
    _attr_device_class = FUNCTIONS
    _attr_translation_key = "function_called"

    def __init__(self, entry: ParticleConfigEntry, coordinator: DeviceCoordinator) -> None:
        """Initialize the entity."""
        super().__init__(entry, coordinator, "function_called")
        self._attr_event_types = [*coordinator.data.functions]

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the calls of the device's functions."""
        await super().async_added_to_hass()
        self.async_on_remove(
            async_dispatcher_connect(
                self.hass,
                FUNCTION_CALLED.format(self._entry.entry_id, self.coordinator.device_id),
                self._handle_call,
            )
        )

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._attr_event_types = [*self.coordinator.data.functions]
        super()._handle_coordinator_update()

    @callback
    def _handle_call(self, call: FunctionCall) -> None:
        if call.function not in self.event_types:
            # New firmware has answered before it was described.
            self._attr_event_types = [*self.event_types, call.function]
        self._trigger_event(
            call.function, {"argument": call.argument, "return_value": call.return_value}
        )
        if call.context is not None:
            self.async_set_context(call.context)
        self.async_write_ha_state()
