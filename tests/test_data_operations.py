"""The budget: what is counted, what survives, what people are told."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.api import DataOperation, DataOperationKind
from custom_components.particle.const import DOMAIN, PollingMode
from custom_components.particle.data_operations.budget import VariableUpdates
from custom_components.particle.data_operations.meter import DataOperations
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.simulator.api import ENDPOINTS
from tests.simulator.endpoint import Access, Routes
from tests.waiting import pass_time, until

GREENHOUSE = "0a10aced202194944a000001"
BOAT = "0a10aced202194944a000003"
UPDATES = "sensor.greenhouse_variable_updates"
NOW = datetime(2026, 4, 16, tzinfo=UTC)
QUIET = {"pace": PollingMode.EVENTS_ONLY}
EVERY_HALF_MINUTE = 31.0
HOUR = timedelta(hours=1, seconds=1)


class Agreements:
    """What the simulated cloud says of the plan."""

    def __init__(self) -> None:
        """Start with the free plan, whose month began on the tenth, and nothing used."""
        self.used: int | None = 0
        self.allowed: int | None = 100_000
        self.start: str | None = "2026-04-10T00:00:00.000Z"
        self.end: str | None = "2026-05-09T00:00:00.000Z"

    async def show(self, call: object) -> web.Response:
        """Answer with the agreement, and with one that has ended."""
        usage = {"connectivity": {"all": {"device_messages": self.used}}}
        attributes: dict[str, Any] = {
            "current_usage_summary": usage,
            "pricing_terms": {"messaging": {"max_messages": self.allowed}},
            "current_billing_period_start": self.start,
            "current_billing_period_end": self.end,
        }
        ended = {
            "current_usage_summary": {"connectivity": {"all": {"device_messages": 77_777}}},
            "pricing_terms": {"messaging": {"max_messages": 55_555}},
            "current_billing_period_start": "2025-01-03T00:00:00.000Z",
            "current_billing_period_end": "2025-02-03T00:00:00.000Z",
        }
        agreements = [{"id": "1", "attributes": ended}, {"id": "2", "attributes": attributes}]
        return web.json_response({"data": agreements})


@pytest.fixture
def agreements() -> Agreements:
    """What the simulated cloud says of the plan."""
    return Agreements()


@pytest.fixture
async def cloud(
    socket_enabled: None, agreements: Agreements, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SimulatedCloud]:
    """A simulated cloud that tells of the plan."""
    routes = Routes("Usage")
    path = "/v1/user/service_agreements"
    routes.add("GET", path, "Show the plan and its use", Access.USER)(agreements.show)
    known = [endpoint for endpoint in ENDPOINTS if endpoint.path != path]
    monkeypatch.setattr("tests.simulator.cloud.ENDPOINTS", [*known, *routes.endpoints])
    async with SimulatedCloud() as simulated:
        yield simulated


@pytest.fixture(autouse=True)
def _middle_of_april(clock: TickingDateTimeFactory) -> None:
    """Half of the calendar month is over."""
    clock.move_to(NOW)


@pytest.fixture
def config_entry(config_entry: MockConfigEntry) -> MockConfigEntry:
    """An account that reads nothing by itself, so that each count has one cause."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=config_entry.title,
        unique_id=config_entry.unique_id,
        data=dict(config_entry.data),
        options=QUIET,
    )


async def start(hass: HomeAssistant, set_up: SetUp, **options: object) -> DataOperations:
    """Set the account up, wait for what Particle says of the plan, and change options."""
    entry = await set_up()
    if options:
        hass.config_entries.async_update_entry(entry, options={**QUIET, **options})
        await hass.async_block_till_done()
    operations: DataOperations = entry.runtime_data.operations
    await until(hass, lambda: operations.plan_allowance)
    return operations


def read(operations: DataOperations, times: int = 1, device_id: str = GREENHOUSE) -> None:
    """Count variables that were read."""
    for _ in range(times):
        operations.record(DataOperation(DataOperationKind.VARIABLE, device_id, "temperature"))


