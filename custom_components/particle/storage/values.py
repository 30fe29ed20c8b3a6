"""Read storage files that may be damaged: usable values are kept, the others are reported."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
import logging
from typing import Any, Final

from homeassistant.helpers.storage import Store

_LOGGER = logging.getLogger(__name__)

# More than any account uses in a month; a larger number means that the file is damaged.
MAX_NUMBER: Final = 10**12

# Leaves room for date arithmetic, which fails after the year 9999.
YEARS: Final = range(2000, 2200)


async def async_load_or_none(store: Store[Any]) -> object:
    """Load a storage file; None if it does not exist or cannot be read.

    Home Assistant moves files aside that are not JSON, but raises an error for JSON of another shape
    and for files that it may not read.
    """
    try:
        return await store.async_load()
    except Exception:
        # A counter or a cache must not prevent the account from loading.
        _LOGGER.warning(
            "The storage file %s cannot be read; starting without it", store.key, exc_info=True
        )
        return None


async def async_save_or_log(store: Store[Any], data: Any) -> None:
    """Write a storage file; log errors such as a full disk."""
    try:
        await store.async_save(data)
    except OSError:
        _LOGGER.exception("The storage file %s cannot be written", store.key)


class StoredValues:
    """Values of a storage file, each validated separately.

    A missing value is None; so is a value of the wrong type, whose name is added to `dropped`.

    Attributes:
        dropped: Names of the values that could not be used.
    """

    def __init__(self, data: object, dropped: list[str] | None = None) -> None:
        """Initialize with a JSON object; anything else contains no values."""
        self.dropped = [] if dropped is None else dropped
        self._data: Mapping[str, Any] = {}
        if isinstance(data, Mapping):
            self._data = data
        elif data is not None:
            self.dropped.append("all")

    def number(self, key: str, low: int = 0, high: int = MAX_NUMBER) -> int | None:
        """Return a whole number within a range."""
        value = self._data.get(key)
        if value is None or _is_number(value, low, high):
            return value
        self.dropped.append(key)
        return None

    def text(self, key: str) -> str | None:
        """Return a string."""
        value = self._data.get(key)
        if value is None or isinstance(value, str):
            return value
        self.dropped.append(key)
        return None

    def moment(self, key: str) -> datetime | None:
        """Return a time in UTC, stored as ISO 8601 with an offset."""
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
        """Return numbers by name; values of the wrong type are left out."""
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
        """Return a list of strings; values of the wrong type are left out."""
        value = self._data.get(key, [])
        if not isinstance(value, list):
            self.dropped.append(key)
            return ()
        texts = tuple(item for item in value if isinstance(item, str))
        if len(texts) < len(value):
            self.dropped.append(key)
        return texts

    def items(self, key: str) -> Iterator[tuple[str, Any]]:
        """Return the names and values of a nested object without validation."""
        value = self._data.get(key, {})
        if isinstance(value, Mapping):
            yield from value.items()
        else:
            self.dropped.append(key)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Add the name to `dropped` if the block raises an error."""
        try:
            yield
        # A damaged file can contain anything.
        except Exception:  # noqa: BLE001
            self.dropped.append(name)

    def values(self, key: str) -> StoredValues | None:
        """Return the values of a nested object."""
        value = self._data.get(key)
        return None if value is None else StoredValues(value, self.dropped)


def _is_number(value: object, low: int = 0, high: int = MAX_NUMBER) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
