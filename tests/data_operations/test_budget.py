"""The arithmetic of data operations."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.particle.const import PollingMode
from custom_components.particle.data_operations.budget import (
    BillingMonth,
    PollingSettings,
    Usage,
    forecast,
    monthly_cost,
    poll_interval,
)

START = datetime(2026, 4, 1, tzinfo=UTC)
APRIL = BillingMonth(START, datetime(2026, 5, 1, tzinfo=UTC))
MIDDLE = datetime(2026, 4, 16, tzinfo=UTC)


def settings(**options: object) -> PollingSettings:
    """Return the defaults with some options changed."""
    return PollingSettings.from_options(options)


@pytest.mark.parametrize(
    ("now", "first_day", "start", "end"),
    [
        pytest.param("2026-03-15", 1, "2026-03-01", "2026-04-01", id="calendar month"),
        pytest.param("2026-12-31", 1, "2026-12-01", "2027-01-01", id="end of the year"),
        pytest.param("2026-03-15", 20, "2026-02-20", "2026-03-20", id="started last month"),
        pytest.param("2026-03-20", 20, "2026-03-20", "2026-04-20", id="first day"),
        pytest.param("2026-01-05", 20, "2025-12-20", "2026-01-20", id="started last year"),
        pytest.param("2026-02-15", 31, "2026-01-31", "2026-02-28", id="short month ends early"),
        pytest.param("2026-03-01", 31, "2026-02-28", "2026-03-31", id="short month starts early"),
        pytest.param("2028-02-29", 30, "2028-02-29", "2028-03-30", id="leap year"),
    ],
)
def test_the_billing_month_starts_on_its_day(
    now: str, first_day: int, start: str, end: str
) -> None:
    """In a shorter month, it starts on the last day."""
    month = BillingMonth.at(datetime.fromisoformat(f"{now}T12:00:00Z"), first_day)
    assert (f"{month.start:%Y-%m-%d}", f"{month.end:%Y-%m-%d}") == (start, end)


@pytest.mark.parametrize(
    ("now", "first_day", "first_month", "start", "end"),
    [
        pytest.param("2026-03-15", 1, 1, "2026-01-01", "2027-01-01", id="calendar year"),
        pytest.param("2026-03-15", 20, 3, "2025-03-20", "2026-03-20", id="last days"),
        pytest.param("2026-03-20", 20, 3, "2026-03-20", "2027-03-20", id="first day"),
        pytest.param("2028-02-29", 29, 2, "2028-02-29", "2029-02-28", id="leap year"),
        pytest.param("2026-12-31", 31, 12, "2026-12-31", "2027-12-31", id="last day of the year"),
    ],
)
def test_the_billing_year_starts_on_its_day(
    now: str, first_day: int, first_month: int, start: str, end: str
) -> None:
    """A plan that is annual is counted over the year that Particle names."""
    year = BillingMonth.at(datetime.fromisoformat(f"{now}T12:00:00Z"), first_day, first_month)
    assert (f"{year.start:%Y-%m-%d}", f"{year.end:%Y-%m-%d}") == (start, end)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    st.integers(1, 31),
)
def test_billing_months_leave_no_gap(now: datetime, first_day: int) -> None:
    """Each moment lies in its month, and the next one begins where it ends."""
    month = BillingMonth.at(now, first_day)
    assert month.start <= now < month.end
    assert BillingMonth.at(month.end, first_day).start == month.end
    assert timedelta(days=27) < month.end - month.start < timedelta(days=32)


def test_twelve_variables_share_half_of_the_free_plan() -> None:
    """50,000 operations over 30 days are one for each of 12 variables every 623 seconds."""
    interval = poll_interval(settings(), Usage(), 12, START, APRIL)
    assert interval == timedelta(seconds=623)


def test_a_single_variable_is_not_read_faster_than_the_minimum() -> None:
    """The budget would allow one read every 52 seconds."""
    assert poll_interval(settings(), Usage(), 1, START, APRIL) == timedelta(seconds=60)


def test_what_was_not_used_makes_the_rest_of_the_month_faster() -> None:
    """Boards that were offline for two weeks have left their part."""
    idle = poll_interval(settings(), Usage(used=0, reads=0), 12, MIDDLE, APRIL)
    busy = poll_interval(settings(), Usage(used=25_000, reads=25_000), 12, MIDDLE, APRIL)
    assert idle == timedelta(seconds=312)
    assert busy == timedelta(seconds=623)


def test_what_boards_publish_slows_polling_when_it_eats_into_the_rest() -> None:
    """Of the allowance 10,000 are left, although polling has used nothing of its share."""
    interval = poll_interval(settings(), Usage(used=90_000), 12, MIDDLE, APRIL)
    assert interval == timedelta(seconds=12 * 15 * 86_400 / 10_000 + 0.8)


def test_a_used_up_share_leaves_slow_values_instead_of_none() -> None:
    """Somebody lowered the share in the middle of the month."""
    spent = Usage(used=30_000, reads=30_000)
    interval = poll_interval(settings(share=10), spent, 12, MIDDLE, APRIL)
    assert interval == timedelta(seconds=12 * 15 * 86_400 // 7_000 + 1)


@pytest.mark.parametrize(
    ("options", "used", "variables"),
    [
        pytest.param({}, 100_000, 12, id="automatic, allowance used up"),
        pytest.param({"pace": PollingMode.FIXED}, 100_000, 12, id="fixed, allowance used up"),
        pytest.param({"pace": PollingMode.EVENTS_ONLY}, 0, 12, id="events only"),
        pytest.param({}, 0, 0, id="nothing to read"),
    ],
)
def test_no_polling(options: dict[str, object], used: int, variables: int) -> None:
    assert poll_interval(settings(**options), Usage(used=used), variables, MIDDLE, APRIL) is None


def test_a_fixed_pace_is_kept_until_the_allowance_is_nearly_used() -> None:
    """From 90 per cent on, what is left is spread over the rest of the month."""
    fixed = settings(pace=PollingMode.FIXED, fixed_interval=120)
    assert poll_interval(fixed, Usage(used=89_999), 5, MIDDLE, APRIL) == timedelta(seconds=120)
    assert poll_interval(fixed, Usage(used=95_000), 5, MIDDLE, APRIL) == timedelta(seconds=1296)
    assert poll_interval(fixed, Usage(used=99_990), 5, MIDDLE, APRIL) == timedelta(days=7.5)


@given(
    used=st.integers(0, 200_000),
    part=st.floats(0, 1),
    variables=st.integers(1, 10_000),
    share=st.integers(1, 100),
    seconds=st.integers(0, 30 * 86_400 - 1),
)
def test_automatic_polling_never_outspends_the_allowance(
    used: int, part: float, variables: int, share: int, seconds: int
) -> None:
    """Whatever happened before, going on at the pace stays inside what is left."""
    now = START + timedelta(seconds=seconds)
    usage = Usage(used=used, reads=int(used * part))
    interval = poll_interval(settings(share=share), usage, variables, now, APRIL)
    if interval is None:
        assert used >= 100_000
        return
    assert interval >= timedelta(seconds=60)
    assert variables * (APRIL.left(now) / interval) <= 100_000 - used + 1e-6


def test_the_forecast_adds_polls_actions_and_others() -> None:
    """Half a month: each of them goes on as before."""
    usage = Usage(used=10_000, reads=2_000, calls=3_000, calls_a_day=200)
    assert usage.others == 5_000
    # 4 variables every 10 minutes for 15 days, 200 calls a day, and what others did once more.
    expected = 10_000 + 4 * 15 * 144 + 15 * 200 + 5_000
    assert forecast(usage, 4, timedelta(minutes=10), MIDDLE, APRIL) == expected


def test_the_forecast_does_not_trust_the_first_hour() -> None:
    """100 operations of others in one hour are not 72,000 a month."""
    now = START + timedelta(hours=1)
    assert forecast(Usage(used=100), 0, None, now, APRIL) == 100 + round(100 * 719 / 24)


def test_the_forecast_at_the_end_is_what_was_used() -> None:
    """Also when the clock has gone beyond the month."""
    late = APRIL.end + timedelta(hours=1)
    assert forecast(Usage(used=123, calls_a_day=10), 5, timedelta(minutes=1), late, APRIL) == 123


@pytest.mark.parametrize(
    ("options", "variables", "cost"),
    [
        pytest.param({}, 12, 49_926, id="automatic takes its share"),
        pytest.param({}, 1, 43_200, id="automatic stays at the minimum"),
        pytest.param({"pace": PollingMode.FIXED, "fixed_interval": 720}, 12, 43_200, id="fixed"),
        pytest.param(
            {"pace": PollingMode.FIXED, "fixed_interval": 120}, 5, 108_000, id="over the plan"
        ),
        pytest.param({"pace": PollingMode.EVENTS_ONLY}, 12, 0, id="events only"),
    ],
)
def test_what_a_pace_costs_in_a_month(
    options: dict[str, object], variables: int, cost: int
) -> None:
    assert monthly_cost(settings(**options), variables) == cost


def test_the_users_allowance_goes_before_the_plans() -> None:
    """Without either, the allowance is that of the free plan."""
    assert PollingSettings.from_options({}).allowance == 100_000
    assert PollingSettings.from_options({}, plan_allowance=720_000).allowance == 720_000
    mine = PollingSettings.from_options({"monthly_allowance": 5_000}, plan_allowance=720_000)
    assert mine.allowance == 5_000
    # A year has twelve of the user's months; Particle's own number is for the whole year.
    yearly = {"plan_allowance": 720_000, "months": 12}
    assert PollingSettings.from_options({}, **yearly).allowance == 720_000
    assert PollingSettings.from_options({"monthly_allowance": 5_000}, **yearly).allowance == 60_000
    assert PollingSettings.from_options({}, months=12).allowance == 1_200_000
