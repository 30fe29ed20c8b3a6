"""An event stream that is monitored and reopened after any failure."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import logging
import random

import aiohttp

from .error_mapping import is_page
from .errors import (
    AuthenticationError,
    InvalidTokenError,
    MalformedAnswerError,
    ParticleError,
    PermissionDeniedError,
    RateLimitedError,
    UnreachableError,
)
from .models import CloudEvent
from .session import CloudSession
from .sse import MAX_BLOCK, BlockSplitter, parse_block
from .transport import MAX_ERROR_BODY, chunks_of, read_answer, read_body

_LOGGER = logging.getLogger(__name__)

# The server writes a newline every 9 to 13 s; two of them may be missed.
IDLE_TIMEOUT = 30.0
CONNECT_TIMEOUT = 15.0
# Each byte of the headers resets the idle timeout, so all headers have a timeout, too.
HEAD_TIMEOUT = 30.0
BACKOFF_MIN = 2.0
BACKOFF_MAX = 300.0
# If more than this number of connections in a row end within this time, the server is closing them.
SHORT_LIFETIME = 1.0
MAX_SHORT_LIVED = 5
# A refused token or a missing permission rarely changes within seconds.
REFUSED_WAIT = 60.0
REFUSED_WAIT_MAX = 900.0
# Frequent requests extend the block of an address, whose duration is unknown.
RATE_LIMIT_WAIT = 60.0
RATE_LIMIT_WAIT_MAX = 900.0

# Seconds of processing after which the event loop gets a turn: a chunk can contain a thousand events.
SLICE = 0.005


async def _yield_to_loop() -> None:
    """Yield to the event loop."""
    await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class StreamState:
    """State of a stream.

    Attributes:
        connected: Whether the stream is connected.
        since: Start of this state.
        last_gap: Length of the last interruption; None before the first one.
        error: The last error, while not connected.
        attempts: Number of failed attempts in a row.
        dropped: Number of blocks that were too large or malformed.
        events: Number of received events.
    """

    connected: bool
    since: datetime
    last_gap: timedelta | None = None
    error: ParticleError | None = None
    attempts: int = 0
    dropped: int = 0
    events: int = 0


class Backoff:
    """Exponential backoff with jitter, from `minimum` to `maximum` seconds."""

    def __init__(self, minimum: float = BACKOFF_MIN, maximum: float = BACKOFF_MAX) -> None:
        """Initialize the backoff."""
        self._minimum = minimum
        self._maximum = max(minimum, maximum)
        self._doublings = 0

    def next(self) -> float:
        """Return the seconds to wait after another failure."""
        self._doublings += 1
        ceiling = min(self._maximum, self._minimum * 2.0 ** min(self._doublings, 32))
        return random.uniform(ceiling / 2, ceiling)

    def reset(self) -> None:
        """Reset after a connection that received data: the next wait is half as long as the first."""
        self._doublings = -1


class EventStream:
    """An event stream that is kept open; created by `Events.stream`."""

    def __init__(
        self,
        session: CloudSession,
        path: str,
        on_event: Callable[[CloudEvent], None],
        on_state: Callable[[StreamState], None] | None = None,
        *,
        idle_timeout: float = IDLE_TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
        backoff_min: float = BACKOFF_MIN,
        backoff_max: float = BACKOFF_MAX,
        head_timeout: float = HEAD_TIMEOUT,
        rate_limit_wait: float = RATE_LIMIT_WAIT,
        rate_limit_wait_max: float = RATE_LIMIT_WAIT_MAX,
        max_block: int = MAX_BLOCK,
        wait_for_room: Callable[[], Awaitable[None]] = _yield_to_loop,
    ) -> None:
        """Initialize a stream; nothing is sent before `run`.

        Args:
            session: Sends the request.
            path: Encoded path.
            on_event: Called for each event, in order.
            on_state: Called after each change of the state, each failed attempt and dropped events.
            idle_timeout: Seconds without data after which the connection counts as lost.
            connect_timeout: Timeout for connecting in seconds.
            head_timeout: Timeout for the headers, and for the body of an error, in seconds.
            backoff_min: Seconds before the first retry.
            backoff_max: Maximum seconds between retries.
            rate_limit_wait: Minimum seconds to wait after a rate limit without a duration.
            rate_limit_wait_max: Maximum seconds to wait after a rate limit.
            max_block: Maximum size of an event in bytes.
            wait_for_room: Awaited during bursts after each slice of events, so that the receiver can
                slow down the sender.
        """
        self._wait_for_room = wait_for_room
        self._session = session
        self._path = path
        self._on_event = on_event
        self._on_state = on_state
        self._timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=connect_timeout, sock_read=idle_timeout
        )
        self._head_timeout = head_timeout
        self._rate_limit_wait = rate_limit_wait
        self._rate_limit_wait_max = rate_limit_wait_max
        self._backoff = Backoff(backoff_min, backoff_max)
        self._max_block = max_block
        self._connected = False
        self._since = datetime.now(UTC)
        self._lost_at: datetime | None = None
        self._last_gap: timedelta | None = None
        self._error: ParticleError | None = None
        self._attempts = 0
        self._dropped = 0
        self._reported_dropped = 0
        self._events = 0
        self._rejected = False
        self._refusals = 0
        self._short_lived = 0
        self._woken = asyncio.Event()

    @property
    def state(self) -> StreamState:
        """The current state of the stream."""
        return StreamState(
            connected=self._connected,
            since=self._since,
            last_gap=self._last_gap,
            error=self._error,
            attempts=self._attempts,
            dropped=self._dropped,
            events=self._events,
        )

    async def run(self) -> None:
        """Keep the stream open until cancelled."""
        while True:
            try:
                await self._connect_and_read()
            except ParticleError as err:
                # The traceback would keep the closed connection in memory.
                error = err.with_traceback(None)
            except asyncio.CancelledError:
                self._set_connected(False)
                raise
            except Exception as err:
                _LOGGER.exception("Event stream %s: unexpected error", self._path)
                error = ParticleError(f"Unexpected error ({type(err).__name__})")
            self._attempts += 1
            self._error = error
            self._set_connected(False, notify=True)
            wait = self._wait_after(error)
            self._woken.clear()
            _LOGGER.debug("Event stream %s: %s; next try in %.1f s", self._path, error, wait)
            await self._sleep(wait)

    def retry_now(self) -> None:
        """Retry at once, because the cloud is known to work again; rate limits are still respected."""
        if not isinstance(self._error, RateLimitedError):
            self._woken.set()

    def _wait_after(self, error: ParticleError) -> float:
        """Return the seconds to wait before the next attempt."""
        wait = self._backoff.next()
        match error:
            case InvalidTokenError() if not self._rejected:
                self._rejected = True
                # `fresh_token` has renewed the token, so retry at once.
                return 0.0
            case AuthenticationError() | PermissionDeniedError():
                self._rejected = False
                self._refusals += 1
                wait = REFUSED_WAIT * 2.0 ** min(self._refusals - 1, 32)
                return min(wait, REFUSED_WAIT_MAX) * random.uniform(1.0, 1.2)
            case RateLimitedError():
                least = (
                    error.retry_after if error.retry_after is not None else self._rate_limit_wait
                )
                return min(max(wait, least), self._rate_limit_wait_max)
        return wait

    async def _connect_and_read(self) -> None:
        """Open the stream and read it until it ends.

        Raises:
            ParticleError: Always, because streams have no regular end.
        """
        token = await self._session.auth.access_token()
        try:
            async with self._session.open_stream(
                self._path, token, timeout=self._timeout, head_timeout=self._head_timeout
            ) as response:
                await self._check(response, token)
                self._opened()
                await self._read(response)
        except InvalidTokenError:
            if not self._rejected:
                await self._session.fresh_token(token)
            raise
        raise UnreachableError("The cloud closed the event stream")

    async def _check(self, response: aiohttp.ClientResponse, token: str) -> None:
        """Check that the response is an event stream.

        Raises:
            ParticleError: The response is not an event stream.
        """
        content_type = response.headers.get("Content-Type", "").lower()
        if response.status == 200 and (not content_type or "event-stream" in content_type):
            return
        body = b""
        try:
            async with asyncio.timeout(self._head_timeout):
                body = await read_body(response, MAX_ERROR_BODY)
        except (MalformedAnswerError, TimeoutError):
            # The status is sufficient.
            pass
        answer = read_answer(response, body, secrets=(token,))
        what = "a web page" if is_page(answer.headers, answer.text[:200]) else "not an event stream"
        raise MalformedAnswerError(
            f"The answer (status {answer.status}) is {what}; check the server's address"
            " and any proxy in between",
            status=answer.status,
        )

    async def _read(self, response: aiohttp.ClientResponse) -> None:
        """Read events until the connection ends or times out."""
        loop = asyncio.get_running_loop()
        opened_at = loop.time()
        delivered = False
        splitter = BlockSplitter(self._max_block)
        slice_ends = opened_at + SLICE
        try:
            async for chunk in chunks_of(response):
                delivered = True
                dropped = splitter.dropped
                for block in splitter.feed(chunk):
                    self._handle(block)
                    if loop.time() >= slice_ends:
                        await self._wait_for_room()
                        slice_ends = loop.time() + SLICE
                self._dropped += splitter.dropped - dropped
                if self._dropped != self._reported_dropped:
                    self._set_connected(True, notify=True)
        finally:
            if delivered:
                self._record_lifetime(loop.time() - opened_at)

    def _record_lifetime(self, seconds: float) -> None:
        """Reset the backoff after a connection that received data, unless all of them end at once."""
        self._short_lived = self._short_lived + 1 if seconds < SHORT_LIFETIME else 0
        if self._short_lived <= MAX_SHORT_LIVED:
            self._backoff.reset()

    def _handle(self, block: bytes) -> None:
        """Pass on the event in a block; malformed blocks are counted."""
        try:
            event = parse_block(block)
        except (ValueError, ParticleError) as err:
            self._dropped += 1
            _LOGGER.debug("Event stream %s: dropped %s", self._path, err)
            return
        if event is not None:
            self._events += 1
            try:
                self._on_event(event)
            except Exception:
                # An error with one event must not affect the following ones.
                _LOGGER.exception("Error while handling the event %s", event.name)

    def _opened(self) -> None:
        """Set the state after connecting."""
        now = datetime.now(UTC)
        if self._lost_at is not None:
            self._last_gap = now - self._lost_at
        self._error = None
        self._attempts = 0
        self._rejected = False
        self._refusals = 0
        self._set_connected(True, notify=True)

    def _set_connected(self, connected: bool, *, notify: bool = False) -> None:
        if connected != self._connected:
            self._connected = connected
            self._since = datetime.now(UTC)
            if not connected:
                self._lost_at = self._since
        if notify and self._on_state is not None:
            self._reported_dropped = self._dropped
            try:
                self._on_state(self.state)
            except Exception:
                # An error in the callback must not end the stream.
                _LOGGER.exception("Error while handling the state of the stream %s", self._path)

    async def _sleep(self, seconds: float) -> None:
        """Wait before the next attempt."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
