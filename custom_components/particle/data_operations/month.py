"""Counts of the current billing period, also while the clock is wrong."""

from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict

from ..api import DataOperation, DataOperationKind
from ..storage.values import StoredValues
from .budget import BillingMonth

# Stands for operations whose device is missing in a damaged storage file.
UNKNOWN_DEVICE = ""


class StoredCount(TypedDict):
    """A count in its stored form.

    Attributes:
        start: Start of the month, ISO 8601.
        by_kind: Own operations by kind.
        by_device: Own operations by device ID.
        reported: Particle's count; None if unknown.
        at_report: Own operations by device ID at the time of the report.
    """

    start: str
    by_kind: dict[str, int]
    by_device: dict[str, int]
    reported: int | None
    at_report: dict[str, int]


@dataclass(slots=True)
class MonthCount:
    """Own operations in a billing period, and Particle's report.

    Attributes:
        start: Start of the month.
        by_kind: Own operations by kind.
        by_device: Own operations by device ID.
        reported: Particle's count; None if unknown.
        at_report: Own operations by device ID at the time of the report.
        excluded: Devices whose operations Particle's report does not include.
    """

    start: datetime
    by_kind: Counter[str] = field(default_factory=Counter)
    by_device: Counter[str] = field(default_factory=Counter)
    reported: int | None = None
    at_report: Counter[str] = field(default_factory=Counter)
    excluded: AbstractSet[str] = frozenset()
    # Cached sums over the excluded devices, because summing each time is slow for large fleets.
    _excluded_count: int = 0
    _excluded_at_report: int = 0

    @property
    def own(self) -> int:
        """Own operations."""
        return self.by_kind.total()

    @property
    def reads(self) -> int:
        """Own variable reads."""
        return self.by_kind[DataOperationKind.VARIABLE]

    @property
    def calls(self) -> int:
        """Own function calls."""
        return self.by_kind[DataOperationKind.FUNCTION]

    @property
    def used(self) -> int:
        """All known operations: Particle's count, or the own count if larger."""
        if self.reported is None:
            return self.own
        own = self.own - self._excluded_count
        since = own - (self.at_report.total() - self._excluded_at_report)
        return self._excluded_count + max(own, self.reported + max(since, 0))

    def add(self, operation: DataOperation) -> None:
        """Count an operation."""
        self.by_kind[operation.kind] += 1
        self.by_device[operation.device_id] += 1
        self._excluded_count += operation.device_id in self.excluded

    def report(self, count: int | None) -> None:
        """Set Particle's count, which includes all own operations so far."""
        self.reported = count
        self.at_report = Counter(self.by_device)
        self._excluded_at_report = self._excluded_count

    def exclude_devices(self, excluded: AbstractSet[str]) -> None:
        """Set the devices that Particle's report does not include."""
        self.excluded = excluded
        self._excluded_count = _sum_of(self.by_device, excluded)
        self._excluded_at_report = _sum_of(self.at_report, excluded)

    def absorb(self, other: MonthCount) -> None:
        """Add the own operations of another count."""
        self.by_kind.update(other.by_kind)
        self.by_device.update(other.by_device)
        self.exclude_devices(other.excluded)

    def as_stored(self) -> StoredCount:
        """Return the count in its stored form."""
        return StoredCount(
            start=self.start.isoformat(),
            by_kind=dict(self.by_kind),
            by_device=dict(self.by_device),
            reported=self.reported,
            at_report=dict(self.at_report),
        )

    @classmethod
    def from_stored(cls, values: StoredValues, start: datetime) -> MonthCount:
        """Restore a count; use the given start if none is stored."""
        count = cls(
            values.moment("start") or start,
            by_kind=values.counts("by_kind"),
            by_device=values.counts("by_device"),
            reported=values.number("reported"),
            at_report=values.counts("at_report"),
        )
        # If one of the two is damaged, the other one still has the total.
        missing = count.by_kind.total() - count.by_device.total()
        if missing > 0:
            count.by_device[UNKNOWN_DEVICE] += missing
        elif missing < 0:
            count.by_kind[UNKNOWN_DEVICE] -= missing
        return count


class MonthlyCounts:
    """The count of the current billing period.

    Attributes:
        first_day: Day of the month on which the billing period starts.
        first_month: Month in which an annual period starts; None for monthly periods.
        month: The current period by the clock.
        count: The current count. Its start differs from that of `month` only while the clock is behind.
        previous: The count of the previous period, in case the clock was ahead.
    """

    def __init__(self, now: datetime) -> None:
        """Initialize with an empty count."""
        self.first_day = 1
        self.first_month: int | None = None
        self.month = BillingMonth.at(now)
        self.count = MonthCount(self.month.start)
        self.previous: MonthCount | None = None

    def turn(self, now: datetime) -> bool:
        """Move to the period that contains a point in time; return True if a new one has begun.

        Nothing is lost when the clock goes back, or was ahead temporarily.
        """
        if self.month.start <= now < self.month.end:
            return False
        before, self.month = self.month, self._at(now)
        if self.month.start == self.count.start:
            # The clock was behind and has been corrected.
            return False
        if self.previous is not None and self.month.start == self.previous.start:
            # The clock was ahead and has been corrected.
            self.previous.absorb(self.count)
            self.count, self.previous = self.previous, None
            return False
        if now < before.start:
            return False
        self.previous, self.count = self.count, MonthCount(self.month.start)
        self.count.exclude_devices(self.previous.excluded)
        return True

    def _at(self, moment: datetime) -> BillingMonth:
        return BillingMonth.at(moment, self.first_day, self.first_month)

    def start_on(self, first_day: int, now: datetime, first_month: int | None = None) -> None:
        """Set the day on which Particle's billing period starts; call ``turn`` first.

        Operations counted since another day are kept: better too many than too few.
        """
        if (first_day, first_month) == (self.first_day, self.first_month):
            return
        self.first_day, self.first_month = first_day, first_month
        before, self.month = self.month, self._at(now)
        if self.count.start == before.start:
            self.count.start = self.month.start
        self.previous = None

    def restore(self, values: StoredValues, now: datetime) -> None:
        """Restore the stored counts; missing or damaged values keep their defaults."""
        self.first_day = values.number("first_day", 1, 31) or 1
        self.first_month = values.number("first_month", 1, 12)
        start = values.moment("month_start") or values.moment("start") or now
        self.month = self._at(start)
        self.count = MonthCount.from_stored(values, self.month.start)
        # Earlier versions stored one number instead of one for each device.
        if (at_report := values.number("own_at_report")) is not None:
            self.count.at_report[UNKNOWN_DEVICE] += at_report
        if (previous := values.values("previous")) is not None:
            self.previous = MonthCount.from_stored(previous, self.month.start)


def _sum_of(counts: Counter[str], devices: AbstractSet[str]) -> int:
    return sum(count for device, count in counts.items() if device in devices)
