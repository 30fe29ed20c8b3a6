"""Triggers of the Particle integration, implemented in the folder ``triggers``."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.trigger import Trigger

from .triggers.connection import CameOnlineTrigger, WentOfflineTrigger
from .triggers.event_received import EventReceivedTrigger
from .triggers.firmware import DeviceResetTrigger, EnteredSafeModeTrigger, FirmwareChangedTrigger
from .triggers.flash import FlashFinishedTrigger
from .triggers.stream import StreamBackTrigger, StreamLostTrigger
from .triggers.webhook import WebhookAnsweredTrigger, WebhookFailedTrigger

TRIGGERS: dict[str, type[Trigger]] = {
    "came_online": CameOnlineTrigger,
    "entered_safe_mode": EnteredSafeModeTrigger,
    "event_received": EventReceivedTrigger,
    "firmware_changed": FirmwareChangedTrigger,
    "flash_finished": FlashFinishedTrigger,
    "reset": DeviceResetTrigger,
    "stream_back": StreamBackTrigger,
    "stream_lost": StreamLostTrigger,
    "webhook_answered": WebhookAnsweredTrigger,
    "webhook_failed": WebhookFailedTrigger,
    "went_offline": WentOfflineTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers of the integration."""
    return TRIGGERS
