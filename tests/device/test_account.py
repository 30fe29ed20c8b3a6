"""Which devices an account has, when parts of it are closed to the credentials."""

from functools import partial
import gc
import logging
from typing import Any
import weakref

from freezegun.api import TickingDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_STATE_CHANGED, STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.particle.const import DOMAIN
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, pass_time_until, until

from .running import CONNECTION, TEMPERATURE, is_available, listings, running

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
    """The product goes on, a repair issue says what is closed, and no device page is lost.

    Nobody knows whether the devices are connected, so nothing is said of it, and nothing is read.
    """
    await _set_up(hass, config_entry, {"products": ["24001"]})
    await until(hass, lambda: hass.states.is_state(VAN, STATE_ON))
    await pass_time(hass, clock, 2)
    await until(hass, lambda: is_available(hass, TEMPERATURE))
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    pages = len(dr.async_entries_for_config_entry(device_registry, config_entry.entry_id))

    issue_id = f"account_unavailable_{config_entry.entry_id}"
    cloud.faults.set("forbidden", path="/v1/devices", method="GET")
    await pass_time_until(hass, clock, lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    await until(hass, lambda: hass.states.is_state(CONNECTION, STATE_UNAVAILABLE))
    assert hass.states.is_state(VAN, STATE_ON)
    assert hass.states.is_state(TEMPERATURE, STATE_UNAVAILABLE)
    reads = len(cloud.world.board("greenhouse").reads)
    for _ in range(10):
        await pass_time(hass, clock, 300)
    assert len(cloud.world.board("greenhouse").reads) == reads
    assert len(dr.async_entries_for_config_entry(device_registry, config_entry.entry_id)) == pages

    cloud.faults.clear()
    await pass_time_until(hass, clock, lambda: hass.states.is_state(CONNECTION, STATE_ON))
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None
    await pass_time(hass, clock, 2)
    await until(hass, lambda: is_available(hass, TEMPERATURE))
    assert STATE_OFF not in states_of(changes, CONNECTION)
    await hass.config_entries.async_unload(config_entry.entry_id)


async def test_a_single_refusal_of_a_part_changes_nothing(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    """It may be a hiccup of the cloud: the listing is tried again after a minute."""
    await _set_up(hass, config_entry, {"products": ["24001"], "pace": "events_only"})
    await until(hass, lambda: hass.states.is_state(VAN, STATE_ON))
    account = config_entry.runtime_data.account
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    for path in ("/v1/devices", PRODUCT_DEVICES):
        cloud.faults.set("forbidden", path=path, method="GET", count=1)
        await pass_time_until(hass, clock, lambda: not cloud.faults.active())
        before = listings(cloud)
        await pass_time(hass, clock, 62)
        await until(hass, partial(has_listed_since, cloud, before))
        await account.async_refresh()
    assert not issue_registry.issues
    for entity_id in (CONNECTION, VAN):
        assert hass.states.is_state(entity_id, STATE_ON)
        assert states_of(changes, entity_id) <= {STATE_ON}
    await hass.config_entries.async_unload(config_entry.entry_id)


def has_listed_since(cloud: SimulatedCloud, before: int) -> bool:
    """Whether there was another listing of the account."""
    return listings(cloud) > before


def states_of(changes: list[Event[EventStateChangedData]], entity_id: str) -> set[str]:
    """Return the states that an entity took on."""
    return {
        state.state
        for change in changes
        if change.data["entity_id"] == entity_id and (state := change.data["new_state"])
    }


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
    key = f"particle.{entry.entry_id}.devices"
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
    kept = hass_storage[f"particle.{config_entry.entry_id}.devices"]["data"]
    van = cloud.world.board("van-2").id
    assert kept[van]["variables"]

    cloud.faults.set("forbidden", path=PRODUCT_DEVICES)
    await hass.config_entries.async_setup(config_entry.entry_id)
    await hass.config_entries.async_unload(config_entry.entry_id)
    again = hass_storage[f"particle.{config_entry.entry_id}.devices"]["data"]
    assert again[van] == kept[van]


async def test_a_device_that_leaves_is_let_go(
    hass: HomeAssistant,
    one_device: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The account holds nothing of it until it is unloaded: devices come and go for months.

    A request for its details fails before the listing shows that it has left.
    """
    # Without debug messages: pytest keeps the error in them, its traceback and thereby the device.
    # Home Assistant keeps only their text.
    caplog.set_level(logging.INFO, "custom_components.particle")
    entry = await running(hass, set_up, clock)
    board = one_device.world.board("greenhouse")
    path = f"/v1/devices/{board.id}"
    gone = weakref.ref(entry.runtime_data.devices[board.id])
    board.owner = None
    before = listings(one_device)
    asked = len(one_device.requests.matching("GET", path))
    entry.runtime_data.devices[board.id].async_describe_soon()
    await until(hass, lambda: len(one_device.requests.matching("GET", path)) > asked)
    await pass_time_until(hass, clock, lambda: hass.states.get(CONNECTION) is None)
    assert listings(one_device) > before
    # Requests that were sent before have to end first.
    await pass_time(hass, clock, 60)
    await until(hass, lambda: gc.collect() >= 0 and gone() is None)
