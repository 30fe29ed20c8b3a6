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


@callback
def async_create_issue(
    hass: HomeAssistant, entry: ConfigEntry[Any], trouble: Trouble, file: Path
) -> None:
    """Tell people what is wrong."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry, trouble),
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING if trouble is Trouble.DAMAGED else ir.IssueSeverity.ERROR,
        translation_key=trouble.value,
        translation_placeholders={"account": entry.title, "file": str(file)},
    )


@callback
def async_delete_issue(hass: HomeAssistant, entry: ConfigEntry[Any], trouble: Trouble) -> None:
    """Take it back."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, trouble))


def _issue_id(entry: ConfigEntry[Any], trouble: Trouble) -> str:
    return f"{trouble.value}_{entry.entry_id}"
