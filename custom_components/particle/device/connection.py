"""Whether a device is connected: the judged news, and the moment that an "offline" has to wait."""

from collections.abc import Callable
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..api import Device
from ..api.system_events import ConnectionStatus
from .presence import Presence, Verdict

# Where the cloud had not noticed that a device was gone, it says "offline" right before the next
# "online". An "offline" counts only when no "online" follows it at once.
OFFLINE_DEBOUNCE = 2.0


class Connection:
    """Judges news of a device's connection and reports what changes.

    News is judged first and applied afterwards, so that what else it tells can be applied in between.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        is_online: Callable[[], bool],
        on_connected: Callable[[], None],
        on_disconnected: Callable[[], None],
        on_doubt: Callable[[], None],
    ) -> None:
        """Initialize without any news.

        Args:
            hass: Home Assistant.
            is_online: Whether the device is connected, as far as is known.
            on_connected: Called at the start of a new connection.
            on_disconnected: Called at its end.
            on_doubt: Called where the cloud has to be asked, which is free.
        """
        self._hass = hass
        self._is_online = is_online
        self._on_connected = on_connected
        self._on_disconnected = on_disconnected
        self._on_doubt = on_doubt
        self._presence = Presence()
        self._cancel_offline: CALLBACK_TYPE | None = None

    def judge_answer(self, device: Device, requested: float) -> Verdict:
        """Judge a listing or a description whose request was sent at a time of the loop's clock."""
        return self._presence.after_answer(
            online=device.online,
            known_online=self._is_online(),
            handshake_at=device.last_handshake_at,
            received_at=dt_util.utcnow(),
            requested=requested,
        )

    def judge_status(
        self, status: ConnectionStatus | None, published_at: datetime | None
    ) -> Verdict:
        """Judge an event about the connection; others of the kind change nothing."""
        if status not in {ConnectionStatus.ONLINE, ConnectionStatus.OFFLINE}:
            return Verdict.STALE
        return self._presence.after_status(
            online=status is ConnectionStatus.ONLINE,
            published_at=published_at,
            received_at=dt_util.utcnow(),
            received=self._hass.loop.time(),
        )

    def judge_activity(self, published_at: datetime | None) -> Verdict:
        """Judge any other event."""
        return Verdict.STALE if self._is_online() else self._presence.after_activity(published_at)

    @callback
    def apply(self, verdict: Verdict) -> None:
        """Report what a verdict changes, now or after a moment."""
        match verdict:
            case Verdict.CONNECTED:
                self.close()
                self._on_connected()
            case Verdict.DISCONNECTED:
                self.close()
                self._on_disconnected()
            case Verdict.PERHAPS_DISCONNECTED if self._is_online():
                self.close()
                self._cancel_offline = async_call_later(
                    self._hass, OFFLINE_DEBOUNCE, self._handle_offline
                )
            case Verdict.UNCHANGED:
                self.close()
            case Verdict.UNCERTAIN:
                self._on_doubt()

    @callback
    def close(self) -> None:
        """Do not wait for an "online" any longer."""
        if self._cancel_offline is not None:
            self._cancel_offline()
            self._cancel_offline = None

    @callback
    def _handle_offline(self, _now: datetime) -> None:
        """Apply an "offline" that no "online" has followed."""
        self._cancel_offline = None
        self.apply(Verdict.DISCONNECTED)
