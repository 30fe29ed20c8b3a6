"""Events as the log of a card follows them, live."""

from asyncio import TimerHandle
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from ..coordinator import ParticleConfigEntry
from ..events.hub import ParticleEvent
from ..events.streams import SupervisedStream
from ..targeting import async_follow_accounts
from .sender import Sender, event_as_json, find_sender

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
            user: The user who opened the card.
            device_ids: Ids of the device registry; None for all devices and what comes from none.
            send: Sends ``{"events": […], "left_out": n, "lost_since": …, "loaded": …}`` to the card.
        """
        self._hass = hass
        self._user = user
        self._device_ids = device_ids
        self._send = send
        self._waiting: deque[dict[str, Any]] = deque()
        self._left_out = 0
        self._under_way = 0
        self._timer: TimerHandle | None = None
        # By account and Particle's id.
        self._senders: dict[tuple[str, str | None], Sender | None] = {}
        self._streams: set[SupervisedStream] = set()
        # Accounts that are loaded and that the card is for.
        self._loaded: set[str] = set()
        # Since when events are missing, and whether any can come in; and what of it the card knows.
        self._condition: tuple[str | None, bool] = (None, True)
        self._sent_condition: tuple[str | None, bool] = self._condition

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Follow all accounts; returns a function that ends it."""
        ends = [
            async_follow_accounts(self._hass, None, self._attach),
            # Devices come, go and change hands.
            self._hass.bus.async_listen(
                dr.EVENT_DEVICE_REGISTRY_UPDATED, lambda event: self._senders.clear()
            ),
        ]

        self._look_at_accounts()

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

        is_for = self._is_for(entry)
        streams = entry.runtime_data.streams if is_for else ()
        self._streams.update(streams)
        if is_for:
            self._loaded.add(entry.entry_id)
        ends = [
            entry.runtime_data.hub.async_listen(handle),
            *(stream.async_add_listener(self._look_at_accounts) for stream in streams),
        ]
        self._look_at_accounts()

        @callback
        def detach() -> None:
            for end in ends:
                end()
            self._streams.difference_update(streams)
            self._loaded.discard(entry.entry_id)
            self._look_at_accounts()

        return detach

    def _is_for(self, entry: ParticleConfigEntry) -> bool:
        """Whether the card is for any device of an account."""
        if self._device_ids is None:
            return True
        registry = dr.async_get(self._hass)
        devices = (registry.async_get(device_id) for device_id in self._device_ids)
        return any(device and entry.entry_id == device.config_entry_id for device in devices)

    @callback
    def _look_at_accounts(self) -> None:
        """Tell the card when events begin or cease to be missing."""
        lost = [stream.state.since for stream in self._streams if not stream.state.connected]
        self._condition = (min(lost).isoformat() if lost else None, bool(self._loaded))
        self._schedule()

    def _event(self, entry: ParticleConfigEntry, event: ParticleEvent) -> dict[str, Any] | None:
        """Return an event as the card gets it; None where it is not for this user or this card."""
        key = (entry.entry_id, event.device_id)
        if key not in self._senders:
            self._senders[key] = find_sender(self._hass, self._user, entry, event.device_id)
        sender = self._senders[key]
        if sender is None or not sender.is_among(self._device_ids):
            return None
        return event_as_json(
            entry,
            event.cloud_event,
            sender,
            received_at=dt_util.utcnow(),
            replayed=event.replayed,
        )

    @callback
    def _schedule(self) -> None:
        has_news = self._waiting or self._condition != self._sent_condition
        if self._timer is None and has_news and self._under_way < MAX_UNDER_WAY:
            self._timer = self._hass.loop.call_later(INTERVAL, self._flush)

    @callback
    def _flush(self) -> None:
        self._timer = None
        self._under_way += 1
        lost_since, loaded = self._condition
        message = {
            "events": [*self._waiting],
            "left_out": self._left_out,
            "lost_since": lost_since,
            "loaded": loaded,
        }
        self._waiting.clear()
        self._left_out = 0
        self._sent_condition = self._condition
        self._send(message)
