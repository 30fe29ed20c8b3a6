"""Connecting an account: what people enter, what they are told, what becomes of it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast
from unittest.mock import patch

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowContext,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
import voluptuous as vol

from custom_components.particle import probe
from custom_components.particle.api import ConflictError
from custom_components.particle.api.pacing import MAX_FAILED_LOGINS, LoginGuard, pace_for
from custom_components.particle.const import DOMAIN, Login
from tests.flow_texts import Result, check_texts
from tests.simulator import SimulatedCloud
from tests.simulator.world import Product, Token, TokenKind, User

PASSWORD_STEP = {"username": SimulatedCloud.username, "password": SimulatedCloud.password}


@pytest.fixture(autouse=True)
async def _unload(hass: HomeAssistant, cloud: SimulatedCloud) -> AsyncIterator[None]:
    """Unload what the flows have set up, while the cloud still answers."""
    yield
    for entry in hass.config_entries.async_entries(DOMAIN):
        if is_loaded(entry):
            await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


async def begin(hass: HomeAssistant, context: dict[str, str]) -> Result:
    """Begin a flow."""
    flow = hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context=cast("ConfigFlowContext", context))
    return check_texts(cast("Result", result), "config")


async def reauth(hass: HomeAssistant) -> Result:
    """Open the form that asks to log in again."""
    await hass.async_block_till_done()
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_confirm"
    result = await hass.config_entries.flow.async_configure(flow["flow_id"])
    return check_texts(cast("Result", result), "config")


def is_loaded(entry: ConfigEntry) -> bool:
    """Whether an account is up and running."""
    return entry.state is ConfigEntryState.LOADED


async def start(hass: HomeAssistant, login: Login) -> Result:
    """Add the integration and choose a way to log in."""
    result = await begin(hass, {"source": SOURCE_USER})
    assert result["type"] is FlowResultType.MENU
    assert list(result["menu_options"]) == ["client_credentials", "access_token", "password"]
    return await choose(hass, result, login)


async def choose(hass: HomeAssistant, result: Result, option: str) -> Result:
    """Choose from a menu."""
    return await submit(hass, result, {"next_step_id": option})


async def submit(hass: HomeAssistant, result: Result, user_input: dict[str, Any]) -> Result:
    """Fill a form in."""
    shown = await hass.config_entries.flow.async_configure(result["flow_id"], user_input)
    await hass.async_block_till_done()
    return check_texts(cast("Result", shown), "config")


def on(cloud: SimulatedCloud, **fields: str) -> dict[str, Any]:
    """Return what is entered to log in at the simulated cloud."""
    return {**fields, "server": {"server_url": cloud.base_url}}


def client(cloud: SimulatedCloud) -> dict[str, Any]:
    """Return the account's OAuth client as it is entered."""
    return on(cloud, client_id=cloud.client_id, client_secret=cloud.client_secret)


def tokens_of(cloud: SimulatedCloud, client_id: str) -> list[Token]:
    """Return the tokens that a client has and that have not been revoked."""
    return [token for token in cloud.world.tokens if token.client_id == client_id]


def login_tokens(cloud: SimulatedCloud) -> list[Token]:
    """Return the tokens that logins with a password have made."""
    return [t for t in tokens_of(cloud, "particle") if t.kind is TokenKind.USER]


async def connect(hass: HomeAssistant, result: Result) -> Result:
    """Take the account's own boards alone, and end the flow."""
    assert result["step_id"] == "scope"
    return await submit(hass, result, {"account_devices": True, "products": []})


async def reconfigure(hass: HomeAssistant, entry: ConfigEntry) -> Result:
    """Choose "Reconfigure" in the entry's menu."""
    result = await begin(hass, {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id})
    assert result["step_id"] == "reconfigure"
    return result


def choices(result: Result, field: str) -> dict[str, str]:
    """Return what a form offers to choose from: values and labels."""
    options = result["data_schema"].schema[field].config["options"]
    return {option["value"]: option["label"] for option in options}


