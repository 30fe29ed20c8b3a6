"""What can be wrong with the event log's file, and the repair issues that tell people."""

from enum import StrEnum
import errno
from pathlib import Path
import sqlite3
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from .schema import UnusableFileError


class Trouble(StrEnum):
    """What keeps the log from being written; the values are keys of repair issues."""

    DISK_FULL = "event_log_disk_full"
    NOT_WRITABLE = "event_log_not_writable"
    DAMAGED = "event_log_damaged"


# What SQLite reports of a file whose contents are wrong. All else may be over later.
_DAMAGE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def trouble_of(error: BaseException) -> Trouble:
    """Return what an error of the database means."""
    if isinstance(error, UnusableFileError):
        return Trouble.DAMAGED
    if isinstance(error, OSError):
        return Trouble.DISK_FULL if error.errno == errno.ENOSPC else Trouble.NOT_WRITABLE
    # The lower eight bits are the kind of the error, the others its detail.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return Trouble.DISK_FULL
    return Trouble.DAMAGED if code in _DAMAGE else Trouble.NOT_WRITABLE


class TroubleIssues:
    """Tells people what is wrong with the log, and takes it back when it is over."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], path: Path) -> None:
        """Initialize without trouble."""
        self._hass = hass
        self._entry = entry
        self._path = path
        self.current: Trouble | None = None

    @callback
    def async_set(self, trouble: Trouble | None) -> None:
        """Say what keeps events from being written; None if nothing does."""
        if trouble is self.current:
            return
        if self.current is not None:
            ir.async_delete_issue(self._hass, DOMAIN, self._issue_id(self.current))
        self.current = trouble
        if trouble is not None:
            self._create(trouble, ir.IssueSeverity.ERROR, self._path)

    @callback
    def async_report_damage(self, put_away: Path) -> None:
        """Say that a damaged file was renamed; stays until Home Assistant restarts."""
        self._create(Trouble.DAMAGED, ir.IssueSeverity.WARNING, put_away)

    def _create(self, trouble: Trouble, severity: ir.IssueSeverity, file: Path) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue_id(trouble),
            is_fixable=False,
            severity=severity,
            translation_key=trouble.value,
            translation_placeholders={"account": self._entry.title, "file": str(file)},
        )

    def _issue_id(self, trouble: Trouble) -> str:
        return f"{trouble.value}_{self._entry.entry_id}"
