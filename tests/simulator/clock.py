"""The time of the simulated world.

It determines when tokens expire and boards act, and the time of events. It runs in real time or
accelerated, or is stopped until a test advances it.
"""

import asyncio
from datetime import UTC, datetime, timedelta
import heapq
import itertools


def iso(moment: datetime) -> str:
    """Return a time in the format of the API: ISO 8601 in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Clock:
    """A clock that can be accelerated, stopped and advanced."""

    def __init__(self, *, speed: float = 1.0, start: datetime | None = None) -> None:
        """Initialize the clock.

        Args:
            speed: Simulated seconds for each real second; 0 stops the clock.
            start: Start time; by default the current time.
        """
        self._speed = speed
        self._base = start or datetime.now(UTC)
        self._anchor: float | None = None
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._wakeup: asyncio.TimerHandle | None = None

    @property
    def speed(self) -> float:
        """Simulated seconds for each real second."""
        return self._speed

    def start(self) -> None:
        """Start the clock; requires a running event loop."""
        self._anchor = asyncio.get_running_loop().time()
        self._schedule()

    def stop(self) -> None:
        """Stop the clock and cancel all tasks that sleep."""
        self._base = self.now()
        self._anchor = None
        if self._wakeup is not None:
            self._wakeup.cancel()
            self._wakeup = None
        for _, _, future in self._sleepers:
            future.cancel()
        self._sleepers.clear()

    def now(self) -> datetime:
        """Return the simulated time."""
        if self._anchor is None:
            return self._base
        elapsed = asyncio.get_running_loop().time() - self._anchor
        return self._base + timedelta(seconds=elapsed * self._speed)

    def set_speed(self, speed: float) -> None:
        """Change the speed; 0 stops the clock until it is advanced."""
        self._base = self.now()
        if self._anchor is not None:
            self._anchor = asyncio.get_running_loop().time()
        self._speed = speed
        self._schedule()

    def manual(self) -> None:
        """Stop the clock until it is advanced."""
        self.set_speed(0)

    async def sleep(self, seconds: float) -> None:
        """Wait for simulated seconds."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        due = self.now() + timedelta(seconds=seconds)
        entry = (due, next(self._order), future)
        heapq.heappush(self._sleepers, entry)
        self._schedule()
        await future

    async def advance(self, seconds: float) -> None:
        """Move the clock forward, and wake sleeping tasks in order."""
        await _settle()
        target = self.now() + timedelta(seconds=seconds)
        while self._sleepers and self._sleepers[0][0] <= target:
            due, _, future = heapq.heappop(self._sleepers)
            self._jump(max(due, self.now()))
            if not future.done():
                future.set_result(None)
            await _settle()
        self._jump(max(target, self.now()))
        self._schedule()
        await _settle()

    def go_to(self, moment: datetime) -> None:
        """Change the date, forward or back, without changing how long tasks sleep."""
        change = moment - self.now()
        self._sleepers = [(due + change, order, future) for due, order, future in self._sleepers]
        self._jump(moment)

    def _jump(self, moment: datetime) -> None:
        """Set the time without waking any task."""
        self._base = moment
        if self._anchor is not None:
            self._anchor = asyncio.get_running_loop().time()

    def _schedule(self) -> None:
        """Schedule a call when the next task is due."""
        if self._wakeup is not None:
            self._wakeup.cancel()
            self._wakeup = None
        if self._anchor is None or self._speed <= 0 or not self._sleepers:
            return
        delay = (self._sleepers[0][0] - self.now()).total_seconds() / self._speed
        self._wakeup = asyncio.get_running_loop().call_later(max(delay, 0), self._wake)

    def _wake(self) -> None:
        """Wake all tasks that are due."""
        self._wakeup = None
        now = self.now() + timedelta(microseconds=1)
        while self._sleepers and self._sleepers[0][0] <= now:
            future = heapq.heappop(self._sleepers)[2]
            if not future.done():
                future.set_result(None)
        self._schedule()


async def _settle() -> None:
    """Let woken tasks run until they sleep again or are idle."""
    for _ in range(20):
        await asyncio.sleep(0)
