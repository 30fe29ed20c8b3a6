"""A plan whose allowance is for a year: counted, paced and shown over the year."""

from datetime import UTC, datetime, timedelta

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.api import DataOperation, DataOperationKind, ServiceAgreement
from custom_components.particle.const import DOMAIN, PollingMode
from custom_components.particle.data_operations.meter import DataOperations
from custom_components.particle.data_operations.plan import Plan
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until

GREENHOUSE = "0a10aced202194944a000001"
USED = "sensor.jane_example_com_data_operations_used"
NOW = datetime(2026, 4, 16, tzinfo=UTC)
YEARLY = 1_200_000


@pytest.fixture
def config_entry(config_entry: MockConfigEntry) -> MockConfigEntry:
    """An account that reads nothing by itself, so that each count has one cause."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=config_entry.title,
        unique_id=config_entry.unique_id,
        data=dict(config_entry.data),
        options={"pace": PollingMode.EVENTS_ONLY},
    )


@pytest.fixture
async def operations(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    clock: TickingDateTimeFactory,
    set_up: SetUp,
) -> DataOperations:
    """The budget of an account with an annual plan."""
    clock.move_to(NOW)
    cloud.settings.plan_annual = True
    cloud.settings.plan_operations = YEARLY
    budget: DataOperations = (await set_up()).runtime_data.operations
    await until(hass, lambda: budget.plan_allowance)
    return budget


async def choose(hass: HomeAssistant, entry: MockConfigEntry, **options: object) -> DataOperations:
    """Choose other options, and return the budget of the account that is loaded again."""
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.async_block_till_done()
    operations: DataOperations = entry.runtime_data.operations
    await until(hass, lambda: operations.plan_allowance)
    return operations


def read(operations: DataOperations, times: int) -> None:
    """Count variables that were read."""
    for _ in range(times):
        operations.record(DataOperation(DataOperationKind.VARIABLE, GREENHOUSE, "temperature"))


@pytest.mark.usefixtures("operations")
async def test_the_allowance_lasts_for_the_year(
    hass: HomeAssistant, config_entry: MockConfigEntry
) -> None:
    """A year's allowance is not spent within a month."""
    operations = await choose(hass, config_entry, pace=PollingMode.AUTOMATIC)
    assert operations.allowance == YEARLY
    assert operations.plan_allowance == YEARLY // 12
    # 260 days are left for half of it.
    assert operations.interval(12) == timedelta(seconds=450)


async def test_the_count_goes_on_until_the_year_ends(
    hass: HomeAssistant,
    clock: TickingDateTimeFactory,
    config_entry: MockConfigEntry,
    operations: DataOperations,
) -> None:
    """Neither the end of a month nor a restart begins with nothing; the new year does."""
    read(operations, 5)
    clock.move_to("2026-05-01T00:01:00Z")
    read(operations, 2)
    assert operations.usage.reads == 7
    await hass.config_entries.async_reload(config_entry.entry_id)
    again: DataOperations = config_entry.runtime_data.operations
    assert again.usage.reads == 7
    clock.move_to("2027-01-01T00:01:00Z")
    assert again.usage.reads == 0


async def test_what_is_shown_says_the_period(
    hass: HomeAssistant, clock: TickingDateTimeFactory, operations: DataOperations
) -> None:
    """The sensor's figure is that of the year."""
    read(operations, 5)
    await pass_time(hass, clock, 31)
    await until(hass, lambda: hass.states.is_state(USED, "5"))
    state = hass.states.get(USED)
    assert state is not None
    assert state.attributes["allowance"] == YEARLY
    assert state.attributes["period_start"] == "2026-01-01T00:00:00+00:00"
    assert state.attributes["period_end"] == "2027-01-01T00:00:00+00:00"


@pytest.mark.usefixtures("operations")
async def test_the_users_number_is_that_of_a_month(
    hass: HomeAssistant, config_entry: MockConfigEntry
) -> None:
    """The form asks for data operations a month."""
    operations = await choose(hass, config_entry, monthly_allowance=20_000)
    assert operations.allowance == 240_000


def agreement(*, used: int, annual: bool, start: datetime | None = NOW) -> ServiceAgreement:
    """Return an agreement that allows a thousand."""
    return ServiceAgreement(
        data_operations_used=used, data_operations_allowed=1_000, annual=annual, period_start=start
    )


@pytest.mark.parametrize(
    ("agreements", "plan"),
    [
        pytest.param(
            [agreement(used=1, annual=True), agreement(used=20, annual=False)],
            Plan(1_000, 1, NOW, annual=True),
            id="a year and a month do not add up",
        ),
        pytest.param(
            [agreement(used=1, annual=False), agreement(used=20, annual=False)],
            Plan(2_000, 21, NOW, annual=False),
            id="two months add up",
        ),
        pytest.param(
            [agreement(used=1, annual=True, start=None)],
            Plan(None, None, None, annual=False),
            id="a year that began at an unknown time",
        ),
        pytest.param([], Plan(None, None, None, annual=False), id="no agreement"),
    ],
)
def test_several_agreements(agreements: list[ServiceAgreement], plan: Plan) -> None:
    """Only numbers of the same period are added."""
    assert Plan.at(NOW, agreements) == plan
