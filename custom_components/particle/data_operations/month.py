"""What a billing month has cost, and which month it is, also while the clock is wrong."""

from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict

from ..api import DataOperation, DataOperationKind
from ..storage.values import StoredValues
from .budget import BillingMonth

# Operations whose device a damaged storage file does not tell.
UNKNOWN_DEVICE = ""


class StoredCount(TypedDict):
    """A count as it is stored.

    Attributes:
        start: Start of the month, ISO 8601.
        by_kind: Own operations by kind.
        by_device: Own operations by device id.
        reported: What Particle counted, if it told.
        at_report: Own operations by device id at that time.
    """

    start: str
    by_kind: dict[str, int]
    by_device: dict[str, int]
    reported: int | None
    at_report: dict[str, int]


@dataclass(slots=True)
class MonthCount:
    """Own operations of a month, and what Particle reported of it.

    Attributes:
        start: Start of the month.
        by_kind: Own operations by kind.
        by_device: Own operations by device id.
        reported: What Particle counted; None where it does not tell.
        at_report: Own operations by device id when it reported.
        outside: Devices whose operations Particle's report does not contain.
    """

    start: datetime
    by_kind: Counter[str] = field(default_factory=Counter)
    by_device: Counter[str] = field(default_factory=Counter)
    reported: int | None = None
    at_report: Counter[str] = field(default_factory=Counter)
    outside: AbstractSet[str] = frozenset()
    # Sums over the devices outside; adding them up for each question would slow large fleets down.
    _outside: int = 0
    _outside_at_report: int = 0

    @property
    def own(self) -> int:
        """Own operations of all devices."""
        return self.by_kind.total()

    @property
    def reads(self) -> int:
        """Own reads of variables."""
        return self.by_kind[DataOperationKind.VARIABLE]

    @property
    def calls(self) -> int:
        """Own calls of functions."""
        return self.by_kind[DataOperationKind.FUNCTION]

    @property
    def used(self) -> int:
        """All operations that are known: Particle's count, or the own one if larger."""
        if self.reported is None:
            return self.own
        own = self.own - self._outside
        since = own - (self.at_report.total() - self._outside_at_report)
        return self._outside + max(own, self.reported + max(since, 0))

    def add(self, operation: DataOperation) -> None:
        """Count an operation."""
        self.by_kind[operation.kind] += 1
        self.by_device[operation.device_id] += 1
        self._outside += operation.device_id in self.outside

    def report(self, count: int | None) -> None:
        """Take what Particle counted so far, which contains the own operations so far."""
        self.reported = count
        self.at_report = Counter(self.by_device)
        self._outside_at_report = self._outside

    def leave_out(self, outside: AbstractSet[str]) -> None:
        """Take which devices Particle's report does not contain."""
        self.outside = outside
        self._outside = _sum_of(self.by_device, outside)
        self._outside_at_report = _sum_of(self.at_report, outside)

    def absorb(self, other: MonthCount) -> None:
        """Add the own operations of another count."""
        self.by_kind.update(other.by_kind)
        self.by_device.update(other.by_device)
        self.leave_out(other.outside)

    def as_stored(self) -> StoredCount:
        """Return what is stored."""
        return StoredCount(
            start=self.start.isoformat(),
            by_kind=dict(self.by_kind),
            by_device=dict(self.by_device),
            reported=self.reported,
            at_report=dict(self.at_report),
        )

    @classmethod
    def from_stored(cls, values: StoredValues, start: datetime) -> MonthCount:
        """Read what is stored; the start holds where none is."""
        count = cls(
            values.moment("start") or start,
            by_kind=values.counts("by_kind"),
            by_device=values.counts("by_device"),
            reported=values.number("reported"),
            at_report=values.counts("at_report"),
        )
        # Where one of the two is damaged, the other one still knows how many there were.
        missing = count.by_kind.total() - count.by_device.total()
        if missing > 0:
            count.by_device[UNKNOWN_DEVICE] += missing
        elif missing < 0:
            count.by_kind[UNKNOWN_DEVICE] -= missing
        return count


class MonthlyCounts:
    """The count of the present month.

    Attributes:
        first_day: Day of the month on which Particle's billing month starts.
        first_month: Month in which it starts where it is a year; None where it is a month.
        month: The present month, or year, by the clock.
        count: What is counted. Its start differs from the month's only while the clock is behind.
        previous: The count of the month before, for a clock that was ahead.
    """

    def __init__(self, now: datetime) -> None:
        """Begin with an empty month."""
        self.first_day = 1
        self.first_month: int | None = None
        self.month = BillingMonth.at(now)
        self.count = MonthCount(self.month.start)
        self.previous: MonthCount | None = None

    def turn(self, now: datetime) -> bool:
        """Go to the month that contains a moment; return True when a new one has begun.

        A clock that goes back deletes nothing. One that was ahead for a while does not either.
        """
        if self.month.start <= now < self.month.end:
            return False
        before, self.month = self.month, self._at(now)
        if self.month.start == self.count.start:
            # The clock was behind, and is right again.
            return False
        if self.previous is not None and self.month.start == self.previous.start:
            # The clock was ahead, and is right again.
            self.previous.absorb(self.count)
            self.count, self.previous = self.previous, None
            return False
        if now < before.start:
            return False
        self.previous, self.count = self.count, MonthCount(self.month.start)
        self.count.leave_out(self.previous.outside)
        return True

    def _at(self, moment: datetime) -> BillingMonth:
        return BillingMonth.at(moment, self.first_day, self.first_month)

    def start_on(self, first_day: int, now: datetime, first_month: int | None = None) -> None:
        """Take the day on which Particle's billing month or year starts; call ``turn`` before.

        What was counted from another day on stays: rather one month too many than too few.
        """
        if (first_day, first_month) == (self.first_day, self.first_month):
            return
        self.first_day, self.first_month = first_day, first_month
        before, self.month = self.month, self._at(now)
        if self.count.start == before.start:
            self.count.start = self.month.start
        self.previous = None

    def restore(self, values: StoredValues, now: datetime) -> None:
        """Take what was stored; what is missing or damaged stays as it is."""
        self.first_day = values.number("first_day", 1, 31) or 1
        self.first_month = values.number("first_month", 1, 12)
        start = values.moment("month_start") or values.moment("start") or now
        self.month = self._at(start)
        self.count = MonthCount.from_stored(values, self.month.start)
        # Before the report was kept by device, it was one number.
        if (at_report := values.number("own_at_report")) is not None:
            self.count.at_report[UNKNOWN_DEVICE] += at_report
        if (previous := values.values("previous")) is not None:
            self.previous = MonthCount.from_stored(previous, self.month.start)


def _sum_of(counts: Counter[str], devices: AbstractSet[str]) -> int:
    return sum(count for device, count in counts.items() if device in devices)