def call(operations: DataOperations, times: int = 1, device_id: str = BOAT) -> None:
    """Count functions that were called."""
    for _ in range(times):
        operations.record(DataOperation(DataOperationKind.FUNCTION, device_id, "bilgePump"))


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return the issues about data operations by their texts."""
    found = ir.async_get(hass).issues.values()
    return {
        str(issue.translation_key): issue
        for issue in found
        if issue.domain == DOMAIN and str(issue.translation_key).startswith("data_operations")
    }


# Counting


async def test_what_the_cloud_charges_is_what_is_counted(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Reads and calls cost; listing, pinging and streaming do not."""
    operations = await start(hass, set_up)
    [entry] = hass.config_entries.async_entries(DOMAIN)
    board = entry.runtime_data.devices[GREENHOUSE]
    await board.async_read_variable("temperature")
    await board.async_call_function("pump", "on")
    await board.async_ping()
    assert cloud.operations.by_kind["variable"] == 1
    assert cloud.operations.by_kind["function"] == 1
    assert operations.used == 2
    assert (operations.usage.reads, operations.usage.calls) == (1, 1)
    assert operations.by_device == {GREENHOUSE: 2}


async def test_the_count_survives_a_restart(hass: HomeAssistant, set_up: SetUp) -> None:
    """Unloading writes it at once."""
    operations = await start(hass, set_up)
    read(operations, 2)
    call(operations)
    [entry] = hass.config_entries.async_entries(DOMAIN)
    await hass.config_entries.async_reload(entry.entry_id)
    again: DataOperations = entry.runtime_data.operations
    assert again is not operations
    assert again.by_device == {GREENHOUSE: 2, BOAT: 1}
    assert again.usage.calls_a_day == 1


async def test_a_call_that_outlives_its_entry_starts_nothing(
    hass: HomeAssistant,
    clock: TickingDateTimeFactory,
    set_up: SetUp,
    hass_storage: dict[str, Any],
) -> None:
    """Whoever counts for the account by then must not find the old count in the store."""
    operations = await start(hass, set_up)
    read(operations)
    [entry] = hass.config_entries.async_entries(DOMAIN)
    await hass.config_entries.async_unload(entry.entry_id)
    read(operations)
    await pass_time(hass, clock, EVERY_HALF_MINUTE)
    stored = hass_storage[f"particle.data_operations.{entry.entry_id}"]
    assert stored["data"]["by_kind"] == {"variable": 1}


async def test_the_count_is_written_soon_however_busy_it_is(
    hass: HomeAssistant,
    clock: TickingDateTimeFactory,
    set_up: SetUp,
    hass_storage: dict[str, Any],
) -> None:
    """A read every ten seconds does not put the writing off for ever."""
    operations = await start(hass, set_up)
    [entry] = hass.config_entries.async_entries(DOMAIN)
    key = f"particle.data_operations.{entry.entry_id}"
    for _ in range(5):
        read(operations)
        await pass_time(hass, clock, 10)
    assert hass_storage[key]["data"]["by_kind"]["variable"] >= 3


