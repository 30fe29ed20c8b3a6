"""What the event log keeps, what can be asked of it, and what it answers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import json
from typing import Final

from ..api import CloudEvent

MAX_LIMIT: Final = 500

# Characters of a payload that are kept. Particle sends up to 16 KB.
MAX_DATA: Final = 65_536

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that is to be written.

    Attributes:
        event: What the cloud sent.
        received_at: When it came in, milliseconds since 1970.
        source: Where it came from: ``stream`` or ``webhook``.
    """

    event: CloudEvent
    received_at: int
    source: str = "stream"


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event of the log.

    Attributes:
        id: Grows with each event of the account; never used again.
        event: What the cloud sent, as far as it is kept.
        received_at: When it came in, UTC.
        source: Where it came from: ``stream`` or ``webhook``.
    """

    id: int
    event: CloudEvent
    received_at: datetime
    source: str

    def as_json_line(self) -> str:
        """Return the event as one line of JSON, with a line break at its end."""
        published_at = self.event.published_at
        line = {
            "id": self.id,
            "event": self.event.name,
            "data": self.event.data,
            "particle_device_id": self.event.device_id,
            "coreid": self.event.coreid,
            "product_id": self.event.product_id,
            "firmware_version": self.event.firmware_version,
            "published_at": published_at and published_at.isoformat(),
            "received_at": self.received_at.isoformat(),
            "source": self.source,
        }
        return f"{json.dumps(line, ensure_ascii=False)}\n"


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which events to look for; all conditions must hold.

    Attributes:
        device_ids: Particle's ids of devices; None among them stands for the cloud's own events and
            for those of webhooks. None for all.
        name: Name of the event, or its beginning when it ends with an asterisk.
        text: Part of the name or of the payload; upper and lower case are the same.
        after: Received at this time or later.
        before: Received before this time.
        before_id: Older than the event with this id; `EventPage.cursor` for the next page.
        limit: Events on a page; 500 at the most.
    """

    device_ids: Collection[str | None] | None = None
    name: str | None = None
    text: str | None = None
    after: datetime | None = None
    before: datetime | None = None
    before_id: int | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events that match, newest first.

    Attributes:
        events: Up to as many as were asked for. Fewer, or none, with a cursor: the time for one page was
            over before all events were looked at.
        cursor: Where the next page begins; None if there is nothing older to look at.
    """

    events: list[StoredEvent]
    cursor: int | None


@dataclass(frozen=True, slots=True)
class EventCount:
    """How many events match.

    Attributes:
        number: How many were counted.
        complete: Whether that is all of them.
    """

    number: int
    complete: bool


@dataclass(frozen=True, slots=True)
class LogSize:
    """How much the event log holds.

    Attributes:
        events: How many events.
        bytes: Size of the file.
        oldest: When the oldest event came in, UTC; None while there is none.
    """

    events: int
    bytes: int
    oldest: datetime | None


def milliseconds(time: datetime) -> int:
    """Return a time as whole milliseconds since 1970, rounded down."""
    return (time - _EPOCH) // _MILLISECOND


def from_milliseconds(value: int) -> datetime:
    """Return the time of so many milliseconds since 1970, UTC."""
    return _EPOCH + value * _MILLISECOND
