"""The cards reach dashboards by one resource, which comes, changes and goes with the integration."""

from datetime import timedelta
import json
from typing import Any, Final

from freezegun.api import TickingDateTimeFactory
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceYAMLCollection
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import flush_store

from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import until

from .registered import issues, second_account, storage_collection, stored, url

pytestmark = pytest.mark.usefixtures("http")

OTHERS: Final = [
    {"id": "1", "type": "module", "url": "/hacsfiles/mushroom/mushroom.js?hacstag=1"},
    {"id": "2", "type": "css", "url": "/local/particle_static/theme.css"},
    {"id": "3", "type": "js", "url": "https://[broken"},
]


def store(hass_storage: dict[str, Any], *items: dict[str, str]) -> None:
    """Let resources be stored from an earlier run of Home Assistant."""
    hass_storage["lovelace_resources"] = {
        "version": 1,
        "minor_version": 1,
        "key": "lovelace_resources",
        "data": {"items": [dict(item) for item in items]},
    }


async def test_first_account_adds_the_resource(
    hass: HomeAssistant, hass_storage: dict[str, Any], lovelace: None, set_up: SetUp
) -> None:
    await set_up()

    [resource] = await stored(hass, hass_storage)
    assert resource["type"] == "module"
    assert resource["url"] == url("first")
    assert issues(hass) == {}


async def test_resources_that_were_not_loaded_yet_are_kept(
    hass: HomeAssistant, hass_storage: dict[str, Any], set_up: SetUp
) -> None:
    """Home Assistant reads them when somebody opens a dashboard, which may be later than this."""
    store(hass_storage, *OTHERS)
    assert await async_setup_component(hass, "lovelace", {})
    assert not hass.data[LOVELACE_DATA].resources.loaded

    await set_up()

    *others, ours = await stored(hass, hass_storage)
    assert json.dumps(others) == json.dumps(OTHERS)
    assert ours["url"] == url("first")


async def test_upgrade_changes_the_resource_and_nothing_else(
    hass: HomeAssistant, hass_storage: dict[str, Any], set_up: SetUp
) -> None:
    """Its place among the others stays, too: some depend on the order."""
    ours = {"id": "0", "type": "module", "url": "/particle_static/particle.js?v=0.0.9-older"}
    store(hass_storage, OTHERS[0], ours, *OTHERS[1:])
    assert await async_setup_component(hass, "lovelace", {})

    await set_up()

    expected = [OTHERS[0], {**ours, "url": url("first")}, *OTHERS[1:]]
    assert json.dumps(await stored(hass, hass_storage)) == json.dumps(expected)


async def test_duplicates_are_reduced_to_one(
    hass: HomeAssistant, hass_storage: dict[str, Any], set_up: SetUp
) -> None:
    """People added it by hand, with another type or without a version."""
    store(
        hass_storage,
        {"id": "8", "type": "js", "url": "/particle_static/particle.js"},
        *OTHERS,
        {"id": "9", "type": "module", "url": "/particle_static/particle.js?v=0.0.9-older"},
    )
    assert await async_setup_component(hass, "lovelace", {})

    await set_up()

    ours, *others = await stored(hass, hass_storage)
    assert ours == {"id": "8", "type": "module", "url": url("first")}
    assert json.dumps(others) == json.dumps(OTHERS)


async def test_reload_with_the_same_cards_writes_nothing(
    hass: HomeAssistant, hass_storage: dict[str, Any], lovelace: None, set_up: SetUp
) -> None:
    entry = await set_up()
    before = await stored(hass, hass_storage)
    del hass_storage["lovelace_resources"]

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    await flush_store(storage_collection(hass).store)
    assert "lovelace_resources" not in hass_storage
    assert hass.data[LOVELACE_DATA].resources.async_items() == before


async def test_resource_goes_with_the_last_account(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    cloud: SimulatedCloud,
    set_up: SetUp,
) -> None:
    store(hass_storage, *OTHERS)
    assert await async_setup_component(hass, "lovelace", {})
    first = await set_up()
    second = await second_account(hass, cloud)
    assert len(await stored(hass, hass_storage)) == len(OTHERS) + 1

    await hass.config_entries.async_remove(first.entry_id)
    assert len(await stored(hass, hass_storage)) == len(OTHERS) + 1

    await hass.config_entries.async_remove(second.entry_id)
    assert json.dumps(await stored(hass, hass_storage)) == json.dumps(OTHERS)


