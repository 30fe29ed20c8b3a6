"""What people are told before data operations run short."""

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.particle.const import DOMAIN
from tests.conftest import SetUp
from tests.waiting import pass_time, until

from .budget import EVERY_HALF_MINUTE, HOUR, QUIET, Agreements, call, issues, read, start


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
