"""The count of a month under clocks that are wrong."""

from datetime import UTC, datetime

from hypothesis import given, strategies as st

from custom_components.particle.api import DataOperation, DataOperationKind
from custom_components.particle.data_operations.month import MonthlyCounts

NOW = datetime(2026, 4, 16, tzinfo=UTC)
READ = DataOperation(DataOperationKind.VARIABLE, "0a10aced202194944a000001", "temperature")

moments = st.datetimes(datetime(2019, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@given(moments, st.integers(0, 3), st.integers(0, 3), st.integers(1, 31))
def test_wherever_the_clock_was_the_count_of_this_month_is_still_there(
    wrong: datetime, before: int, meanwhile: int, first_day: int
) -> None:
    """What was counted while the clock was wrong is added."""
    counts = MonthlyCounts(NOW)
    counts.start_on(first_day, NOW)
    month = counts.month
    for _ in range(before):
        counts.count.add(READ)
    counts.turn(wrong)
    assert counts.month.start <= wrong < counts.month.end
    for _ in range(meanwhile):
        counts.count.add(READ)
    counts.turn(NOW)
    assert counts.month == month
    assert counts.count.used == before + meanwhile


@given(moments, moments)
def test_a_month_that_is_over_is_over(first: datetime, second: datetime) -> None:
    """Time that goes on past the month's end begins with nothing."""
    counts = MonthlyCounts(first)
    counts.count.add(READ)
    end = counts.month.end
    assert counts.turn(second) is (second >= end)
    assert counts.count.used == (0 if second >= end else 1)
