"""Binary sensors: variables that are true or false, and whether devices and streams are connected."""

from collections.abc import Callable
from functools import partial
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorDeviceClass, BinarySensorEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import VariableType
from .coordinator import ParticleConfigEntry
from .device.coordinator import DeviceCoordinator
from .entities.dynamic import async_add_device_entities
from .entities.variable import VariableEntity
from .entity import AccountEntity, DeviceEntity, async_remove_former_entities
from .events.streams import SupervisedStream

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ParticleConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of the account and of its devices."""
    async_remove_former_entities(
        hass,
        entry,
        "binary_sensor",
        "stream_",
        {stream.key for stream in entry.runtime_data.streams},
    )
    async_add_entities(StreamSensor(entry, stream) for stream in entry.runtime_data.streams)

    def binary_sensors(device: DeviceCoordinator) -> dict[str, Callable[[], DeviceEntity]]:
        factories: dict[str, Callable[[], DeviceEntity]] = {
            "online": partial(ConnectivitySensor, entry, device),
            "safe_mode": partial(SafeModeSensor, entry, device),
        }
        for name, kind in device.data.variables.items():
            if kind is VariableType.BOOL:
                factories[f"variable_{name}"] = partial(VariableBinarySensor, entry, device, name)
        return factories

    async_add_device_entities(hass, entry, "binary_sensor", async_add_entities, binary_sensors)


class VariableBinarySensor(VariableEntity, BinarySensorEntity):
    """A variable that is true or false."""

    _attr_icon = "mdi:variable-box"

    @property
    @override
    def is_on(self) -> bool | None:
        """The value; None if it is not a truth value."""
        return self.value if isinstance(self.value, bool) else None


class ConnectivitySensor(DeviceEntity, BinarySensorEntity):
    """Whether a device is connected to the cloud."""

    _available_while_offline = True
    _attr_device_class = BinarySensorDeviceClass.CONNECTIVITY
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_translation_key = "online"

    def __init__(self, entry: ParticleConfigEntry, coordinator: DeviceCoordinator) -> None:
        """Initialize the entity."""
        super().__init__(entry, coordinator, "online")

    @property
    @override
    def available(self) -> bool:
        """Whether the cloud can be reached; the last state of a sleeping device may be outdated."""
        return self._account_available

    @property
    @override
    def is_on(self) -> bool:
        """Whether the device is connected."""
        return self.coordinator.online


class SafeModeSensor(DeviceEntity, BinarySensorEntity):
    """Whether a device is in safe mode, usually because its Device OS is too old for the application."""

    _attr_device_class = BinarySensorDeviceClass.PROBLEM
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_translation_key = "safe_mode"

    def __init__(self, entry: ParticleConfigEntry, coordinator: DeviceCoordinator) -> None:
        """Initialize the entity."""
        super().__init__(entry, coordinator, "safe_mode")

    @property
    @override
    def is_on(self) -> bool:
        """Whether the device is in safe mode."""
        return self.coordinator.data.safe_mode

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """The firmware modules that the device reported."""
        return {
            "modules": [
                {"function": module.function, "name": module.name, "version": module.version}
                for module in self.coordinator.data.modules
            ]
        }


class StreamSensor(AccountEntity, BinarySensorEntity):
    """Whether an event stream is connected; events may be missing while it is off."""

    _attr_device_class = BinarySensorDeviceClass.CONNECTIVITY
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_translation_key = "event_stream"
    _unrecorded_attributes = frozenset({"dropped"})

    def __init__(self, entry: ParticleConfigEntry, stream: SupervisedStream) -> None:
        """Initialize the entity; only streams of products have the product in their name."""
        super().__init__(entry, f"stream_{stream.key}")
        self._stream = stream
        self._hub = entry.runtime_data.hub
        if stream.scope.id is not None:
            self._attr_translation_key = "product_event_stream"
            self._attr_translation_placeholders = {
                "product": entry.runtime_data.account.product_name(stream.scope.id)
            }

    @override
    async def async_added_to_hass(self) -> None:
        """Update when the stream's state changes or events are dropped."""
        self.async_on_remove(self._stream.async_add_listener(self.async_write_ha_state))
        self.async_on_remove(self._hub.async_listen_dropped(self.async_write_ha_state))

    @property
    @override
    def is_on(self) -> bool:
        """Whether the stream is connected."""
        return self._stream.state.connected

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """When the state began, how long the last gap was, and why the stream is not connected."""
        state = self._stream.state
        return {
            "since": state.since.isoformat(),
            "last_gap": None
            if state.last_gap is None
            else round(state.last_gap.total_seconds(), 1),
            "reason": None if state.error is None else state.error.message,
            # Events that were too large or malformed, and those that exceeded the queue.
            "dropped": state.dropped + self._hub.dropped,
        }
