"""Whether a device is connected, from news that may come late, twice or in the wrong order."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto


class Verdict(Enum):
    """What news means for what is known of the connection."""

    # Older than what is known.
    STALE = auto()
    UNCHANGED = auto()
    # A new session, also where nobody noticed that the old one had ended.
    CONNECTED = auto()
    DISCONNECTED = auto()
    # The cloud says "offline" right before the next "online" where it noticed neither before.
    PERHAPS_DISCONNECTED = auto()
    # The cloud has to be asked, which is free.
    UNCERTAIN = auto()


@dataclass(frozen=True, slots=True)
class _CloudTime:
    """A time that the cloud gave.

    Attributes:
        at: The time, UTC.
        ahead: Whether it lay in the future when it came in. Such a time says nothing about the
            order of the news: what comes in later is newer.
    """

    at: datetime
    ahead: bool


class Presence:
    """Orders the news of a device's connection.

    Events are compared by the cloud's own times, an event and an answer by Home Assistant's monotonic
    clock: an answer whose request was sent before an event came in, or before the request of another
    answer, may be older than that. It counts anyway where both say "offline".
    """

    def __init__(self) -> None:
        """Initialize without any news."""
        self._status_time: _CloudTime | None = None
        self._status_offline = False
        self._status_received = float("-inf")
        self._last_request = float("-inf")
        self._handshake: _CloudTime | None = None

    def after_status(
        self, *, online: bool, published_at: datetime | None, received_at: datetime, received: float
    ) -> Verdict:
        """Judge an event that says ``online`` or ``offline``.

        Args:
            online: What it says.
            published_at: The cloud's time of the event.
            received_at: When it came in, UTC.
            received: When it came in, by the monotonic clock.
        """
        if _is_older(published_at, self._status_time):
            return Verdict.UNCERTAIN
        self._status_time = _cloud_time(published_at, received_at)
        self._status_offline = not online
        self._status_received = received
        if not online:
            return Verdict.PERHAPS_DISCONNECTED
        # The next answer tells the session's handshake.
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
        """Judge a listing or a description.

        Args:
            online: What it says.
            known_online: What was known before.
            handshake_at: When the session began, by the cloud's clock.
            received_at: When the answer came in, UTC.
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
        """Judge any other event of a device that passes for offline."""
        status = self._status_time
        is_news = published_at is not None and (
            status is None or status.ahead or published_at > status.at
        )
        return Verdict.UNCERTAIN if is_news else Verdict.STALE

    def _is_new_session(self, handshake_at: datetime | None, received_at: datetime) -> bool:
        """Whether the device has connected again while Home Assistant did not hear of it."""
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
    """Whether news is older than other news that came in before it."""
    return at is not None and than is not None and not than.ahead and at < than.at
