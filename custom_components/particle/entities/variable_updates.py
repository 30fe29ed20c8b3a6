"""Sensor that shows on each device whether variables are polled."""

from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.const import EntityCategory
from homeassistant.core import callback

from ..coordinator import ParticleConfigEntry
from ..data_operations.budget import VariableUpdates
from ..device.coordinator import DeviceCoordinator
from ..entity import DeviceEntity


class VariableUpdatesSensor(DeviceEntity, SensorEntity):
    """Whether variables are polled, or why not; the same for all devices of an account."""

    _attr_translation_key = "variable_updates"
    _attr_device_class = SensorDeviceClass.ENUM
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_options = list(VariableUpdates)  # noqa: RUF012

    def __init__(self, entry: ParticleConfigEntry, coordinator: DeviceCoordinator) -> None:
        """Initialize the sensor."""
        super().__init__(entry, coordinator, "variable_updates")
        self._operations = entry.runtime_data.operations
        self._written: VariableUpdates | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the data operations."""
        await super().async_added_to_hass()
        self.async_on_remove(self._operations.async_add_listener(self._handle_operations))

    @callback
    def _handle_operations(self) -> None:
        """Write the state only if it has changed: the counts change far more often."""
        if self._operations.variable_updates is not self._written:
            self.async_write_ha_state()

    @property
    @override
    def available(self) -> bool:
        """Always available: the state depends on neither the cloud nor the device."""
        return True

    @property
    @override
    def native_value(self) -> str:
        """Whether variables are polled, or why not."""
        self._written = self._operations.variable_updates
        return self._written

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """When Particle began to refuse paid calls, if it does."""
        since = self._operations.refused_since
        return {} if since is None else {"refused_since": since.isoformat()}
