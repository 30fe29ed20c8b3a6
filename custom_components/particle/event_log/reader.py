"""The thread that reads the event log's file: searches come one after the other, and wait for no write."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .search import EventSearch


class EventReader:
    """Reads in a thread of its own."""

    def __init__(self, path: Path) -> None:
        """Initialize the reader; the thread starts, and the file is opened, with the first search."""
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="particle_event_log_reader")
        self._search: EventSearch | None = None

    async def read[R](self, read: Callable[[EventSearch], R]) -> R:
        """Read in the thread.

        Raises:
            sqlite3.Error: The file cannot be read.
        """
        return await self._in_thread(lambda: read(self._open()))

    async def close_file(self) -> None:
        """Close the file; the next search opens it again."""
        await self._in_thread(self._close)

    def shutdown(self) -> None:
        """Wait until the thread has ended."""
        self._thread.shutdown()

    async def _in_thread[R](self, function: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    def _open(self) -> EventSearch:
        if self._search is None:
            self._search = EventSearch(self._path)
        return self._search

    def _close(self) -> None:
        if self._search is not None:
            self._search.close()
            self._search = None
