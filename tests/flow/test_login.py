"""Connecting an account: every way to log in, and what becomes of it."""

from typing import Any, cast

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.particle.const import DOMAIN, Login
from tests.conftest import SetUp
from tests.flow.steps import (
    PASSWORD_STEP,
    choices,
    client,
    connect,
    is_loaded,
    login_tokens,
    on,
    start,
    submit,
    tokens_of,
)
from tests.flow_texts import Result
from tests.simulator import SimulatedCloud
from tests.simulator.world import Product

# Ways to log in


async def test_an_oauth_client_opens_the_account(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """The recommended way: id and secret from the Console."""
    result = await start(hass, Login.CLIENT_CREDENTIALS)
    assert result["step_id"] == "client_credentials"
    assert result["description_placeholders"]["console_url"] == "https://console.particle.io"

    result = await submit(hass, result, client(cloud))
    assert result["step_id"] == "scope"
    # The probe leaves no token behind.
    assert len(cloud.requests.matching("POST", "/oauth/token")) == 1
    assert tokens_of(cloud, cloud.client_id) == []

    result = await submit(hass, result, {"account_devices": True, "products": ["24001"]})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == cloud.username
    assert result["data"] == {
        "login": "client_credentials",
        "server_url": cloud.base_url,
        "client_id": cloud.client_id,
        "client_secret": cloud.client_secret,
    }
    assert result["options"] == {"account_devices": True, "products": ["24001"]}
    assert result["result"].unique_id == cloud.world.users[cloud.username].id
    assert is_loaded(result["result"])
    assert len(tokens_of(cloud, cloud.client_id)) == 1


async def test_a_pasted_token_opens_the_account(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """Blanks around it do not matter, nor does a slash at the end of the server's address."""
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(
        hass,
        result,
        {
            "access_token": f" {cloud.access_token}\n",
            "server": {"server_url": f"{cloud.base_url}/"},
        },
    )
    result = await connect(hass, result)
    assert result["data"] == {
        "login": "access_token",
        "server_url": cloud.base_url,
        "access_token": cloud.access_token,
    }


async def test_a_password_is_exchanged_for_a_token(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """The token never expires; the password is not stored."""
    result = await start(hass, Login.PASSWORD)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    result = await connect(hass, result)
    [token] = login_tokens(cloud)
    assert token.expires_at is None
    assert result["data"] == {
        "login": "password",
        "server_url": cloud.base_url,
        "username": cloud.username,
        "access_token": token.value,
    }


async def test_a_second_factor_is_asked_for(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """A wrong code can be corrected."""
    user = cloud.world.users[cloud.username]
    user.mfa_enabled = True
    result = await start(hass, Login.PASSWORD)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    assert result["step_id"] == "otp"
    assert not result["errors"]
    assert result["description_placeholders"]["account"] == cloud.username

    for wrong in ("000000", " "):
        result = await submit(hass, result, {"otp": wrong})
        assert result["step_id"] == "otp"
        assert result["errors"] == {"base": "invalid_otp"}

    result = await submit(hass, result, {"otp": f"{user.otp[:3]} {user.otp[3:]}"})
    result = await connect(hass, result)
    [token] = login_tokens(cloud)
    assert result["data"]["access_token"] == token.value


async def test_giving_up_at_the_second_factor(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """Nothing was obtained yet, so nothing has to be given back."""
    cloud.world.users[cloud.username].mfa_enabled = True
    result = await start(hass, Login.PASSWORD)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    assert result["step_id"] == "otp"
    asked = len(cloud.requests)
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done()
    assert cloud.requests[asked:] == []
    assert login_tokens(cloud) == []


async def test_trouble_after_the_second_factor_does_not_use_the_code_twice(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """The code was right; only the cloud stumbled over what came next."""
    user = cloud.world.users[cloud.username]
    user.mfa_enabled = True
    result = await start(hass, Login.PASSWORD)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    cloud.faults.set("server_error", path="/v1/user/identify", count=1)
    result = await submit(hass, result, {"otp": user.otp})
    assert result["errors"] == {"base": "cloud_error"}

    result = await connect(hass, await submit(hass, result, {"otp": user.otp}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(login_tokens(cloud)) == 1


async def test_a_client_of_a_product_opens_that_product(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """Nothing is left to choose."""
    result = await start(hass, Login.CLIENT_CREDENTIALS)
    result = await submit(
        hass,
        result,
        on(
            cloud,
            client_id=cloud.product_client_id,
            client_secret=cloud.product_client_secret,
        ),
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Delivery Vans"
    assert result["options"] == {"account_devices": False, "products": ["24001"]}
    assert result["result"].unique_id == "product_24001"


async def test_an_api_user_has_to_say_which_product(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """It may neither say who it is nor list products; the product's number is enough."""
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=cloud.api_user_token))
    assert result["step_id"] == "product"
    for wrong, error in (
        ("24099", "missing_permission"),
        ("no-such-product", "missing_permission"),
        (" ", "unknown_product"),
    ):
        result = await submit(hass, result, {"product": wrong})
        assert result["step_id"] == "product"
        assert result["errors"] == {"base": error}

    result = await submit(hass, result, {"product": "24001"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Product 24001"
    assert result["result"].unique_id == "product_24001"


async def test_an_api_user_who_sees_several_products_picks_one(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """It is the user of an organisation: the products that it lists are offered."""
    user_token = cloud.world.tokens.get(cloud.access_token)
    assert user_token is not None
    cloud.world.products[24003] = Product(24003, "pumps", "", 32, cloud.username)
    cloud.faults.set("forbidden", path="/v1/user/identify")
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=cloud.access_token))
    assert result["step_id"] == "product"
    assert choices(result, "product") == {
        "24001": "Delivery Vans (24001)",
        "24003": "pumps (24003)",
    }
    result = await submit(hass, result, {"product": "delivery-cars"})
    assert result["errors"] == {"base": "unknown_product"}
    result = await submit(hass, result, {"product": "delivery-vans"})
    assert result["title"] == "Delivery Vans"
    assert result["options"] == {"account_devices": False, "products": ["24001"]}


async def test_the_frontend_gets_there_too(
    hass: HomeAssistant, cloud: SimulatedCloud, hass_client: ClientSessionGenerator
) -> None:
    """Everything that the flow shows goes over HTTP as JSON, and comes back as people fill it in."""
    assert await async_setup_component(hass, "config", {})
    # The test's web server takes no further addresses once it runs; Home Assistant's own does.
    assert await async_setup_component(hass, DOMAIN, {})
    browser = await hass_client()

    async def post(path: str, body: dict[str, Any]) -> Result:
        response = await browser.post(f"/api/config/config_entries/flow{path}", json=body)
        assert response.status == 200
        return cast("Result", await response.json())

    result = await post("", {"handler": DOMAIN})
    flow = f"/{result['flow_id']}"
    assert result["menu_options"] == ["client_credentials", "access_token", "password"]
    result = await post(flow, {"next_step_id": "client_credentials"})
    names = [field["name"] for field in result["data_schema"]]
    assert names == ["client_id", "client_secret", "server"]
    assert result["data_schema"][2]["expanded"] is False
    result = await post(flow, client(cloud))
    [_, products] = result["data_schema"]
    assert products["selector"]["select"]["options"] == [
        {"value": "24001", "label": "Delivery Vans (24001)"}
    ]
    result = await post(flow, {"account_devices": True, "products": []})
    assert result["type"] == "create_entry"
    assert result["title"] == cloud.username
    assert cloud.client_secret not in str(result)


# More than one account


async def test_the_same_account_twice(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry
) -> None:
    """Whatever way it is logged in; the login's token is given back."""
    config_entry.add_to_hass(hass)
    result = await start(hass, Login.PASSWORD)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert login_tokens(cloud) == []


async def test_one_board_among_several_places_is_enough(
    hass: HomeAssistant, cloud: SimulatedCloud, newcomer: str
) -> None:
    """An account without boards of its own, and a product without any: only the sum counts."""
    name = "new@example.com"
    cloud.world.products[24004] = Product(24004, "empty", "Empty", 32, name)
    cloud.world.add_board("first", owner=name)
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=newcomer))
    result = await submit(hass, result, {"account_devices": True, "products": ["24004"]})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_two_accounts_live_side_by_side(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry, newcomer: str
) -> None:
    """They are told apart by Particle's user id."""
    config_entry.add_to_hass(hass)
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=newcomer))
    result = await submit(hass, result, {})
    assert result["result"].unique_id == "5c00000000000000000000a9"
    assert len(hass.config_entries.async_entries(DOMAIN)) == 2


async def test_who_gives_up_leaves_no_token_behind(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """Neither by closing the dialog nor by logging in once more."""
    result = await start(hass, Login.PASSWORD)
    cloud.faults.set("server_error", path="/v1/devices", count=1)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    assert result["step_id"] == "scope"
    result = await submit(hass, result, {"account_devices": True, "products": []})
    assert result["errors"] == {"base": "cloud_error"}
    assert len(login_tokens(cloud)) == 1
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done()
    assert login_tokens(cloud) == []


async def test_a_second_try_gives_the_first_token_back(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """The first token is revoked; only the last one is kept."""
    result = await start(hass, Login.PASSWORD)
    cloud.faults.set("server_error", path="/v1/user/identify", count=1)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    assert result["errors"] == {"base": "cloud_error"}
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    result = await connect(hass, result)
    [token] = login_tokens(cloud)
    assert result["data"]["access_token"] == token.value


async def test_a_product_whose_devices_another_entry_lists(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The flow says where they are, instead of leaving an entry that stands there empty."""
    config_entry = await set_up()
    hass.config_entries.async_update_entry(config_entry, options={"products": ["24001"]})
    await hass.async_block_till_done()
    entered = on(
        cloud, client_id=cloud.product_client_id, client_secret=cloud.product_client_secret
    )
    result = await submit(hass, await start(hass, Login.CLIENT_CREDENTIALS), entered)
    assert result["step_id"] == "listed_elsewhere"
    assert result["description_placeholders"] == {
        "account": "Delivery Vans",
        "other": config_entry.title,
    }
    result = await submit(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