async def test_an_account_that_is_removed_leaves_no_count(
    hass: HomeAssistant, set_up: SetUp, hass_storage: dict[str, Any]
) -> None:
    """Neither on disk nor among the repairs."""
    operations = await start(hass, set_up, monthly_allowance=10)
    read(operations, 8)
    [entry] = hass.config_entries.async_entries(DOMAIN)
    await hass.config_entries.async_reload(entry.entry_id)
    key = f"particle.data_operations.{entry.entry_id}"
    assert key in hass_storage
    assert issues(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert key not in hass_storage
    assert not issues(hass)


async def test_a_new_month_starts_from_nothing(
    hass: HomeAssistant,
    clock: TickingDateTimeFactory,
    set_up: SetUp,
    agreements: Agreements,
) -> None:
    """On the day on which Particle's month starts; calls of the last day still count as a rate."""
    agreements.used = 40
    operations = await start(hass, set_up)
    assert operations.month.end == datetime(2026, 5, 10, tzinfo=UTC)
    clock.move_to("2026-05-09T23:59:00Z")
    read(operations, 3)
    call(operations, 2)
    assert operations.used == 45
    clock.move_to("2026-05-10T00:01:00Z")
    assert operations.used == 0
    assert operations.by_device == {}
    assert operations.usage.calls_a_day == 2
    clock.tick(timedelta(days=1))
    assert operations.usage.calls_a_day == 0


async def test_a_clock_that_goes_back_deletes_nothing(
    hass: HomeAssistant, clock: TickingDateTimeFactory, set_up: SetUp
) -> None:
    """Small computers start with an old date until they have asked for the time."""
    operations = await start(hass, set_up)
    read(operations, 3)
    clock.move_to("2020-01-01T00:00:00Z")
    assert operations.used == 3
    clock.move_to(NOW)
    assert operations.used == 3


async def test_a_clock_that_was_ahead_costs_nothing(
    hass: HomeAssistant, clock: TickingDateTimeFactory, set_up: SetUp
) -> None:
    """The month is the one of the clock again, and what was counted in it is still counted."""
    operations = await start(hass, set_up, pace=PollingMode.AUTOMATIC)
    read(operations, 3)
    call(operations)
    before = operations.month
    interval = operations.interval(12)
    clock.move_to("2036-02-01T00:00:00Z")
    assert operations.used == 0
    read(operations, 2)
    call(operations, 2)
    clock.move_to(NOW + timedelta(minutes=1))
    assert operations.month == before
    assert operations.used == 8
    assert operations.interval(12) == interval
    # Calls of a clock that was ahead count as of now, and grow old.
    assert operations.usage.calls_a_day == 2
    clock.tick(timedelta(days=1))
    assert operations.usage.calls_a_day == 0


async def test_a_clock_that_was_ahead_is_forgiven_over_a_restart(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    config_entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    """A file from the year 2036 does not stop the budget until then."""
    cloud.faults.set("forbidden", path="/v1/user/service_agreements")
    hass_storage[f"particle.data_operations.{config_entry.entry_id}"] = {
        "version": 1,
        "data": {
            "first_day": 10,
            "month_start": "2036-02-10T00:00:00+00:00",
            "by_kind": {"variable": 5},
            "by_device": {GREENHOUSE: 5},
            "calls_by_hour": {"580000": 2},
            "reported": None,
            "own_at_report": 0,
            "plan_allowance": 100_000,
        },
    }
    operations = await start(hass, set_up, pace=PollingMode.AUTOMATIC)
    assert operations.used == 5
    assert operations.month.end == datetime(2026, 5, 10, tzinfo=UTC)
    assert operations.interval(12) == timedelta(seconds=498)
    assert operations.usage.calls_a_day == 2


async def test_the_month_turns_while_the_clock_is_behind(
    hass: HomeAssistant, clock: TickingDateTimeFactory, set_up: SetUp
) -> None:
    """When the right time comes, the old count has ended."""
    operations = await start(hass, set_up)
    read(operations, 3)
    clock.move_to("2020-01-01T00:00:00Z")
    read(operations, 1)
    assert operations.used == 4
    clock.move_to("2026-05-11T00:00:00Z")
    assert operations.used == 0


# What Particle itself counted


async def test_particles_own_count_goes_first_where_it_is_larger(
    hass: HomeAssistant,
    clock: TickingDateTimeFactory,
    set_up: SetUp,
    agreements: Agreements,
) -> None:
    """It contains what boards published; own calls since then come on top."""
    agreements.used = 5_000
    agreements.allowed = 720_000
    operations = await start(hass, set_up)
    assert operations.allowance == 720_000
    assert operations.month.start == datetime(2026, 4, 10, tzinfo=UTC)
    assert operations.used == 5_000
    read(operations, 7)
    assert operations.used == 5_007
    assert operations.usage.others == 5_000

    agreements.used = 6_000
    await pass_time(hass, clock, HOUR)
    await until(hass, lambda: operations.used == 6_000)

    agreements.used = 2
    await pass_time(hass, clock, HOUR)
    await until(hass, lambda: operations.used == 7)


async def test_a_plan_holds_until_its_last_day_is_over(
    hass: HomeAssistant,
    clock: TickingDateTimeFactory,
    set_up: SetUp,
    agreements: Agreements,
) -> None:
    """Particle names the last day, not the first moment after it."""
    agreements.used = 5_000
    clock.move_to("2026-05-09T22:00:00Z")
    operations = await start(hass, set_up)
    assert operations.used == 5_000
    clock.move_to("2026-05-10T00:00:01Z")
    await pass_time(hass, clock, HOUR)
    await until(hass, lambda: operations.plan_allowance is None)
    assert operations.used == 0


async def test_the_new_month_does_not_begin_with_the_old_count(
    hass: HomeAssistant,
    clock: TickingDateTimeFactory,
    set_up: SetUp,
    agreements: Agreements,
) -> None:
    """Also when Particle's report is the first thing that comes in the new month."""
    await start(hass, set_up)
    [entry] = hass.config_entries.async_entries(DOMAIN)
    # No device asks these, so that nothing looks at the clock before the report.
    operations = DataOperations(hass, entry)
    await operations.async_load(entry.runtime_data.cloud)
    await until(hass, lambda: operations.usage.reported)
    read(operations, 50)
    agreements.start, agreements.end = "2026-05-10T00:00:00.000Z", "2026-06-09T00:00:00.000Z"
    agreements.used = 3
    await pass_time(hass, clock, EVERY_HALF_MINUTE)
    clock.move_to("2026-05-10T00:30:00Z")
    await operations.async_refresh()
    assert operations.used == 3
    assert operations.usage.reads == 0
    assert operations.by_device == {}


async def test_the_users_allowance_goes_before_the_plans(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    """Somebody shares the plan with other programs and leaves us a part."""
    operations = await start(hass, set_up, monthly_allowance=20_000)
    assert operations.plan_allowance == 100_000
    assert operations.allowance == 20_000


async def test_a_plan_that_tells_little_changes_little(
    hass: HomeAssistant,
    clock: TickingDateTimeFactory,
    set_up: SetUp,
    agreements: Agreements,
) -> None:
    """Names differ from plan to plan: what is missing is counted and assumed."""
    operations = await start(hass, set_up)
    agreements.used = agreements.allowed = agreements.start = agreements.end = None
    await pass_time(hass, clock, HOUR)
    await until(hass, lambda: operations.plan_allowance is None)
    read(operations)
    assert operations.used == 1
    assert operations.allowance == 100_000


async def test_trouble_with_the_plan_is_asked_again_and_a_refusal_is_not(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    clock: TickingDateTimeFactory,
    set_up: SetUp,
    agreements: Agreements,
) -> None:
    """Neither changes what is known."""
    path = "/v1/user/service_agreements"
    operations = await start(hass, set_up)

    def asked() -> int:
        return len(cloud.requests.matching("GET", path))

    cloud.faults.set("server_error", path=path)
    await pass_time(hass, clock, HOUR)
    await until(hass, lambda: asked() == 2)
    cloud.faults.clear()
    agreements.allowed = 200_000
    await pass_time(hass, clock, HOUR)
    await until(hass, lambda: operations.allowance == 200_000)

    cloud.faults.set("forbidden", path=path)
    await pass_time(hass, clock, HOUR)
    await until(hass, lambda: asked() == 4)
    await pass_time(hass, clock, HOUR)
    await pass_time(hass, clock, HOUR)
    assert asked() == 4
    assert operations.allowance == 200_000


# PollingMode and forecast


async def test_the_pace_follows_what_is_left(
    hass: HomeAssistant, clock: TickingDateTimeFactory, set_up: SetUp
) -> None:
    """The forecast knows the variables for which a pace was asked last."""
    operations = await start(hass, set_up, pace=PollingMode.AUTOMATIC)
    assert operations.forecast == 0
    interval = operations.interval(12)
    # 24 of 30 days are left for half of the allowance.
    assert interval == timedelta(seconds=498)
    assert operations.polled_variables == 12
    assert operations.forecast == pytest.approx(12 * 24 * 86_400 / 498, abs=1)

    clock.move_to("2026-05-04T00:00:00Z")
    assert operations.interval(12) == timedelta(seconds=125)


async def test_nothing_is_read_by_itself_when_all_is_used(
    hass: HomeAssistant, clock: TickingDateTimeFactory, set_up: SetUp
) -> None:
    """Actions are still counted; the next month polls again."""
    operations = await start(hass, set_up, pace=PollingMode.FIXED, monthly_allowance=10)
    call(operations, 10)
    assert operations.interval(3) is None
    call(operations)
    assert operations.used == 11
    clock.move_to("2026-05-10T00:01:00Z")
    assert operations.interval(3) == timedelta(seconds=900)


@pytest.mark.parametrize(
    ("options", "updates"),
    [
        ({"pace": PollingMode.AUTOMATIC}, VariableUpdates.ACTIVE),
        ({"pace": PollingMode.FIXED}, VariableUpdates.ACTIVE),
        ({"pace": PollingMode.EVENTS_ONLY}, VariableUpdates.EVENTS_ONLY),
        ({"pace": PollingMode.AUTOMATIC, "monthly_allowance": 3}, VariableUpdates.ALLOWANCE_USED),
    ],
)
async def test_why_variables_are_not_updated(
    hass: HomeAssistant,
    clock: TickingDateTimeFactory,
    set_up: SetUp,
    options: dict[str, object],
    updates: VariableUpdates,
) -> None:
    """A value that nobody is going to renew must not be taken for one that is late."""
    operations = await start(hass, set_up, **options)
    read(operations, 3)
    assert operations.variable_updates is updates
    assert operations.is_polling is (updates is VariableUpdates.ACTIVE)
    await pass_time(hass, clock, EVERY_HALF_MINUTE)
    await until(hass, lambda: hass.states.is_state(UPDATES, updates.value))


async def test_listeners_hear_of_changes_at_once_and_then_not_too_often(
    hass: HomeAssistant, clock: TickingDateTimeFactory, set_up: SetUp
) -> None:
    """A sensor's history must not outgrow what it counts."""
    operations = await start(hass, set_up)
    await pass_time(hass, clock, EVERY_HALF_MINUTE)
    heard: list[int] = []
    stop = operations.async_add_listener(lambda: heard.append(operations.used))
    read(operations, 5)
    assert heard == [1]
    await pass_time(hass, clock, EVERY_HALF_MINUTE)
    assert heard == [1, 5]
    stop()
    read(operations)
    await pass_time(hass, clock, EVERY_HALF_MINUTE)
    assert heard == [1, 5]


# What people are told


async def test_people_are_told_before_the_allowance_is_used_up(
    hass: HomeAssistant, clock: TickingDateTimeFactory, set_up: SetUp
) -> None:
    """At 70, 90 and 100 per cent, one issue at a time, with the cause and until when."""
    operations = await start(hass, set_up, monthly_allowance=1_000)
    read(operations, 400)
    call(operations, 299)
    await pass_time(hass, clock, EVERY_HALF_MINUTE)
    assert issues(hass) == {}

    call(operations)
    await pass_time(hass, clock, EVERY_HALF_MINUTE)
    [(key, issue)] = issues(hass).items()
    assert key == "data_operations_70"
    assert (issue.is_fixable, issue.severity) == (False, ir.IssueSeverity.WARNING)
    assert issue.translation_placeholders == {
        "account": "jane@example.com",
        "used": "700",
        "allowance": "1,000",
        "reads": "400",
        "calls": "300",
        "others": "0",
        "device": "greenhouse",
        "next_month": "2026-05-10",
    }

    # The issue is not written again for every operation.
    call(operations)
    await pass_time(hass, clock, EVERY_HALF_MINUTE)
    assert issues(hass)[key] is issue

    for more, expected in ((200, "data_operations_90"), (100, "data_operations_100")):
        call(operations, more, device_id="0a10aced2021949440000099")
        await pass_time(hass, clock, EVERY_HALF_MINUTE)
        assert list(issues(hass)) == [expected]

    clock.move_to("2026-05-10T00:01:00Z")
    read(operations)
    await pass_time(hass, clock, EVERY_HALF_MINUTE)
    assert issues(hass) == {}


async def test_a_restart_tells_again(hass: HomeAssistant, set_up: SetUp) -> None:
    """Also when all of it was used by others, or by a board that has no page any more."""
    operations = await start(hass, set_up, monthly_allowance=10)
    call(operations, 10, device_id="0a10aced2021949440000099")
    [entry] = hass.config_entries.async_entries(DOMAIN)
    await hass.config_entries.async_reload(entry.entry_id)
    [issue] = issues(hass).values()
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["device"] == "0a10aced2021949440000099"


async def test_usage_by_others_names_no_board(
    hass: HomeAssistant, set_up: SetUp, agreements: Agreements
) -> None:
    """Home Assistant itself has cost nothing."""
    agreements.used = 95_000
    await start(hass, set_up)
    await until(hass, lambda: issues(hass))
    [(key, issue)] = issues(hass).items()
    assert key == "data_operations_90"
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["device"] == "–"
    assert issue.translation_placeholders["others"] == "95,000"


async def test_what_devices_publish_is_told_only_where_it_is_known(
    hass: HomeAssistant,
    clock: TickingDateTimeFactory,
    set_up: SetUp,
    agreements: Agreements,
) -> None:
    """Without Particle's count, nothing is known of others; that is not the same as none."""
    operations = await start(hass, set_up, monthly_allowance=10)
    agreements.used = None
    await pass_time(hass, clock, HOUR)
    await until(hass, lambda: not operations.usage.reported)
    read(operations, 8)
    await pass_time(hass, clock, EVERY_HALF_MINUTE)
    assert list(issues(hass)) == ["data_operations_70_own"]
    agreements.used = 8
    await pass_time(hass, clock, HOUR)
    await until(hass, lambda: list(issues(hass)) == ["data_operations_70"])


async def test_an_issue_goes_when_its_cause_went_over_a_reload(
    hass: HomeAssistant, clock: TickingDateTimeFactory, set_up: SetUp
) -> None:
    """The new options reload the entry; what was told before must not stay for ever."""
    operations = await start(hass, set_up, monthly_allowance=10)
    read(operations, 10)
    await pass_time(hass, clock, EVERY_HALF_MINUTE)
    await until(hass, lambda: list(issues(hass)) == ["data_operations_100"])
    [entry] = hass.config_entries.async_entries(DOMAIN)
    hass.config_entries.async_update_entry(entry, options={**QUIET, "monthly_allowance": 1_000})
    await hass.async_block_till_done()
    assert issues(hass) == {}
