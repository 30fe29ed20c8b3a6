"""When a device's variables are to be read."""

from collections.abc import Collection
from datetime import timedelta

from .state import DeviceState

# How often to look again whether the budget allows a poll.
IDLE_POLL = timedelta(minutes=5)

# A device that connects again and again is not read more often than this.
RECONNECT_POLL = timedelta(minutes=1)

# A polled value is old after three missed polls, and never before this.
OLD_AFTER = timedelta(minutes=15)


class PollSchedule:
    """Remembers which variables were asked for, and says which are due.

    All moments are those of the event loop's clock, in seconds: the time of day may be set.

    Attributes:
        interval: How often the budget allows to read one variable; None for not at all.
    """

    def __init__(self) -> None:
        """Initialize the schedule."""
        self.interval: timedelta | None = None
        # By variable: when, and over which connection.
        self._attempts: dict[str, tuple[float, int]] = {}
        self._paused_until = float("-inf")

    def attempted(self, variable: str, state: DeviceState, now: float) -> None:
        """Note that a variable is asked for, whatever will come of it."""
        self._attempts[variable] = (now, state.connection)

    def pause(self, until: float) -> None:
        """Ask for nothing before a moment."""
        self._paused_until = until

    def due(self, wanted: Collection[str], state: DeviceState, now: float) -> list[str]:
        """Return the variables to read now."""
        return sorted(
            name
            for name in wanted
            if (at := self._due_at(name, state, now)) is not None and at <= now
        )

    def wait(self, wanted: Collection[str], state: DeviceState, now: float) -> timedelta:
        """Return how long until some variable is due, or until it is time to look again."""
        moments = [at for name in wanted if (at := self._due_at(name, state, now)) is not None]
        if not moments:
            return IDLE_POLL
        # Timers count whole seconds: one more, so that the variable is due when it fires.
        left = timedelta(seconds=max(min(moments) - now, 0) + 1)
        return min(left, IDLE_POLL)

    def is_old(self, variable: str, state: DeviceState, now: float) -> bool:
        """Whether a polled value is too old to pass for the present one."""
        old_after = max(3 * (self.interval or timedelta(0)), OLD_AFTER)
        return now - state.readings[variable].at > old_after.total_seconds()

    def _due_at(self, variable: str, state: DeviceState, now: float) -> float | None:
        """Return when a variable is to be read next; None while the device is not to be asked."""
        if self.interval is None or not state.reachable or state.safe_mode:
            return None
        at = self._wanted_at(variable, state, self.interval)
        return max(now if at is None else at, self._paused_until)

    def _wanted_at(self, variable: str, state: DeviceState, interval: timedelta) -> float | None:
        """Return when a variable's value should be renewed; None for at once."""
        last = self._attempts.get(variable)
        if (reading := state.readings.get(variable)) is not None:
            read = (reading.at, reading.connection)
            last = read if last is None else max(last, read)
        if last is None:
            return None
        at, connection = last
        if connection != state.connection:
            # The device has connected again since.
            interval = min(interval, RECONNECT_POLL)
        return at + interval.total_seconds()
