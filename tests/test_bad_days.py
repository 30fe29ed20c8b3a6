"""Days on which the cloud, the credentials or a board are not as they should be."""

from datetime import timedelta
import json

from freezegun.api import TickingDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.particle.const import DOMAIN
from custom_components.particle.events.hub import payload_as_json
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until

STREAM = "binary_sensor.jane_example_com_event_stream"
GREENHOUSE = "binary_sensor.greenhouse_connection"
TEMPERATURE = "sensor.greenhouse_temperature"


async def test_credentials_that_may_not_list_boards(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Set-up says what is missing, and tries again."""
    cloud.faults.set("forbidden", path="/v1/devices")
    entry = await set_up()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "listing_not_permitted"


async def test_the_token_of_a_login_ends_with_the_account(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """A token that the user brought would stay; one that his password made is given back."""
    token = cloud.world.tokens.issue(
        next(iter(cloud.world.tokens)).kind, cloud.username, "particle", cloud.clock.now(), 0
    )
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=cloud.username,
        unique_id=cloud.world.users[cloud.username].id,
        data={
            "login": "password",
            "server_url": cloud.base_url,
            "access_token": token.value,
            "username": cloud.username,
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.config_entries.async_reload(entry.entry_id)
    assert not token.revoked

    await hass.config_entries.async_remove(entry.entry_id)
    assert token.revoked


async def test_options_take_effect_at_once(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The account is loaded anew, with the product's boards."""
    entry = await set_up()
    hass.config_entries.async_update_entry(entry, options={"products": ["24001"]})
    await until(hass, lambda: hass.states.is_state("binary_sensor.van_2_connection", STATE_ON))


@pytest.mark.expect_log("Failed to remove device entry")
async def test_only_pages_of_boards_that_are_gone_can_be_deleted(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    device_registry: dr.DeviceRegistry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Home Assistant offers it; for a board that the account has it is refused."""
    assert await async_setup_component(hass, "config", {})
    entry = await set_up()
    client = await hass_ws_client(hass)
    gone = device_registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "0a10aced2021949440000abc")}
    )
    board = device_registry.async_get_device_by_identifier(
        (DOMAIN, cloud.world.board("greenhouse").id), entry.entry_id
    )
    assert board is not None
    answers = []
    for page in (gone, board):
        await client.send_json_auto_id(
            {
                "type": "config/device_registry/remove_config_entry",
                "config_entry_id": entry.entry_id,
                "device_id": page.id,
            }
        )
        answers.append((await client.receive_json())["success"])
    assert answers == [True, False]


async def test_an_event_of_a_board_that_passed_for_offline(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Whoever publishes is there: the cloud is asked, which is free, and the page follows."""
    board = cloud.world.board("greenhouse")
    board.online = False
    await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    assert hass.states.is_state(GREENHOUSE, STATE_OFF)

    board.online = True
    cloud.world.publish("greenhouse", "hello", "")
    await until(hass, lambda: hass.states.is_state(GREENHOUSE, STATE_ON))


async def test_a_rate_limit_pauses_the_polls(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """Repeated requests would extend the lockout, so nothing is sent until it ends."""
    for board in cloud.world.boards.values():
        if board.name != "greenhouse":
            board.go_offline()
    greenhouse = f"/v1/devices/{cloud.world.board('greenhouse').id}/"
    cloud.faults.set("rate_limited", path=f"{greenhouse}*", retry_after=600)
    await set_up()

    def asked() -> int:
        return sum(request.path.startswith(greenhouse) for request in cloud.requests)

    await until(hass, lambda: asked() == 1)
    # The answer is on its way to Home Assistant.
    await pass_time(hass, clock, 1)
    await pass_time(hass, clock, timedelta(minutes=5))
    assert asked() == 1

    cloud.faults.clear()
    await pass_time(hass, clock, timedelta(minutes=6))
    await until(hass, lambda: asked() > 1)


async def test_a_poll_that_finds_the_cloud_in_trouble(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The value is not known; the listing decides whether it is the cloud or the board."""
    cloud.faults.set("server_error", path="/v1/devices/*/*", status=502)
    await set_up()
    listings = [request.path for request in cloud.requests].count("/v1/devices")
    await until(
        hass,
        lambda: [request.path for request in cloud.requests].count("/v1/devices") > listings,
    )
    assert hass.states.is_state(TEMPERATURE, STATE_UNAVAILABLE)
    assert hass.states.is_state(GREENHOUSE, STATE_ON)


def test_payloads_that_nest_too_deep() -> None:
    """What Home Assistant could not write to a trace is text; many shallow lists are no harm."""
    deep = "[" * 120 + "]" * 120
    deep_objects = '{"a":' * 120 + "1" + "}" * 120
    wide = json.dumps([[number] for number in range(200)])
    assert payload_as_json(deep) is None
    assert payload_as_json(deep_objects) is None
    assert payload_as_json(wide) == [[number] for number in range(200)]
