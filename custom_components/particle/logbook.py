"""Entries of the logbook in plain words, for what boards report and publish."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .api import CloudEvent
from .api.system_events import (
    AppHashEvent,
    ConnectionStatus,
    FlashState,
    FlashStatusEvent,
    LastResetEvent,
    SafeModeEvent,
    StatusEvent,
    parse_system_event,
)
from .bus_events import EVENT_PARTICLE
from .const import DOMAIN

# A payload in a logbook is a hint, not a document.
LONGEST_DATA = 80

_RESETS = {
    "panic": "has crashed",
    "power_brownout": "has restarted because the voltage dropped",
    "power_down": "has started after it had no power",
    "power_management": "has woken up",
    "watchdog": "was restarted by its watchdog",
    "pin_reset": "was restarted with its reset button",
    "user": "has restarted because its application asked for it",
    "update": "has restarted with new firmware",
    "update_error": "has restarted after an update failed",
    "update_timeout": "has restarted after an update timed out",
    "factory_reset": "was reset to its factory state",
    "safe_mode": "has restarted into safe mode",
    "dfu_mode": "has restarted into DFU mode",
    "config_update": "has restarted with a new configuration",
}
_STATUSES = {
    ConnectionStatus.ONLINE: "has connected to the cloud",
    ConnectionStatus.OFFLINE: "has lost its connection to the cloud",
    ConnectionStatus.AUTO_UPDATE: "is about to get new firmware from its product",
}
_FLASHES = {
    FlashState.STARTED: "is receiving new firmware",
    FlashState.SUCCESS: "has received new firmware",
    FlashState.FAILED: "could not receive new firmware",
}


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str]]], None],
) -> None:
    """Tell the logbook how events of this integration read."""

    @callback
    def describe(event: Event) -> dict[str, str]:
        return {
            LOGBOOK_ENTRY_NAME: _sender(hass, event.data),
            LOGBOOK_ENTRY_MESSAGE: message(event.data),
        }

    async_describe_event(DOMAIN, EVENT_PARTICLE, describe)


def _sender(hass: HomeAssistant, data: Any) -> str:
    page_id = data.get(ATTR_DEVICE_ID)
    page = dr.async_get(hass).async_get(page_id) if page_id else None
    name = page and (page.name_by_user or page.name)
    return name or data.get("particle_device_id") or "Particle"


def message(data: Any) -> str:
    """Return what an event says about its board, as the end of a sentence that starts with its name."""
    again = " (replayed)" if data.get("replayed") else ""
    return _said(CloudEvent(data["event"], data.get("data"))) + again


def _said(event: CloudEvent) -> str:
    match parse_system_event(event):
        case StatusEvent(status=ConnectionStatus() as status):
            return _STATUSES[status]
        case FlashStatusEvent(state=FlashState() as state):
            return _FLASHES[state]
        case LastResetEvent(reason=reason, panic=panic):
            said = _RESETS.get(reason, f"has restarted ({reason.replace('_', ' ')})")
            return f"{said}: {panic.replace('_', ' ')}" if panic else said
        case SafeModeEvent():
            return "runs in safe mode, without its application"
        case AppHashEvent():
            return "runs another application than before"
    if not event.data:
        return f"published {event.name}"
    cut = event.data if len(event.data) <= LONGEST_DATA else f"{event.data[:LONGEST_DATA]}…"
    return f"published {event.name}: {cut}"
