"""The files of the event log: where they are, and how they are put away and deleted."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

# Number of damaged files that are kept, so that their data can be rescued.
MAX_DAMAGED: Final = 2

_COMPANIONS: Final = ("-wal", "-shm")


def path_of(folder: str, entry_id: str) -> Path:
    """Return the path of an account's database; it lies beside Home Assistant's own."""
    return Path(folder) / f"particle_events_{entry_id}.db"


def put_away(path: Path) -> Path:
    """Rename a damaged database, so that a new one can begin; returns its new path.

    Raises:
        OSError: The folder cannot be written.
    """
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    target = path.with_name(f"{path.name}.corrupt-{moment}")
    path.rename(target)
    for companion in _COMPANIONS:
        # Without them the last events are missing; with the wrong ones a new file is damaged at once.
        file = path.with_name(path.name + companion)
        if file.exists():
            file.rename(target.with_name(target.name + companion))
    for old in _damaged(path)[MAX_DAMAGED:]:
        _delete(old)
    return target


def delete(path: Path) -> None:
    """Delete a database, and damaged ones that were put away.

    Raises:
        OSError: The folder cannot be written.
    """
    for file in (path, *_damaged(path)):
        _delete(file)


def _damaged(path: Path) -> list[Path]:
    """Return the databases that were put away, newest first."""
    found = path.parent.glob(f"{path.name}.corrupt-*")
    return sorted((file for file in found if not file.name.endswith(_COMPANIONS)), reverse=True)


def _delete(path: Path) -> None:
    for name in (path.name, *(path.name + companion for companion in _COMPANIONS)):
        path.with_name(name).unlink(missing_ok=True)
