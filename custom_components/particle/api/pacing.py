"""Staying under the limits that the cloud sets for one address (10,000 requests in 5 minutes and so on).

The limits count per public address, so everything in this process that talks to the same server
shares one set of buckets. They live as long as the event loop does.
"""

import asyncio
from collections.abc import Callable
from weakref import WeakKeyDictionary

from .errors import LoginBlockedError

# Particle blocks an address for 30 minutes after ten failed token requests in a row. Stopping at
# eight leaves two for whoever shares the address, or for the user who then types it right.
MAX_FAILED_LOGINS = 8
LOGIN_PAUSE = 30 * 60.0


class TokenBucket:
    """Lets requests through at a steady rate after an initial burst, in the order in which they came."""

    def __init__(self, burst: int, per_second: float) -> None:
        """Start with a full bucket of `burst` requests that refills `per_second`."""
        self._burst = burst
        self._per_second = per_second
        self._level = float(burst)
        self._filled_at: float | None = None
        self._turn = asyncio.Lock()

    async def take(self) -> float:
        """Wait for one's turn; gives the seconds that it took to get a place."""
        async with self._turn:
            loop = asyncio.get_running_loop()
            now = loop.time()
            if self._filled_at is not None:
                refill = (now - self._filled_at) * self._per_second
                self._level = min(self._burst, self._level + refill)
            self._filled_at = now
            self._level -= 1
            if self._level >= 0:
                return 0.0
            wait = -self._level / self._per_second
            await asyncio.sleep(wait)
            return wait


class LoginGuard:
    """Counts failed token requests in a row and stops before the cloud blocks the address."""

    def __init__(self) -> None:
        """Start with no failure."""
        self._failures = 0
        self._last_failure = 0.0
        self._clock: Callable[[], float] = asyncio.get_running_loop().time

    def check(self) -> None:
        """Ask before each token request.

        Raises:
            LoginBlockedError: Too many have failed in a row.
        """
        if self._failures < MAX_FAILED_LOGINS:
            return
        wait = self._last_failure + LOGIN_PAUSE - self._clock()
        if wait <= 0:
            self._failures = 0
            return
        raise LoginBlockedError(
            f"{self._failures} logins in a row have failed; the next try is possible in"
            f" {max(1, round(wait / 60))} minutes, because Particle blocks an address after ten",
            retry_after=wait,
        )

    def failed(self) -> None:
        """Count a token request that the cloud refused."""
        self._failures += 1
        self._last_failure = self._clock()

    def succeeded(self) -> None:
        """Forget the failures."""
        self._failures = 0


class ServerPace:
    """The buckets for one server; each stays below its limit in any five minutes."""

    def __init__(self) -> None:
        """Fill the buckets."""
        self.requests = TokenBucket(burst=2000, per_second=25)  # limit 10,000
        # What nobody waits for takes a place here first, so that a user's command finds one at once.
        self.background = TokenBucket(burst=1500, per_second=20)
        self.tokens = TokenBucket(burst=20, per_second=0.25)  # limit 100
        self.streams = TokenBucket(burst=20, per_second=0.25)  # limit 100
        self.serial_numbers = TokenBucket(burst=10, per_second=40 / 3600)  # limit 50 an hour
        self.logins = LoginGuard()


_PACES: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, ServerPace]] = WeakKeyDictionary()


def pace_for(base_url: str) -> ServerPace:
    """The buckets that everything on this event loop shares for one server."""
    servers = _PACES.setdefault(asyncio.get_running_loop(), {})
    if (pace := servers.get(base_url)) is None:
        pace = servers[base_url] = ServerPace()
    return pace
