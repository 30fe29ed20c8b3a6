"""Changing what an account takes, how often it reads, and which boards sleep."""

from typing import Any, cast

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import DOMAIN, PollingMode
from custom_components.particle.data_operations.budget import PollingSettings, monthly_cost
from tests.conftest import SetUp
from tests.flow_texts import Result, check_texts
from tests.simulator import SimulatedCloud
from tests.waiting import until

GREENHOUSE = "0a10aced202194944a000001"
BOAT = "0a10aced202194944a000003"

SCOPE = {"account_devices": True, "products": [], "groups": []}
POLLING = {"pace": PollingMode.AUTOMATIC}
PACE = {"share": 50, "minimum_interval": {"hours": 0, "minutes": 1, "seconds": 0}}
BOARDS: dict[str, list[str]] = {"sleeping_devices": []}
FORM = {"scope": SCOPE, "polling": POLLING, "devices": BOARDS}


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> Result:
    """Open the options."""
    result = await hass.config_entries.options.async_init(entry.entry_id)
    return check_texts(cast("Result", result), "options")


async def submit(hass: HomeAssistant, result: Result, user_input: dict[str, Any]) -> Result:
    """Fill a form in, or choose from a menu."""
    shown = await hass.config_entries.options.async_configure(result["flow_id"], user_input)
    await hass.async_block_till_done()
    return check_texts(cast("Result", shown), "options")


async def submit_all(hass: HomeAssistant, result: Result, user_input: dict[str, Any]) -> Result:
    """Fill the first form in, and leave the fields of the pace as they are shown."""
    result = await submit(hass, result, user_input)
    if result["type"] is FlowResultType.FORM and result["step_id"] != "init":
        result = await submit(hass, result, filled_in(result))
    return result


def schema_of(result: Result, section: str | None) -> dict[Any, Any]:
    """Return the fields of a form or of one of its sections."""
    schema: dict[Any, Any] = result["data_schema"].schema
    return schema if section is None else schema[section].schema.schema


def fields(result: Result, section: str | None = None) -> dict[str, Any]:
    """Return the fields of a form or of one of its sections by name."""
    return {str(key): field for key, field in schema_of(result, section).items()}


def filled_in(result: Result, section: str | None = None) -> dict[str, Any]:
    """Return what a form or one of its sections has filled in already."""
    schema = schema_of(result, section)
    return {
        str(key): key.description["suggested_value"]
        for key in schema
        if key.description and "suggested_value" in key.description
    }


def choices(result: Result, section: str, field: str) -> dict[str, str]:
    """Return what a field offers: values and labels."""
    options = fields(result, section)[field].config["options"]
    return {option["value"]: option["label"] for option in options}


async def test_the_defaults_are_shown_and_kept(hass: HomeAssistant, set_up: SetUp) -> None:
    """Submitting what is shown changes nothing that matters."""
    entry = await set_up()
    result = await begin(hass, entry)
    assert filled_in(result, "scope") == SCOPE
    assert filled_in(result, "polling") == POLLING
    assert filled_in(result, "devices") == BOARDS
    assert result["last_step"] is False
    result = await submit(hass, result, FORM)
    assert result["step_id"] == "automatic"
    assert filled_in(result) == PACE
    assert result["last_step"] is True
    result = await submit(hass, result, PACE)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {
        **SCOPE,
        **POLLING,
        **BOARDS,
        "share": 50,
        "minimum_interval": 60,
    }
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("pace", "asked"),
    [
        (PollingMode.AUTOMATIC, {"share", "minimum_interval"}),
        (PollingMode.FIXED, {"fixed_interval"}),
        (PollingMode.EVENTS_ONLY, None),
    ],
)
async def test_only_the_fields_of_the_chosen_pace_are_asked_for(
    hass: HomeAssistant, set_up: SetUp, pace: PollingMode, asked: set[str] | None
) -> None:
    """What belongs to another pace stays as it was."""
    stored = {"share": 40, "minimum_interval": 90, "fixed_interval": 4_000}
    entry = await set_up()
    hass.config_entries.async_update_entry(entry, options=stored)
    await hass.async_block_till_done()
    result = await begin(hass, entry)
    assert set(fields(result, "polling")) == {"pace", "monthly_allowance"}
    result = await submit(hass, result, {**FORM, "polling": {"pace": pace}})
    if asked is not None:
        assert set(fields(result)) == asked
        result = await submit(hass, result, filled_in(result))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert {**stored, "pace": pace}.items() <= entry.options.items()


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (10, {"hours": 0, "minutes": 0, "seconds": 10}),
        (905, {"hours": 0, "minutes": 15, "seconds": 5}),
        (86_400, {"hours": 24, "minutes": 0, "seconds": 0}),
    ],
)
async def test_intervals_are_durations(
    hass: HomeAssistant, set_up: SetUp, seconds: int, shown: dict[str, int]
) -> None:
    """Stored as seconds, as they always were."""
    entry = await set_up()
    hass.config_entries.async_update_entry(
        entry,
        options={"pace": PollingMode.FIXED, "fixed_interval": seconds, "monthly_allowance": 10**9},
    )
    await hass.async_block_till_done()
    form = {**FORM, "polling": {"pace": PollingMode.FIXED, "monthly_allowance": 10**9}}
    result = await submit(hass, await begin(hass, entry), form)
    assert filled_in(result) == {"fixed_interval": shown}
    await submit(hass, result, {"fixed_interval": shown})
    assert entry.options["fixed_interval"] == seconds


