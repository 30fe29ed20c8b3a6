"""The simulated cloud in a process of its own, and how a measurement tells it what to do.

Its work must not count as the integration's, so it has its own interpreter. It takes one JSON object
a line on standard input and answers each with one on standard output.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
import sys
from typing import Any

from tests.simulator import SimulatedCloud

# Answers list boards, and a thousand of them make a long line.
_LONGEST_LINE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Address:
    """Where a cloud is, and how to log in there."""

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
        """Hold a process that has said its address."""
        self._process = process
        self.address = address

    async def tell(self, what: str, **how: Any) -> Any:
        """Have the cloud do something, see `cloud_process`, and return its answer."""
        return await _ask(self._process, {"what": what, "how": how})

    async def boards(self, count: int, variables: int) -> list[str]:
        """Put these boards in place of all others; return their ids."""
        ids: list[str] = await self.tell("boards", count=count, variables=variables)
        return ids

    async def publish(self, events: int, *, names: int = 1, first: int = 0) -> None:
        """Publish events one right after the other, each board in its turn.

        Args:
            events: How many.
            names: Among how many names they alternate.
            first: The number of the first; each carries its own as ``{"n": number}``.
        """
        await self.tell("publish", events=events, names=names, first=first)

    async def connect(self, *, online: bool) -> None:
        """Connect all devices, or let all of them lose their connection."""
        await self.tell("connect", online=online)

    async def stamp(self) -> None:
        """Publish one event that carries the moment at which it was written to the sockets."""
        await self.tell("stamp")

    async def requests(self) -> dict[str, int]:
        """Return how many requests came since the last time, by method and kind of path."""
        found: dict[str, int] = await self.tell("requests")
        return found

    async def paid(self) -> int:
        """Return how many paid operations other than the boards' own were counted so far."""
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
    """Run a simulated cloud without boards beside this process, for as long as the context lasts."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-B",
        "-m",
        "scripts.benchmark.cloud_process",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LONGEST_LINE,
    )
    try:
        yield Cloud(process, Address(**await _ask(process, {"what": "address", "how": {}})))
    finally:
        if process.stdin is not None:
            # Without its input it ends.
            process.stdin.close()
        await process.wait()
