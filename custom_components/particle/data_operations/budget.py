"""Calculate billing periods, polling intervals and forecasts of data operations.

Particle counts one data operation for each variable read, each function call and each published
event. This module depends on neither Home Assistant nor the cloud; times are timezone-aware and UTC.
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

# The length of a month for estimates.
MONTH: Final = timedelta(days=30)

# The used part of the allowance above which a fixed interval is stretched to last for the month.
NEARLY_USED: Final = 0.9

# After polling has used its share, it continues slowly with this part of the remaining allowance,
# which it can therefore never use up.
PART_AFTER_SHARE: Final = 0.1

# The minimum time for estimating the usage of others: one busy hour says little about a month.
MIN_OBSERVATION: Final = timedelta(days=1)


class VariableUpdates(StrEnum):
    """Whether the variables of an account are polled, or why they are not."""

    ACTIVE = "active"
    EVENTS_ONLY = "events_only"
    ALLOWANCE_USED = "allowance_used"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class BillingMonth:
    """A billing period: a month, or a year if the plan is annual.

    Attributes:
        start: First moment.
        end: First moment of the next one.
    """

    start: datetime
    end: datetime

    @classmethod
    def at(cls, now: datetime, first_day: int = 1, first_month: int | None = None) -> BillingMonth:
        """Return the billing period that contains a point in time.

        Args:
            now: The point in time, UTC.
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
        """Return the remaining time."""
        return max(self.end - now, timedelta(0))


def _on_day(moment: datetime, day: int) -> datetime:
    """Return the given day of the same month, or the last day if the month is shorter."""
    _, days = calendar.monthrange(moment.year, moment.month)
    return moment.replace(day=min(day, days))


@dataclass(frozen=True, slots=True)
class PollingSettings:
    """The user's settings for polling.

    Attributes:
        pace: How the polling interval is determined.
        allowance: Data operations in a billing period.
        share: Percentage of the allowance that automatic polling may use.
        minimum: Minimum interval of automatic polling.
        fixed: Interval of fixed polling.
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
        """Return the settings in a config entry's options; missing ones have their defaults.

        Args:
            options: Options of the config entry.
            plan_allowance: The allowance of a billing period as Particle reports it; the user's own
                monthly number takes precedence.
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
        used: All known operations that count against the allowance.
        reads: Variables read by Home Assistant.
        calls: Functions called by Home Assistant.
        calls_a_day: Functions called by Home Assistant in the last 24 hours.
        reported: Whether Particle's count is included; without it the usage of others is unknown.
    """

    used: int = 0
    reads: int = 0
    calls: int = 0
    calls_a_day: int = 0
    reported: bool = False

    @property
    def others(self) -> int:
        """Operations of devices and other programs."""
        return max(self.used - self.reads - self.calls, 0)


def poll_interval(
    settings: PollingSettings, usage: Usage, variables: int, now: datetime, month: BillingMonth
) -> timedelta | None:
    """Return the interval at which one variable may be read.

    Args:
        settings: The user's settings.
        usage: The usage in the current billing period.
        variables: Number of polled variables on all devices together.
        now: The current time.
        month: The current billing period.

    Returns:
        The interval in whole seconds; None for no polling.
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
    """Return the interval that spreads the operations over the given time."""
    return timedelta(seconds=ceil(variables * over.total_seconds() / operations))


def forecast(
    usage: Usage,
    variables: int,
    interval: timedelta | None,
    now: datetime,
    month: BillingMonth,
) -> int:
    """Return the expected usage at the end of the billing period.

    Args:
        usage: The usage so far.
        variables: Number of polled variables.
        interval: Polling interval of one variable; None for no polling.
        now: The current time.
        month: The current billing period.
    """
    left = month.left(now)
    polls = variables * (left / interval) if interval else 0.0
    calls = usage.calls_a_day * (left / timedelta(days=1))
    others = usage.others * (left / max(now - month.start, MIN_OBSERVATION))
    return usage.used + round(polls + calls + others)


def monthly_cost(settings: PollingSettings, variables: int) -> int:
    """Return the cost of polling alone in a month of 30 days."""
    start = datetime.min.replace(tzinfo=UTC)
    month = BillingMonth(start, start + MONTH)
    interval = poll_interval(settings, Usage(), variables, start, month)
    return forecast(Usage(), variables, interval, start, month)
