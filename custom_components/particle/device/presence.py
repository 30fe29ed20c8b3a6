"""Decide whether a device is connected from reports that may be late, repeated or out of order."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto


class Verdict(Enum):
    """What a report means for the known state of the connection."""

    # Older than the known state.
    STALE = auto()
    UNCHANGED = auto()
    # A new session; the end of the previous one may have been missed.
    CONNECTED = auto()
    DISCONNECTED = auto()
    # An "online" may follow immediately, if the cloud has missed the disconnect.
    PERHAPS_DISCONNECTED = auto()
    # The state has to be fetched from the cloud, which is free.
    UNCERTAIN = auto()


@dataclass(frozen=True, slots=True)
class _CloudTime:
    """A timestamp from the cloud.

    Attributes:
        at: The time, UTC.
        ahead: Whether it was in the future on arrival. Such a timestamp cannot be used to order
            reports: one that arrives later counts as newer.
    """

    at: datetime
    ahead: bool


class Presence:
    """Order the reports about a device's connection.

    Events are compared by the cloud's timestamps; events and answers by Home Assistant's monotonic
    clock: an answer may be outdated if its request was sent before an event arrived, or before the
    request of another answer. It still counts if both say "offline".
    """

    def __init__(self) -> None:
        """Initialize without a report."""
        self._status_time: _CloudTime | None = None
        self._status_offline = False
        self._status_received = float("-inf")
        self._last_request = float("-inf")
        self._handshake: _CloudTime | None = None

    def after_status(
        self, *, online: bool, published_at: datetime | None, received_at: datetime, received: float
    ) -> Verdict:
        """Judge an ``online`` or ``offline`` event.

        Args:
            online: Whether the event says ``online``.
            published_at: The cloud's timestamp of the event.
            received_at: When the event arrived, UTC.
            received: When the event arrived, by the monotonic clock.
        """
        if _is_older(published_at, self._status_time):
            return Verdict.UNCERTAIN
        self._status_time = _cloud_time(published_at, received_at)
        self._status_offline = not online
        self._status_received = received
        if not online:
            return Verdict.PERHAPS_DISCONNECTED
        # The next answer contains the handshake of this session.
        self._handshake = None
        return Verdict.CONNECTED

    def after_answer(
        self,
        *,
        online: bool,
        known_online: bool,
        handshake_at: datetime | None,
        received_at: datetime,
        requested: float,
    ) -> Verdict:
        """Judge a listing or a device's details.

        Args:
            online: Whether the answer says that the device is online.
            known_online: The known state.
            handshake_at: When the session began, by the cloud's clock.
            received_at: When the answer arrived, UTC.
            requested: When the request was sent, by the monotonic clock.
        """
        agrees = not online and self._status_offline
        if requested < self._last_request or (requested < self._status_received and not agrees):
            return Verdict.STALE
        self._last_request = requested
        new_session = self._is_new_session(handshake_at, received_at)
        if online and (new_session or not known_online):
            return Verdict.CONNECTED
        return Verdict.UNCHANGED if online == known_online else Verdict.DISCONNECTED

    def after_activity(self, published_at: datetime | None) -> Verdict:
        """Judge any other event of a device that counts as offline."""
        status = self._status_time
        is_news = published_at is not None and (
            status is None or status.ahead or published_at > status.at
        )
        return Verdict.UNCERTAIN if is_news else Verdict.STALE

    def _is_new_session(self, handshake_at: datetime | None, received_at: datetime) -> bool:
        """Whether the device has reconnected without an event."""
        before = self._handshake
        if handshake_at is None or (before is not None and handshake_at == before.at):
            return False
        if _is_older(handshake_at, before):
            return False
        self._handshake = _cloud_time(handshake_at, received_at)
        return before is not None


def _cloud_time(at: datetime | None, received_at: datetime) -> _CloudTime | None:
    return None if at is None else _CloudTime(at, ahead=at > received_at)


def _is_older(at: datetime | None, than: _CloudTime | None) -> bool:
    """Whether a report is older than an earlier one."""
    return at is not None and than is not None and not than.ahead and at < than.at
