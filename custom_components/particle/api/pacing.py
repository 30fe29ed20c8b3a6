"""Client-side rate limits, to stay below those of the cloud (such as 10,000 requests in 5 minutes).

The cloud counts per public address, so all clients of the same server in this process share one set
of buckets. They exist as long as the event loop.
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
    """Allow requests at a steady rate after an initial burst, in order."""

    def __init__(self, burst: int, per_second: float) -> None:
        """Initialize a full bucket of `burst` requests, which refills with `per_second`."""
        self._burst = burst
        self._per_second = per_second
        self._level = float(burst)
        self._filled_at: float | None = None
        self._turn = asyncio.Lock()

    async def take(self) -> float:
        """Wait until a request is allowed; return the seconds waited for the bucket."""
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
    """A login that requests a token.

    Attributes:
        name: OAuth client and username, without secrets.
        credentials: Hash of all credentials, to recognize them again.
    """

    name: str
    credentials: int


@dataclass(slots=True)
class _Failures:
    """Number of failures in a row, and the time of the last one."""

    count: int = 0
    last: float = 0.0


class LoginGuard:
    """Count failed token requests and block further ones before the cloud blocks the address.

    Particle counts per address: ten failures in a row block it for 30 minutes, and a success resets the
    count. Therefore failures are counted twice:

    - For each login (client and username): after eight in a row, it waits for 30 minutes. Only its own
      success resets this count.
    - For the address: after eight in a row, logins with own failures wait. A login without failures may
      make the ninth attempt.

    Credentials that have worked before and have not been refused since are never blocked, because their
    success is likely and resets the count of the address.
    """

    def __init__(self) -> None:
        """Initialize the guard."""
        self._address = _Failures()
        self._logins: dict[str, _Failures] = {}
        self._proven: set[int] = set()
        self._clock: Callable[[], float] = asyncio.get_running_loop().time

    def check(self, login: Login) -> None:
        """Check that a token request may be sent.

        Raises:
            LoginBlockedError: Too many requests in a row have failed.
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
        """Record a token request that the cloud refused."""
        self._forget_old()
        self._proven.discard(login.credentials)
        for failures in (self._address, self._logins.setdefault(login.name, _Failures())):
            failures.count += 1
            failures.last = self._clock()

    def succeeded(self, login: Login) -> None:
        """Record a successful token request."""
        self._proven.add(login.credentials)
        self._logins.pop(login.name, None)
        self._address = _Failures()

    def _forget_old(self) -> None:
        """Discard counts whose last failure was 30 minutes ago."""
        oldest = self._clock() - LOGIN_PAUSE
        self._logins = {name: row for name, row in self._logins.items() if row.last > oldest}
        if self._address.last <= oldest:
            self._address = _Failures()


class RateLimits:
    """The buckets for one server, which stay below the cloud's limits."""

    def __init__(self) -> None:
        """Initialize full buckets."""
        self.requests = TokenBucket(burst=2000, per_second=25)  # limit 10,000
        # Low-priority requests also need this bucket, so that capacity is left for commands of the user.
        self.background = TokenBucket(burst=1500, per_second=20)
        self.tokens = TokenBucket(burst=20, per_second=0.25)  # limit 100
        self.streams = TokenBucket(burst=20, per_second=0.25)  # limit 100
        self.serial_numbers = TokenBucket(burst=10, per_second=40 / 3600)  # limit 50 an hour
        self.logins = LoginGuard()


_LIMITS: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, RateLimits]] = WeakKeyDictionary()


def rate_limits_for(base_url: str) -> RateLimits:
    """Return the shared buckets of this event loop for one server."""
    servers = _LIMITS.setdefault(asyncio.get_running_loop(), {})
    if (limits := servers.get(base_url)) is None:
        limits = servers[base_url] = RateLimits()
    return limits