async def test_resource_goes_while_the_last_account_is_disabled(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    lovelace: None,
    set_up: SetUp,
) -> None:
    """After a restart nothing would serve its files."""
    entry = await set_up()

    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    assert await stored(hass, hass_storage) == []

    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    assert [item["url"] for item in await stored(hass, hass_storage)] == [url("first")]


async def test_resource_comes_back_with_a_new_account(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    cloud: SimulatedCloud,
    lovelace: None,
    set_up: SetUp,
) -> None:
    entry = await set_up()
    await hass.config_entries.async_remove(entry.entry_id)
    assert await stored(hass, hass_storage) == []

    again = await second_account(hass, cloud)

    assert [item["url"] for item in await stored(hass, hass_storage)] == [url("first")]
    await hass.config_entries.async_remove(again.entry_id)


async def test_resources_in_yaml_lead_to_an_issue_with_the_line_to_paste(
    hass: HomeAssistant, clock: TickingDateTimeFactory, set_up: SetUp
) -> None:
    configuration: dict[str, Any] = {"lovelace": {"resource_mode": "yaml", "resources": []}}
    assert await async_setup_component(hass, "lovelace", configuration)

    await set_up()
    assert issues(hass) == {"cards_not_in_yaml": {"url": url("first")}}

    # The person pastes the line and reloads the resources.
    line = {"type": "module", "url": url("first")}
    hass.data[LOVELACE_DATA].resources = ResourceYAMLCollection([line])
    clock.tick(timedelta(minutes=1))
    await until(hass, lambda: not issues(hass))


async def test_line_of_an_older_release_is_not_enough(hass: HomeAssistant, set_up: SetUp) -> None:
    """Browsers would go on showing what they keep of the older one."""
    older = {"type": "module", "url": "/particle_static/particle.js?v=0.0.9-older"}
    configuration = {"lovelace": {"resource_mode": "yaml", "resources": [older]}}
    assert await async_setup_component(hass, "lovelace", configuration)

    entry = await set_up()
    assert issues(hass) == {"cards_not_in_yaml": {"url": url("first")}}

    await hass.config_entries.async_remove(entry.entry_id)
    assert issues(hass) == {}
    assert hass.data[LOVELACE_DATA].resources.async_items() == [older]


async def test_dashboards_that_come_later_get_the_cards_once_home_assistant_has_started(
    hass: HomeAssistant, hass_storage: dict[str, Any], set_up: SetUp
) -> None:
    hass.set_state(CoreState.not_running)
    entry = await set_up()
    assert entry.state is ConfigEntryState.LOADED

    assert await async_setup_component(hass, "lovelace", {})
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()

    assert [item["url"] for item in await stored(hass, hass_storage)] == [url("first")]


async def test_account_removed_meanwhile_gets_no_resource(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    hass.set_state(CoreState.not_running)
    entry = await set_up()
    await hass.config_entries.async_remove(entry.entry_id)

    assert await async_setup_component(hass, "lovelace", {})
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()

    assert hass.data[LOVELACE_DATA].resources.async_items() == []


async def test_home_assistant_without_dashboards_is_told_nothing(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()

    assert entry.state is ConfigEntryState.LOADED
    assert issues(hass) == {}
    await hass.config_entries.async_remove(entry.entry_id)


@pytest.mark.expect_log("The dashboard cards could not be registered")
async def test_resources_that_cannot_be_read_do_not_stop_the_account(
    hass: HomeAssistant, hass_storage: dict[str, Any], lovelace: None, set_up: SetUp
) -> None:
    """A newer Home Assistant has written them, and somebody has gone back to this one."""
    store(hass_storage, *OTHERS)
    hass_storage["lovelace_resources"]["version"] = 99

    entry = await set_up()

    assert entry.state is ConfigEntryState.LOADED
    assert hass_storage["lovelace_resources"]["data"]["items"] == OTHERS