def suggested(schema: vol.Schema, field: str) -> object:
    """Return what a form has filled in already."""
    [key] = [key for key in schema.schema if key == field]
    return (key.description or {}).get("suggested_value")


@pytest.fixture
def newcomer(cloud: SimulatedCloud) -> str:
    """The token of somebody who has no board and no product."""
    name = "new@example.com"
    cloud.world.users[name] = User("5c00000000000000000000a9", name, "secret-of-newcomer")
    cloud.world.tokens.add(Token("f" * 40, TokenKind.USER, name, "particle-cli"))
    return "f" * 40


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


# What can be wrong with what was entered


@pytest.mark.parametrize(
    ("login", "wrong", "error"),
    [
        pytest.param(
            Login.CLIENT_CREDENTIALS,
            {"client_id": "home-assistant-4711", "client_secret": "wrong"},
            "invalid_client_credentials",
            id="wrong client secret",
        ),
        pytest.param(
            Login.CLIENT_CREDENTIALS,
            {"client_id": " ", "client_secret": "wrong"},
            "invalid_client_credentials",
            id="empty client id",
        ),
        pytest.param(
            Login.ACCESS_TOKEN,
            {"access_token": "0" * 40},
            "invalid_access_token",
            id="revoked token",
        ),
        pytest.param(
            Login.ACCESS_TOKEN,
            {"access_token": "half a token"},
            "invalid_access_token",
            id="no token at all",
        ),
        pytest.param(
            Login.PASSWORD,
            {"username": "jane@example.com", "password": "wrong"},
            "invalid_password",
            id="wrong password",
        ),
    ],
)
async def test_wrong_credentials_can_be_corrected(
    hass: HomeAssistant, cloud: SimulatedCloud, login: Login, wrong: dict[str, str], error: str
) -> None:
    """The form says which part is wrong and keeps what was entered."""
    result = await start(hass, login)
    result = await submit(hass, result, on(cloud, **wrong))
    assert result["step_id"] == login
    assert result["errors"] == {"base": error}
    right = {
        Login.CLIENT_CREDENTIALS: client(cloud),
        Login.ACCESS_TOKEN: on(cloud, access_token=cloud.access_token),
        Login.PASSWORD: on(cloud, **PASSWORD_STEP),
    }
    result = await connect(hass, await submit(hass, result, right[login]))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_single_sign_on_points_to_another_way(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """Such an account has no password at Particle."""
    cloud.world.users[cloud.username].sso = True
    result = await start(hass, Login.PASSWORD)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    assert result["errors"] == {"base": "single_sign_on"}
    cloud.world.users[cloud.username].sso = False
    result = await connect(hass, await submit(hass, result, on(cloud, **PASSWORD_STEP)))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_home_assistant_stops_before_particle_blocks_the_address(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """After eight failures nothing is sent any more, until half an hour has passed."""
    result = await start(hass, Login.PASSWORD)
    wrong = on(cloud, username=cloud.username, password="wrong")
    for _ in range(MAX_FAILED_LOGINS):
        result = await submit(hass, result, wrong)
        assert result["errors"] == {"base": "invalid_password"}
    sent = len(cloud.requests)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    assert result["errors"] == {"base": "login_blocked"}
    assert len(cloud.requests) == sent

    pace_for(cloud.base_url).logins = LoginGuard()  # half an hour later
    result = await connect(hass, await submit(hass, result, on(cloud, **PASSWORD_STEP)))
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    "url",
    ["api.particle.io", "ftp://api.example.com", "http://", "https://me:secret@example.com", ""],
)
async def test_the_servers_address_has_to_be_one(
    hass: HomeAssistant, cloud: SimulatedCloud, url: str
) -> None:
    """Nothing is sent to an address that cannot be meant."""
    result = await start(hass, Login.ACCESS_TOKEN)
    entered = {"access_token": cloud.access_token, "server": {"server_url": url}}
    result = await submit(hass, result, entered)
    assert result["errors"] == {"base": "invalid_url"}
    assert not cloud.requests
    result = await submit(hass, result, on(cloud, access_token=cloud.access_token))
    assert (await connect(hass, result))["type"] is FlowResultType.CREATE_ENTRY


# What can be wrong with the cloud


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        pytest.param({"name": "unauthorized"}, "invalid_access_token", id="token refused"),
        pytest.param({"name": "rate_limited"}, "rate_limited", id="too many requests"),
        pytest.param(
            {"name": "overloaded", "only": "streams"}, "rate_limited", id="too many streams"
        ),
        pytest.param({"name": "server_error"}, "cloud_error", id="cloud trouble"),
        pytest.param(
            {"name": "server_error", "only": "streams"}, "cloud_error", id="stream trouble"
        ),
        pytest.param({"name": "proxy_html"}, "not_particle", id="page of a proxy"),
        pytest.param({"name": "not_json", "only": "calls"}, "not_particle", id="broken answer"),
        pytest.param({"name": "cloud_down"}, "cannot_connect", id="nobody answers"),
        pytest.param({"name": "reset", "only": "streams"}, "cannot_connect", id="stream is cut"),
        pytest.param(
            {"name": "forbidden", "path": "/v1/devices"},
            "missing_permission",
            id="may not list boards",
        ),
    ],
)
async def test_trouble_is_named_and_passes(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    newcomer: str,
    trouble: dict[str, Any],
    error: str,
) -> None:
    """The same entries work as soon as the trouble is over."""
    result = await start(hass, Login.ACCESS_TOKEN)
    cloud.faults.set(**trouble)
    result = await submit(hass, result, on(cloud, access_token=newcomer))
    assert result["step_id"] == "access_token"
    assert result["errors"] == {"base": error}

    cloud.faults.clear()
    result = await submit(hass, result, on(cloud, access_token=newcomer))
    assert result["step_id"] == "empty_account"
    result = await submit(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_stream_that_never_answers_is_given_up(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    newcomer: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody waits in front of a form for ever."""
    monkeypatch.setattr(probe, "STREAM_TIMEOUT", 0.1)
    result = await start(hass, Login.ACCESS_TOKEN)
    cloud.faults.set("hang", only="streams")
    result = await submit(hass, result, on(cloud, access_token=newcomer))
    assert result["errors"] == {"base": "cannot_connect"}

    cloud.faults.clear()
    monkeypatch.undo()
    result = await submit(hass, result, on(cloud, access_token=newcomer))
    assert result["step_id"] == "empty_account"


async def test_a_server_without_a_certificate(
    hass: HomeAssistant, cloud: SimulatedCloud, newcomer: str
) -> None:
    """Something answers, but not over TLS."""
    result = await start(hass, Login.ACCESS_TOKEN)
    secure = cloud.base_url.replace("http:", "https:")
    entered = {"access_token": newcomer, "server": {"server_url": secure}}
    result = await submit(hass, result, entered)
    assert result["errors"] == {"base": "no_secure_connection"}
    result = await submit(hass, result, on(cloud, access_token=newcomer))
    assert result["step_id"] == "empty_account"


async def test_a_server_that_nobody_knows(
    hass: HomeAssistant, cloud: SimulatedCloud, newcomer: str
) -> None:
    """The name cannot be looked up."""
    result = await start(hass, Login.ACCESS_TOKEN)
    # The tests have no name service; its answer is the only thing that is made up here.
    failure = patch(
        "aiohttp.resolver.AsyncResolver.resolve", side_effect=OSError("Domain name not found")
    )
    entered = {"access_token": newcomer, "server": {"server_url": "https://api.example.com"}}
    with failure:
        result = await submit(hass, result, entered)
    assert result["errors"] == {"base": "unknown_host"}
    result = await submit(hass, result, on(cloud, access_token=newcomer))
    assert result["step_id"] == "empty_account"


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(ValueError("a bug"), id="a bug"),
        pytest.param(ConflictError("no text covers this"), id="an error without a text"),
    ],
)
async def test_the_unexpected_goes_to_the_log(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    newcomer: str,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
) -> None:
    """The form stays usable."""
    result = await start(hass, Login.ACCESS_TOKEN)
    with patch("custom_components.particle.config_flow.find_account", side_effect=failure):
        result = await submit(hass, result, on(cloud, access_token=newcomer))
    assert result["errors"] == {"base": "unknown"}
    assert str(failure) in caplog.text
    assert newcomer not in caplog.text
    result = await submit(hass, result, on(cloud, access_token=newcomer))
    assert result["step_id"] == "empty_account"


# What the credentials may do


async def test_what_will_not_work_is_said_before_it_is_missed(
    hass: HomeAssistant, cloud: SimulatedCloud, newcomer: str
) -> None:
    """People can go back and use other credentials."""
    cloud.faults.set("forbidden", only="streams", path="/v1/devices/events")
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=newcomer))
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "limited"
    assert result["menu_options"] == ["go_on", "user"]
    limits = result["description_placeholders"]["limits"]
    assert limits.startswith("- read events: no triggers on events")
    assert "\n" not in limits

    result = await choose(hass, result, "user")
    assert result["step_id"] == "user"
    result = await choose(hass, result, Login.CLIENT_CREDENTIALS)
    cloud.faults.clear()
    result = await connect(hass, await submit(hass, result, client(cloud)))
    assert result["title"] == cloud.username


async def test_people_may_live_with_the_limits(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """A token names what it may do; the rest is listed, with its place where there are several."""
    token = cloud.world.tokens.get(cloud.access_token)
    assert token is not None
    token.scopes = ("devices:list", "devices:get", "events:get", "devices.variable:get")
    cloud.faults.set("forbidden", only="streams", path="/v1/products/24001/events")
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=cloud.access_token))
    assert choices(result, "products") == {"24001": "Delivery Vans (24001)"}
    result = await submit(hass, result, {"account_devices": True, "products": ["24001"]})
    assert result["step_id"] == "limited"
    lines = result["description_placeholders"]["limits"].splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "- Delivery Vans",
        "- call functions",
        "- publish events",
        "- ping boards",
        "- rename boards and let them signal",
    ]
    cloud.faults.clear()
    result = await choose(hass, result, "go_on")
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_scopes_of_another_kind_say_nothing_about_boards(
    hass: HomeAssistant, cloud: SimulatedCloud, newcomer: str
) -> None:
    """An OAuth client may carry the right to create customers; that takes nothing away."""
    token = cloud.world.tokens.get(newcomer)
    assert token is not None
    token.scopes = ("customers:create",)
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=newcomer))
    assert result["step_id"] == "empty_account"


async def test_a_product_that_refuses_its_boards_is_a_limit_among_others(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """As long as some boards can be listed; alone it is an error."""
    cloud.faults.set("forbidden", path="/v1/products/24001/*")
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=cloud.access_token))
    result = await submit(hass, result, {"account_devices": False, "products": ["24001"]})
    assert result["step_id"] == "scope"
    assert result["errors"] == {"base": "missing_permission"}

    result = await submit(hass, result, {"account_devices": True, "products": ["24001"]})
    assert result["step_id"] == "limited"
    lines = result["description_placeholders"]["limits"].splitlines()
    assert lines[0] == "- Delivery Vans: list boards: none of them appear"
    assert len(lines) == 2


async def test_products_are_offered_only_where_they_can_be_listed(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """A team role may see boards and no products."""
    cloud.faults.set("forbidden", path="/v1/user/products")
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=cloud.access_token))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["options"] == {"account_devices": True, "products": []}


async def test_something_has_to_be_chosen(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """Neither own boards nor a product would be an entry without boards."""
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=cloud.access_token))
    result = await submit(hass, result, {"account_devices": False, "products": []})
    assert result["errors"] == {"base": "nothing_chosen"}
    assert (await connect(hass, result))["type"] is FlowResultType.CREATE_ENTRY


async def test_an_empty_account_is_no_mistake(
    hass: HomeAssistant, cloud: SimulatedCloud, newcomer: str
) -> None:
    """It is said, and the entry is made: boards come later."""
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=newcomer))
    assert result["step_id"] == "empty_account"
    assert result["description_placeholders"]["account"] == "new@example.com"
    result = await submit(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "new@example.com"


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
    """Only the last one is kept."""
    result = await start(hass, Login.PASSWORD)
    cloud.faults.set("server_error", path="/v1/user/identify", count=1)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    assert result["errors"] == {"base": "cloud_error"}
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    result = await connect(hass, result)
    [token] = login_tokens(cloud)
    assert result["data"]["access_token"] == token.value


# Logging in again


async def test_a_lost_client_is_replaced_by_another(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry
) -> None:
    """Reauthentication brings an entry that could not start back to life."""
    old = cloud.world.clients.pop(cloud.client_id)
    config_entry.add_to_hass(hass)
    await hass.config_entries.async_setup(config_entry.entry_id)
    assert not is_loaded(config_entry)
    result = await reauth(hass)
    assert [str(key) for key in result["data_schema"].schema] == ["client_id", "client_secret"]
    assert suggested(result["data_schema"], "client_id") == cloud.client_id
    assert suggested(result["data_schema"], "client_secret") is None
    assert result["description_placeholders"]["name"] == cloud.username

    entered = {"client_id": cloud.client_id, "client_secret": "wrong"}
    result = await submit(hass, result, entered)
    assert result["errors"] == {"base": "invalid_client_credentials"}

    cloud.world.clients["new-4713"] = replace(old, id="new-4713", secret="new-secret")
    result = await submit(hass, result, {"client_id": "new-4713", "client_secret": "new-secret"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    assert config_entry.data["client_id"] == "new-4713"
    assert config_entry.data["server_url"] == cloud.base_url
    assert is_loaded(config_entry)


async def test_credentials_that_work_again_are_enough(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry
) -> None:
    """Nothing has changed in the entry, and it starts all the same."""
    lost = cloud.world.clients.pop(cloud.client_id)
    config_entry.add_to_hass(hass)
    await hass.config_entries.async_setup(config_entry.entry_id)
    assert not is_loaded(config_entry)
    cloud.world.clients[cloud.client_id] = lost
    entered = {"client_id": cloud.client_id, "client_secret": cloud.client_secret}
    result = await submit(hass, await reauth(hass), entered)
    assert result["reason"] == "reauth_successful"
    assert is_loaded(config_entry)


async def test_a_running_entry_takes_its_new_password_token(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """With the second factor again; the listener reloads it once."""
    result = await start(hass, Login.PASSWORD)
    result = await connect(hass, await submit(hass, result, on(cloud, **PASSWORD_STEP)))
    entry = result["result"]
    user = cloud.world.users[cloud.username]
    user.mfa_enabled = True
    entry.async_start_reauth(hass)
    result = await submit(hass, await reauth(hass), PASSWORD_STEP)
    assert result["step_id"] == "otp"
    with patch.object(
        hass.config_entries, "async_reload", wraps=hass.config_entries.async_reload
    ) as reload:
        result = await submit(hass, result, {"otp": user.otp})
    assert result["reason"] == "reauth_successful"
    assert reload.call_count == 1
    assert is_loaded(entry)
    [token] = login_tokens(cloud)
    assert entry.data["access_token"] == token.value


async def test_the_wrong_account_is_not_taken(
    hass: HomeAssistant, cloud: SimulatedCloud, newcomer: str
) -> None:
    """An entry never changes into another account."""
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=cloud.access_token))
    entry = (await connect(hass, result))["result"]
    entry.async_start_reauth(hass)
    result = await submit(hass, await reauth(hass), {"access_token": newcomer})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "unique_id_mismatch"
    assert result["description_placeholders"] == {
        "account": cloud.username,
        "other": "new@example.com",
    }
    assert entry.data["access_token"] == cloud.access_token


async def test_a_product_keeps_its_product(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """Its credentials cannot tell whose they are: the entry's product is tried."""
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=cloud.api_user_token))
    result = await submit(hass, result, {"product": "24001"})
    entry = result["result"]
    entry.async_start_reauth(hass)
    other = Token("e" * 40, TokenKind.API_USER, "other@api.example.com", "particle", 24002)
    cloud.world.tokens.add(other)
    result = await submit(hass, await reauth(hass), {"access_token": other.value})
    assert result["step_id"] == "reauth_confirm"
    assert result["errors"] == {"base": "missing_permission"}
    result = await submit(hass, result, {"access_token": cloud.access_token})
    assert result["reason"] == "reauth_successful"
    assert entry.data["access_token"] == cloud.access_token


