"""An event loop whose clock jumps to the next timer whenever there is nothing else to do.

Timers, time-outs and intervals of everything that runs in the loop, the simulated cloud included,
keep their order and their distance; only the waiting is left out. A day takes some seconds.
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

# Bytes that were written on loopback, and answers of other threads, arrive within this, real seconds.
_GRACE = 0.001


class _ImpatientSelector(selectors.DefaultSelector):
    """Gives up waiting at once, and remembers how long it should have waited."""

    skipped = 0.0

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= _GRACE:
            return super().select(timeout)
        if not (ready := super().select(_GRACE)):
            self.skipped += timeout - _GRACE
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A loop without waiting."""

    def __init__(self) -> None:
        """Start at the time of the real clock."""
        self._impatient = _ImpatientSelector()
        super().__init__(self._impatient)

    @override
    def time(self) -> float:
        """Return the time of the real clock and all waiting that was left out."""
        return super().time() + self._impatient.skipped


@contextmanager
def calendar(start: datetime) -> Iterator[None]:
    """Let Home Assistant's calendar follow the clock of the running loop.

    Args:
        start: What the calendar shows now, aware.
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
