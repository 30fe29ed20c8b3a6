"""Logbook entries for published events.

Home Assistant adds an entry for each state change of an entity, but without the payload of a
published event. That comes from an event on the bus with the same context. The bus event names
neither device nor entity, so that their logbooks show one entry, which contains the payload.
"""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .events.bus import ATTR_REGISTRY_ID, EVENT_PUBLISHED


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str]]], None],
) -> None:
    """Describe logbook events."""

    @callback
    def describe(event: Event) -> dict[str, str]:
        return {
            LOGBOOK_ENTRY_NAME: _name(hass, event.data),
            LOGBOOK_ENTRY_MESSAGE: _message(hass, event.data),
        }

    async_describe_event(DOMAIN, EVENT_PUBLISHED, describe)


def _name(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
    """Return the current name of the device, or its ID."""
    device = dr.async_get(hass).async_get(data.get(ATTR_REGISTRY_ID) or "")
    name = device and (device.name_by_user or device.name)
    return name or data.get("particle_device_id") or "Particle"


def _message(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
    """Return the message, which follows the name."""
    text: str = data.get("data") or ""
    key = "published_with_data" if text else "published"
    if data.get("replayed"):
        key = f"{key}_replayed"
    phrases = async_get_cached_translations(hass, hass.config.language, "selector", DOMAIN)
    phrase = phrases.get(f"component.{DOMAIN}.selector.logbook.options.{key}", "{event} {data}")
    return phrase.format(event=data["event"], data=text)
