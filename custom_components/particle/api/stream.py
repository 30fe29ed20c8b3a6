"""One supervised event stream: opened, watched, and opened again whatever happens to it."""

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

# The server writes a newline every 9 to 13 s; two of them may be late before we give up on it.
IDLE_TIMEOUT = 30.0
CONNECT_TIMEOUT = 15.0
# Each byte of a head resets the watchdog, so the head as a whole has a limit of its own.
HEAD_TIMEOUT = 30.0
BACKOFF_MIN = 2.0
BACKOFF_MAX = 300.0
# Connections that end so soon after their greeting, more than so many in a row, are not lost by
# accident: the server ends them.
SHORT_LIFETIME = 1.0
MAX_SHORT_LIVED = 5
# A refused token or a missing permission seldom changes within seconds.
REFUSED_WAIT = 60.0
REFUSED_WAIT_MAX = 900.0
# Hammering keeps an address locked out; the cloud does not say for how long.
RATE_LIMIT_WAIT = 60.0
RATE_LIMIT_WAIT_MAX = 900.0

# A chunk can contain a thousand events; after so many seconds of them others have their turn.
SLICE = 0.005


async def _yield_to_loop() -> None:
    """Let others have their turn."""
    await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class StreamState:
    """How a stream is doing.

    Attributes:
        connected: Events can come.
        since: Start of this state.
        last_gap: How long events could not come before the present connection; None before any gap.
        error: What went wrong last, while not connected.
        attempts: Failed tries in a row.
        dropped: Blocks that were too large or broken.
        events: Events that came.
    """

    connected: bool
    since: datetime
    last_gap: timedelta | None = None
    error: ParticleError | None = None
    attempts: int = 0
    dropped: int = 0
    events: int = 0


class Backoff:
    """The waits between tries: growing from `minimum` to `maximum` seconds, spread by chance."""

    def __init__(self, minimum: float = BACKOFF_MIN, maximum: float = BACKOFF_MAX) -> None:
        """Start at the minimum."""
        self._minimum = minimum
        self._maximum = max(minimum, maximum)
        self._doublings = 0

    def next(self) -> float:
        """Seconds to wait now, after one more failure."""
        self._doublings += 1
        ceiling = min(self._maximum, self._minimum * 2.0 ** min(self._doublings, 32))
        return random.uniform(ceiling / 2, ceiling)

    def reset(self) -> None:
        """Start again after a connection that carried something: the next try may come a little sooner."""
        self._doublings = -1


class EventStream:
    """A stream that is kept open; made by `Events.stream`."""

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
        """Prepare a stream; nothing is sent before `run`.

        Args:
            session: Sends the request.
            path: Encoded path.
            on_event: Called for each event, in order.
            on_state: Called each time the state changes, after each failed try and after events
                were dropped.
            idle_timeout: Seconds without a byte after which the connection counts as dead.
            connect_timeout: Seconds for connecting.
            head_timeout: Seconds until the answer's head, or the text of an error, must be complete.
            backoff_min: Seconds before the first new try.
            backoff_max: Seconds to which the waits grow.
            rate_limit_wait: Seconds to wait at least when the cloud limits us and does not say for how long.
            rate_limit_wait_max: Seconds to wait at most, whatever the cloud says.
            max_block: Bytes that one event may have.
            wait_for_room: Awaited during bursts after each slice of events; reading goes on when it
                returns, so that whoever takes the events can slow the sender down.
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
        """How the stream is doing right now."""
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
        """Keep the stream open until cancelled, whatever happens to it."""
        while True:
            try:
                await self._connect_and_read()
            except ParticleError as err:
                # Without the frames, which would keep the dead connection alive for as long as the state.
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
        """End the wait for the next try: something has shown that the cloud works again.

        A pause that the cloud has asked for with a rate limit goes on.
        """
        if not isinstance(self._error, RateLimitedError):
            self._woken.set()

    def _wait_after(self, error: ParticleError) -> float:
        """Seconds to wait before the next try."""
        wait = self._backoff.next()
        match error:
            case InvalidTokenError() if not self._rejected:
                self._rejected = True
                # `fresh_token` has renewed it; the new one deserves a quick try.
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
        """Open the stream and read it to its end.

        Raises:
            ParticleError: Always; a stream has no good end.
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
        """Make sure that this is an event stream.

        Raises:
            ParticleError: It is something else.
        """
        content_type = response.headers.get("Content-Type", "").lower()
        if response.status == 200 and (not content_type or "event-stream" in content_type):
            return
        body = b""
        try:
            async with asyncio.timeout(self._head_timeout):
                body = await read_body(response, MAX_ERROR_BODY)
        except (MalformedAnswerError, TimeoutError):
            # The status says enough.
            pass
        answer = read_answer(response, body, secrets=(token,))
        what = "a web page" if is_page(answer.headers, answer.text[:200]) else "not an event stream"
        raise MalformedAnswerError(
            f"The answer (status {answer.status}) is {what}; check the server's address"
            " and any proxy in between",
            status=answer.status,
        )

    async def _read(self, response: aiohttp.ClientResponse) -> None:
        """Read events until the connection ends or falls silent."""
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
        """Start the waits again after a connection that carried something, unless they all end at once."""
        self._short_lived = self._short_lived + 1 if seconds < SHORT_LIFETIME else 0
        if self._short_lived <= MAX_SHORT_LIVED:
            self._backoff.reset()

    def _handle(self, block: bytes) -> None:
        """Hand out one block's event; a broken block is counted and left behind."""
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
                # The next event has nothing to do with this one's trouble.
                _LOGGER.exception("Error while handling the event %s", event.name)

    def _opened(self) -> None:
        """Note that events can come."""
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
                # Whoever follows the stream must not be able to end it.
                _LOGGER.exception("Error while handling the state of the stream %s", self._path)

    async def _sleep(self, seconds: float) -> None:
        """Wait before the next try."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
