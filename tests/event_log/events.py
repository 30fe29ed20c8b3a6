"""Events as devices publish them, and a log without Home Assistant."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from custom_components.particle.api import CloudEvent
from custom_components.particle.event_log.database import EventDatabase, Limits
from custom_components.particle.event_log.models import EventQuery, NewEvent
from custom_components.particle.event_log.search import EventSearch

GREENHOUSE = "0a10aced202194944a000001"
GARAGE = "0a10aced202194944a000002"

MEGABYTE = 1024 * 1024
DAY = 86_400_000

# When the tests' first event comes in, milliseconds since 1970.
START = 1_764_000_000_000


def published(
    name: str = "reading",
    data: str | None = "",
    device: str | None = GREENHOUSE,
    *,
    at: int = START,
) -> NewEvent:
    """Return an event of a device, or of the cloud."""
    return NewEvent(CloudEvent(name, data, device_id=device, coreid=device or "api"), at)


class Log:
    """A log of which each event is written at once."""

    def __init__(self, path: Path, *, days: int = 30, size: int = 100 * MEGABYTE) -> None:
        """Open or create it."""
        self.path = path
        self.database = EventDatabase(path, Limits(days, size))
        self.search = EventSearch(path)

    def write(self, *events: NewEvent) -> None:
        """Write events in one batch."""
        self.database.append(events)

    def write_all(self, events: Iterable[NewEvent], batch: int = 500) -> None:
        """Write many events in batches."""
        waiting = list(events)
        for start in range(0, len(waiting), batch):
            self.database.append(waiting[start : start + batch])

    def trim(self, now: int) -> None:
        """Delete all that is too old or too much."""
        while self.database.trim(now):
            pass

    def found(self, query: EventQuery) -> list[str]:
        """Return the payloads of all matching events, newest first, page by page."""
        payloads: list[str] = []
        while True:
            page = self.search.page(query)
            payloads += [stored.event.data or "" for stored in page.events]
            if page.cursor is None:
                return payloads
            assert query.before_id is None or page.cursor < query.before_id
            query = EventQuery(
                query.device_ids,
                query.name,
                query.text,
                query.after,
                query.before,
                page.cursor,
                query.limit,
            )

    def close(self) -> None:
        """Close the file."""
        self.search.close()
        self.database.close()


@contextmanager
def log(path: Path, *, days: int = 30, size: int = 100 * MEGABYTE) -> Iterator[Log]:
    """Open a log, and close it."""
    opened = Log(path, days=days, size=size)
    try:
        yield opened
    finally:
        opened.close()
