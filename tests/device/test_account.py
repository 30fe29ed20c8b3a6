"""Which devices an account has, when parts of it are closed to the credentials."""

import gc
from typing import Any
import weakref

from freezegun.api import TickingDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import DOMAIN
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, pass_time_until, until

from .running import CONNECTION, listings, running

VAN = "binary_sensor.van_2_connection"
PRODUCT_DEVICES = "/v1/products/24001/devices"


async def _set_up(hass: HomeAssistant, entry: MockConfigEntry, options: dict[str, Any]) -> None:
    """Set the account up with options."""
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def test_an_account_that_may_not_list_its_own_devices(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
    issue_registry: ir.IssueRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    """The product goes on, a repair issue says what is closed, and no device page is lost."""
    await _set_up(hass, config_entry, {"products": ["24001"]})
    await until(hass, lambda: hass.states.is_state(VAN, STATE_ON))
    pages = len(dr.async_entries_for_config_entry(device_registry, config_entry.entry_id))

    issue_id = f"account_unavailable_{config_entry.entry_id}"
    cloud.faults.set("forbidden", path="/v1/devices", method="GET")
    await pass_time_until(hass, clock, lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    await until(hass, lambda: hass.states.is_state(CONNECTION, STATE_OFF))
    assert hass.states.is_state(VAN, STATE_ON)
    assert len(dr.async_entries_for_config_entry(device_registry, config_entry.entry_id)) == pages

    cloud.faults.clear()
    await pass_time_until(hass, clock, lambda: hass.states.is_state(CONNECTION, STATE_ON))
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None
    await hass.config_entries.async_unload(config_entry.entry_id)


@pytest.mark.parametrize(
    "options",
    [{"account_devices": False, "products": ["24001"]}, {"products": ["24001"]}],
    ids=["the only scope", "all scopes"],
)
async def test_credentials_to_which_everything_is_closed(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
    options: dict[str, Any],
) -> None:
    """Set-up says so and is tried again; an account without devices is not what it looks like."""
    cloud.faults.set("forbidden", path="/v1/*devices", method="GET")
    await _set_up(hass, config_entry, options)
    assert config_entry.state is ConfigEntryState.SETUP_RETRY
    assert config_entry.error_reason_translation_key == "listing_not_permitted"


async def test_a_device_that_left_while_home_assistant_was_off_is_forgotten(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    one_device: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
) -> None:
    """Nothing of it stays in the account's storage file."""
    entry = await running(hass, set_up, clock)
    board = one_device.world.board("greenhouse")
    await hass.config_entries.async_unload(entry.entry_id)
    key = f"particle.{entry.entry_id}.boards"
    assert board.id in hass_storage[key]["data"]

    board.owner = None
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.config_entries.async_unload(entry.entry_id)
    assert board.id not in hass_storage[key]["data"]


async def test_a_device_of_a_closed_product_is_not_forgotten(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
) -> None:
    """A listing that is not complete says nothing about it."""
    await _set_up(hass, config_entry, {"products": ["24001"]})
    await hass.config_entries.async_unload(config_entry.entry_id)
    kept = hass_storage[f"particle.{config_entry.entry_id}.boards"]["data"]
    van = cloud.world.board("van-2").id
    assert kept[van]["variables"]

    cloud.faults.set("forbidden", path=PRODUCT_DEVICES)
    await hass.config_entries.async_setup(config_entry.entry_id)
    await hass.config_entries.async_unload(config_entry.entry_id)
    again = hass_storage[f"particle.{config_entry.entry_id}.boards"]["data"]
    assert again[van] == kept[van]


async def test_a_device_that_leaves_is_let_go(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """The account holds nothing of it until it is unloaded: devices come and go for months."""
    entry = await running(hass, set_up, clock)
    board = one_device.world.board("greenhouse")
    gone = weakref.ref(entry.runtime_data.devices[board.id])
    board.owner = None
    before = listings(one_device)
    await pass_time_until(hass, clock, lambda: hass.states.get(CONNECTION) is None)
    assert listings(one_device) > before
    await pass_time(hass, clock, 60)
    gc.collect()
    assert gone() is None
