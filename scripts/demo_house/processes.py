"""Programs that the demo starts, each in its own process group, and stops at its end."""

import asyncio
import contextlib
import os
from pathlib import Path
import signal
import socket
from typing import Self

# Home Assistant writes its database and storage files when it stops.
_TIME_TO_STOP = 20.0


class DemoError(Exception):
    """The demo failed; the message says why."""


def free_port(wanted: int | None = None) -> int:
    """Return the wanted port of 127.0.0.1 if it is free, else any free port."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port or 0))
            found: int = probe.getsockname()[1]
            return found
    raise DemoError("No free port on 127.0.0.1")


def environment() -> dict[str, str]:
    """Return the environment of the programs, which disables compiled files in the clone."""
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}


class Program:
    """A running program and its log.

    Attributes:
        name: Name for messages.
        log: File with its output.
    """

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        """Initialize with a running process, see `start`."""
        self.name = name
        self.log = log
        self._process = process

    @classmethod
    async def start(
        cls, name: str, *command: str, folder: Path, log: Path, env: dict[str, str] | None = None
    ) -> Self:
        """Start a program in a folder, and write its output to the log."""
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=folder,
                env=env or environment(),
                # Ctrl+C in the terminal only signals the demo, which stops the programs in order.
                start_new_session=True,
            )
        return cls(name, process, log)

    @property
    def exit_code(self) -> int | None:
        """Exit code; None while the program runs."""
        return self._process.returncode

    def ensure_running(self) -> None:
        """Raise an error if the program has ended.

        Raises:
            DemoError: It has ended; the message contains the end of its log.
        """
        if self.exit_code is not None:
            raise DemoError(f"{self.name} ended with {self.exit_code}:\n{self.tail()}")

    def tail(self, lines: int = 25) -> str:
        """Return the end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    async def wait(self) -> int:
        """Wait until the program ends, and return its exit code."""
        return await self._process.wait()

    async def stop(self) -> None:
        """Stop the program and all its children; kill them if it takes too long."""
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_TIME_TO_STOP):
                await self._process.wait()
        finally:
            # Kill the remaining processes of the group, even after a cancellation.
            self._signal(signal.SIGKILL)
            await self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole process group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
