"""The program that `cloud` starts: the simulated cloud, controlled by commands."""

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
    """An event whose payload is the time at which it is written to the socket."""

    @override
    def as_json(self) -> dict[str, Any]:
        """Return the value of the ``data:`` field; the block is written immediately afterwards."""
        return {**super().as_json(), "data": str(time.monotonic_ns())}


class Commands:
    """The commands, one method each."""

    def __init__(self, cloud: SimulatedCloud) -> None:
        """Initialize without boards."""
        self._cloud = cloud
        self._stamps = 0
        self.boards(0, 0)

    def address(self) -> dict[str, str]:
        """Return the address of the cloud."""
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
        """Publish an event that contains the time at which it is written."""
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
        """Connect or disconnect all devices."""
        for board in self._cloud.world.boards.values():
            self._cloud.world.set_online(board, online)

    def requests(self) -> dict[str, int]:
        """Count the requests since the last call, and delete them."""
        kinds = Counter(
            f"{request.method} {_ID.sub(_kind, request.path)}" for request in self._cloud.requests
        )
        self._cloud.requests.clear()
        return dict(kinds)

    def paid(self) -> int:
        """Count the data operations of callers of the API."""
        return paid_by_callers(self._cloud)


def _kind(found: re.Match[str]) -> str:
    """Return the kind of a path, with placeholders for boards and variables."""
    return "ID/VARIABLE" if found[1] else "ID"


def replace_boards(cloud: SimulatedCloud, count: int, variables: int) -> None:
    """Replace all boards by new ones with numeric variables and one function."""
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
    """Count the data operations of callers of the API: variable reads and function calls."""
    kinds = cloud.operations.by_kind
    return sum(amount for kind, amount in kinds.items() if kind not in _BY_BOARDS)


async def main() -> None:
    """Run the commands from standard input until it is closed."""
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
