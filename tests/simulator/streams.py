"""Server-sent events, with the faults of event streams."""

import asyncio
from collections.abc import Callable
import contextlib
import json
import random
from typing import TYPE_CHECKING

from aiohttp import web

from .errors import rate_limited
from .jsontext import dumps, encode
from .wire import reset
from .world import Event, Subscription

if TYPE_CHECKING:
    from .cloud import SimulatedCloud


class Streams:
    """The open event streams of the cloud."""

    def __init__(self, cloud: SimulatedCloud) -> None:
        """Initialize without any stream."""
        self._cloud = cloud
        self._open: set[Stream] = set()
        self._random = random.Random(4711)
        cloud.faults.listeners.append(self._fault_switched)

    def __len__(self) -> int:
        """Return the number of open streams."""
        return len(self._open)

    def cut(self, *, clean: bool = False) -> int:
        """Reset or close all streams; return how many there were."""
        streams = list(self._open)
        for stream in streams:
            stream.cut(clean=clean)
        return len(streams)

    async def serve(
        self, request: web.Request, subscription: Subscription, permitted: Callable[[], bool]
    ) -> web.StreamResponse:
        """Send events until the caller or the cloud ends the stream, or the token is not valid any more."""
        limits = self._cloud.limits
        stream = Stream(self._cloud, request, subscription, permitted, self._random)
        try:
            if limits.enabled and len(self._open) >= limits.simultaneous_streams:
                raise rate_limited(self._cloud.stream_limit_status)
            self._open.add(stream)
            return await stream.run()
        finally:
            self._open.discard(stream)
            self._cloud.world.events.unsubscribe(subscription)

    def _fault_switched(self, name: str, active: bool) -> None:
        """Freeze the open streams, or continue them."""
        if name == "half_open":
            frozen = self._cloud.faults.get(name) is not None
            for stream in self._open:
                stream.freeze(frozen)


class Stream:
    """An open event stream."""

    def __init__(
        self,
        cloud: SimulatedCloud,
        request: web.Request,
        subscription: Subscription,
        permitted: Callable[[], bool],
        rng: random.Random,
    ) -> None:
        """Initialize the stream."""
        self._cloud = cloud
        self._request = request
        self._subscription = subscription
        self._permitted = permitted
        self._random = rng
        self._held: Event | None = None
        self._ended = False
        self._thawed = asyncio.Event()
        self._thawed.set()
        self._response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})

    def cut(self, *, clean: bool) -> None:
        """End the stream."""
        if clean:
            self._ended = True
            self._subscription.wake()
        else:
            reset(self._request)

    def freeze(self, frozen: bool) -> None:
        """Stop reading and writing, or continue."""
        transport = self._request.transport
        if frozen:
            self._thawed.clear()
        else:
            self._thawed.set()
        if transport is None or transport.is_closing():
            return
        if frozen:
            transport.pause_reading()
        else:
            transport.resume_reading()

    async def run(self) -> web.StreamResponse:
        """Serve the stream until it ends."""
        faults = self._cloud.faults
        await self._response.prepare(self._request)
        with contextlib.suppress(ConnectionError):
            if not faults.take("no_ok"):
                await self._write(":ok\n\n")
            if (fault := faults.get("half_open")) and fault.option("new", False):
                self.freeze(True)
            if fault := faults.take("closes_at_once"):
                await asyncio.sleep(float(fault.option("after", 0)))
            else:
                await self._forward()
            await self._response.write_eof()
        return self._response

    async def _forward(self) -> None:
        """Write events and keep-alives."""
        while not self._ended:
            await self._subscription.wait(self._random.uniform(*self._cloud.settings.keepalive))
            await self._thawed.wait()
            events = self._subscription.take()
            if self._ended or not self._permitted():
                return
            if not events:
                await self._keep_alive()
            elif self._cloud.faults.active() or self._held is not None:
                for event in events:
                    await self._send(event)
            else:
                await self._write("".join(map(self._block, events)))

    async def _keep_alive(self) -> None:
        """Write a newline, and an event that was delayed."""
        if self._held is not None:
            held, self._held = self._held, None
            await self._write_block(held)
        if not self._cloud.faults.get("silent"):
            await self._write("\n")

    async def _send(self, event: Event) -> None:
        """Write an event, possibly out of order."""
        faults = self._cloud.faults
        if self._held is not None:
            held, self._held = self._held, None
            await self._write_block(event)
            await self._write_block(held)
            return
        if faults.take("out_of_order"):
            self._held = event
            return
        await self._write_block(event)
        if faults.take("duplicate_events"):
            await self._write_block(event)

    async def _write_block(self, event: Event) -> None:
        """Write the block of an event."""
        faults = self._cloud.faults
        block = self._block(event)
        if faults.get("crlf"):
            block = block.replace("\n", "\r\n")
        elif faults.get("cr"):
            block = block.replace("\n", "\r")
        if fault := faults.take("cut_in_block"):
            await self._write(block[: len(block) // 2])
            self.cut(clean=bool(fault.option("clean", False)))
            return
        if fault := faults.get("split_writes"):
            size = max(1, int(fault.option("size", 7)))
            raw = encode(block)
            for start in range(0, len(raw), size):
                await self._response.write(raw[start : start + size])
                await asyncio.sleep(0)
            return
        await self._write(block)

    def _block(self, event: Event) -> str:
        """Return the lines of the block of an event."""
        faults = self._cloud.faults
        lines = [] if faults.take("no_event_name") else [f"event: {event.name}"]
        if faults.get("comments"):
            lines += [": a comment", ":"]
        if faults.get("id_and_retry"):
            lines += ["id: 7", "retry: 10"]
        lines += [f"data: {line}" for line in self._data(event)]
        return "\n".join(lines) + "\n\n"

    def _data(self, event: Event) -> list[str]:
        """Return the value of the `data:` field."""
        faults = self._cloud.faults
        shown = event.as_json()
        if faults.get("ttl_string"):
            shown["ttl"] = str(shown["ttl"])
        if faults.get("coreid_api"):
            shown["coreid"] = "api"
        if faults.get("coreid_internal"):
            shown["coreid"] = "particle-internal"
        if event.data is None and faults.get("null_data"):
            shown["data"] = None
        if fault := faults.take("huge_block"):
            shown["data"] = "x" * int(fault.option("size", 1_000_000))
        if faults.get("raw_separators"):
            shown["data"] = f"a\u0085b\u2028c\u2029d {shown['data']}"
        if faults.take("broken_json"):
            return [dumps(shown)[:-2]]
        if faults.take("not_an_object"):
            return [dumps([shown])]
        if faults.get("several_data_lines"):
            return json.dumps(shown, ensure_ascii=False, indent=1).split("\n")
        return [dumps(shown)]

    async def _write(self, text: str) -> None:
        """Write text."""
        await self._response.write(encode(text))
