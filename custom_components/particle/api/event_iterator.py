"""Events as an asynchronous iterator, on top of the stream that calls back."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress

from .errors import AuthenticationError, InvalidTokenError, ParticleError, PermissionDeniedError
from .models import CloudEvent
from .stream import EventStream, StreamState

# While so many wait to be taken, nothing more is read: the cloud keeps what it cannot send.
MAX_WAITING = 1000

type OnEvent = Callable[[CloudEvent], None]
type OnState = Callable[[StreamState], None]
type Opener = Callable[[OnEvent, OnState, Callable[[], Awaitable[None]]], EventStream]


async def iterate(prepare: Opener, on_state: OnState | None) -> AsyncGenerator[CloudEvent]:
    """Run a stream and yield its events until the iterator is closed.

    Args:
        prepare: Makes the stream from callbacks for events and states and from a wait for room.
        on_state: Called each time the connection's state changes.

    Raises:
        AuthenticationError: The credentials were refused before the stream was ever open.
        PermissionDeniedError: The token may not read these events.
    """
    waiting: asyncio.Queue[CloudEvent | ParticleError] = asyncio.Queue()
    room = asyncio.Event()
    room.set()
    was_open = False

    def take(event: CloudEvent) -> None:
        waiting.put_nowait(event)
        if waiting.qsize() >= MAX_WAITING:
            room.clear()

    def watch(state: StreamState) -> None:
        nonlocal was_open
        was_open = was_open or state.connected
        if on_state is not None:
            on_state(state)
        if not was_open and _is_refusal(state):
            assert state.error is not None
            waiting.put_nowait(state.error)

    async def wait_for_room() -> None:
        await asyncio.sleep(0)
        await room.wait()

    task = asyncio.create_task(prepare(take, watch, wait_for_room).run())
    try:
        while True:
            found = await waiting.get()
            if waiting.qsize() < MAX_WAITING:
                room.set()
            if isinstance(found, ParticleError):
                raise found
            yield found
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _is_refusal(state: StreamState) -> bool:
    """Return whether the cloud refuses the stream; a first bad token is renewed and tried again."""
    if isinstance(state.error, InvalidTokenError):
        return state.attempts > 1
    return isinstance(state.error, AuthenticationError | PermissionDeniedError)
