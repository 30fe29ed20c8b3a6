"""Schedule for polling the variables of a device."""

from collections.abc import Collection
from datetime import timedelta

from .state import DeviceState

# How often to check whether the budget allows a poll.
IDLE_POLL = timedelta(minutes=5)

# Minimum interval for a device that reconnects repeatedly.
RECONNECT_POLL = timedelta(minutes=1)

# A polled value expires after three missed polls, but not before this time.
OLD_AFTER = timedelta(minutes=15)


class PollSchedule:
    """Track when variables were read and decide which are due.

    All times are those of the event loop's clock, in seconds, which does not change with the time of day.

    Attributes:
        interval: The interval that the budget allows for one variable; None for no polling.
    """

    def __init__(self) -> None:
        """Initialize the schedule."""
        self.interval: timedelta | None = None
        # Time and connection of the last attempt by variable.
        self._attempts: dict[str, tuple[float, int]] = {}
        self._paused_until = float("-inf")

    def attempted(self, variable: str, state: DeviceState, now: float) -> None:
        """Record an attempt to read a variable, whatever its result."""
        self._attempts[variable] = (now, state.connection)

    def pause(self, until: float) -> None:
        """Suspend polling until the given time."""
        self._paused_until = until

    def due(self, variables: Collection[str], state: DeviceState, now: float) -> list[str]:
        """Return the variables to read now."""
        return sorted(
            name
            for name in variables
            if (at := self._due_at(name, state, now)) is not None and at <= now
        )

    def wait(self, variables: Collection[str], state: DeviceState, now: float) -> timedelta:
        """Return the time until a variable is due, or until the next check."""
        moments = [at for name in variables if (at := self._due_at(name, state, now)) is not None]
        if not moments:
            return IDLE_POLL
        # Timers are truncated to whole seconds: add one, so that the variable is due when it fires.
        left = timedelta(seconds=max(min(moments) - now, 0) + 1)
        return min(left, IDLE_POLL)

    def is_old(self, variable: str, state: DeviceState, now: float) -> bool:
        """Whether a polled value has expired."""
        old_after = max(3 * (self.interval or timedelta(0)), OLD_AFTER)
        return now - state.readings[variable].at > old_after.total_seconds()

    def _due_at(self, variable: str, state: DeviceState, now: float) -> float | None:
        """Return when a variable is to be read next; None while the device cannot be polled."""
        if self.interval is None or not state.reachable or state.safe_mode:
            return None
        at = self._renew_at(variable, state, self.interval)
        return max(now if at is None else at, self._paused_until)

    def _renew_at(self, variable: str, state: DeviceState, interval: timedelta) -> float | None:
        """Return when a variable's value has to be renewed; None for at once."""
        last = self._attempts.get(variable)
        if (reading := state.readings.get(variable)) is not None:
            read = (reading.at, reading.connection)
            last = read if last is None else max(last, read)
        if last is None:
            return None
        at, connection = last
        if connection != state.connection:
            # The device has reconnected since.
            interval = min(interval, RECONNECT_POLL)
        return at + interval.total_seconds()
