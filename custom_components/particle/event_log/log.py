"""The event log of an account: takes every event, writes in batches, answers searches."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
import logging
import sqlite3
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_EVENT_LOG_DAYS,
    CONF_EVENT_LOG_SIZE,
    DEFAULT_EVENT_LOG_DAYS,
    DEFAULT_EVENT_LOG_SIZE,
    DOMAIN,
)
from ..events.hub import EventHub, ParticleEvent
from . import files
from .database import EventDatabase, Limits
from .models import MAX_LIMIT, EventCount, EventPage, EventQuery, LogSize, NewEvent, milliseconds
from .reader import EventReader
from .schema import UnusableFileError
from .search import EventSearch
from .trouble import Trouble, TroubleIssues, trouble_of
from .waiting import WaitingEvents

_LOGGER = logging.getLogger(__name__)

# Events are written after so many seconds, or when so many wait.
WRITE_INTERVAL: Final = 1.0
BATCH: Final = 500

# Seconds after which a disk that was full or could not be written is tried again.
RETRY_INTERVAL: Final = 300.0

# Seconds between two looks at the caps.
TRIM_INTERVAL: Final = 300.0

# A search waits so many seconds for the events of the last moment to be written, then goes without.
MAX_WAIT_FOR_WRITE: Final = 0.1

_FAILURES: Final = (sqlite3.Error, OSError, UnusableFileError)


class EventLog:
    """Keeps the events of an account on disk.

    One thread writes. Searches have a connection of their own and never wait for a slow write. Whatever
    happens to the file, events reach all other listeners.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Initialize the log; `async_start` begins it."""
        self._hass = hass
        self._entry = entry
        self.path = files.path_of(hass.config.config_dir, entry.entry_id)
        self._limits = Limits(
            days=entry.options.get(CONF_EVENT_LOG_DAYS, DEFAULT_EVENT_LOG_DAYS),
            bytes=entry.options.get(CONF_EVENT_LOG_SIZE, DEFAULT_EVENT_LOG_SIZE) * 1024 * 1024,
        )
        self._issues = TroubleIssues(hass, entry, self.path)
        self._waiting = WaitingEvents()
        self._reported_dropped = 0
        self._writer: ThreadPoolExecutor | None = None
        self._reader: EventReader | None = None
        self._database: EventDatabase | None = None
        self._writing = asyncio.Lock()
        # Whether the file was opened, or could not be.
        self._tried = asyncio.Event()
        self._due = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._retry_at = 0.0
        self._trim_at = 0.0
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self._paused = False
        self._stop_listening: list[CALLBACK_TYPE] = []

    @property
    def enabled(self) -> bool:
        """Whether events are kept."""
        return self._limits.days > 0

    @property
    def trouble(self) -> Trouble | None:
        """What keeps events from being written at the moment."""
        return self._issues.current

    @property
    def waiting(self) -> int:
        """How many events are not written yet."""
        return len(self._waiting)

    @property
    def dropped(self) -> int:
        """How many events were never written because the disk was too slow, full or not writable."""
        return self._waiting.dropped

    @callback
    def async_start(self, hub: EventHub) -> None:
        """Keep what comes in from now on; the file is opened meanwhile."""
        if not self.enabled:
            self._hass.async_create_task(self.async_forget(self._hass, self._entry))
            return
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="particle_event_log_writer")
        self._reader = EventReader(self.path)
        self._stop_listening = [
            hub.async_listen(self._handle),
            self._hass.bus.async_listen_once(
                EVENT_HOMEASSISTANT_FINAL_WRITE, self._handle_final_write
            ),
        ]
        self._task = self._hass.async_create_background_task(self._run(), "particle event log")

    async def async_close(self) -> None:
        """Write what waits, and close the file."""
        while self._stop_listening:
            self._stop_listening.pop()()
        if self._closing or self._task is None:
            return
        self._closing = True
        self._paused = False
        self._due.set()
        # Home Assistant cancels it when it stops.
        await asyncio.wait([self._task])
        self._cancel_timer()
        async with self._writing:
            self._retry_at = 0.0
            await self._write_waiting()
            await self._close_file()
            for thread in (self._writer, self._reader):
                if thread is not None:
                    await self._hass.async_add_executor_job(thread.shutdown)
            self._writer = self._reader = None
        self._issues.async_set(None)

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Delete the files of an account."""
        path = files.path_of(hass.config.config_dir, entry.entry_id)
        try:
            await hass.async_add_executor_job(files.delete, path)
        except OSError as err:
            _LOGGER.warning("The event log %s could not be deleted: %s", path, err)

    # What others ask

    async def async_query(self, query: EventQuery) -> EventPage:
        """Return a page of events, newest first; costs nothing at Particle.

        Raises:
            HomeAssistantError: The log is switched off, or cannot be read.
        """
        if query.before_id is None:
            await self._async_write_soon()
        return await self._read(lambda search: search.page(query))

    async def async_count(self, query: EventQuery, *, at_most: int = 1_000) -> EventCount:
        """Count the events that match, up to a number.

        Raises:
            HomeAssistantError: The log is switched off, or cannot be read.
        """
        return await self._read(lambda search: search.count(query, at_most))

    async def async_export(self, query: EventQuery) -> AsyncIterator[str]:
        """Yield all events that match as lines of JSON, newest first, whatever the limit of the query.

        Raises:
            HomeAssistantError: The log is switched off, or cannot be read.
        """
        query = replace(query, limit=MAX_LIMIT)
        while True:
            page = await self.async_query(query)
            for event in page.events:
                yield event.as_json_line()
            if page.cursor is None:
                return
            query = replace(query, before_id=page.cursor)

    async def async_size(self) -> LogSize | None:
        """Return how much the log holds; None while it is not written."""
        async with self._writing:
            if (database := self._database) is None:
                return None
            try:
                return await self._in_thread(database.size)
            except _FAILURES as err:
                await self._handle_failure(err)
                return None

    async def async_flush(self) -> None:
        """Write what waits now."""
        async with self._writing:
            await self._write_waiting()

    async def async_pause(self) -> None:
        """Write what waits, and then leave the file alone, so that a sound one can be copied."""
        async with self._writing:
            await self._write_waiting()
            if self._database is None:
                return
            self._paused = True
            try:
                await self._in_thread(self._database.checkpoint)
            except _FAILURES as err:
                _LOGGER.warning("The event log %s may be missing in the backup: %s", self.path, err)

    @callback
    def async_resume(self) -> None:
        """Go on writing."""
        self._paused = False
        self._due.set()

    # Taking events

    @callback
    def _handle(self, event: ParticleEvent) -> None:
        if event.replayed:
            # It happened only inside Home Assistant, and is in the log already.
            return
        self._waiting.add(
            NewEvent(
                # The raw form holds whatever else the cloud has sent, in any amount.
                replace(event.cloud_event, raw={}),
                milliseconds(dt_util.utcnow()),
                event.source,
            )
        )
        if self._issues.current is not None or self._paused:
            return
        if len(self._waiting) >= BATCH:
            self._due.set()
        elif self._timer is None:
            self._timer = self._hass.loop.call_later(WRITE_INTERVAL, self._due.set)

    async def _handle_final_write(self, _: Event) -> None:
        # Its removal is done.
        self._stop_listening.pop()
        await self.async_close()

    # Writing

    async def _run(self) -> None:
        """Write whenever it is due."""
        while not self._closing:
            self._due.clear()
            self._cancel_timer()
            await self.async_flush()
            await self._trim()
            with suppress(TimeoutError):
                async with asyncio.timeout(RETRY_INTERVAL):
                    await self._due.wait()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _async_write_soon(self) -> None:
        """Write what waits, unless the disk is slow."""
        if not self._waiting and not self._writing.locked():
            return
        task = self._hass.async_create_background_task(self.async_flush(), "particle event log")
        await asyncio.wait([task], timeout=MAX_WAIT_FOR_WRITE)

    async def _write_waiting(self) -> None:
        """Write in batches until nothing waits or the file fails."""
        if self._writer is None or self._paused or self._hass.loop.time() < self._retry_at:
            return
        for _ in range(2):
            events: list[NewEvent] = []
            try:
                if self._issues.current is not None:
                    # Perhaps another file has taken its place meanwhile.
                    await self._close_writer()
                if self._database is None:
                    self._database = await self._in_thread(EventDatabase, self.path, self._limits)
                while events := self._waiting.take(BATCH):
                    await self._in_thread(self._database.append, events)
            except _FAILURES as err:
                self._waiting.put_back(events)
                # Once a damaged file is out of the way, a new one begins at once.
                if not await self._handle_failure(err):
                    break
            except Exception:
                # The events behind these ones must not wait for ever.
                _LOGGER.exception("Error while writing %s events", len(events))
                self._waiting.dropped += len(events)
                break
            else:
                self._issues.async_set(None)
                break
        self._tried.set()
        self._report_dropped()

    async def _trim(self) -> None:
        """Delete what is too old or too much, a portion at a time: events are written in between."""
        if self._hass.loop.time() < self._trim_at:
            return
        self._trim_at = self._hass.loop.time() + TRIM_INTERVAL
        more = True
        while more and not self._closing:
            async with self._writing:
                if self._database is None or self._paused:
                    return
                try:
                    now = milliseconds(dt_util.utcnow())
                    more = await self._in_thread(self._database.trim, now)
                except _FAILURES as err:
                    await self._handle_failure(err)
                    return
            if len(self._waiting) >= BATCH:
                await self.async_flush()

    async def _in_thread[*Args, R](self, function: Callable[[*Args], R], *args: *Args) -> R:
        """Run in the thread that writes, also if the caller has stopped waiting for it."""
        return await asyncio.shield(self._hass.loop.run_in_executor(self._writer, function, *args))

    # Reading

    async def _read[R](self, read: Callable[[EventSearch], R]) -> R:
        """Read in the thread that reads."""
        if not self.enabled:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="event_log_off")
        if self._reader is not None:
            await self._tried.wait()
        if self._database is None or self._reader is None:
            raise _unavailable()
        try:
            return await self._reader.read(read)
        except sqlite3.Error as err:
            error = err
        _LOGGER.warning("The event log %s could not be read: %s", self.path, error)
        if trouble_of(error) is Trouble.DAMAGED:
            async with self._writing:
                if self._writer is not None:
                    await self._handle_failure(error)
        raise _unavailable() from error

    # Trouble

    async def _handle_failure(self, error: BaseException) -> bool:
        """Put a damaged file away, or stop for a while; returns whether a new file can begin."""
        trouble = trouble_of(error)
        if trouble is not Trouble.DAMAGED:
            self._stop(trouble, error)
            return False
        await self._close_file()
        try:
            put_away = await self._in_thread(files.put_away, self.path)
        except OSError as err:
            self._stop(trouble_of(err), err)
            return False
        _LOGGER.warning(
            "The event log %s is damaged and was renamed to %s; a new one begins: %s",
            self.path,
            put_away.name,
            error,
        )
        self._issues.async_report_damage(put_away)
        self._due.set()
        return True

    def _stop(self, trouble: Trouble, error: BaseException) -> None:
        """Try again later."""
        if self._issues.current is None:
            _LOGGER.warning("The event log %s cannot be written: %s", self.path, error)
        self._retry_at = self._hass.loop.time() + RETRY_INTERVAL
        self._issues.async_set(trouble)

    def _report_dropped(self) -> None:
        """Say once for each burst how many events the log has lost."""
        if lost := self.dropped - self._reported_dropped:
            self._reported_dropped = self.dropped
            _LOGGER.warning("%s events are missing in the event log %s", lost, self.path)

    async def _close_file(self) -> None:
        """Close both connections."""
        if self._reader is not None:
            await self._reader.close_file()
        await self._close_writer()

    async def _close_writer(self) -> None:
        if self._database is not None:
            database, self._database = self._database, None
            await self._in_thread(database.close)


def _unavailable() -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="event_log_unavailable")
