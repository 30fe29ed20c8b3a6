"""What a card shows of a device: everything that Home Assistant knows, free of any call to the cloud."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..api.models import VariableType
from ..api.platforms import platform
from ..const import CONF_SLEEPING_DEVICES
from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from ..entities.variable_names import measurement_of
from ..events.history import EventSummary
from .access import Access

# A card shows the latest event of each of so many names.
MAX_EVENT_NAMES: Final = 5

# One line of a card has no room for more.
MAX_EVENT_DATA: Final = 500

# How often an event must have come before it says when a sleeping device is back.
MIN_WAKES: Final = 3


SECTIONS: Final = (
    "device",
    "status",
    "firmware",
    "health",
    "variables",
    "functions",
    "events",
    "access",
)
"""Keys of a snapshot."""


class DeviceStatus(StrEnum):
    """What a card says of a device in words."""

    ONLINE = "online"
    ASLEEP = "asleep"
    OFFLINE = "offline"
    SAFE_MODE = "safe_mode"
    UPDATING = "updating"
    # Unknown: the cloud does not respond, or no longer lists the device.
    CLOUD_LOST = "cloud_lost"
    NOT_PERMITTED = "not_permitted"
    # Its account is not loaded, or the device was removed from it.
    NOT_LOADED = "not_loaded"
    GONE = "gone"


def device_status(entry: ParticleConfigEntry, device: DeviceCoordinator) -> DeviceStatus:
    """Return the one thing that is most important to say of a device."""
    state = device.data
    if not entry.runtime_data.account.available:
        return DeviceStatus.CLOUD_LOST
    if not state.listed:
        return DeviceStatus.NOT_PERMITTED
    if state.flash_step is not None:
        return DeviceStatus.UPDATING
    if not state.online:
        sleeps = device.device_id in entry.options.get(CONF_SLEEPING_DEVICES, [])
        return DeviceStatus.ASLEEP if sleeps else DeviceStatus.OFFLINE
    return DeviceStatus.SAFE_MODE if state.safe_mode else DeviceStatus.ONLINE


def heard_at(entry: ParticleConfigEntry, device: DeviceCoordinator) -> datetime | None:
    """Return when the device was heard last: by the cloud, or by an answer or an event of it."""
    state = device.data
    times = [
        device.device.last_heard,
        *(reading.read_at for reading in state.readings.values()),
        *(call.called_at for call in state.calls.values()),
    ]
    if names := entry.runtime_data.history.names(device.device_id):
        times.append([*names.values()][-1].last.received_at)
    return max((time for time in times if time is not None), default=None)


def lost_since(entry: ParticleConfigEntry) -> datetime | None:
    """Return since when the cloud cannot be reached; None while it can, or may."""
    account = entry.runtime_data.account
    return None if account.available else account.failing_since


def device_snapshot(
    hass: HomeAssistant,
    entry: ParticleConfigEntry,
    device: DeviceCoordinator,
    registry_id: str,
    access: Access,
) -> dict[str, Any]:
    """Return what a card shows of a device, as JSON.

    Args:
        hass: Home Assistant.
        entry: The account.
        device: The device.
        registry_id: Its id in the device registry.
        access: What the user may do with it.
    """
    entities = {
        entity.unique_id: entity.entity_id
        for entity in er.async_entries_for_device(er.async_get(hass), registry_id)
    }
    status = device_status(entry, device)
    events = entry.runtime_data.history.names(device.device_id)
    return {
        "device": {
            "particle_id": device.device_id,
            "config_entry_id": entry.entry_id,
            "name": device.name,
        },
        "status": {
            "state": status,
            "heard_at": _iso(heard_at(entry, device)),
            "back_at": _iso(_back_at(events)) if status is DeviceStatus.ASLEEP else None,
            "lost_since": _iso(lost_since(entry)),
            "flash_step": device.data.flash_step,
            "answering": device.data.answering,
        },
        "firmware": _firmware(device),
        "health": _health(device),
        "variables": _variables(entry, device, entities),
        "functions": _functions(device, entities),
        "events": {summary.name: _latest(summary) for summary in _newest(events)},
        "access": {"control": access.control, "administer": access.administer},
    }


def _variables(
    entry: ParticleConfigEntry, device: DeviceCoordinator, entities: Mapping[str, str]
) -> dict[str, Any]:
    reachable = entry.runtime_data.account.available and device.data.reachable
    return {
        name: {
            "type": kind.value,
            **_unit_and_icon(name, kind),
            "value": None if (reading := device.data.readings.get(name)) is None else reading.value,
            "read_at": _iso(reading.read_at) if reading else None,
            "source": reading.source.value if reading else None,
            "live": reachable and device.is_live(name),
            "entity_id": entities.get(f"{device.device_id}_variable_{name}"),
        }
        for name, kind in device.data.variables.items()
    }


def _unit_and_icon(name: str, kind: VariableType) -> dict[str, str | None]:
    """Return how a value is shown that no entity shows."""
    if kind not in {VariableType.INT32, VariableType.DOUBLE}:
        return {}
    measurement = measurement_of(name)
    return {"unit": measurement.unit, "icon": measurement.icon}


def _functions(device: DeviceCoordinator, entities: Mapping[str, str]) -> dict[str, Any]:
    calls = device.data.calls
    return {
        name: {
            "entity_id": entities.get(f"{device.device_id}_function_{name}"),
            "argument": call.argument if (call := calls.get(name)) else None,
            "return_value": call.return_value if call else None,
            "called_at": _iso(call.called_at) if call else None,
        }
        for name in device.data.functions
    }


def _firmware(device: DeviceCoordinator) -> dict[str, Any]:
    known = device.device
    return {
        "model": platform(known.platform_id).name,
        "device_os": known.system_firmware_version,
        "product_version": known.firmware_version,
        "update_pending": device.data.updates_pending,
    }


def _health(device: DeviceCoordinator) -> dict[str, Any]:
    """Return signal and battery of the present connection."""
    vitals = device.data.vitals
    if vitals is None:
        return {}
    return {
        "network": vitals.signal_technology,
        "signal": vitals.signal_strength,
        "battery": vitals.battery_charge,
        "battery_state": vitals.battery_state,
    }


def _newest(events: Mapping[str, EventSummary]) -> list[EventSummary]:
    """Return the names that were heard last, the latest one first."""
    return [*events.values()][: -MAX_EVENT_NAMES - 1 : -1]


def _latest(summary: EventSummary) -> dict[str, Any]:
    data = summary.last.event.data
    return {
        "data": data and data[:MAX_EVENT_DATA],
        "cut": data is not None and len(data) > MAX_EVENT_DATA,
        "received_at": _iso(summary.last.received_at),
        "count": summary.count,
    }


def _back_at(events: Mapping[str, EventSummary]) -> datetime | None:
    """Return when a device that sleeps is likely to be back, from how often it has published.

    None where it has not published often enough to say so, or is overdue.
    """
    regular = [
        (summary.count, summary.last.received_at, interval)
        for summary in events.values()
        if summary.count >= MIN_WAKES and (interval := summary.interval)
    ]
    if not regular:
        return None
    _, last, interval = max(regular)
    return None if _is_overdue(last, interval) else last + interval


def _is_overdue(last: datetime, interval: timedelta) -> bool:
    return dt_util.utcnow() > last + interval


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()
