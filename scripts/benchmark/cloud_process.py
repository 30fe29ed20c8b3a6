"""The other side of `cloud`: a program around the simulated cloud that does what it is told."""

import asyncio
from collections import Counter
from dataclasses import asdict
import json
import re
import sys
import time
from typing import Any, override

from tests.simulator import Board, SimulatedCloud
from tests.simulator.clock import iso
from tests.simulator.world import Event

from .cloud import Address

_BY_BOARDS = {"publish", "delivery", "location"}
_ID = re.compile(r"[0-9a-f]{24}(/value\d+)?")


class StampedEvent(Event):
    """An event whose payload is the moment at which it goes to the socket."""

    @override
    def as_json(self) -> dict[str, Any]:
        """Return what stands behind ``data:``; the block is written right after."""
        return {**super().as_json(), "data": str(time.monotonic_ns())}


class Commands:
    """What the cloud can be told; each method is one command."""

    def __init__(self, cloud: SimulatedCloud) -> None:
        """Begin with no boards."""
        self._cloud = cloud
        self._stamps = 0
        self.boards(0, 0)

    def address(self) -> dict[str, str]:
        """Say where the cloud is."""
        return asdict(Address.of(self._cloud))

    def boards(self, count: int, variables: int) -> list[str]:
        """Replace all boards."""
        replace_boards(self._cloud, count, variables)
        return list(self._cloud.world.boards)

    def publish(self, events: int, names: int, first: int) -> None:
        """Publish events without a pause."""
        boards = list(self._cloud.world.boards.values())
        for number in range(first, first + events):
            name = "bench/reading" if names == 1 else f"bench/reading/{number % names}"
            boards[number % len(boards)].publish(name, json.dumps({"n": number}))

    def stamp(self) -> None:
        """Publish one event that carries the moment of its writing."""
        board = next(iter(self._cloud.world.boards.values()))
        self._cloud.world.events.publish(
            StampedEvent(
                "bench/stamp",
                None,
                iso(self._cloud.clock.now()),
                board.id,
                device_id=board.id,
                owner=board.owner,
            )
        )

    def connect(self, online: bool) -> None:
        """Connect all devices, or let all of them lose their connection."""
        for board in self._cloud.world.boards.values():
            self._cloud.world.set_online(board, online)

    def requests(self) -> dict[str, int]:
        """Count the requests since the last time, and forget them."""
        kinds = Counter(
            f"{request.method} {_ID.sub(_kind, request.path)}" for request in self._cloud.requests
        )
        self._cloud.requests.clear()
        return dict(kinds)

    def paid(self) -> int:
        """Count the paid operations that callers of the API caused."""
        return paid_by_callers(self._cloud)


def _kind(found: re.Match[str]) -> str:
    """Return what stands for one board, or one of its variables, in the kind of a path."""
    return "ID/VARIABLE" if found[1] else "ID"


def replace_boards(cloud: SimulatedCloud, count: int, variables: int) -> None:
    """Replace all boards by some with as many numeric variables and one function."""
    for board in list(cloud.world.boards.values()):
        cloud.world.remove_board(board)
    for number in range(count):
        add_board(cloud, number, variables)


def add_board(cloud: SimulatedCloud, number: int, variables: int) -> Board:
    """Add one board that is online."""
    return cloud.world.add_board(
        f"board {number}",
        variables={f"value{one}": 20.5 + one for one in range(variables)},
        functions={"switch": lambda _argument: 1},
    )


def paid_by_callers(cloud: SimulatedCloud) -> int:
    """Count what callers of the API cost: variable reads and function calls."""
    kinds = cloud.operations.by_kind
    return sum(amount for kind, amount in kinds.items() if kind not in _BY_BOARDS)


async def main() -> None:
    """Do what the lines of standard input say until it ends."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with SimulatedCloud() as cloud:
        commands = Commands(cloud)
        while line := await reader.readline():
            command = json.loads(line)
            answer = getattr(commands, command["what"])(**command["how"])
            print(json.dumps({"answer": answer}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
