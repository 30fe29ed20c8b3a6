"""Products, customers, OAuth clients, libraries and access tokens of an account."""

from typing import Any

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import (
    CONF_ACCESS_TOKEN,
    CONF_ACCOUNT_DEVICES,
    CONF_LOGIN,
    CONF_PRODUCTS,
    CONF_SERVER_URL,
    DOMAIN,
    Login,
)
from tests.actions import Act
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.simulator.world import Token, TokenKind
from tests.waiting import pass_time_until, until


@pytest.fixture
async def act(hass: HomeAssistant, set_up: SetUp) -> Act:
    """Act on an account that is set up."""
    await set_up()
    return Act(hass)


# Products


async def test_listing_products(hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp) -> None:
    """Those of the account, and with an organisation its own."""
    entry = await set_up()
    act = Act(hass)
    [product] = (await act("list_products"))["products"]
    assert product["id"] == cloud.product_id
    assert product["slug"] == "delivery-vans"
    assert product["groups"] == ["north", "south"]
    assert product["platform"] == "Asset Tracker / Monitor One"
    assert product["included"] is False

    hass.config_entries.async_update_entry(entry, options={CONF_PRODUCTS: ["delivery-vans"]})
    await hass.async_block_till_done()
    [product] = (await act("list_products", config_entry_id=entry.entry_id))["products"]
    assert product["included"] is True

    [product] = (await act("list_products", organization="example-logistics"))["products"]
    assert product["name"] == "Cold Stores"
    with pytest.raises(ServiceValidationError, match="Organization not found"):
        await act("list_products", organization="nobody")


# Customers


async def test_a_customer_comes_and_goes(cloud: SimulatedCloud, act: Act) -> None:
    """The answer holds the first token; with the customer it stops working."""
    data = {"product_id": "24001", "email": "kim@example.com"}
    created = await act("create_customer", password="a long one", **data)
    assert created["email"] == "kim@example.com"
    token = cloud.world.tokens.get(created["access_token"])
    assert token is not None
    assert token.kind is TokenKind.CUSTOMER
    assert cloud.world.customers[24001, "kim@example.com"].password == "a long one"

    cloud.world.board("van-2").owner = "kim@example.com"
    [customer] = (await act("list_customers", product_id="24001"))["customers"]
    assert customer["username"] == "kim@example.com"
    assert customer["device_ids"] == [cloud.world.board("van-2").id]

    assert await act("delete_customer", **data) == data
    assert (await act("list_customers", product_id="24001"))["customers"] == []
    assert cloud.world.tokens.get(created["access_token"]) is None
    assert cloud.world.board("van-2").owner is None


async def test_customers_that_exist_and_that_do_not(
    cloud: SimulatedCloud, act: Act, caplog: pytest.LogCaptureFixture
) -> None:
    """Each is told; the password stands in no message."""
    data = {"product_id": "delivery-vans", "email": "kim@example.com"}
    await act.without_answer("create_customer", password="hunter22", **data)
    with pytest.raises(HomeAssistantError, match="Customer already exists") as raised:
        await act("create_customer", password="hunter22", **data)
    assert "hunter22" not in str(raised.value)
    with pytest.raises(ServiceValidationError, match="Customer not found"):
        await act("delete_customer", product_id="24001", email="lee@example.com")
    await act.without_answer("delete_customer", **data)
    assert not cloud.world.customers
    ours = [record for record in caplog.records if record.name.startswith("custom_components")]
    assert not any("hunter22" in record.getMessage() for record in ours)


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("create_customer", {"email": "kim", "password": "x"}),
        ("create_customer", {"email": "kim@example.com", "password": ""}),
        ("create_customer", {"email": "kim@example.com"}),
        ("delete_customer", {"email": "@"}),
        ("delete_customer", {}),
    ],
)
async def test_customers_that_cannot_be(
    cloud: SimulatedCloud, act: Act, action: str, data: dict[str, Any]
) -> None:
    """They are refused before anything is sent."""
    with pytest.raises(ServiceValidationError, match=r"email|password"):
        await act(action, product_id="24001", **data)
    assert not cloud.requests.matching("POST", "/v1/products/*/customers")


