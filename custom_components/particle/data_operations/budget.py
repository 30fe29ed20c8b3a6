"""The arithmetic of data operations: billing months, the pace of polling, forecasts.

Particle counts one data operation for each variable read and each function call (and for what the
devices publish). Nothing here knows Home Assistant's machinery or the cloud; times are aware and UTC.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any, Final

from ..const import (
    CONF_FIXED_INTERVAL,
    CONF_MINIMUM_INTERVAL,
    CONF_MONTHLY_ALLOWANCE,
    CONF_PACE,
    CONF_SHARE,
    DEFAULT_FIXED_INTERVAL,
    DEFAULT_MINIMUM_INTERVAL,
    DEFAULT_MONTHLY_ALLOWANCE,
    DEFAULT_SHARE,
    PollingMode,
)

# A month, where one has to be told in advance.
MONTH: Final = timedelta(days=30)

# From here on a fixed pace slows down, so that what is left lasts until the month ends.
NEARLY_USED: Final = 0.9

# When polling has used its share, it goes on with this part of what is left of the allowance: slow
# values are better than none, and what is left can never be used up this way.
PART_AFTER_SHARE: Final = 0.1

# What others used is a rate only after some time; a first busy hour says little about a month.
MIN_OBSERVATION: Final = timedelta(days=1)


class VariableUpdates(StrEnum):
    """Whether variables of an account are read at intervals, and why not."""

    ACTIVE = "active"
    EVENTS_ONLY = "events_only"
    ALLOWANCE_USED = "allowance_used"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class BillingMonth:
    """The time over which Particle counts: a month, or a year where the plan is annual.

    Attributes:
        start: First moment.
        end: First moment of the next one.
    """

    start: datetime
    end: datetime

    @classmethod
    def at(cls, now: datetime, first_day: int = 1, first_month: int | None = None) -> BillingMonth:
        """Return the month or year that contains a moment.

        Args:
            now: The moment, UTC.
            first_day: Day of the month on which the count starts again, 1 to 31; a month that has
                no such day starts on its last one.
            first_month: Month in which a year starts, 1 to 12; None for periods of a month.
        """
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if first_month is not None:
            years = (
                _on_day(midnight.replace(year=year, month=first_month, day=1), first_day)
                for year in (now.year + 1, now.year, now.year - 1)
            )
            end = start = next(years)
            while start > now:
                end, start = start, next(years)
            return cls(start, end)
        start = _on_day(midnight, first_day)
        if start > now:
            start = _on_day(midnight.replace(day=1) - timedelta(days=1), first_day)
        next_month = start.replace(day=1) + timedelta(days=31)
        return cls(start, _on_day(next_month, first_day))

    def left(self, now: datetime) -> timedelta:
        """Return how long it still lasts."""
        return max(self.end - now, timedelta(0))


def _on_day(moment: datetime, day: int) -> datetime:
    """Move a moment to a day of its month, or to the last one where the month is shorter."""
    _, days = calendar.monthrange(moment.year, moment.month)
    return moment.replace(day=min(day, days))


@dataclass(frozen=True, slots=True)
class PollingSettings:
    """What the user decided about polling.

    Attributes:
        pace: Who decides how often variables are read.
        allowance: Data operations in a billing period.
        share: Per cent of the allowance that automatic polling may use.
        minimum: Automatic polling never reads one variable more often than this.
        fixed: How often one variable is read at a fixed pace.
    """

    pace: PollingMode
    allowance: int
    share: int
    minimum: timedelta
    fixed: timedelta

    @classmethod
    def from_options(
        cls, options: Mapping[str, Any], *, plan_allowance: int | None = None, months: int = 1
    ) -> PollingSettings:
        """Read the config entry's options; what is missing has its default.

        Args:
            options: Options of the config entry.
            plan_allowance: The allowance of a billing period as Particle reports it; the user's own
                number of a month goes first.
            months: How many months a billing period has.
        """
        monthly = options.get(CONF_MONTHLY_ALLOWANCE)
        return cls(
            pace=PollingMode(options.get(CONF_PACE, PollingMode.AUTOMATIC)),
            allowance=int(monthly or 0) * months
            or plan_allowance
            or DEFAULT_MONTHLY_ALLOWANCE * months,
            share=int(options.get(CONF_SHARE, DEFAULT_SHARE)),
            minimum=timedelta(seconds=options.get(CONF_MINIMUM_INTERVAL, DEFAULT_MINIMUM_INTERVAL)),
            fixed=timedelta(seconds=options.get(CONF_FIXED_INTERVAL, DEFAULT_FIXED_INTERVAL)),
        )


@dataclass(frozen=True, slots=True)
class Usage:
    """Data operations in the present billing period.

    Attributes:
        used: All that count against the allowance, as far as is known.
        reads: Variables read by Home Assistant.
        calls: Functions called by Home Assistant.
        calls_a_day: Functions called by Home Assistant in the last day.
        reported: Whether Particle's own count is part of it; otherwise nothing is known of others.
    """

    used: int = 0
    reads: int = 0
    calls: int = 0
    calls_a_day: int = 0
    reported: bool = False

    @property
    def others(self) -> int:
        """What devices published and other programs did."""
        return max(self.used - self.reads - self.calls, 0)


def poll_interval(
    settings: PollingSettings, usage: Usage, variables: int, now: datetime, month: BillingMonth
) -> timedelta | None:
    """Return how often one variable may be read now.

    Args:
        settings: What the user decided.
        usage: What the month has cost so far.
        variables: How many variables all devices together have read.
        now: The moment.
        month: The billing month that holds it.

    Returns:
        The interval in whole seconds, or None: do not poll.
    """
    left = settings.allowance - usage.used
    if settings.pace is PollingMode.EVENTS_ONLY or variables <= 0 or left <= 0:
        return None
    if settings.pace is PollingMode.FIXED:
        if usage.used < NEARLY_USED * settings.allowance:
            return settings.fixed
        return max(settings.fixed, _spread(variables, left, month.left(now)))
    own_share = settings.allowance * settings.share / 100 - usage.reads
    budget = max(min(own_share, left), left * PART_AFTER_SHARE)
    return max(settings.minimum, _spread(variables, budget, month.left(now)))


def _spread(variables: int, operations: float, over: timedelta) -> timedelta:
    """Return the interval at which the operations last for the time."""
    return timedelta(seconds=ceil(variables * over.total_seconds() / operations))


def forecast(
    usage: Usage,
    variables: int,
    interval: timedelta | None,
    now: datetime,
    month: BillingMonth,
) -> int:
    """Return what the month will have cost at its end if all goes on as now.

    Args:
        usage: What it has cost so far.
        variables: How many variables are read.
        interval: How often each of them is read; None for never.
        now: The moment.
        month: The billing month that holds it.
    """
    left = month.left(now)
    polls = variables * (left / interval) if interval else 0.0
    calls = usage.calls_a_day * (left / timedelta(days=1))
    others = usage.others * (left / max(now - month.start, MIN_OBSERVATION))
    return usage.used + round(polls + calls + others)


def monthly_cost(settings: PollingSettings, variables: int) -> int:
    """Return what polling costs in a whole month of 30 days in which nothing else happens."""
    start = datetime.min.replace(tzinfo=UTC)
    month = BillingMonth(start, start + MONTH)
    interval = poll_interval(settings, Usage(), variables, start, month)
    return forecast(Usage(), variables, interval, start, month)
