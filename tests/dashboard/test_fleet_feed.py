"""What the card of the fleet is told."""

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import DOMAIN
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.device.running import STREAM
from tests.simulator import SimulatedCloud
from tests.waiting import until

from .card import Card
from .conftest import NewCard


@pytest.fixture
async def card(hass: HomeAssistant, set_up: SetUp, new_card: NewCard) -> Card:
    """A card that follows the fleet."""
    await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    card = await new_card()
    await card.follow("particle/fleet/subscribe")
    await card.until(lambda shown: len(shown) > 1)
    return card


def _key(cloud: SimulatedCloud, board: str) -> str:
    return f"device/{cloud.world.board(board).id}"


async def test_every_device_has_a_row_and_every_account_a_summary(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry, card: Card
) -> None:
    """The rows name the device in Home Assistant's registry, so that a card can link to it."""
    row = card.shown[_key(cloud, "greenhouse")]
    assert row["device_id"] == registry_id(hass, cloud, "greenhouse")
    assert (row["name"], row["state"]) == ("greenhouse", "online")
    assert row["device_os"]
    assert card.shown[_key(cloud, "old photon")]["state"] == "offline"

    key = f"account/{config_entry.entry_id}"
    # The stream of the product may take a moment longer.
    await card.until(lambda shown: "interrupted_since" not in shown[key])
    account = card.shown[key]
    operations = config_entry.runtime_data.operations
    assert account["name"] == "jane@example.com"
    assert account["operations"]["used"] == operations.used
    assert account["operations"]["allowance"] == 100_000
    assert len(card.shown) == len(config_entry.runtime_data.devices) + 1


async def test_only_the_row_of_a_device_that_changes_is_sent(
    hass: HomeAssistant, cloud: SimulatedCloud, card: Card
) -> None:
    before = len(card.messages)
    cloud.world.board("greenhouse").go_offline()
    await card.until(lambda shown: shown[_key(cloud, "greenhouse")]["state"] == "offline")
    changed = {
        key: set(row) for message in card.messages[before:] for key, row in message["patch"].items()
    }
    assert "state" in changed.pop(_key(cloud, "greenhouse"))
    # Others are heard meanwhile, because their variables are read.
    assert {field for key in changed if key.startswith("device/") for field in changed[key]} <= {
        "heard_at"
    }


async def test_events_that_do_not_come_in(
    cloud: SimulatedCloud, config_entry: MockConfigEntry, card: Card
) -> None:
    """The card says since when, until the stream is back."""
    key = f"account/{config_entry.entry_id}"
    cloud.faults.set("cloud_down")
    cloud.cut_streams()
    await card.until(lambda shown: shown[key].get("interrupted_since") is not None)
    cloud.faults.clear()
    await card.until(lambda shown: shown[key].get("interrupted_since") is None)


async def test_devices_come_and_go(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry, card: Card
) -> None:
    new = cloud.world.add_board("newcomer", platform_id=32)
    await config_entry.runtime_data.account.async_refresh()
    await card.until(lambda shown: f"device/{new.id}" in shown)
    del cloud.world.boards[new.id]
    await config_entry.runtime_data.account.async_refresh()
    await card.until(lambda shown: f"device/{new.id}" not in shown)


async def test_an_account_that_is_reloaded(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry, card: Card
) -> None:
    """Its rows go, and come back by themselves."""
    assert await hass.config_entries.async_unload(config_entry.entry_id)
    await card.until(lambda shown: not shown)
    assert await hass.config_entries.async_setup(config_entry.entry_id)
    await card.until(lambda shown: _key(cloud, "greenhouse") in shown)


async def test_a_card_without_an_account(hass: HomeAssistant, new_card: NewCard) -> None:
    """It is told at once that this is all: nothing."""
    assert await async_setup_component(hass, DOMAIN, {})
    card = await new_card()
    await card.follow("particle/fleet/subscribe")
    await card.until(lambda shown: not shown)


async def test_a_large_fleet_comes_in_pieces(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, new_card: NewCard
) -> None:
    """No turn of the event loop builds more than a hundred rows; the last one says that all are there."""
    for number in range(250):
        cloud.world.add_board(f"node {number}", platform_id=32, online=False)
    entry = await set_up()
    card = await new_card()
    await card.follow("particle/fleet/subscribe")
    devices = len(entry.runtime_data.devices)
    await card.until(lambda shown: len(shown) == devices + 1)
    assert max(len(message["patch"]) for message in card.messages) <= 100
    assert [message["complete"] for message in card.messages[:3]] == [False, False, True]
