"""Reading storage files that may be damaged: what can be used is kept, the rest is named."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
import logging
from typing import Any, Final

from homeassistant.helpers.storage import Store

_LOGGER = logging.getLogger(__name__)

# More than any account counts in a month; a larger number comes from a damaged file.
MAX_NUMBER: Final = 10**12

# The calendar's arithmetic ends at the year 9999.
YEARS: Final = range(2000, 2200)


async def async_load_or_none(store: Store[Any]) -> object:
    """Load a storage file; None where it does not exist or cannot be read.

    Home Assistant sets files aside that are not JSON. It raises for JSON without its envelope, and for
    files that the operating system does not let it read.
    """
    try:
        return await store.async_load()
    except Exception:
        # A counter or a cache is no reason to keep an account down.
        _LOGGER.warning(
            "The storage file %s cannot be read; starting without it", store.key, exc_info=True
        )
        return None


async def async_save_or_log(store: Store[Any], data: Any) -> None:
    """Write a storage file; a disk that is full or read-only must not stop anything else."""
    try:
        await store.async_save(data)
    except OSError:
        _LOGGER.exception("The storage file %s cannot be written", store.key)


class StoredValues:
    """Values of a storage file, each read on its own.

    A value that is missing is None; so is one of the wrong kind, whose name is noted.

    Attributes:
        dropped: Names of the values that could not be used.
    """

    def __init__(self, data: object, dropped: list[str] | None = None) -> None:
        """Read from a JSON object; anything else contains no values."""
        self.dropped = [] if dropped is None else dropped
        self._data: Mapping[str, Any] = {}
        if isinstance(data, Mapping):
            self._data = data
        elif data is not None:
            self.dropped.append("all")

    def number(self, key: str, low: int = 0, high: int = MAX_NUMBER) -> int | None:
        """Return a whole number of a range."""
        value = self._data.get(key)
        if value is None or _is_number(value, low, high):
            return value
        self.dropped.append(key)
        return None

    def text(self, key: str) -> str | None:
        """Return a text."""
        value = self._data.get(key)
        if value is None or isinstance(value, str):
            return value
        self.dropped.append(key)
        return None

    def moment(self, key: str) -> datetime | None:
        """Return a moment in UTC, which is stored as ISO 8601 with an offset."""
        value = self._data.get(key)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except TypeError, ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or moment.year not in YEARS:
            self.dropped.append(key)
            return None
        return moment.astimezone(UTC)

    def counts(self, key: str) -> Counter[str]:
        """Return numbers by name; those of the wrong kind are left out."""
        value = self._data.get(key)
        if value is None:
            return Counter()
        if not isinstance(value, Mapping):
            self.dropped.append(key)
            return Counter()
        counts = {name: count for name, count in value.items() if _is_number(count)}
        if len(counts) < len(value):
            self.dropped.append(key)
        return Counter(counts)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; what is none is left out."""
        value = self._data.get(key, [])
        if not isinstance(value, list):
            self.dropped.append(key)
            return ()
        texts = tuple(item for item in value if isinstance(item, str))
        if len(texts) < len(value):
            self.dropped.append(key)
        return texts

    def items(self, key: str) -> Iterator[tuple[str, Any]]:
        """Return the names and values of an inner object, as they are."""
        value = self._data.get(key, {})
        if isinstance(value, Mapping):
            yield from value.items()
        else:
            self.dropped.append(key)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Read one part in any way; its name is noted if that raises."""
        try:
            yield
        # A damaged file can hold anything anywhere.
        except Exception:  # noqa: BLE001
            self.dropped.append(name)

    def values(self, key: str) -> StoredValues | None:
        """Return the values of an inner object."""
        value = self._data.get(key)
        return None if value is None else StoredValues(value, self.dropped)


def _is_number(value: object, low: int = 0, high: int = MAX_NUMBER) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
