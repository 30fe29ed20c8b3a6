"""The simulated Particle Cloud, run as a separate program, and its control API."""

import asyncio
from dataclasses import dataclass
import json
from pathlib import Path
import sys
from typing import Any, Self

import aiohttp

from .processes import DemoError, Program

_PROJECT = Path(__file__).parents[2]
_TIME_TO_START = 30.0


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function call that a simulated board has carried out."""

    name: str
    argument: str


class SimulatedCloud:
    """A running `python -m tests.simulator`.

    Attributes:
        url: Its public API, as the integration uses it.
        control_url: Its control API.
        client_id: An OAuth client of the account.
        client_secret: That client's secret.
        product_id: A product of the account.
        boards: IDs of the account's devices, by name.
    """

    def __init__(
        self, program: Program, session: aiohttp.ClientSession, world: dict[str, Any]
    ) -> None:
        """Initialize from the description that the program prints."""
        self._program = program
        self._session = session
        self.url: str = world["base_url"]
        self.control_url: str = world["control_url"]
        self.client_id: str = world["client_id"]
        self.client_secret: str = world["client_secret"]
        self.product_id = str(world["product_id"])
        self.boards: dict[str, str] = {board["name"]: board["id"] for board in world["devices"]}

    @classmethod
    async def start(cls, session: aiohttp.ClientSession, folder: Path, *options: str) -> Self:
        """Start the program and wait until it prints its addresses.

        Args:
            session: For calls of the control API.
            folder: Where the program writes its log.
            options: Further options of the program, such as `--quiet-world`.

        Raises:
            DemoError: It ended or printed nothing.
        """
        log = folder / "simulator.log"
        command = (sys.executable, "-B", "-m", "tests.simulator", "--port", "0", "--json", *options)
        program = await Program.start("The simulated cloud", *command, folder=_PROJECT, log=log)
        try:
            async with asyncio.timeout(_TIME_TO_START):
                while "\n" not in log.read_text():
                    program.ensure_running()
                    await asyncio.sleep(0.05)
            return cls(program, session, json.loads(log.read_text().splitlines()[0]))
        except TimeoutError:
            await program.stop()
            raise DemoError(f"The simulated cloud did not start:\n{program.tail()}") from None
        except BaseException:
            await program.stop()
            raise

    async def stop(self) -> None:
        """Stop the program."""
        await self._program.stop()

    async def calls(self, board: str) -> list[FunctionCall]:
        """Return the function calls that a board has carried out, oldest first."""
        calls = await self.control("GET", f"/calls?board={board}")
        return [FunctionCall(call["name"], call["argument"]) for call in calls]

    async def set_variable(self, board: str, variable: str, value: float) -> None:
        """Set a variable of a board."""
        await self.control("PUT", f"/boards/{board}/variables/{variable}", {"value": value})

    async def publish(self, board: str, name: str, data: str) -> None:
        """Publish an event as a board."""
        await self.control("POST", f"/boards/{board}/publish", {"name": name, "data": data})

    async def cut_streams(self) -> int:
        """Cut all event streams and return how many there were."""
        answer = await self.control("POST", "/streams/cut", {})
        cut: int = answer["cut"]
        return cut

    async def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call the control API.

        Raises:
            DemoError: It returned an error.
        """
        async with self._session.request(method, self.control_url + path, json=body) as response:
            answer = await response.json()
            if not response.ok:
                raise DemoError(f"The simulated cloud refused {method} {path}: {answer['error']}")
            return answer
