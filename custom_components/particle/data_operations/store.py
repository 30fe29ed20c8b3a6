"""The storage file for the data operations of an account."""

from typing import Final, TypedDict

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from .month import StoredCount

STORAGE_VERSION: Final = 1


class StoredRefusal(TypedDict):
    """A refusal in its stored form."""

    since: str
    reason: str


class StoredOperations(StoredCount):
    """The stored data: the count of the current period and the rest of the state.

    Attributes:
        first_day: Day of the month on which the billing period starts.
        first_month: Month in which an annual period starts; None for monthly periods.
        month_start: Start of the current period by the clock, ISO 8601.
        previous: The count of the previous period.
        calls_by_hour: Own function calls in the last day, by Unix time in hours.
        plan_allowance: Data operations in a billing period; None if unknown.
        refusal: The refusal of paid calls, if any.
    """

    first_day: int
    first_month: int | None
    month_start: str
    previous: StoredCount | None
    calls_by_hour: dict[str, int]
    plan_allowance: int | None
    refusal: StoredRefusal | None


def operations_store(hass: HomeAssistant, entry_id: str) -> Store[StoredOperations]:
    """Return the store of an entry."""
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.data_operations.{entry_id}", atomic_writes=True)
