"""How often variables are read, what a month is going to cost, and who hears of it."""

from datetime import timedelta

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.particle.const import PollingMode
from custom_components.particle.data_operations.budget import VariableUpdates
from tests.conftest import SetUp
from tests.waiting import pass_time, until

from .budget import EVERY_HALF_MINUTE, UPDATES, call, read, start


async def test_the_pace_follows_what_is_left(
    hass: HomeAssistant, clock: TickingDateTimeFactory, set_up: SetUp
) -> None:
    """The forecast knows the variables for which a pace was asked last."""
    operations = await start(hass, set_up, pace=PollingMode.AUTOMATIC)
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
