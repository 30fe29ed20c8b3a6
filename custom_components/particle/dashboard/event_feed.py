"""Events as the log of a card follows them, live."""

from asyncio import TimerHandle
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from ..events.hub import ParticleEvent
from ..targeting import async_follow_accounts
from .access import access_to_device, may_read_everything

# Events within so many seconds are sent together: a card draws them in one go.
INTERVAL: Final = 0.1

# So many messages may be under way that the card has not taken yet.
MAX_UNDER_WAY: Final = 3

# What waits for a card that is slow; of more the oldest are left out, and counted.
MAX_WAITING: Final = 500


class EventFeed:
    """Sends events in batches, and no more than the card can take.

    The card confirms each message. While too many are not confirmed nothing is sent, and of what
    comes in meanwhile only the newest is kept.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        user: User,
        device_ids: frozenset[str] | None,
        send: Callable[[dict[str, Any]], None],
    ) -> None:
        """Initialize the feed.

        Args:
            hass: Home Assistant.
            user: Who looks.
            device_ids: Ids of the device registry; None for all devices and what comes from none.
            send: Sends ``{"events": […], "left_out": n}`` to the card.
        """
        self._hass = hass
        self._user = user
        self._device_ids = device_ids
        self._send = send
        self._waiting: deque[dict[str, Any]] = deque()
        self._left_out = 0
        self._under_way = 0
        self._timer: TimerHandle | None = None
        # By Particle's id: the id in the registry, or None where the user may not see it.
        self._shown: dict[tuple[str, str | None], str | None] = {}

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Follow all accounts; returns a function that ends it."""
        ends = [
            async_follow_accounts(self._hass, None, self._attach),
            # Devices come, go and change hands.
            self._hass.bus.async_listen(
                dr.EVENT_DEVICE_REGISTRY_UPDATED, lambda event: self._shown.clear()
            ),
        ]

        @callback
        def end() -> None:
            for one in ends:
                one()
            if self._timer is not None:
                self._timer.cancel()

        return end

    @callback
    def async_confirm(self) -> None:
        """Take note that the card has taken a message."""
        self._under_way = max(self._under_way - 1, 0)
        self._schedule()

    @callback
    def _attach(self, entry: ParticleConfigEntry) -> CALLBACK_TYPE:
        @callback
        def handle(event: ParticleEvent) -> None:
            if (shown := self._event(entry, event)) is None:
                return
            self._waiting.append(shown)
            if len(self._waiting) > MAX_WAITING:
                self._waiting.popleft()
                self._left_out += 1
            self._schedule()

        return entry.runtime_data.hub.async_listen(handle)

    def _event(self, entry: ParticleConfigEntry, event: ParticleEvent) -> dict[str, Any] | None:
        """Return an event as the card gets it; None where it is not for this user or this card."""
        key = (entry.entry_id, event.device_id)
        if key not in self._shown:
            self._shown[key] = self._visible(*key)
        shown = self._shown[key]
        if shown is None:
            return None
        published_at = event.published_at
        return {
            "config_entry_id": entry.entry_id,
            "device_id": shown or None,
            "event": event.name,
            "data": event.data,
            "published_at": published_at and published_at.isoformat(),
            "received_at": dt_util.utcnow().isoformat(),
            "own": event.is_users_own,
            "replayed": event.replayed,
        }

    def _visible(self, entry_id: str, device_id: str | None) -> str | None:
        """Return the registry's id of a device whose events are shown, "" for what comes from none."""
        if device_id is None:
            return "" if self._device_ids is None and may_read_everything(self._user) else None
        registered = dr.async_get(self._hass).async_get_device_by_identifier(
            (DOMAIN, device_id), entry_id
        )
        if registered is None:
            # A device that the account does not show.
            return None
        if self._device_ids is not None and registered.id not in self._device_ids:
            return None
        return (
            registered.id if access_to_device(self._hass, self._user, registered.id).read else None
        )

    @callback
    def _schedule(self) -> None:
        if self._timer is None and self._waiting and self._under_way < MAX_UNDER_WAY:
            self._timer = self._hass.loop.call_later(INTERVAL, self._flush)

    @callback
    def _flush(self) -> None:
        self._timer = None
        self._under_way += 1
        message = {"events": [*self._waiting], "left_out": self._left_out}
        self._waiting.clear()
        self._left_out = 0
        self._send(message)
