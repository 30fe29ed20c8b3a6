"""Rate limits of the API, for each source address."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

_FIVE_MINUTES = timedelta(minutes=5)
_BLOCK = timedelta(minutes=30)


@dataclass(slots=True)
class Limit:
    """A maximum number of requests within a window."""

    maximum: int
    window: timedelta


def _defaults() -> dict[str, Limit]:
    """Return the documented limits."""
    names = ("token", "list_tokens", "delete_token", "create_user", "delete_user")
    limits = {name: Limit(100, _FIVE_MINUTES) for name in names}
    limits["password_reset"] = Limit(100, _FIVE_MINUTES)
    limits["stream"] = Limit(100, _FIVE_MINUTES)
    limits["firehose"] = Limit(100, _FIVE_MINUTES)
    limits["all"] = Limit(10_000, _FIVE_MINUTES)
    limits["serial_number"] = Limit(50, timedelta(hours=1))
    return limits


class Limits:
    """Counts requests by limit and caller.

    Attributes:
        enabled: Whether limits are enforced.
        limits: The limits by name; lower `maximum` to reach one quickly.
        simultaneous_streams: Maximum number of open streams for an address.
        failures: Consecutive failed token requests that block an address.
    """

    def __init__(self) -> None:
        """Initialize with the documented limits."""
        self.enabled = True
        self.limits = _defaults()
        self.simultaneous_streams = 100
        self.failures = 10
        self._seen: dict[tuple[str, str], deque[datetime]] = {}
        self._failed: dict[str, int] = {}
        self._blocked: dict[str, datetime] = {}

    def set(self, name: str, maximum: int) -> None:
        """Change how many requests a limit allows."""
        if name == "simultaneous_streams":
            self.simultaneous_streams = maximum
        else:
            self.limits[name].maximum = maximum

    def exceeded(self, name: str, caller: str, now: datetime) -> bool:
        """Count a request; return whether the limit is exceeded."""
        if not self.enabled:
            return False
        limit = self.limits[name]
        seen = self._seen.setdefault((name, caller), deque())
        while seen and seen[0] <= now - limit.window:
            seen.popleft()
        if len(seen) >= limit.maximum:
            return True
        seen.append(now)
        return False

    def token_failed(self, caller: str, now: datetime) -> None:
        """Count a failed token request; the tenth in a row blocks the caller."""
        self._failed[caller] = self._failed.get(caller, 0) + 1
        if self._failed[caller] >= self.failures:
            self._failed[caller] = 0
            self._blocked[caller] = now + _BLOCK

    def token_succeeded(self, caller: str) -> None:
        """Reset the failures of a caller."""
        self._failed.pop(caller, None)

    def blocked(self, caller: str, now: datetime) -> bool:
        """Return whether token requests of a caller are blocked."""
        if not self.enabled:
            return False
        return now < self._blocked.get(caller, now)

    def forget(self) -> None:
        """Reset all callers."""
        self._seen.clear()
        self._failed.clear()
        self._blocked.clear()
