"""What the fleet card shows: a row for each device, and what each account has used."""

from typing import Any

from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from .device import device_status, heard_at, lost_since


def fleet_row(entry: ParticleConfigEntry, device: DeviceCoordinator) -> dict[str, Any]:
    """Return the row of a device, as JSON."""
    heard, lost = heard_at(entry, device), lost_since(entry)
    known = device.device
    return {
        "name": device.name,
        "config_entry_id": entry.entry_id,
        "state": device_status(entry, device),
        "answering": device.data.answering,
        "heard_at": heard and heard.isoformat(),
        "lost_since": lost and lost.isoformat(),
        "device_os": known.system_firmware_version,
        "product_version": known.firmware_version,
        "product": entry.runtime_data.account.product_name(device.scope.id)
        if device.scope.id
        else None,
    }


def account_summary(entry: ParticleConfigEntry) -> dict[str, Any]:
    """Return what an account has used, and whether events come in, as JSON."""
    operations = entry.runtime_data.operations
    refused = operations.refused_since
    month = operations.month
    interrupted = min(
        (stream.state.since for stream in entry.runtime_data.streams if not stream.state.connected),
        default=None,
    )
    return {
        "name": entry.title,
        "operations": {
            "used": operations.used,
            "forecast": operations.forecast,
            "allowance": operations.allowance,
            "period_end": month.end.isoformat(),
            "refused_since": refused and refused.isoformat(),
        },
        "interrupted_since": interrupted and interrupted.isoformat(),
    }
