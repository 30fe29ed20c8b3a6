"""Which account an action uses when more than one is set up."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.actions import Act, api_user
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud

VANS = "Delivery Vans"


@pytest.fixture
async def act(hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp) -> AsyncIterator[Act]:
    """Act where two accounts are set up: Jane's own one, and one for her product."""
    await set_up()
    async with api_user(hass, cloud) as act:
        yield act


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("inspect_token", {}),
        ("list_devices", {}),
        ("publish_event", {"event": "x"}),
        ("replay_event", {"event": "x"}),
        ("request", {"path": "orgs"}),
        ("list_webhooks", {"product_id": "nobody-has-it"}),
    ],
)
async def test_the_account_is_asked_for(act: Act, action: str, data: dict[str, Any]) -> None:
    """In a sentence that names the accounts to choose from."""
    with pytest.raises(ServiceValidationError) as raised:
        await act(action, **data)
    assert str(raised.value) == (
        "There is more than one account: Delivery Vans, jane@example.com. Select the one to use"
    )


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("list_customers", {"product_id": "24001"}),
        ("list_webhooks", {"product_id": "24001"}),
        ("request", {"path": "products/24001/customers"}),
    ],
)
async def test_a_product_says_which_account(act: Act, action: str, data: dict[str, Any]) -> None:
    """The one that includes it; what it may not do there names that account."""
    with pytest.raises(HomeAssistantError, match=f"{VANS} is not allowed to do this"):
        await act(action, **data)


async def test_a_device_says_which_account(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """By its page, and in the path of a request by its id or its name."""
    garage = cloud.world.board("garage")
    answer = await act("list_build_targets", device_id=registry_id(hass, cloud, "garage"))
    assert answer["targets"]
    for device in (garage.id, garage.id.upper(), "garage"):
        answer = await act("request", path=f"devices/{device}")
        assert answer["body"]["id"] == garage.id


async def test_an_account_that_is_named(
    hass: HomeAssistant, config_entry: MockConfigEntry, act: Act
) -> None:
    """It counts, whatever the product."""
    data = {"config_entry_id": config_entry.entry_id}
    assert (await act("list_devices", **data))["devices"]
    await act("list_customers", **data, product_id="24001")


async def test_an_account_that_cannot_be_used(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry, act: Act
) -> None:
    """The message says why and where to look; it is no phrase of a library."""
    other = MockConfigEntry(domain="hue", title="Lamps")
    other.add_to_hass(hass)
    for unknown, name in (("nothing", "nothing"), (other.entry_id, "Lamps")):
        with pytest.raises(ServiceValidationError, match=f"The account {name} does not exist"):
            await act("inspect_token", config_entry_id=unknown)
    await hass.config_entries.async_unload(config_entry.entry_id)
    assert config_entry.state is ConfigEntryState.NOT_LOADED
    with pytest.raises(ServiceValidationError, match=r"jane@example\.com is not loaded"):
        await act("inspect_token", config_entry_id=config_entry.entry_id)
    # Which one was meant is no clearer now.
    with pytest.raises(ServiceValidationError, match="There is more than one account"):
        await act("inspect_token")


async def test_no_account_at_all(
    hass: HomeAssistant, config_entry: MockConfigEntry, set_up: SetUp
) -> None:
    """As after the last one has been removed."""
    await set_up()
    await hass.config_entries.async_remove(config_entry.entry_id)
    with pytest.raises(ServiceValidationError, match="No account is set up"):
        await Act(hass)("list_devices")
