"""Programs that the demo starts, each in a process group of its own, and all ended with it."""

import asyncio
import contextlib
import os
from pathlib import Path
import signal
import socket
from typing import Self

# Home Assistant writes its database and stores when it is told to stop.
_TIME_TO_STOP = 20.0


class DemoError(Exception):
    """Something that the demo needs did not happen; the text says what."""


def free_port(wanted: int | None = None) -> int:
    """Return the wanted port of 127.0.0.1 if nobody has it, else any other."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port or 0))
            found: int = probe.getsockname()[1]
            return found
    raise DemoError("No free port on 127.0.0.1")


def environment() -> dict[str, str]:
    """Return the environment of the programs: they leave no compiled files in the project's folder."""
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}


class Program:
    """One running program and its log.

    Attributes:
        name: What the demo calls it.
        log: Where all goes that it prints.
    """

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        """Hold a process that runs already, see `start`."""
        self.name = name
        self.log = log
        self._process = process

    @classmethod
    async def start(
        cls, name: str, *command: str, folder: Path, log: Path, env: dict[str, str] | None = None
    ) -> Self:
        """Start a program in a folder; its standard output and errors go to the log."""
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=folder,
                env=env or environment(),
                # Ctrl-C in the terminal reaches the demo alone, which ends them in order.
                start_new_session=True,
            )
        return cls(name, process, log)

    @property
    def exit_code(self) -> int | None:
        """With what it ended, or None while it runs."""
        return self._process.returncode

    def ensure_running(self) -> None:
        """Complain if the program has ended.

        Raises:
            DemoError: It has; the text holds the end of its log.
        """
        if self.exit_code is not None:
            raise DemoError(f"{self.name} ended with {self.exit_code}:\n{self.tail()}")

    def tail(self, lines: int = 25) -> str:
        """Return the end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    async def wait(self) -> int:
        """Wait until the program ends by itself and return its exit code."""
        return await self._process.wait()

    async def stop(self) -> None:
        """End the program and all that it has started, by force if it takes too long."""
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_TIME_TO_STOP):
                await self._process.wait()
        finally:
            # Whoever is left of the group, also after a cancellation.
            self._signal(signal.SIGKILL)
            await self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole process group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
