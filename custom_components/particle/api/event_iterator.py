"""Asynchronous iterator over the events of a stream."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress

from .errors import AuthenticationError, InvalidTokenError, ParticleError, PermissionDeniedError
from .models import CloudEvent
from .stream import EventStream, StreamState

# Maximum number of queued events; beyond it, the stream is not read and the cloud buffers the rest.
MAX_WAITING = 1000

type OnEvent = Callable[[CloudEvent], None]
type OnState = Callable[[StreamState], None]
type Opener = Callable[[OnEvent, OnState, Callable[[], Awaitable[None]]], EventStream]


async def iterate(prepare: Opener, on_state: OnState | None) -> AsyncGenerator[CloudEvent]:
    """Run a stream and yield its events until the iterator is closed.

    Args:
        prepare: Creates the stream from callbacks for events and states and a function that waits for
            room in the queue.
        on_state: Called each time the connection's state changes.

    Raises:
        AuthenticationError: The credentials were refused before the stream was open.
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
    """Whether the cloud refuses the stream; after the first invalid token, it is renewed and retried."""
    if isinstance(state.error, InvalidTokenError):
        return state.attempts > 1
    return isinstance(state.error, AuthenticationError | PermissionDeniedError)
