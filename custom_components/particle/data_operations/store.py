"""The storage file of the data operations that are counted for an account."""

from typing import Final, TypedDict

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from .month import StoredCount

STORAGE_VERSION: Final = 1


class StoredRefusal(TypedDict):
    """What is stored of a refusal."""

    since: str
    reason: str


class StoredOperations(StoredCount):
    """What the store holds: the count of the present month, and what is needed to go on.

    Attributes:
        first_day: Day of the month on which the billing month starts.
        first_month: Month in which it starts where it is a year; None where it is a month.
        month_start: Start of the present month by the clock, ISO 8601.
        previous: The count of the month before.
        calls_by_hour: Own calls other than reads by hour (Unix time in hours), the last day.
        plan_allowance: Data operations a billing period by the plan, if Particle told.
        refusal: Since when Particle refuses paid calls, and its words; None where it does not.
    """

    first_day: int
    first_month: int | None
    month_start: str
    previous: StoredCount | None
    calls_by_hour: dict[str, int]
    plan_allowance: int | None
    refusal: StoredRefusal | None


def operations_store(hass: HomeAssistant, entry_id: str) -> Store[StoredOperations]:
    """Return the file of an entry."""
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.data_operations.{entry_id}", atomic_writes=True)
