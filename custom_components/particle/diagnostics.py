"""Diagnostics for bug reports, without secrets and personal data."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import AnyDeviceEntry

from .const import (
    CONF_ACCESS_TOKEN,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_SERVER_URL,
    CONF_USERNAME,
    DEFAULT_SERVER_URL,
    DOMAIN,
)
from .coordinator import ParticleConfigEntry
from .device.coordinator import DeviceCoordinator
from .event_log.log import EventLog

ENTRY_SECRETS = {CONF_ACCESS_TOKEN, CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_USERNAME}

# An allow list: the cloud may add personal data under new keys at any time.
DEVICE_FIELDS = (
    "platform_id",
    "cellular",
    "system_firmware_version",
    "firmware_version",
    "desired_firmware_version",
    "status",
    "last_heard",
    "last_handshake_at",
    "firmware_updates_enabled",
    "firmware_updates_forced",
)


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: ParticleConfigEntry
) -> dict[str, Any]:
    """Return the account: its settings, its streams, its budget and its devices."""
    runtime = entry.runtime_data
    return {
        "entry": {
            "data": async_redact_data(
                dict(entry.data),
                # The address of a self-hosted server identifies its owner.
                ENTRY_SECRETS
                if entry.data.get(CONF_SERVER_URL) == DEFAULT_SERVER_URL
                else {*ENTRY_SECRETS, CONF_SERVER_URL},
            ),
            "options": _options(entry),
        },
        "listing": {
            "success": runtime.account.last_update_success,
            "error": None
            if (err := runtime.account.last_exception) is None
            else type(err).__name__,
        },
        "streams": [
            {
                "kind": stream.scope.kind.value,
                "connected": stream.state.connected,
                "since": stream.state.since.isoformat(),
                "last_gap": str(stream.state.last_gap),
                "error": None if (error := stream.state.error) is None else type(error).__name__,
                "attempts": stream.state.attempts,
                "events": stream.state.events,
                "dropped": stream.state.dropped,
            }
            for stream in runtime.streams
        ],
        "hub": {
            "received": runtime.hub.received,
            "duplicates": runtime.hub.duplicates,
            "dropped": runtime.hub.dropped,
        },
        "event_log": await _event_log(runtime.event_log),
        "data_operations": {
            "used": runtime.operations.used,
            "forecast": runtime.operations.forecast,
            "allowance": runtime.operations.allowance,
            "variable_updates": runtime.operations.variable_updates.value,
            "refused_since": _plain(runtime.operations.refused_since),
        },
        "devices": [_device(device) for device in runtime.devices.values()],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: ParticleConfigEntry, device: AnyDeviceEntry
) -> dict[str, Any]:
    """Return one device; nothing for the account itself and for a removed device."""
    for domain, identifier in device.identifiers:
        if domain == DOMAIN and (coordinator := entry.runtime_data.devices.get(identifier)):
            return _device(coordinator)
    return {}


async def _event_log(log: EventLog) -> dict[str, Any]:
    """Return how much the event log holds, and whether it is written."""
    size = await log.async_size()
    return {
        "enabled": log.enabled,
        "trouble": log.trouble,
        "events": size and size.events,
        "bytes": size and size.bytes,
        "oldest": size and _plain(size.oldest),
        "waiting": log.waiting,
        "dropped": log.dropped,
    }


def _options(entry: ParticleConfigEntry) -> dict[str, Any]:
    """Return the options; lists of ids and names only by their length."""
    return {
        key: len(value) if isinstance(value, list) else value
        for key, value in entry.options.items()
    }


def _device(device: DeviceCoordinator) -> dict[str, Any]:
    """Return a device's state without its name, IDs, values and location."""
    state = device.data
    return {
        "device": {field: _plain(getattr(state.device, field)) for field in DEVICE_FIELDS},
        "scope": device.scope.kind.value,
        "online": state.online,
        "answering": state.answering,
        "safe_mode": state.safe_mode,
        "functions": len(state.functions),
        "variables": {
            f"{number} ({kind.value})": {
                "live": device.is_live(name),
                "read_at": _plain(reading.read_at) if reading else None,
                "source": reading.source.value if reading else None,
                "value": REDACTED,
            }
            for number, (name, kind) in enumerate(state.variables.items())
            for reading in [state.readings.get(name)]
        },
        "last_reset": None if state.last_reset is None else _plain_dict(asdict(state.last_reset)),
        "vitals": sorted(state.vitals_kinds),
        "located": state.location is not None,
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _plain_dict(values: dict[str, Any]) -> dict[str, Any]:
    return {key: _plain(value) for key, value in values.items()}
