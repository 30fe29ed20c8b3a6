"""What the credentials of an account let the actions do."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from tests.actions import api_user
from tests.services.test_permissions import filled_in
from tests.simulator import SimulatedCloud

VAN: Final = "van-1"


@pytest.mark.parametrize(
    ("action", "data", "missing"),
    [
        ("set_notes", {"device_id": VAN, "notes": "x"}, "devices:update"),
        ("set_groups", {"device_id": VAN, "add": ["a"]}, "devices:update"),
        ("lock_firmware", {"device_id": VAN, "version": 2}, "devices:update"),
        ("unlock_firmware", {"device_id": VAN}, "devices:update"),
        ("force_firmware_updates", {"device_id": VAN}, "devices:update"),
        ("mark_development", {"device_id": VAN}, "devices:update"),
        ("unclaim_device", {"device_id": VAN}, "devices:unclaim"),
        ("refresh_vitals", {"device_id": VAN}, "devices.diagnostics:get"),
        ("get_vitals", {"device_id": VAN}, "devices.diagnostics:get"),
        ("list_products", {}, "products:list"),
        ("list_customers", {}, "customers:list"),
        ("create_customer", {"email": "kim@example.com", "password": "x"}, "customers:create"),
        ("delete_customer", {"email": "kim@example.com"}, "customers:remove"),
        ("list_oauth_clients", {}, "clients:list"),
        ("create_oauth_client", {"name": "x"}, "clients:create"),
        ("delete_oauth_client", {"client_id": "x"}, "clients:remove"),
        ("request", {"path": "products/24001/groups"}, "groups:list"),
        ("claim_device", {"particle_id": "0a10aced202194944a0000fe"}, "API users are not allowed"),
        ("revoke_all_tokens", {}, "API users are not allowed"),
    ],
)
async def test_credentials_that_may_not(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    action: str,
    data: dict[str, Any],
    missing: str,
) -> None:
    """The message names the account and the permission that is missing, and how to get it."""
    async with api_user(hass, cloud) as act:
        with pytest.raises(HomeAssistantError) as raised:
            await act(action, **filled_in(hass, cloud, data))
        told = str(raised.value)
        assert "Delivery Vans is not allowed to do this" in told
        assert missing in told
        assert "Give its credentials the permission" in told


async def test_a_board_can_be_listed_with_few_permissions(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """An account that stands for one product means this product."""
    async with api_user(hass, cloud) as act:
        answer = await act("list_devices")
        assert {board["name"] for board in answer["devices"]} == {
            "van-1",
            "van-2",
            "van-3",
            "van-4",
        }
        grouped = await act("list_devices", groups=["south"])
        assert {board["name"] for board in grouped["devices"]} == {"van-3", "van-4"}
