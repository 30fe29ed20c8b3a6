"""Who may run the actions that change or show the account."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from tests.actions import Act, api_user
from tests.automations import page_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud

VAN: Final = "van-1"

# The actions with what they need; the board stands for its page.
FOR_ADMINISTRATORS: Final[dict[str, dict[str, Any]]] = {
    "claim_device": {"particle_id": "0a10aced202194944a0000fe"},
    "unclaim_device": {"device_id": VAN},
    "set_notes": {"device_id": VAN, "notes": "x"},
    "set_groups": {"device_id": VAN, "add": ["a"]},
    "lock_firmware": {"device_id": VAN, "version": 2},
    "unlock_firmware": {"device_id": VAN},
    "force_firmware_updates": {"device_id": VAN},
    "mark_development": {"device_id": VAN},
    "list_customers": {"product_id": "24001"},
    "create_customer": {"product_id": "24001", "email": "kim@example.com", "password": "x"},
    "delete_customer": {"product_id": "24001", "email": "kim@example.com"},
    "list_oauth_clients": {},
    "create_oauth_client": {"name": "x"},
    "delete_oauth_client": {"client_id": "x"},
    "inspect_token": {},
    "revoke_token": {},
    "revoke_all_tokens": {},
    "request": {"path": "orgs"},
}
FOR_EVERYBODY: Final[dict[str, dict[str, Any]]] = {
    "list_devices": {},
    "refresh_vitals": {"device_id": VAN},
    "get_vitals": {"device_id": VAN},
    "list_products": {},
    "search_libraries": {},
    "get_library": {"name": "NeoThing"},
}


def filled_in(hass: HomeAssistant, cloud: SimulatedCloud, data: dict[str, Any]) -> dict[str, Any]:
    """Put the page's id in the place of the board."""
    if "device_id" not in data:
        return data
    return {**data, "device_id": page_id(hass, cloud, data["device_id"])}


@pytest.mark.parametrize(("action", "data"), FOR_ADMINISTRATORS.items())
async def test_only_administrators(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    hass_read_only_user: MockUser,
    action: str,
    data: dict[str, Any],
) -> None:
    """Others are refused, and the cloud hears nothing of it."""
    await set_up()
    data = filled_in(hass, cloud, data)
    before = len(cloud.requests)
    with pytest.raises(Unauthorized):
        await Act(hass, hass_read_only_user)(action, **data)
    sent = [request for request in list(cloud.requests)[before:] if request.method != "GET"]
    assert not sent


@pytest.mark.parametrize(("action", "data"), FOR_EVERYBODY.items())
async def test_everybody_may_look(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    hass_read_only_user: MockUser,
    action: str,
    data: dict[str, Any],
) -> None:
    """What changes nothing and is about boards or libraries is open to all."""
    await set_up()
    board = cloud.world.board(VAN)
    board.diagnostics.append(
        {"updated_at": "2026-01-02T12:00:00.000Z", "deviceID": board.id, "payload": {}}
    )
    assert await Act(hass, hass_read_only_user)(action, **filled_in(hass, cloud, data))


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
        assert "The credentials of Delivery Vans may not do this" in told
        assert missing in told
        assert "Give them the permission" in told


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
