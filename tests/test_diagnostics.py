"""What people attach to a bug report tells enough and nothing private."""

import json
import re

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_system_health_info
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.particle.const import DOMAIN
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import until

STREAM = "binary_sensor.jane_example_com_event_stream"


def everything_private(cloud: SimulatedCloud) -> set[str]:
    """Return all that tells who somebody is, where, what a device measures, or lets somebody in."""
    found = {
        "1234.5625",
        "46.123",
        "7.654",
        cloud.base_url,
        cloud.client_id,
        cloud.client_secret,
        "24001",
        "delivery-vans",
    }
    found |= {token.value for token in cloud.world.tokens}
    for user in cloud.world.users.values():
        found |= {user.id, user.username, user.password}
    for board in cloud.world.boards.values():
        found |= {
            board.id,
            board.name or "",
            board.serial_number,
            board.last_ip_address or "",
            board.iccid or "",
            board.imei or "",
            board.mobile_secret,
            *board.variables,
            *board.program.functions,
        }
    return {text for text in found if len(text) > 3}


def is_told(private: str, text: str) -> bool:
    """Whether a text stands in another one, and not merely as a part of a word."""
    return re.search(rf"\b{re.escape(private)}\b", text) is not None


async def test_a_download_for_the_account(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, hass_client: ClientSessionGenerator
) -> None:
    """Streams, budget and boards are there; names, ids, addresses and secrets are not."""
    cloud.world.board("greenhouse").set("temperature", 1234.5625)
    cloud.world.board("garage").location = {"lat": 46.123456, "lng": 7.654321}
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    await until(hass, lambda: hass.states.is_state("sensor.greenhouse_temperature", "1234.5625"))
    told = await get_diagnostics_for_config_entry(hass, hass_client, entry)

    assert told["streams"][0]["connected"] is True
    assert len(told["devices"]) == 5
    assert told["data_operations"]["allowance"] == 100_000
    text = json.dumps(told)
    assert [private for private in everything_private(cloud) if is_told(private, text)] == []


async def test_what_the_options_name_is_counted_and_not_told(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    """Products, groups and devices are private; how many there are helps."""
    entry = await set_up()
    sleeper = cloud.world.board("boat").id
    hass.config_entries.async_update_entry(
        entry,
        options={
            "products": ["24001"],
            "groups": ["north", "south"],
            "sleeping_devices": [sleeper],
            "fixed_interval": 120,
        },
    )
    await hass.async_block_till_done()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    told = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert told["entry"]["options"] == {
        "products": 1,
        "groups": 2,
        "sleeping_devices": 1,
        "fixed_interval": 120,
    }
    assert {board["scope"] for board in told["devices"]} == {"account", "product"}
    text = json.dumps(told)
    for private in ("24001", "delivery-vans", "Delivery Vans", "north", "south", sleeper, "van-2"):
        assert private not in text


async def test_a_download_for_a_board(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
    device_registry: dr.DeviceRegistry,
) -> None:
    """One board, by its page; the account's own page has nothing to tell."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    board = cloud.world.board("greenhouse")
    page = device_registry.async_get_device_by_identifier((DOMAIN, board.id), entry.entry_id)
    assert page is not None
    told = await get_diagnostics_for_device(hass, hass_client, entry, page)
    assert told["device"]["platform_id"] == 32
    assert told["online"] is True
    assert len(told["variables"]) == len(board.variables)

    assert page.via_device_id is not None
    account = device_registry.async_get(page.via_device_id)
    assert isinstance(account, dr.DeviceEntry)
    assert await get_diagnostics_for_device(hass, hass_client, entry, account) == {}


async def test_system_health(hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp) -> None:
    """It shows whether the server, the event streams and the devices are connected."""
    await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)

    assert await info["can_reach_server"] == "ok"
    assert info["streams_connected"] == "1/1"
    assert info["devices_online"] == "4/5"


async def test_system_health_looks_at_every_server(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Also at that of an account that could not be set up because nobody is there."""
    await set_up()
    other = MockConfigEntry(
        domain=DOMAIN, data={"server_url": "http://127.0.0.1:9", "login": "access_token"}
    )
    other.add_to_hass(hass)
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)
    reached = await info["can_reach_server"]
    assert reached == {"type": "failed", "error": "unreachable: 127.0.0.1:9"}