async def test_which_product(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry, act: Act
) -> None:
    """The only one that the account includes need not be named; of several, one has to be."""
    with pytest.raises(ServiceValidationError, match=r"Products of jane.*: –"):
        await act("list_customers")
    for products, told in ((["24001"], None), (["24001", "24002"], ": 24001, 24002")):
        hass.config_entries.async_update_entry(
            config_entry, options={CONF_ACCOUNT_DEVICES: True, CONF_PRODUCTS: products}
        )
        await hass.async_block_till_done()
        if told is None:
            assert (await act("list_customers"))["product_id"] == "24001"
        else:
            with pytest.raises(ServiceValidationError, match=told):
                await act("list_customers")


# OAuth clients


async def test_an_oauth_client_comes_and_goes(cloud: SimulatedCloud, act: Act) -> None:
    """Its secret is shown once; its tokens end with it."""
    created = await act("create_oauth_client", name=" Wall panel ")
    client = cloud.world.clients[created["id"]]
    assert created["secret"] == client.secret
    assert created["name"] == client.name == "Wall panel"
    assert created["type"] == "installed"

    listed = await act("list_oauth_clients")
    assert {one["id"] for one in listed["clients"]} == {cloud.client_id, client.id}
    assert client.secret not in str(listed)
    assert "secret" not in listed["clients"][0]

    token = Token("panel-token", TokenKind.USER, cloud.username, client.id)
    cloud.world.tokens.add(token)
    await act("delete_oauth_client", client_id=client.id)
    assert client.id not in cloud.world.clients
    assert cloud.world.tokens.get("panel-token") is None


async def test_an_oauth_client_of_a_product(cloud: SimulatedCloud, act: Act) -> None:
    """A web client with its address and scope."""
    created = await act(
        "create_oauth_client",
        product_id="delivery-vans",
        name="Shop",
        type="web",
        redirect_uri="https://example.com/done",
        scope="customers:create",
    )
    client = cloud.world.clients[created["id"]]
    assert client.product_id == cloud.product_id
    assert (client.redirect_uri, client.scope) == ("https://example.com/done", "customers:create")
    listed = await act("list_oauth_clients", product_id="24001")
    assert {one["id"] for one in listed["clients"]} == {cloud.product_client_id, client.id}
    await act.without_answer("delete_oauth_client", product_id="24001", client_id=client.id)
    assert client.id not in cloud.world.clients


async def test_the_client_in_use_is_not_deleted(cloud: SimulatedCloud, act: Act) -> None:
    """Home Assistant would lock itself out."""
    with pytest.raises(ServiceValidationError, match="would be locked out"):
        await act("delete_oauth_client", client_id=cloud.client_id)
    assert cloud.client_id in cloud.world.clients
    with pytest.raises(ServiceValidationError, match="Client not found"):
        await act("delete_oauth_client", client_id="nothing")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"type": "web"}, "needs a redirect address"),
        ({"redirect_uri": "https://example.com"}, "Only an OAuth client for a website"),
        ({"type": "web", "redirect_uri": "example"}, "looks like https"),
        ({"type": "web", "redirect_uri": "http://[x"}, "looks like https"),
        ({"type": "mobile"}, "type"),
        ({"scope": ["everything"]}, "scope"),
        ({"name": "  "}, "name"),
    ],
)
async def test_oauth_clients_that_cannot_be(
    cloud: SimulatedCloud, act: Act, data: dict[str, Any], told: str
) -> None:
    """They are refused before anything is sent."""
    with pytest.raises(ServiceValidationError, match=told):
        await act("create_oauth_client", **{"name": "x", **data})
    assert not cloud.requests.matching("POST", "/v1/clients")


# Libraries


async def test_searching_libraries(cloud: SimulatedCloud, act: Act) -> None:
    """The most popular first, or in another order."""
    libraries = (await act("search_libraries"))["libraries"]
    assert [one["name"] for one in libraries[:2]] == ["NeoThing", "OneWireThing"]
    assert libraries[0]["version"] == "0.0.10"
    assert libraries[0]["official"] is True

    found = (await act("search_libraries", text="sample", sort="name", limit=3))["libraries"]
    assert [one["name"] for one in found] == ["Sample00", "Sample01", "Sample02"]
    assert (await act("search_libraries", scope="mine"))["libraries"] == []
    [request] = cloud.requests.matching("GET", "/v1/libraries")[-1:]
    assert request.query["scope"] == "mine"


async def test_more_libraries_than_one_page(cloud: SimulatedCloud, act: Act) -> None:
    """What is asked for comes, and no more is asked for than needed."""
    for data, number in (({"limit": 16}, 15), ({"limit": 15}, 15), ({"limit": 1}, 1)):
        assert len((await act("search_libraries", **data))["libraries"]) == number
    assert len(cloud.requests.matching("GET", "/v1/libraries")) == 3


