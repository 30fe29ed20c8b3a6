"""What Particle itself counted, and what it says of the plan."""

from datetime import UTC, datetime

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant

from custom_components.particle.const import DOMAIN
from custom_components.particle.data_operations.meter import DataOperations
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until

from .budget import EVERY_HALF_MINUTE, HOUR, Agreements, read, start


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
