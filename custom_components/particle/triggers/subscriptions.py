"""Subscriptions to events and states of devices, which survive reloads and changes of the target."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from ..device.state import DeviceState
from ..events.hub import ParticleEvent
from ..targeting import (
    async_follow_accounts,
    async_follow_target,
    async_loaded_entries,
    async_target_devices,
)

type EventHandler = Callable[[ParticleConfigEntry, ParticleEvent], None]


@callback
def async_subscribe_events(
    hass: HomeAssistant,
    handler: EventHandler,
    *,
    names: Iterable[str],
    target: dict[str, Any] | None = None,
    entry_id: str | None = None,
) -> CALLBACK_TYPE:
    """Call a handler for each matching event, across reloads and changes of the target.

    Args:
        hass: Home Assistant.
        handler: Called with the account and the event.
        names: Exact names, or prefixes that end with ``*``; they must not overlap.
        target: The devices; None for every event of the accounts.
        entry_id: Only this account; None for all.

    Returns:
        A function that unsubscribes.
    """
    names = tuple(names)

    @callback
    def attach(entry: ParticleConfigEntry) -> CALLBACK_TYPE:
        hub = entry.runtime_data.hub
        listening: dict[str | None, list[CALLBACK_TYPE]] = {}
        handle = partial(handler if target else partial(_handle_once, hass, handler), entry)

        @callback
        def listen() -> None:
            devices = async_target_devices(hass, target)
            selected: set[str | None] = (
                {None} if devices is None else set(devices.get(entry.entry_id, ()))
            )
            for device in listening.keys() - selected:
                _unsubscribe(listening.pop(device))
            for device in selected - listening.keys():
                listening[device] = [
                    hub.async_listen(handle, name=name, device_id=device) for name in names
                ]

        listen()
        stop = async_follow_target(hass, target, listen)

        @callback
        def detach() -> None:
            stop()
            for unsubscribe in listening.values():
                _unsubscribe(unsubscribe)

        return detach

    return async_follow_accounts(hass, entry_id, attach)


def _handle_once(
    hass: HomeAssistant, handler: EventHandler, entry: ParticleConfigEntry, event: ParticleEvent
) -> None:
    """Handle an event only once if several accounts receive it: in the account that has the device."""
    device = event.device_id
    if (
        device is None
        or device in entry.runtime_data.devices
        or not any(device in other.runtime_data.devices for other in async_loaded_entries(hass))
    ):
        handler(entry, event)


def _unsubscribe(unsubscribe: Iterable[CALLBACK_TYPE]) -> None:
    for unsub in unsubscribe:
        unsub()


@dataclass(frozen=True, slots=True)
class DeviceChange:
    """A change of a device's state.

    Attributes:
        entry: The account.
        device: The device.
        before: The previous state.
        now: The new state.
        reloaded: Whether the account was reloaded in between.
    """

    entry: ParticleConfigEntry
    device: DeviceCoordinator
    before: DeviceState
    now: DeviceState
    reloaded: bool


class DeviceSubscription:
    """Subscription to the state changes of a target's devices, across reloads."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        target: dict[str, Any] | None,
        entry_id: str | None,
        on_change: Callable[[DeviceChange], None],
        on_gone: Callable[[str], object],
    ) -> None:
        """Initialize the subscription without starting it.

        Args:
            hass: Home Assistant.
            target: The devices; None for all.
            entry_id: Only this account; None for all.
            on_change: Called when a device's state has changed.
            on_gone: Called with the Particle device ID of a device that has left the target.
        """
        self._hass = hass
        self._target = target
        self._entry_id = entry_id
        self._on_change = on_change
        self._on_gone = on_gone
        # The last state by account and device, kept during reloads.
        self._last_states: dict[tuple[str, str], DeviceState] = {}

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Subscribe to the devices; return a function that unsubscribes."""
        return async_follow_accounts(self._hass, self._entry_id, self._attach)

    @callback
    def _attach(self, entry: ParticleConfigEntry) -> CALLBACK_TYPE:
        account = entry.runtime_data.account
        following: dict[DeviceCoordinator, CALLBACK_TYPE] = {}

        @callback
        def follow() -> None:
            devices = async_target_devices(self._hass, self._target)
            selected = {
                device
                for device in account.devices.values()
                if devices is None or device.device_id in devices.get(entry.entry_id, ())
            }
            for device in following.keys() - selected:
                following.pop(device)()
            present = {(entry.entry_id, device.device_id) for device in selected}
            # Includes devices that were removed while the account was not loaded.
            for gone in [key for key in self._last_states if key[0] == entry.entry_id]:
                if gone not in present:
                    del self._last_states[gone]
                    self._on_gone(gone[1])
            for device in selected - following.keys():
                following[device] = device.async_add_listener(
                    partial(self._handle_update, entry, device)
                )
                self._handle_update(entry, device, reloaded=True)

        follow()
        stop = [
            account.async_add_listener(follow),
            async_follow_target(self._hass, self._target, follow),
        ]

        @callback
        def detach() -> None:
            _unsubscribe(stop)
            _unsubscribe(following.values())

        return detach

    @callback
    def _handle_update(
        self, entry: ParticleConfigEntry, device: DeviceCoordinator, *, reloaded: bool = False
    ) -> None:
        key = (entry.entry_id, device.device_id)
        before = self._last_states.get(key)
        self._last_states[key] = device.data
        if before is not None and before is not device.data:
            self._on_change(DeviceChange(entry, device, before, device.data, reloaded))
