"""An account is set up, reloaded, unloaded and removed; the cloud has bad days meanwhile."""

import asyncio
from datetime import timedelta

from freezegun.api import TickingDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.api import CloudEvent
from custom_components.particle.const import DOMAIN
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, pass_time_until, until

STREAM = "binary_sensor.jane_example_com_event_stream"
GREENHOUSE = "binary_sensor.greenhouse_connection"


async def test_an_account_brings_its_boards(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """One token, one listing, one stream; every board says whether it is connected."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))

    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.is_state(GREENHOUSE, STATE_ON)
    paths = [request.path for request in cloud.requests]
    assert paths.count("/oauth/token") == 1
    assert paths.count("/v1/devices") == 1
    assert paths.count("/v1/devices/events") == 1


async def test_unloading_leaves_nothing_behind(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The stream is closed, the token is revoked, and the entities are unavailable."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    tokens = len(list(cloud.world.tokens))

    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    await until(hass, lambda: len(cloud.streams) == 0)

    assert entry.state is ConfigEntryState.NOT_LOADED
    assert hass.states.is_state(GREENHOUSE, STATE_UNAVAILABLE)
    assert len(list(cloud.world.tokens)) == tokens - 1


async def test_an_answer_that_never_becomes_whole_ends_with_its_account(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The rest of a webhook's answer has not come yet; nothing waits for it any more."""
    entry = await set_up()
    hub = entry.runtime_data.hub
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    cloud.world.publish_from_cloud(
        "hook-response/weather/1", "rest", coreid="particle-internal", owner=cloud.username
    )
    await until(hass, lambda: hub.received)

    assert await hass.config_entries.async_unload(entry.entry_id)
    # Home Assistant's own fixture fails the test if a timer is left.
    await hass.async_block_till_done()
    hub.receive(CloudEvent("hook-response/weather/0", "start", None))
    assert hub.received == 1


async def test_reloading_works_again_and_again(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Nothing piles up: in the end one stream is open."""
    entry = await set_up()
    for _ in range(3):
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    await until(hass, lambda: len(cloud.streams) == 1)


async def test_removing_an_account_removes_what_was_kept(
    hass: HomeAssistant, set_up: SetUp, device_registry: dr.DeviceRegistry
) -> None:
    """No page of a board stays."""
    entry = await set_up()
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()

    assert not dr.async_entries_for_config_entry(device_registry, entry.entry_id)


async def test_cloud_down_at_start(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """Home Assistant tries again by itself."""
    cloud.faults.set("cloud_down")
    entry = await set_up()
    assert entry.state is ConfigEntryState.SETUP_RETRY

    cloud.faults.clear("cloud_down")
    await pass_time(hass, clock, 10)
    await until(hass, lambda: entry.state is ConfigEntryState.LOADED)


@pytest.mark.expect_log("Error fetching Particle account")
async def test_cloud_down_later(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Entities become unavailable and come back, with one line in the log each way."""
    await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    caplog.clear()

    cloud.faults.set("cloud_down")
    await pass_time_until(hass, clock, lambda: hass.states.is_state(GREENHOUSE, STATE_UNAVAILABLE))
    assert caplog.text.count("Error fetching Particle account") == 1
    assert caplog.text.count("the event stream is lost") == 1

    cloud.faults.clear("cloud_down")
    await pass_time(hass, clock, timedelta(minutes=6))
    await until(hass, lambda: hass.states.is_state(GREENHOUSE, STATE_ON))
    assert caplog.text.count("Fetching Particle account jane@example.com data recovered") == 1


async def test_credentials_that_no_longer_work(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The user is asked to log in again, and told nothing of devices being offline."""
    cloud.world.clients.pop(cloud.client_id)
    entry = await set_up()

    assert entry.state is ConfigEntryState.SETUP_ERROR
    [flow] = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH


async def test_a_token_that_is_revoked_meanwhile_is_renewed(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """With client id and secret nobody notices."""
    await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    before = _count(cloud, "/oauth/token")

    cloud.world.tokens.revoke(username=cloud.username)
    await pass_time(hass, clock, timedelta(minutes=6))
    await until(hass, lambda: _count(cloud, "/oauth/token") == before + 1)
    await hass.async_block_till_done()

    assert hass.states.is_state(GREENHOUSE, STATE_ON)
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)


async def test_a_stream_that_breaks_comes_back_and_boards_are_listed_again(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    """After a gap one free listing tells what the events did not, and nothing is paid."""
    await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    mine = [b for b in cloud.world.boards.values() if b.online and b.owner == cloud.username]
    paid = sum(len(board.variables) for board in mine)
    await until(hass, lambda: cloud.operations.total == paid)
    listings = _count(cloud, "/v1/devices")

    cloud.cut_streams()
    await until(hass, lambda: "the event stream is back" in caplog.text)
    await until(hass, lambda: _count(cloud, "/v1/devices") == listings + 1)

    state = hass.states.get(STREAM)
    assert state is not None
    assert state.state == STATE_ON
    assert state.attributes["last_gap"] is not None
    assert state.attributes["dropped"] == 0
    assert cloud.operations.total == paid


def _count(cloud: SimulatedCloud, path: str) -> int:
    return sum(request.path == path for request in cloud.requests)


async def test_two_accounts_with_the_same_board_show_it_once(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, device_registry: dr.DeviceRegistry
) -> None:
    """The account has it first; the product's entry leaves it out and shows the others."""
    await set_up()
    product = MockConfigEntry(
        domain=DOMAIN,
        title="Delivery Vans",
        unique_id="product_24001",
        data={
            "login": "client_credentials",
            "server_url": cloud.base_url,
            "client_id": cloud.product_client_id,
            "client_secret": cloud.product_client_secret,
        },
        options={"account_devices": False, "products": ["24001"]},
    )
    product.add_to_hass(hass)
    await hass.config_entries.async_setup(product.entry_id)
    await hass.async_block_till_done()

    names = {
        page.name for page in dr.async_entries_for_config_entry(device_registry, product.entry_id)
    }
    assert names == {"Delivery Vans", "van-2", "van-3", "van-4"}
    await hass.config_entries.async_unload(product.entry_id)
    await asyncio.sleep(0)


async def test_a_product_that_is_closed_to_us_does_not_take_the_account_down(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    """Its boards become unavailable, a repair issue names it, and all is well when it is back."""
    config_entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(config_entry, options={"products": ["24001"]})
    await hass.config_entries.async_setup(config_entry.entry_id)
    await until(hass, lambda: hass.states.is_state("binary_sensor.van_2_connection", STATE_ON))

    issue_id = f"product_unavailable_{config_entry.entry_id}_24001"
    cloud.faults.set("forbidden", path="/v1/products/24001/devices")
    await pass_time_until(hass, clock, lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    await until(hass, lambda: not hass.states.is_state("binary_sensor.van_2_connection", STATE_ON))
    assert hass.states.is_state(GREENHOUSE, STATE_ON)

    cloud.faults.clear()
    await pass_time(hass, clock, timedelta(minutes=6))
    await until(hass, lambda: hass.states.is_state("binary_sensor.van_2_connection", STATE_ON))
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None
    await hass.config_entries.async_unload(config_entry.entry_id)


async def test_events_that_are_broken_on_the_way_are_counted_and_shown(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The stream goes on; how many were lost stands beside it."""
    [stream] = (await set_up()).runtime_data.streams
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    cloud.faults.set("broken_json", count=1)
    cloud.world.publish("greenhouse", "lost", "1")

    def dropped() -> int:
        state = hass.states.get(STREAM)
        return int(state.attributes["dropped"]) if state else 0

    await until(hass, lambda: dropped() == 1)
    assert stream.state.connected


async def test_a_restart_while_a_product_is_closed_to_us_loses_no_page(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
    device_registry: dr.DeviceRegistry,
) -> None:
    """What people have named and placed on a board's page is still there when it is back."""
    config_entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(config_entry, options={"products": ["24001"]})
    await hass.config_entries.async_setup(config_entry.entry_id)
    van = (DOMAIN, cloud.world.board("van-2").id)
    page = device_registry.async_get_device_by_identifier(van, config_entry.entry_id)
    assert page is not None
    device_registry.async_update_device(page.id, name_by_user="The blue one")

    cloud.faults.set("forbidden", path="/v1/products/24001/devices")
    assert await hass.config_entries.async_reload(config_entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.is_state("binary_sensor.van_2_connection", STATE_UNAVAILABLE)

    cloud.faults.clear()
    await pass_time(hass, clock, timedelta(minutes=6))
    await until(hass, lambda: hass.states.is_state("binary_sensor.van_2_connection", STATE_ON))
    page = device_registry.async_get_device_by_identifier(van, config_entry.entry_id)
    assert page is not None
    assert page.name_by_user == "The blue one"
    await hass.config_entries.async_unload(config_entry.entry_id)
