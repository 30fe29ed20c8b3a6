"""Sensors: variables, vitals and diagnostics of devices, and the data operations of an account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
import math
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .api import VariableType
from .api.system_events import RESET_REASONS
from .coordinator import ParticleConfigEntry
from .data_operations.meter import DataOperations
from .device.coordinator import DeviceCoordinator
from .device.state import DeviceState
from .entities.dynamic import async_add_device_entities
from .entities.variable import VariableEntity
from .entities.variable_names import measurement_of
from .entities.variable_updates import VariableUpdatesSensor
from .entities.vitals import VITALS_SENSORS, VitalsSensor
from .entity import AccountEntity, DeviceEntity

PARALLEL_UPDATES = 0

# The maximum length of a state in Home Assistant.
MAX_STATE_LENGTH = 255


@dataclass(frozen=True, kw_only=True)
class DeviceSensorDescription(SensorEntityDescription):
    """Describes a sensor of a device."""

    value_fn: Callable[[DeviceState], StateType | datetime]
    attributes_fn: Callable[[DeviceState], dict[str, Any]] = lambda device: {}


@dataclass(frozen=True, kw_only=True)
class OperationsSensorDescription(SensorEntityDescription):
    """Describes a sensor of the data operations."""

    value_fn: Callable[[DataOperations], int]
    attributes_fn: Callable[[DataOperations], Mapping[str, Any]]


# "unknown" would collide with Home Assistant's own unknown state.
RESETS = sorted({*RESET_REASONS.values(), "other"} - {"unknown"})


def _last_reset(device: DeviceState) -> str | None:
    """Return the reason of the last restart; "other" if it is not in the list."""
    if device.last_reset is None or device.last_reset.reason == "unknown":
        return None
    return device.last_reset.reason if device.last_reset.reason in RESETS else "other"


def _last_reset_attributes(device: DeviceState) -> dict[str, Any]:
    """Return the panic and the time of the report."""
    if (reset := device.last_reset) is None:
        return {}
    return {"panic": reset.panic, "reported_at": reset.at.isoformat()}


DEVICE_SENSORS = (
    DeviceSensorDescription(
        key="last_reset",
        translation_key="last_reset",
        device_class=SensorDeviceClass.ENUM,
        options=RESETS,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_last_reset,
        attributes_fn=_last_reset_attributes,
    ),
    DeviceSensorDescription(
        key="app_hash",
        translation_key="app_hash",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda device: device.app_hash,
    ),
    DeviceSensorDescription(
        key="last_heard",
        translation_key="last_heard",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda device: device.device.last_heard,
    ),
    DeviceSensorDescription(
        key="device_id",
        translation_key="device_id",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda device: device.device.id,
    ),
)

# Only for devices of a product.
PRODUCT_FIRMWARE_SENSOR = DeviceSensorDescription(
    key="product_firmware",
    translation_key="product_firmware",
    entity_category=EntityCategory.DIAGNOSTIC,
    value_fn=lambda device: (
        None if device.device.firmware_version is None else str(device.device.firmware_version)
    ),
)

OPERATIONS_SENSORS = (
    OperationsSensorDescription(
        key="operations_used",
        translation_key="operations_used",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda operations: operations.used,
        attributes_fn=lambda operations: {
            "allowance": operations.allowance,
            "period_start": operations.month.start.isoformat(),
            "period_end": operations.month.end.isoformat(),
        },
    ),
    OperationsSensorDescription(
        key="operations_forecast",
        translation_key="operations_forecast",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda operations: operations.forecast,
        attributes_fn=lambda operations: {"allowance": operations.allowance},
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ParticleConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the account and of its devices."""
    async_add_entities(OperationsSensor(entry, description) for description in OPERATIONS_SENSORS)

    def sensors(device: DeviceCoordinator) -> dict[str, Callable[[], DeviceEntity]]:
        factories: dict[str, Callable[[], DeviceEntity]] = {
            description.key: partial(DeviceSensor, entry, device, description)
            for description in DEVICE_SENSORS
        }
        if device.device.is_product_device:
            factories[PRODUCT_FIRMWARE_SENSOR.key] = partial(
                DeviceSensor, entry, device, PRODUCT_FIRMWARE_SENSOR
            )
        factories["variable_updates"] = partial(VariableUpdatesSensor, entry, device)
        for sensor in VITALS_SENSORS:
            if sensor.field in device.data.vitals_kinds:
                factories[f"vitals_{sensor.key}"] = partial(VitalsSensor, entry, device, sensor)
        for name, kind in device.data.variables.items():
            if kind is not VariableType.BOOL:
                factories[f"variable_{name}"] = partial(VariableSensor, entry, device, name)
        return factories

    async_add_device_entities(hass, entry, "sensor", async_add_entities, sensors)


