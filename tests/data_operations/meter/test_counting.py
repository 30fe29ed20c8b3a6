"""What is counted, and what survives restarts and wrong clocks."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import DOMAIN, PollingMode
from custom_components.particle.data_operations.meter import DataOperations
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time

from .budget import BOAT, EVERY_HALF_MINUTE, GREENHOUSE, NOW, Agreements, call, issues, read, start


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