@pytest.mark.parametrize(
    "wrong", [{"seconds": 9}, {"minutes": 0}, {"hours": 24, "seconds": 1}, {"days": 2}]
)
async def test_an_interval_that_cannot_be_meant_is_refused_in_a_sentence(
    hass: HomeAssistant, set_up: SetUp, wrong: dict[str, int]
) -> None:
    """Every few seconds costs a month's allowance in a day."""
    entry = await set_up()
    result = await submit(hass, await begin(hass, entry), FORM)
    result = await submit(hass, result, {"share": 30, "minimum_interval": wrong})
    assert result["errors"] == {"minimum_interval": "interval_out_of_range"}
    assert filled_in(result)["share"] == 30
    result = await submit(hass, result, PACE)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_boards_of_a_product_are_added_and_own_ones_removed(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    """The change is there at once."""
    entry = await set_up()
    result = await begin(hass, entry)
    assert choices(result, "scope", "products") == {"24001": "Delivery Vans (24001)"}
    assert choices(result, "scope", "groups") == {"north": "north", "south": "south"}
    scope = {"account_devices": False, "products": ["24001"], "groups": ["south"]}
    result = await submit_all(hass, result, {**FORM, "scope": scope})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await until(hass, lambda: entry.state is ConfigEntryState.LOADED)
    names = {device.device.name for device in entry.runtime_data.devices.values()}
    assert names == {"van-3", "van-4"}


async def test_something_has_to_be_chosen(hass: HomeAssistant, set_up: SetUp) -> None:
    """What was entered stays in the form."""
    result = await begin(hass, await set_up())
    nothing = {"account_devices": False, "products": [], "groups": []}
    polling = {**POLLING, "monthly_allowance": 5_000}
    result = await submit(hass, result, {**FORM, "scope": nothing, "polling": polling})
    assert result["errors"] == {"base": "nothing_chosen"}
    assert filled_in(result, "scope") == nothing
    assert filled_in(result, "polling") == polling
    result = await submit_all(hass, result, {**FORM, "polling": polling})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_boards_that_sleep_are_picked_by_name(hass: HomeAssistant, set_up: SetUp) -> None:
    """By the name that the user gave to the page, where there is one."""
    entry = await set_up()
    registry = dr.async_get(hass)
    page = registry.async_get_device_by_identifier((DOMAIN, BOAT), entry.entry_id)
    assert page is not None
    registry.async_update_device(page.id, name_by_user="Old boat")
    result = await begin(hass, entry)
    labels = choices(result, "devices", "sleeping_devices")
    assert labels[BOAT] == "Old boat"
    assert list(labels.values()) == ["garage", "greenhouse", "Old boat", "old photon", "van-1"]
    await submit_all(hass, result, {**FORM, "devices": {"sleeping_devices": [BOAT]}})
    assert entry.options["sleeping_devices"] == [BOAT]


async def test_an_emptied_allowance_is_gone(hass: HomeAssistant, set_up: SetUp) -> None:
    """Then the plan's number holds again; what other forms keep in the options stays."""
    entry = await set_up()
    hass.config_entries.async_update_entry(entry, options={"monthly_allowance": 7, "other": 1})
    await hass.async_block_till_done()
    result = await begin(hass, entry)
    assert filled_in(result, "polling")["monthly_allowance"] == 7
    await submit_all(hass, result, FORM)
    assert "monthly_allowance" not in entry.options
    assert entry.options["other"] == 1


async def test_what_a_pace_costs_is_said_before_it_is_chosen(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    """A pace that is over the allowance is asked back; the user may still want it."""
    entry = await set_up()
    variables = entry.runtime_data.account.polled_variables()
    assert variables > 10
    result = await begin(hass, entry)
    cost = monthly_cost(PollingSettings.from_options({}), variables)
    assert 49_000 < cost <= 50_000
    operations = entry.runtime_data.operations
    since = f"{operations.month.start:%Y-%m-%d}"
    assert result["description_placeholders"]["forecast"] == (
        f"{variables} variables are read now; at this pace that is {cost:,} of 100,000 data"
        f" operations a month. The account has used {operations.used} since {since}."
    )
    fixed = {"pace": PollingMode.FIXED}
    result = await submit(hass, result, {**FORM, "polling": fixed})
    # The form of the pace tells what the pace costs as it stands there.
    slow = monthly_cost(PollingSettings.from_options(fixed), variables)
    assert f"that is {slow:,} of" in result["description_placeholders"]["forecast"]
    fast = {"fixed_interval": {"hours": 0, "minutes": 1, "seconds": 0}}
    result = await submit(hass, result, fast)
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "too_fast"
    told = result["description_placeholders"]["forecast"]
    assert f"that is {variables * 43_200:,} of 100,000" in told
    assert result["description_placeholders"]["allowance"] == "100,000"

    result = await submit(hass, result, {"next_step_id": "init"})
    assert filled_in(result, "polling") == fixed
    result = await submit(hass, result, {**FORM, "polling": fixed})
    assert filled_in(result) == fast
    result = await submit(hass, result, fast)
    result = await submit(hass, result, {"next_step_id": "fixed"})
    assert filled_in(result) == fast
    result = await submit(hass, result, fast)
    result = await submit(hass, result, {"next_step_id": "save"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options["fixed_interval"] == 60


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"monthly_allowance": 0}, id="nothing allowed"),
        pytest.param({"pace": "warp"}, id="unknown pace"),
    ],
)
async def test_numbers_have_to_make_sense(
    hass: HomeAssistant, set_up: SetUp, wrong: dict[str, object]
) -> None:
    """The form refuses them itself."""
    result = await begin(hass, await set_up())
    with pytest.raises(InvalidData):
        await submit(hass, result, {**FORM, "polling": {**POLLING, **wrong}})
    result = await submit(hass, result, FORM)
    with pytest.raises(InvalidData):
        await submit(hass, result, {**PACE, "share": 101})
    result = await submit(hass, result, PACE)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_an_entry_at_rest_can_be_changed(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The boards' names are known; products and costs are not, and nobody is asked."""
    entry = await set_up()
    await hass.config_entries.async_unload(entry.entry_id)
    cloud.requests.clear()
    result = await begin(hass, entry)
    forecast = result["description_placeholders"]["forecast"]
    assert forecast == "The cost of the pace is shown only while the account is loaded."
    assert choices(result, "scope", "products") == {}
    assert choices(result, "devices", "sleeping_devices")[GREENHOUSE] == "greenhouse"
    scope = {**SCOPE, "products": ["24001"]}
    result = await submit_all(hass, result, {**FORM, "scope": scope})
    assert entry.options["products"] == ["24001"]
    assert not cloud.requests


async def test_a_cloud_that_is_down_does_not_keep_the_form_away(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Products can be typed."""
    entry = await set_up()
    cloud.faults.set("server_error", path="/v1/user/products")
    result = await begin(hass, entry)
    assert choices(result, "scope", "products") == {}
    assert choices(result, "scope", "groups") == {"north": "north"}


async def test_credentials_of_a_product_have_no_other_boards(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """Only the groups are left to choose."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        unique_id="product_24001",
        data={
            "login": "client_credentials",
            "server_url": cloud.base_url,
            "client_id": cloud.product_client_id,
            "client_secret": cloud.product_client_secret,
        },
        options={"account_devices": False, "products": ["24001"]},
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    result = await begin(hass, entry)
    assert set(fields(result, "scope")) == {"groups"}
    result = await submit_all(hass, result, {**FORM, "scope": {"groups": ["north"]}})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options["products"] == ["24001"]
    assert entry.options["account_devices"] is False
    assert entry.options["groups"] == ["north"]
    await hass.config_entries.async_unload(entry.entry_id)


async def test_what_goes_to_the_bus(hass: HomeAssistant, set_up: SetUp) -> None:
    """The boards' story unless something else is chosen, which is kept."""
    entry = await set_up()
    result = await begin(hass, entry)
    shown = {"bus_events": "story", "event_log_days": 30, "event_log_size": 300}
    assert filled_in(result, "events") == shown
    chosen = {"bus_events": "all", "event_log_days": 7, "event_log_size": 100}
    await submit_all(hass, result, {**FORM, "events": chosen})
    assert chosen.items() <= entry.options.items()
    assert filled_in(await begin(hass, entry), "events") == chosen
