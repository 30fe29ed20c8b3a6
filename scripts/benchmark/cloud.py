"""The simulated cloud in a separate process, and its commands.

It has its own process, so that its work does not count as that of the integration. It reads one JSON
object per line from standard input and writes a response to each to standard output.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
import sys
from typing import Any

from tests.simulator import SimulatedCloud

# Responses contain lists of boards, which can be long.
_MAX_LINE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Address:
    """Address and credentials of a cloud."""

    base_url: str
    client_id: str
    client_secret: str

    @classmethod
    def of(cls, cloud: SimulatedCloud) -> Address:
        """Return the address of a cloud in this process."""
        return cls(cloud.base_url, cloud.client_id, cloud.client_secret)


class Cloud:
    """A simulated cloud in another process."""

    def __init__(self, process: asyncio.subprocess.Process, address: Address) -> None:
        """Initialize with a running process and its address."""
        self._process = process
        self.address = address

    async def tell(self, what: str, **how: Any) -> Any:
        """Send a command to the cloud, see `cloud_process`, and return the response."""
        return await _ask(self._process, {"what": what, "how": how})

    async def boards(self, count: int, variables: int) -> list[str]:
        """Replace all boards; return the IDs of the new ones."""
        ids: list[str] = await self.tell("boards", count=count, variables=variables)
        return ids

    async def publish(self, events: int, *, names: int = 1, first: int = 0) -> None:
        """Publish events without a pause, from all boards in turn.

        Args:
            events: How many.
            names: The number of different names.
            first: The number of the first event; the payload of each is ``{"n": number}``.
        """
        await self.tell("publish", events=events, names=names, first=first)

    async def connect(self, *, online: bool) -> None:
        """Connect or disconnect all devices."""
        await self.tell("connect", online=online)

    async def stamp(self) -> None:
        """Publish an event that contains the time at which it is written to the sockets."""
        await self.tell("stamp")

    async def requests(self) -> dict[str, int]:
        """Return the number of requests since the last call, by method and kind of path."""
        found: dict[str, int] = await self.tell("requests")
        return found

    async def paid(self) -> int:
        """Return the number of data operations so far, without those of the boards."""
        count: int = await self.tell("paid")
        return count


async def _ask(process: asyncio.subprocess.Process, command: dict[str, Any]) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(command).encode() + b"\n")
    await process.stdin.drain()
    answer = await process.stdout.readline()
    if not answer:
        raise RuntimeError(f"The simulated cloud has ended instead of doing {command['what']}")
    return json.loads(answer)["answer"]


@asynccontextmanager
async def cloud_process() -> AsyncIterator[Cloud]:
    """Run a simulated cloud without boards in a separate process, as long as the context lasts."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-B",
        "-m",
        "scripts.benchmark.cloud_process",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_MAX_LINE,
    )
    try:
        yield Cloud(process, Address(**await _ask(process, {"what": "address", "how": {}})))
    finally:
        if process.stdin is not None:
            # It ends when its standard input is closed.
            process.stdin.close()
        await process.wait()
