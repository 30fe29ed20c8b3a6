"""Staying under the limits that the cloud sets for one address (10,000 requests in 5 minutes and so on).

The limits count per public address, so everything in this process that talks to the same server
shares one set of buckets. They live as long as the event loop does.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import math
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


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks for a token.

    Attributes:
        name: OAuth client and user name; without a secret.
        credentials: Hash of everything that was sent, so that exactly these can be recognized.
    """

    name: str
    credentials: int


@dataclass(slots=True)
class _Failures:
    """Failures in a row, and when the last one happened."""

    count: int = 0
    last: float = 0.0


class LoginGuard:
    """Counts failed token requests in a row and stops before the cloud blocks the address.

    Particle counts for each address: ten failures in a row, whoever makes them, block it for 30
    minutes, and one success starts the row again. Therefore failures are counted twice:

    - For a login (client and user name): after eight in a row it waits half an hour. Only a success of
      its own ends that, not the success of others.
    - For the address: after eight in a row, logins that have failed themselves wait. A login without a
      failure may make the ninth try.

    Credentials that have worked before, and have not been refused since, are never held back: they will
    most likely succeed, which ends the row for everybody.
    """

    def __init__(self) -> None:
        """Initialize the guard."""
        self._address = _Failures()
        self._logins: dict[str, _Failures] = {}
        self._proven: set[int] = set()
        self._clock: Callable[[], float] = asyncio.get_running_loop().time

    def check(self, login: Login) -> None:
        """Make sure that a token request may be sent.

        Raises:
            LoginBlockedError: Too many have failed in a row.
        """
        if login.credentials in self._proven:
            return
        self._forget_old()
        own = self._logins.get(login.name, _Failures())
        limit = MAX_FAILED_LOGINS if own.count else MAX_FAILED_LOGINS + 1
        if own.count >= MAX_FAILED_LOGINS:
            failures = own
        elif self._address.count >= limit:
            failures = self._address
        else:
            return
        wait = failures.last + LOGIN_PAUSE - self._clock()
        raise LoginBlockedError(
            f"{failures.count} logins in a row have failed; the next try is possible in"
            f" {max(1, math.ceil(wait / 60))} minutes, because Particle blocks an address after ten",
            retry_after=wait,
        )

    def failed(self, login: Login) -> None:
        """Count a token request that the cloud refused."""
        self._forget_old()
        self._proven.discard(login.credentials)
        for failures in (self._address, self._logins.setdefault(login.name, _Failures())):
            failures.count += 1
            failures.last = self._clock()

    def succeeded(self, login: Login) -> None:
        """End the row of failures of the login and of the address."""
        self._proven.add(login.credentials)
        self._logins.pop(login.name, None)
        self._address = _Failures()

    def _forget_old(self) -> None:
        """Forget rows whose last failure is half an hour old."""
        oldest = self._clock() - LOGIN_PAUSE
        self._logins = {name: row for name, row in self._logins.items() if row.last > oldest}
        if self._address.last <= oldest:
            self._address = _Failures()


class RateLimits:
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


_LIMITS: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, RateLimits]] = WeakKeyDictionary()


def rate_limits_for(base_url: str) -> RateLimits:
    """The buckets that everything on this event loop shares for one server."""
    servers = _LIMITS.setdefault(asyncio.get_running_loop(), {})
    if (limits := servers.get(base_url)) is None:
        limits = servers[base_url] = RateLimits()
    return limits
