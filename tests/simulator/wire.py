"""Faults on the socket of a request, below HTTP or in violation of it."""

import asyncio
import itertools
import socket
import struct

from aiohttp import web

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
_NEVER_LAST = b"X-Padding: 0\r\n"
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def reset(request: web.BaseRequest) -> None:
    """Reset the connection of a request: the peer receives a RST."""
    transport = request.transport
    if transport is None or transport.is_closing():
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def drip_head(request: web.BaseRequest, seconds: float) -> None:
    """Write headers that never end, one byte at a time, until the peer disconnects."""
    for number in itertools.chain(_HEAD, itertools.cycle(_NEVER_LAST)):
        if not await _write(request, bytes([number]), seconds):
            return


async def repeat_continue(request: web.BaseRequest, seconds: float) -> None:
    """Write `100 Continue` again and again until the peer disconnects."""
    while await _write(request, _CONTINUE, seconds):
        pass


async def _write(request: web.BaseRequest, content: bytes, seconds: float) -> bool:
    """Write to the socket and wait; return False if the peer has disconnected."""
    transport = request.transport
    if transport is None or transport.is_closing():
        return False
    transport.write(content)
    await asyncio.sleep(seconds)
    return True
