"""One device as a card follows it."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..coordinator import ParticleConfigEntry
from ..targeting import async_follow_accounts, particle_device_id
from .access import access_to_device
from .device import SECTIONS, DeviceStatus, device_snapshot
from .feed import Feed
from .follow import async_follow_devices


class DeviceFeed:
    """Sends a device's snapshot and what changes in it, also while its account is reloaded."""

    def __init__(
        self,
        hass: HomeAssistant,
        user: User,
        registered: dr.BaseDeviceEntry,
        send: Callable[[dict[str, Any]], None],
    ) -> None:
        """Initialize the feed.

        Args:
            hass: Home Assistant.
            user: The user who opened the card.
            registered: The device in the device registry.
            send: Sends a message to the card.
        """
        self._hass = hass
        self._user = user
        self._registry_id = registered.id
        self._entry_id = registered.config_entry_id
        self._device_id = particle_device_id(registered)
        self._entry: ParticleConfigEntry | None = None
        self._feed = Feed(hass, self._build, send)

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Follow the device; returns a function that ends it."""
        ends = [
            async_follow_accounts(self._hass, self._entry_id, self._attach),
            self._hass.bus.async_listen(
                dr.EVENT_DEVICE_REGISTRY_UPDATED, self._handle_registry, self._is_about_device
            ),
            self._hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._handle_registry),
            self._feed.async_stop,
        ]
        self._feed.async_mark(*SECTIONS)

        @callback
        def end() -> None:
            for one in ends:
                one()

        return end

    @callback
    def _attach(self, entry: ParticleConfigEntry) -> CALLBACK_TYPE:
        """Follow the device in an account that is loaded."""
        self._entry = entry
        end = async_follow_devices(entry, self._handle_change, device_id=self._device_id)
        self._feed.async_mark(*SECTIONS)

        @callback
        def detach() -> None:
            end()
            self._entry = None
            self._feed.async_mark(*SECTIONS)

        return detach

    @callback
    def _handle_change(self, _device_id: str) -> None:
        self._feed.async_mark(*SECTIONS)

    @callback
    def _is_about_device(self, data: Mapping[str, Any]) -> bool:
        return bool(data["device_id"] == self._registry_id)

    @callback
    def _handle_registry(self, _event: Event[Any]) -> None:
        self._feed.async_mark(*SECTIONS)

    def _build(self, _keys: Collection[str]) -> Mapping[str, Any]:
        if dr.async_get(self._hass).async_get(self._registry_id) is None:
            return {"status": {"state": DeviceStatus.GONE}}
        if self._entry is None:
            return {"status": {"state": DeviceStatus.NOT_LOADED}}
        device = self._entry.runtime_data.devices.get(self._device_id or "")
        if device is None:
            return {"status": {"state": DeviceStatus.GONE}}
        access = access_to_device(self._hass, self._user, self._registry_id)
        return device_snapshot(self._hass, self._entry, device, self._registry_id, access)
