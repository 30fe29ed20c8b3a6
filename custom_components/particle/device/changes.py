"""What an event tells of the board that sent it."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from homeassistant.util import dt as dt_util

from ..api.location_events import parse_location_event
from ..api.system_events import (
    AppHashEvent,
    LastResetEvent,
    SafeModeEvent,
    UpdateFlag,
    UpdatesEvent,
    VitalsEvent,
)
from ..api.vitals import Vitals
from ..events.hub import ParticleEvent
from .state import BoardState, Reset

# Fields of a report that say what it is about; all others are measurements.
_NO_MEASUREMENTS = {"device_id", "updated_at", "raw"}


def changes(event: ParticleEvent, state: BoardState) -> dict[str, Any]:
    """Return the fields of the board's state that an event changes, with their new values.

    Whether the board is connected is not decided here: it takes time to know.
    """
    match event.system:
        case SafeModeEvent() as safe_mode:
            return {"safe_mode": True, "modules": safe_mode.modules}
        case LastResetEvent() as reset:
            return {"last_reset": Reset(reset.reason, reset.panic, _time_of(event))}
        case AppHashEvent() as application:
            return {"app_hash": application.app_hash or None}
        case VitalsEvent() as report:
            return with_vitals(report.vitals, state)
        case UpdatesEvent(flag=flag, on=on):
            return {_UPDATE_FIELDS[flag]: on}
        case None if (location := parse_location_event(event.cloud_event)) is not None:
            # A tracker without a fix says so; where it was last is still worth showing.
            return {} if location.latitude is None else {"location": location}
    return {}


def with_vitals(vitals: Vitals, state: BoardState) -> dict[str, Any]:
    """Return the changes that a report of the board's health brings."""
    kinds = {
        field.name
        for field in fields(vitals)
        if field.name not in _NO_MEASUREMENTS and getattr(vitals, field.name) is not None
    }
    return {"vitals": vitals, "vitals_kinds": state.vitals_kinds | kinds}


_UPDATE_FIELDS: dict[UpdateFlag, str] = {
    UpdateFlag.ENABLED: "updates_enabled",
    UpdateFlag.FORCED: "updates_forced",
    UpdateFlag.PENDING: "updates_pending",
}


def _time_of(event: ParticleEvent) -> datetime:
    return event.published_at or dt_util.utcnow()
