"""Track whether a device is connected, with a debounce for "offline" reports."""

from collections.abc import Callable
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..api import Device
from ..api.system_events import ConnectionStatus
from .presence import Presence, Verdict

# If the cloud has missed a disconnect, it reports "offline" right before the next "online". An
# "offline" therefore counts only if no "online" follows within this many seconds.
OFFLINE_DEBOUNCE = 2.0


class Connection:
    """Evaluate reports about a device's connection and announce changes.

    A report is first judged and later applied, so that the rest of its content can be applied in
    between.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        is_online: Callable[[], bool],
        on_connected: Callable[[], None],
        on_disconnected: Callable[[], None],
        on_uncertain: Callable[[], None],
    ) -> None:
        """Initialize without a report.

        Args:
            hass: Home Assistant.
            is_online: Returns whether the device is known to be connected.
            on_connected: Called at the start of a new connection.
            on_disconnected: Called at the end of a connection.
            on_uncertain: Called if the state has to be fetched from the cloud, which is free.
        """
        self._hass = hass
        self._is_online = is_online
        self._on_connected = on_connected
        self._on_disconnected = on_disconnected
        self._on_uncertain = on_uncertain
        self._presence = Presence()
        self._cancel_offline: CALLBACK_TYPE | None = None

    def judge_answer(self, device: Device, requested: float) -> Verdict:
        """Judge a listing or a device's details; `requested` is the event loop's time of the request."""
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
        """Judge an online or offline event; other statuses change nothing."""
        if status not in {ConnectionStatus.ONLINE, ConnectionStatus.OFFLINE}:
            return Verdict.STALE
        return self._presence.after_status(
            online=status is ConnectionStatus.ONLINE,
            published_at=published_at,
            received_at=dt_util.utcnow(),
            received=self._hass.loop.time(),
        )

    def judge_activity(self, published_at: datetime | None) -> Verdict:
        """Judge any other event of the device."""
        return Verdict.STALE if self._is_online() else self._presence.after_activity(published_at)

    @callback
    def apply(self, verdict: Verdict) -> None:
        """Announce what a verdict changes, at once or after the debounce."""
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
                self._on_uncertain()

    @callback
    def close(self) -> None:
        """Cancel a pending "offline"."""
        if self._cancel_offline is not None:
            self._cancel_offline()
            self._cancel_offline = None

    @callback
    def _handle_offline(self, _now: datetime) -> None:
        """Apply an "offline" after the debounce."""
        self._cancel_offline = None
        self.apply(Verdict.DISCONNECTED)
