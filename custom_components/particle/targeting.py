"""Resolve the targets of triggers, conditions and actions, and track their changes."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    target as target_helpers,
)
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import DOMAIN
from .coordinator import ParticleConfigEntry

type Devices = dict[str, set[str]]
"""Particle device IDs by config entry ID."""

# Changes of registry entries that can add devices to a target or remove them.
_REGISTRIES: dict[Any, frozenset[str]] = {
    er.EVENT_ENTITY_REGISTRY_UPDATED: frozenset(
        {"area_id", "device_id", "entity_id", "hidden_by", "labels"}
    ),
    dr.EVENT_DEVICE_REGISTRY_UPDATED: frozenset({"area_id", "identifiers", "labels"}),
    ar.EVENT_AREA_REGISTRY_UPDATED: frozenset({"floor_id", "labels"}),
}


@callback
def async_target_devices(hass: HomeAssistant, target: Mapping[str, Any] | None) -> Devices | None:
    """Return the devices of a target; None without a target, which means every device.

    A target selects a device directly, by area, floor or label, or through one of its entities. The
    account's own device selects all devices of the account.
    """
    if not target:
        return None
    registry = dr.async_get(hass)
    devices: Devices = {}
    for device_entry in async_target_device_entries(hass, target):
        device_entries = (
            dr.async_entries_for_config_entry(registry, device_entry.config_entry_id)
            if isinstance(device_entry, dr.DeviceEntry)
            and device_entry.entry_type is dr.DeviceEntryType.SERVICE
            else [device_entry]
        )
        for device in device_entries:
            if device_id := particle_device_id(device):
                devices.setdefault(device.config_entry_id, set()).add(device_id)
    return devices


@callback
def async_target_device_entries(
    hass: HomeAssistant, target: Mapping[str, Any]
) -> list[dr.BaseDeviceEntry]:
    """Return the device entries that a target selects, directly or indirectly."""
    selected = target_helpers.async_extract_referenced_entity_ids(
        hass,
        target_helpers.TargetSelection(dict(target)),
        expand_group=False,
        primary_entities_only=False,
    )
    entities = er.async_get(hass)
    device_ids = set(selected.referenced_devices)
    for entity_id in selected.referenced | selected.indirectly_referenced:
        if (entity := entities.async_get(entity_id)) and entity.device_id:
            device_ids.add(entity.device_id)
    return [*filter(None, map(dr.async_get(hass).async_get, device_ids))]


def particle_device_id(device_entry: dr.BaseDeviceEntry) -> str | None:
    """Return the Particle device ID of a device entry; None if it is not a Particle device."""
    if (
        isinstance(device_entry, dr.DeviceEntry)
        and device_entry.entry_type is dr.DeviceEntryType.SERVICE
    ):
        return None
    return next((name for domain, name in device_entry.identifiers if domain == DOMAIN), None)


@callback
def async_follow_target(
    hass: HomeAssistant, target: Mapping[str, Any] | None, on_change: Callable[[], None]
) -> CALLBACK_TYPE:
    """Call back when the devices of a target may have changed.

    Returns:
        A function that unsubscribes.
    """
    if not target:
        return lambda: None

    @callback
    def matters(watched: frozenset[str], data: Mapping[str, Any]) -> bool:
        return data["action"] != "update" or not watched.isdisjoint(data.get("changes", watched))

    @callback
    def changed(_event: Event[Any]) -> None:
        on_change()

    unsubscribe = [
        hass.bus.async_listen(event_type, changed, event_filter=partial(matters, watched))
        for event_type, watched in _REGISTRIES.items()
    ]

    @callback
    def remove() -> None:
        for unsub in unsubscribe:
            unsub()

    return remove


@callback
def async_loaded_entries(
    hass: HomeAssistant, entry_id: str | None = None
) -> list[ParticleConfigEntry]:
    """Return the loaded accounts, or only the given one."""
    return [
        entry
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        if entry_id in (None, entry.entry_id)
    ]


@callback
def async_follow_accounts(
    hass: HomeAssistant,
    entry_id: str | None,
    attach: Callable[[ParticleConfigEntry], CALLBACK_TYPE],
) -> CALLBACK_TYPE:
    """Attach to each account while it is loaded, including those loaded later.

    Args:
        hass: Home Assistant.
        entry_id: Only this account; None for all.
        attach: Called when an account is loaded; returns a function that detaches.

    Returns:
        A function that unsubscribes.
    """
    attached: dict[str, CALLBACK_TYPE] = {}

    @callback
    def follow(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain != DOMAIN or entry_id not in (None, entry.entry_id):
            return
        loaded = change is not ConfigEntryChange.REMOVED and entry.state is ConfigEntryState.LOADED
        if loaded and entry.entry_id not in attached:
            attached[entry.entry_id] = attach(entry)
        elif not loaded and (detach := attached.pop(entry.entry_id, None)):
            detach()

    for entry in async_loaded_entries(hass, entry_id):
        follow(ConfigEntryChange.UPDATED, entry)
    stop = async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, follow)

    @callback
    def remove() -> None:
        stop()
        for detach in attached.values():
            detach()
        attached.clear()

    return remove
