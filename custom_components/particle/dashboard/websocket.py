"""Websocket commands of the cards; looking at a card calls the cloud for nothing."""

from functools import partial
from typing import Any

from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.util.hass_dict import HassKey
import voluptuous as vol

from ..const import DOMAIN
from ..event_log.models import MAX_LIMIT
from ..targeting import particle_device_id
from .access import access_to_device
from .device_feed import DeviceFeed
from .event_feed import EventFeed
from .event_search import EventSearch, async_search
from .fleet_feed import FleetFeed

DATA_EVENT_FEEDS: HassKey[dict[tuple[websocket_api.ActiveConnection, int], EventFeed]] = HassKey(
    f"{DOMAIN}_event_feeds"
)
"""The logs that are open, by connection and number of the subscription."""


@callback
def async_register_commands(hass: HomeAssistant) -> None:
    """Register the commands."""
    websocket_api.async_register_command(hass, subscribe_device)
    websocket_api.async_register_command(hass, subscribe_fleet)
    websocket_api.async_register_command(hass, subscribe_events)
    websocket_api.async_register_command(hass, confirm_events)
    websocket_api.async_register_command(hass, search_events)


@websocket_api.websocket_command(
    {vol.Required("type"): "particle/device/subscribe", vol.Required("device_id"): str}
)
@callback
def subscribe_device(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Follow a device; patches of `device_snapshot` are sent."""
    registered = dr.async_get(hass).async_get(msg["device_id"])
    if registered is None or particle_device_id(registered) is None:
        connection.send_error(msg["id"], websocket_api.ERR_NOT_FOUND, "There is no such device")
        return
    if not access_to_device(hass, connection.user, registered.id).read:
        # Not raised: Home Assistant would log an error each time a dashboard is opened.
        connection.send_error(msg["id"], websocket_api.ERR_UNAUTHORIZED, "Not allowed to see it")
        return
    feed = DeviceFeed(hass, connection.user, registered, partial(connection.send_event, msg["id"]))
    connection.send_result(msg["id"])
    connection.subscriptions[msg["id"]] = feed.async_start()


@websocket_api.websocket_command({vol.Required("type"): "particle/fleet/subscribe"})
@callback
def subscribe_fleet(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Follow all devices and accounts; patches of their rows are sent."""
    feed = FleetFeed(hass, connection.user, partial(connection.send_event, msg["id"]))
    connection.send_result(msg["id"])
    connection.subscriptions[msg["id"]] = feed.async_start()


@websocket_api.websocket_command(
    {
        vol.Required("type"): "particle/events/subscribe",
        vol.Optional("device_ids"): [str],
    }
)
@callback
def subscribe_events(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Follow the events of some devices, or of all that the user may see."""
    wanted = msg.get("device_ids")

    @callback
    def send(message: dict[str, Any]) -> None:
        # The card confirms it with this number, which the frontend's library does not tell.
        connection.send_event(msg["id"], {"subscription": msg["id"], **message})

    feed = EventFeed(
        hass,
        connection.user,
        None if wanted is None else frozenset(wanted),
        send,
    )
    feeds = hass.data.setdefault(DATA_EVENT_FEEDS, {})
    feeds[connection, msg["id"]] = feed
    end = feed.async_start()

    @callback
    def unsubscribe() -> None:
        end()
        del feeds[connection, msg["id"]]

    connection.send_result(msg["id"])
    connection.subscriptions[msg["id"]] = unsubscribe


@websocket_api.websocket_command(
    {vol.Required("type"): "particle/events/confirm", vol.Required("subscription"): int}
)
@callback
def confirm_events(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Say that a message of a subscription was taken, so that the next one can be sent."""
    feed = hass.data.get(DATA_EVENT_FEEDS, {}).get((connection, msg["subscription"]))
    if feed is not None:
        feed.async_confirm()
    connection.send_result(msg["id"])


@websocket_api.websocket_command(
    {
        vol.Required("type"): "particle/events/search",
        vol.Optional("device_ids"): [str],
        vol.Optional("text"): str,
        vol.Optional("own", default=False): bool,
        vol.Optional("before"): cv.datetime,
        vol.Optional("cursor"): {str: vol.Maybe(int)},
        vol.Optional("limit", default=100): vol.All(int, vol.Range(min=1, max=MAX_LIMIT)),
    }
)
@websocket_api.async_response
async def search_events(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Return a page of stored events of the devices that the user may see, newest first."""
    search = EventSearch(msg.get("device_ids"), msg.get("text"), msg["own"], msg.get("before"))
    page = await async_search(hass, connection.user, search, msg.get("cursor"), msg["limit"])
    connection.send_result(msg["id"], page)
