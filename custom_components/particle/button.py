"""Buttons: ping, signal, and one for each function of a device."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import override

from homeassistant.components.button import ButtonDeviceClass, ButtonEntity
from homeassistant.const import EntityCategory
from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_call_later

from .account.errors import cloud_errors
from .api import ParticleError
from .const import DOMAIN
from .coordinator import ParticleConfigEntry
from .device.coordinator import DeviceCoordinator
from .entities.dynamic import async_add_device_entities
from .entity import DeviceEntity

PARALLEL_UPDATES = 1

# How long the status light shows the rainbow.
SIGNAL_SECONDS = 10


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ParticleConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of the devices."""

    def buttons(device: DeviceCoordinator) -> dict[str, Callable[[], DeviceEntity]]:
        factories: dict[str, Callable[[], DeviceEntity]] = {
            "ping": partial(PingButton, entry, device),
            "signal": partial(SignalButton, entry, device),
        }
        for name in device.data.functions:
            factories[f"function_{name}"] = partial(FunctionButton, entry, device, name)
        return factories

    async_add_device_entities(hass, entry, "button", async_add_entities, buttons)


class PingButton(DeviceEntity, ButtonEntity):
    """Ping a device, also while it appears to be offline."""

    _available_while_offline = True
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_translation_key = "ping"

    def __init__(self, entry: ParticleConfigEntry, coordinator: DeviceCoordinator) -> None:
        """Initialize the entity."""
        super().__init__(entry, coordinator, "ping")

    @override
    async def async_press(self) -> None:
        """Ping the device."""
        with cloud_errors(self._entry, self.coordinator.name):
            await self.coordinator.async_ping()


class SignalButton(DeviceEntity, ButtonEntity):
    """Make the status LED of a device show a rainbow, to identify the device."""

    _attr_device_class = ButtonDeviceClass.IDENTIFY
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_translation_key = "signal"

    def __init__(self, entry: ParticleConfigEntry, coordinator: DeviceCoordinator) -> None:
        """Initialize the entity."""
        super().__init__(entry, coordinator, "signal")
        self._cancel_end: CALLBACK_TYPE | None = None

    @override
    async def async_press(self) -> None:
        """Show the rainbow for some seconds."""
        with cloud_errors(self._entry, self.coordinator.name):
            await self.coordinator.async_signal(True)
        self._stop_waiting()
        self._cancel_end = async_call_later(self.hass, SIGNAL_SECONDS, self._end)

    async def _end(self, _now: datetime) -> None:
        self._cancel_end = None
        try:
            await self.coordinator.async_signal(False)
        except ParticleError:
            # A restart of the device also ends the rainbow.
            return

    def _stop_waiting(self) -> None:
        if self._cancel_end is not None:
            self._cancel_end()
            self._cancel_end = None

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Leave no timer behind."""
        self._stop_waiting()
        await super().async_will_remove_from_hass()


class FunctionButton(DeviceEntity, ButtonEntity):
    """Calls a function without an argument; each press costs one data operation."""

    _attr_icon = "mdi:function-variant"

    def __init__(
        self, entry: ParticleConfigEntry, coordinator: DeviceCoordinator, function: str
    ) -> None:
        """Name the button as the firmware names the function."""
        super().__init__(entry, coordinator, f"function_{function}")
        self._function = function
        self._attr_name = function

    @property
    @override
    def available(self) -> bool:
        """Whether the application runs that has the function."""
        device = self.coordinator.data
        return super().available and self._function in device.functions and not device.safe_mode

    @override
    async def async_press(self) -> None:
        """Call the function.

        Raises:
            HomeAssistantError: The call failed, or the firmware answered with a negative value, which
                is how functions report errors.
        """
        functions = self.coordinator.data.functions
        with cloud_errors(self._entry, self.coordinator.name, known=functions):
            result = await self.coordinator.async_call_function(
                self._function, context=self._context
            )
        if result.return_value < 0:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="function_reported_error",
                translation_placeholders={
                    "device": self.coordinator.name,
                    "function": self._function,
                    "value": str(result.return_value),
                },
            )
