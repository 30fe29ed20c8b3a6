"""When a board's variables are to be read."""

from collections.abc import Collection
from datetime import datetime, timedelta

from .board import BoardState

# How often to look again whether the budget allows a poll.
IDLE_POLL = timedelta(minutes=5)

# A board that connects again and again is not read more often than this.
RECONNECT_POLL = timedelta(minutes=1)

# A polled value is old after three missed polls, and never before this.
OLD_AFTER = timedelta(minutes=15)


class PollSchedule:
    """Remembers which variables were asked for, and says which are due.

    Attributes:
        interval: How often the budget allows to read one variable; None for not at all.
    """

    def __init__(self) -> None:
        """Start with nothing asked for."""
        self.interval: timedelta | None = None
        self._attempts: dict[str, datetime] = {}
        self._paused_until: datetime | None = None

    def attempted(self, variable: str, now: datetime) -> None:
        """Note that a variable is asked for, whatever will come of it."""
        self._attempts[variable] = now

    def pause(self, until: datetime) -> None:
        """Ask for nothing before a moment."""
        self._paused_until = until

    def due(self, wanted: Collection[str], state: BoardState, now: datetime) -> list[str]:
        """Return the variables to read now."""
        return sorted(
            name for name in wanted if (at := self._due_at(name, state, now)) and at <= now
        )

    def wait(self, wanted: Collection[str], state: BoardState, now: datetime) -> timedelta:
        """Return how long until some variable is due, or until it is time to look again."""
        moments = [at for name in wanted if (at := self._due_at(name, state, now))]
        if not moments:
            return IDLE_POLL
        # Timers count whole seconds: one more, so that the variable is due when it fires.
        return min(max(min(moments) - now, timedelta(0)) + timedelta(seconds=1), IDLE_POLL)

    def is_old(self, read_at: datetime, now: datetime) -> bool:
        """Whether a polled value is too old to pass for the present one."""
        return now - read_at > max(3 * (self.interval or timedelta(0)), OLD_AFTER)

    def _due_at(self, variable: str, state: BoardState, now: datetime) -> datetime | None:
        """Return when a variable is to be read next; None while the board is not to be asked."""
        if self.interval is None or not state.online or state.safe_mode:
            return None
        at = self._wanted_at(variable, state, self.interval) or now
        return at if self._paused_until is None else max(at, self._paused_until)

    def _wanted_at(self, variable: str, state: BoardState, interval: timedelta) -> datetime | None:
        """Return when a variable's value should be renewed; None for at once."""
        attempt = self._attempts.get(variable)
        if state.is_fresh(variable):
            read_at = state.readings[variable].read_at
            return max(read_at, attempt or read_at) + interval
        if attempt is not None and state.fresh_since is not None and attempt < state.fresh_since:
            # The board has connected again since.
            return attempt + min(interval, RECONNECT_POLL)
        return attempt and attempt + interval
