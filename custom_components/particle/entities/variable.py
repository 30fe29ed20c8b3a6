"""Base class of the entities for variables."""

from datetime import datetime
from typing import Any, override

from homeassistant.core import callback

from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from ..device.state import Value
from ..entity import DeviceEntity

# With more devices than this, entities for variables are disabled by default to limit the cost.
MAX_DEVICES_READ_BY_DEFAULT = 100


class VariableEntity(DeviceEntity):
    """Base class of the entities for a variable.

    While the entity is enabled, the variable is polled at the interval that the budget allows.
    """

    _unrecorded_attributes = frozenset({"read_at", "source"})

    def __init__(
        self, entry: ParticleConfigEntry, coordinator: DeviceCoordinator, variable: str
    ) -> None:
        """Initialize the entity with the name of the variable."""
        super().__init__(entry, coordinator, f"variable_{variable}", context=variable)
        self._variable = variable
        self._shown: tuple[object, ...] = ()
        self._attr_name = variable
        self._attr_entity_registry_enabled_default = (
            len(entry.runtime_data.devices) <= MAX_DEVICES_READ_BY_DEFAULT
        )

    @property
    @override
    def available(self) -> bool:
        """Whether the value is current, or kept because the device sleeps."""
        if self._variable not in self.coordinator.data.variables:
            return False
        if self._sleeps:
            return self._variable in self.coordinator.data.readings
        return super().available and self.coordinator.is_live(self._variable)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state only if it has changed, because there may be thousands of variables."""
        reading = self.coordinator.data.readings.get(self._variable)
        kind = self.coordinator.data.variables.get(self._variable)
        shown = (self.available, reading, kind)
        if shown != self._shown:
            self._shown = shown
            super()._handle_coordinator_update()

    @property
    def value(self) -> Value:
        """The last value."""
        reading = self.coordinator.data.readings.get(self._variable)
        return reading.value if reading else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """When and how the value was read."""
        if (reading := self.coordinator.data.readings.get(self._variable)) is None:
            return {}
        read_at: datetime = reading.read_at
        return {"read_at": read_at.isoformat(), "source": reading.source.value}