# Changing the way to log in


async def test_another_way_to_log_in(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """From a password to an OAuth client; the old token ends, the boards and options stay."""
    result = await start(hass, Login.PASSWORD)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    entry = (await connect(hass, result))["result"]
    assert len(login_tokens(cloud)) == 1

    result = await reconfigure(hass, entry)
    assert result["description_placeholders"]["account"] == cloud.username
    result = await choose(hass, result, Login.CLIENT_CREDENTIALS)
    assert result["step_id"] == "client_credentials"
    server = result["data_schema"].schema["server"].schema
    assert suggested(server, "server_url") == cloud.base_url

    result = await submit(hass, result, client(cloud))
    assert result["reason"] == "reconfigure_successful"
    assert dict(entry.data) == {
        "login": "client_credentials",
        "server_url": cloud.base_url,
        "client_id": cloud.client_id,
        "client_secret": cloud.client_secret,
    }
    assert entry.options == {"account_devices": True, "products": []}
    assert is_loaded(entry)
    assert login_tokens(cloud) == []


async def test_reconfiguring_says_what_will_not_work_and_goes_back(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry
) -> None:
    """The entry stays as it is until something better is entered."""
    config_entry.add_to_hass(hass)
    await hass.config_entries.async_setup(config_entry.entry_id)
    await hass.async_block_till_done()
    before = dict(config_entry.data)
    result = await choose(hass, await reconfigure(hass, config_entry), Login.ACCESS_TOKEN)
    cloud.faults.set("forbidden", only="streams")
    result = await submit(hass, result, on(cloud, access_token=cloud.access_token))
    assert result["menu_options"] == ["go_on", "reconfigure"]
    assert config_entry.data == before
    result = await choose(hass, result, "reconfigure")
    assert result["step_id"] == "reconfigure"
    cloud.faults.clear()
    result = await choose(hass, result, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token=cloud.access_token))
    assert result["reason"] == "reconfigure_successful"
    assert config_entry.data["login"] == "access_token"


async def test_no_secret_reaches_the_log(
    hass: HomeAssistant, cloud: SimulatedCloud, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even with debug logging, whether the login works or not."""
    caplog.set_level("DEBUG")
    user = cloud.world.users[cloud.username]
    user.mfa_enabled = True
    result = await start(hass, Login.PASSWORD)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    result = await submit(hass, result, {"otp": "987654"})
    result = await submit(hass, result, {"otp": user.otp})
    await connect(hass, result)
    result = await start(hass, Login.CLIENT_CREDENTIALS)
    entered = on(cloud, client_id=cloud.client_id, client_secret="not-so-secret")
    await submit(hass, result, entered)
    [token] = login_tokens(cloud)
    for secret in (cloud.password, "987654", user.otp, token.value, "not-so-secret"):
        assert secret not in caplog.text
