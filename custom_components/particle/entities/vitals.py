"""Sensors for the vitals of a device, which cost no data operations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    EntityCategory,
    UnitOfInformation,
    UnitOfTime,
)

from ..api.vitals import Vitals
from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from ..entity import DeviceEntity


@dataclass(frozen=True, kw_only=True)
class VitalsSensorDescription(SensorEntityDescription):
    """Describes a sensor that exists once the device's vitals contain the field."""

    field: str
    value_fn: Callable[[Vitals], float | None]


VITALS_SENSORS = (
    VitalsSensorDescription(
        key="signal_strength",
        translation_key="signal_strength",
        field="signal_strength",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda vitals: vitals.signal_strength,
    ),
    VitalsSensorDescription(
        key="signal_strength_dbm",
        translation_key="signal_strength_dbm",
        field="signal_strength_value",
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        # Some modems report other units than dBm.
        value_fn=lambda vitals: (
            vitals.signal_strength_value if vitals.signal_strength_unit == "dBm" else None
        ),
    ),
    VitalsSensorDescription(
        key="signal_quality",
        translation_key="signal_quality",
        field="signal_quality",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda vitals: vitals.signal_quality,
    ),
    VitalsSensorDescription(
        key="battery",
        field="battery_charge",
        device_class=SensorDeviceClass.BATTERY,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda vitals: vitals.battery_charge,
    ),
    VitalsSensorDescription(
        key="memory_used",
        translation_key="memory_used",
        field="memory_used",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.KILOBYTES,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        value_fn=lambda vitals: vitals.memory_used,
    ),
    VitalsSensorDescription(
        key="uptime",
        translation_key="uptime",
        field="uptime",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=1,
        entity_registry_enabled_default=False,
        value_fn=lambda vitals: vitals.uptime,
    ),
    VitalsSensorDescription(
        key="round_trip",
        translation_key="round_trip",
        field="round_trip",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        value_fn=lambda vitals: vitals.round_trip,
    ),
)


class VitalsSensor(DeviceEntity, SensorEntity):
    """A sensor for one field of the vitals."""

    entity_description: VitalsSensorDescription
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _unrecorded_attributes = frozenset({"measured_at"})

    def __init__(
        self,
        entry: ParticleConfigEntry,
        coordinator: DeviceCoordinator,
        description: VitalsSensorDescription,
    ) -> None:
        """Initialize the entity."""
        super().__init__(entry, coordinator, f"vitals_{description.key}")
        self.entity_description = description

    @property
    @override
    def native_value(self) -> float | None:
        """The measurement; None before the first vitals of the current connection."""
        vitals = self.coordinator.data.vitals
        return None if vitals is None else self.entity_description.value_fn(vitals)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """When the device measured it."""
        vitals = self.coordinator.data.vitals
        if vitals is None or vitals.updated_at is None:
            return {}
        return {"measured_at": vitals.updated_at.isoformat()}