async def test_showing_a_library(act: Act) -> None:
    """With all its versions; an older one if it is asked for."""
    library = await act("get_library", name="neothing")
    assert library["name"] == "NeoThing"
    assert library["version"] == "0.0.10"
    assert library["versions"] == ["0.0.10", "0.0.9"]
    assert library["download_url"].endswith("NeoThing-0.0.10.tar.gz")
    assert (await act("get_library", name="NeoThing", version="0.0.9"))["version"] == "0.0.9"
    with pytest.raises(
        ServiceValidationError, match=r"library NeoThin does not exist: .*Search for a part"
    ):
        await act("get_library", name="NeoThin")
    with pytest.raises(ServiceValidationError, match="Version 7 not found"):
        await act("get_library", name="NeoThing", version=7)


@pytest.mark.parametrize(
    "data", [{"limit": 0}, {"limit": 101}, {"sort": "beauty"}, {"scope": "theirs"}]
)
async def test_searches_that_are_not_possible(
    cloud: SimulatedCloud, act: Act, data: dict[str, Any]
) -> None:
    """They are refused before anything is sent."""
    with pytest.raises(ServiceValidationError, match=next(iter(data))):
        await act("search_libraries", **data)
    assert not cloud.requests.matching("GET", "/v1/libraries")


# Access tokens


async def test_inspecting_the_token(cloud: SimulatedCloud, act: Act) -> None:
    """Client and end are told, the token is not."""
    answer = await act("inspect_token")
    assert answer["client"] == cloud.client_id
    assert answer["expires_at"]
    assert answer["organizations"] == ["example-logistics"]
    assert not any(token.value in str(answer) for token in cloud.world.tokens)


async def test_revoking_a_token_that_became_known(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """It ends, Home Assistant's own goes on; a second time it is unknown, which is no log-in."""
    await act("revoke_token", token=f" {cloud.access_token} ")
    assert cloud.world.tokens.get(cloud.access_token) is None
    assert not any(cloud.access_token in request.path for request in cloud.requests)
    await act("list_products")

    with pytest.raises(ServiceValidationError, match="does not know this token") as raised:
        await act("revoke_token", token=cloud.access_token)
    assert cloud.access_token not in str(raised.value)
    await hass.async_block_till_done()
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    with pytest.raises(ServiceValidationError, match="token"):
        await act("revoke_token", token="")


@pytest.mark.parametrize("action", ["revoke_token", "revoke_all_tokens"])
async def test_revoking_the_token_in_use(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, action: str
) -> None:
    """With an OAuth client Home Assistant notices at once, and gets another one by itself."""
    before = {token.value for token in cloud.world.tokens if token.client_id == cloud.client_id}
    listings = len(cloud.requests.matching("GET", "/v1/devices"))
    await act(action)
    await until(hass, lambda: len(cloud.requests.matching("GET", "/v1/devices")) > listings)
    assert not any(cloud.world.tokens.get(value) for value in before)
    kept = cloud.world.tokens.get(cloud.access_token)
    assert (kept is None) is (action == "revoke_all_tokens")
    assert (await act("list_products"))["products"]
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)


@pytest.mark.expect_log("Particle refuses the login of this account")
async def test_revoking_the_token_that_the_user_brought(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """There is no other one, so Home Assistant asks for a new login after the second refusal."""
    entry = await set_up()
    hass.config_entries.async_update_entry(
        entry,
        data={
            CONF_LOGIN: Login.ACCESS_TOKEN,
            CONF_SERVER_URL: cloud.base_url,
            CONF_ACCESS_TOKEN: cloud.access_token,
        },
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    await Act(hass)("revoke_token")
    assert cloud.world.tokens.get(cloud.access_token) is None
    await pass_time_until(
        hass, clock, lambda: hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    )


# Which account


async def test_an_account_that_is_none(
    hass: HomeAssistant, act: Act, config_entry: MockConfigEntry
) -> None:
    """Unknown, of another integration, not loaded: each is named."""
    other = MockConfigEntry(domain="test", title="Lamps")
    other.add_to_hass(hass)
    for wrong, told in (("nothing", "nothing"), (other.entry_id, "Lamps")):
        with pytest.raises(ServiceValidationError, match=told):
            await act("list_products", config_entry_id=wrong)
    await hass.config_entries.async_unload(config_entry.entry_id)
    with pytest.raises(ServiceValidationError, match="not loaded"):
        await act("list_products", config_entry_id=config_entry.entry_id)