class VariableSensor(VariableEntity, SensorEntity):
    """A numeric or text variable.

    Numbers are measurements; the quantity is guessed from the name. Text that exceeds the maximum
    length of a state is truncated; an attribute contains all of it.
    """

    _unrecorded_attributes = VariableEntity._unrecorded_attributes | {"full_text"}  # noqa: SLF001

    def __init__(
        self, entry: ParticleConfigEntry, coordinator: DeviceCoordinator, variable: str
    ) -> None:
        """Initialize the entity."""
        super().__init__(entry, coordinator, variable)
        self._measurement = measurement_of(variable)

    @property
    def _numeric(self) -> bool:
        """Whether the variable is a number; new firmware may change its type."""
        kind = self.coordinator.data.variables.get(self._variable)
        return kind in {VariableType.INT32, VariableType.DOUBLE}

    @property
    @override
    def device_class(self) -> SensorDeviceClass | None:
        """The device class that the name implies."""
        return self._measurement.device_class if self._numeric else None

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """The unit that the name contains."""
        return self._measurement.unit if self._numeric else None

    @property
    @override
    def icon(self) -> str | None:
        """An icon, unless the device class provides one."""
        return None if self.device_class else self._measurement.icon

    @property
    @override
    def state_class(self) -> SensorStateClass | None:
        """Measurement for numbers."""
        return SensorStateClass.MEASUREMENT if self._numeric else None

    @property
    @override
    def native_value(self) -> StateType:
        """The value; None if a numeric variable has no valid number."""
        value = self.value
        if self.state_class is SensorStateClass.MEASUREMENT:
            return value if isinstance(value, int | float) and math.isfinite(value) else None
        return None if value is None else str(value)[:MAX_STATE_LENGTH]

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """The full text if the state is truncated."""
        attributes = super().extra_state_attributes
        if isinstance(self.value, str) and len(self.value) > MAX_STATE_LENGTH:
            attributes["full_text"] = self.value
        return attributes


class DeviceSensor(DeviceEntity, SensorEntity):
    """A sensor whose value also holds while the device is offline."""

    _available_while_offline = True
    entity_description: DeviceSensorDescription

    def __init__(
        self,
        entry: ParticleConfigEntry,
        coordinator: DeviceCoordinator,
        description: DeviceSensorDescription,
    ) -> None:
        """Initialize the entity."""
        super().__init__(entry, coordinator, description.key)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """The value."""
        return self.entity_description.value_fn(self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """The attributes of the description."""
        return self.entity_description.attributes_fn(self.coordinator.data)


class OperationsSensor(AccountEntity, SensorEntity):
    """Data operations used, or forecast for the end of the billing period."""

    entity_description: OperationsSensorDescription

    def __init__(
        self, entry: ParticleConfigEntry, description: OperationsSensorDescription
    ) -> None:
        """Initialize the entity."""
        super().__init__(entry, description.key)
        self.entity_description = description
        self._operations = entry.runtime_data.operations

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the data operations."""
        self.async_on_remove(self._operations.async_add_listener(self.async_write_ha_state))

    @property
    @override
    def native_value(self) -> int:
        """The number of data operations."""
        return self.entity_description.value_fn(self._operations)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """The allowance and the billing period."""
        return self.entity_description.attributes_fn(self._operations)
