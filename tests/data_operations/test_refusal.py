"""Particle refuses calls that cost data operations: what people see, and how it ends."""

from datetime import UTC, datetime, timedelta

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.api import QuotaExceededError
from custom_components.particle.const import DOMAIN, PollingMode
from custom_components.particle.data_operations.budget import VariableUpdates
from custom_components.particle.data_operations.meter import DataOperations
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until

GREENHOUSE = "0a10aced202194944a000001"
USED = "sensor.jane_example_com_data_operations_used"
UPDATES = "sensor.greenhouse_variable_updates"
TEMPERATURE = "sensor.greenhouse_temperature"
HALF_A_MINUTE = 31.0
NOW = datetime(2026, 4, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _middle_of_april(clock: TickingDateTimeFactory) -> None:
    """Half of the calendar month is over."""
    clock.move_to(NOW)


@pytest.fixture
async def cloud(cloud: SimulatedCloud) -> SimulatedCloud:
    """A cloud in which only the greenhouse is online, and which refuses paid calls."""
    for board in cloud.world.boards.values():
        if board.name != "greenhouse" and board.owner == cloud.username:
            board.go_offline()
    cloud.faults.set("quota_used_up")
    return cloud


def asked(cloud: SimulatedCloud) -> int:
    """How many paid reads were sent, answered or not."""
    prefix = f"/v1/devices/{GREENHOUSE}/"
    return sum(request.path.startswith(prefix) for request in cloud.requests)


def issues(hass: HomeAssistant) -> list[str]:
    """Return the texts of the issues about data operations."""
    return [
        str(issue.translation_key)
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN and str(issue.translation_key).startswith("data_operations")
    ]


async def refused(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> MockConfigEntry:
    """Set up, and wait until Particle has refused the first read and a repair says so."""
    entry = await set_up()
    await pass_time(hass, clock, 2)
    await until(hass, lambda: entry.runtime_data.operations.refused_since is not None)
    assert asked(cloud) == 1
    await pass_time(hass, clock, HALF_A_MINUTE)
    await until(hass, lambda: issues(hass) == ["data_operations_refused"])
    return entry


async def look_again(
    hass: HomeAssistant,
    clock: TickingDateTimeFactory,
    entry: MockConfigEntry,
    after: timedelta = timedelta(minutes=5),
) -> None:
    """Let time pass, and let the device look whether it may be read, as it does every five minutes."""
    # What was answered last is in Home Assistant before the clock jumps.
    await pass_time(hass, clock, 1)
    clock.tick(after)
    await entry.runtime_data.devices[GREENHOUSE].async_refresh()


async def test_a_refusal_is_told_as_a_refusal(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """No figure changes for it: what other programs have used is not known."""
    entry = await refused(hass, cloud, set_up, clock)
    operations: DataOperations = entry.runtime_data.operations
    assert operations.used == cloud.operations.total == 0
    assert operations.variable_updates is VariableUpdates.REFUSED
    assert operations.refused_since is not None
    assert hass.states.is_state(USED, "0")
    updates = hass.states.get(UPDATES)
    assert updates is not None
    assert updates.state == "refused"
    assert updates.attributes["refused_since"] == operations.refused_since.isoformat()
    [issue] = [one for one in ir.async_get(hass).issues.values() if one.domain == DOMAIN]
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["used"] == "0"
    assert "service is paused" in issue.translation_placeholders["reason"]


async def test_values_stay_with_their_age(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """Nobody is going to renew them: they are the last that is known, and say since when."""
    cloud.faults.clear("quota_used_up")
    board = cloud.world.board("greenhouse")
    board.set("temperature", 19.5)
    entry = await set_up()
    operations: DataOperations = entry.runtime_data.operations
    await pass_time(hass, clock, 2)
    await until(hass, lambda: operations.used == len(board.variables))
    await until(hass, lambda: hass.states.is_state(TEMPERATURE, "19.5"))
    before = hass.states.get(TEMPERATURE)
    cloud.faults.set("quota_used_up")
    await look_again(hass, clock, entry, timedelta(minutes=30))
    assert operations.refused_since is not None
    await look_again(hass, clock, entry, timedelta(hours=3))
    after = hass.states.get(TEMPERATURE)
    assert before is not None
    assert after is not None
    assert after.state == "19.5"
    assert after.attributes["read_at"] == before.attributes["read_at"]


async def test_one_read_tries_again_after_an_hour_and_then_daily(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """All variables are read again as soon as one read goes through, and the issue goes."""
    entry = await refused(hass, cloud, set_up, clock)
    for _ in range(4):
        await look_again(hass, clock, entry)
    assert asked(cloud) == 1
    await look_again(hass, clock, entry, timedelta(hours=1))
    assert asked(cloud) == 2
    for _ in range(3):
        await look_again(hass, clock, entry, timedelta(hours=5))
    assert asked(cloud) == 2
    await look_again(hass, clock, entry, timedelta(hours=12))
    assert asked(cloud) == 3

    cloud.faults.clear("quota_used_up")
    await look_again(hass, clock, entry, timedelta(hours=12))
    assert asked(cloud) == 3
    await look_again(hass, clock, entry, timedelta(hours=12))
    board = cloud.world.board("greenhouse")
    await until(hass, lambda: {read.name for read in board.reads} == set(board.variables))
    await pass_time(hass, clock, HALF_A_MINUTE)
    await until(hass, lambda: not issues(hass))
    assert hass.states.is_state(UPDATES, "active")


async def test_the_new_month_tries_again(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """It starts with a single read."""
    entry = await refused(hass, cloud, set_up, clock)
    await look_again(hass, clock, entry, timedelta(hours=1))
    assert asked(cloud) == 2
    await look_again(hass, clock, entry, timedelta(days=14, hours=22))
    assert asked(cloud) == 3
    await look_again(hass, clock, entry, timedelta(hours=1))
    assert asked(cloud) == 4
    await look_again(hass, clock, entry)
    assert asked(cloud) == 4
    assert issues(hass) == ["data_operations_refused"]


async def test_reloading_tries_again_at_once(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """Whoever has changed the plan need not wait; until it helps, the issue stays."""
    entry = await refused(hass, cloud, set_up, clock)
    before = entry.runtime_data.operations.refused_since
    await hass.config_entries.async_reload(entry.entry_id)
    assert issues(hass) == ["data_operations_refused"]
    await pass_time(hass, clock, 2)
    await until(hass, lambda: asked(cloud) == 2)
    assert entry.runtime_data.operations.refused_since == before

    cloud.faults.clear("quota_used_up")
    await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass, clock, 2)
    await until(hass, lambda: entry.runtime_data.operations.is_polling)
    await pass_time(hass, clock, HALF_A_MINUTE)
    await until(hass, lambda: not issues(hass))


async def test_a_call_of_the_user_goes_through_all_the_same(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """It is refused by Particle, not by us; one that succeeds ends the refusal."""
    entry = await refused(hass, cloud, set_up, clock)
    board = cloud.world.board("greenhouse")
    device = entry.runtime_data.devices[GREENHOUSE]
    with pytest.raises(QuotaExceededError):
        await device.async_call_function("pump", "on")
    assert not board.calls
    cloud.faults.clear("quota_used_up")
    await device.async_call_function("pump", "on")
    assert entry.runtime_data.operations.is_polling
    await look_again(hass, clock, entry)
    await until(hass, lambda: asked(cloud) > 2)


async def test_without_polling_the_new_month_ends_the_refusal(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """Nothing would find out; the next call of the user will."""
    entry = await refused(hass, cloud, set_up, clock)
    hass.config_entries.async_update_entry(entry, options={"pace": PollingMode.EVENTS_ONLY})
    await hass.async_block_till_done()
    operations: DataOperations = entry.runtime_data.operations

    def updates() -> VariableUpdates:
        return operations.variable_updates

    assert updates() is VariableUpdates.REFUSED
    clock.move_to("2026-05-01T00:00:10Z")
    assert updates() is VariableUpdates.EVENTS_ONLY
