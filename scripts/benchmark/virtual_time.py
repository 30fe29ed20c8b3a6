"""An event loop whose clock jumps to the next timer when the loop is idle.

Timers, timeouts and intervals in the loop, including those of the simulated cloud, keep their order
and their intervals; only the waiting is skipped. A day takes some seconds.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
import selectors
from typing import override
from unittest.mock import patch

from homeassistant.helpers import event
from homeassistant.util import dt as dt_util

# Data on loopback and results of other threads arrive within this time, in real seconds.
_GRACE = 0.001


class _ImpatientSelector(selectors.DefaultSelector):
    """A selector that does not wait, but records how long it should have waited."""

    skipped = 0.0

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= _GRACE:
            return super().select(timeout)
        if not (ready := super().select(_GRACE)):
            self.skipped += timeout - _GRACE
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop that does not wait."""

    def __init__(self) -> None:
        """Initialize with the time of the real clock."""
        self._impatient = _ImpatientSelector()
        super().__init__(self._impatient)

    @override
    def time(self) -> float:
        """Return the time of the real clock plus the skipped waiting time."""
        return super().time() + self._impatient.skipped


@contextmanager
def calendar(start: datetime) -> Iterator[None]:
    """Make Home Assistant's date and time follow the clock of the running loop.

    Args:
        start: The current date and time, with time zone.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()

    def utcnow() -> datetime:
        return start.astimezone(UTC) + timedelta(seconds=loop.time() - began)

    def timestamp() -> float:
        return utcnow().timestamp()

    with (
        patch.object(dt_util, "utcnow", utcnow),
        patch.object(event, "time_tracker_utcnow", utcnow),
        patch.object(event, "time_tracker_timestamp", timestamp),
    ):
        yield
