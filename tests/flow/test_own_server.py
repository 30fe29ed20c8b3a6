"""Servers that people run themselves, such as @brewskey/spark-server: a part of Particle's API."""

from typing import Any

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.particle.const import DOMAIN, Login
from tests.flow.steps import (
    PASSWORD_STEP,
    choose,
    client,
    is_loaded,
    on,
    reauth,
    reconfigure,
    start,
    submit,
    suggested,
)
from tests.flow_texts import Result
from tests.simulator import SimulatedCloud
from tests.simulator.world import Token, TokenKind


@pytest.fixture(autouse=True)
def _own_server(cloud: SimulatedCloud) -> None:
    cloud.faults.set("own_server")


async def test_a_wrong_token_is_found_before_a_product_is_asked_for(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """The server answers 404 to what it does not know, whatever the token."""
    result = await start(hass, Login.ACCESS_TOKEN)
    result = await submit(hass, result, on(cloud, access_token="0" * 40))
    assert result["step_id"] == "access_token"
    assert result["errors"] == {"base": "invalid_access_token"}


async def test_a_client_that_cannot_log_in(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """The form says what does instead."""
    result = await start(hass, Login.CLIENT_CREDENTIALS)
    result = await submit(hass, result, client(cloud))
    assert result["errors"] == {"base": "no_client_credentials"}


async def test_the_client_of_a_login_with_a_password(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """A server that does not know our client says so, and the form has fields for another one."""
    known = cloud.world.clients.pop("particle")
    result = await start(hass, Login.PASSWORD)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    assert result["errors"] == {"base": "unknown_oauth_client"}

    cloud.world.clients["house"] = type(known)(**{**_fields(known), "id": "house", "secret": "key"})
    entered = on(cloud, **PASSWORD_STEP)
    entered["server"] |= {"client_id": "house", "client_secret": "wrong"}
    result = await submit(hass, result, entered)
    assert result["errors"] == {"base": "unknown_oauth_client"}
    entered["server"]["client_secret"] = "key"
    result = await submit(hass, result, entered)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == cloud.username
    entry = result["result"]
    assert entry.unique_id == f"{cloud.base_url} {cloud.username}"
    assert entry.options == {"account_devices": True, "products": []}
    assert is_loaded(entry)
    assert hass.states.is_state("binary_sensor.greenhouse_connection", STATE_ON)

    # Tokens of such servers end after some months.
    entry.async_start_reauth(hass)
    result = await reauth(hass)
    fields = result["data_schema"].schema
    assert [str(key) for key in fields] == ["username", "password", "server"]
    assert [str(key) for key in fields["server"].schema.schema] == ["client_id", "client_secret"]
    assert suggested(fields["server"].schema, "client_id") == "house"
    assert suggested(fields["server"].schema, "client_secret") is None
    result = await submit(hass, result, {**PASSWORD_STEP, "server": {"client_id": "house"}})
    assert result["reason"] == "reauth_successful"
    assert entry.data["client_secret"] == "key"
    assert entry.unique_id == f"{cloud.base_url} {cloud.username}"

    # The server knows another client now.
    cloud.world.clients["home"] = type(known)(**{**_fields(known), "id": "home", "secret": "lock"})
    del cloud.world.clients["house"]
    entry.async_start_reauth(hass)
    result = await reauth(hass)
    result = await submit(hass, result, {**PASSWORD_STEP, "server": {"client_id": "home"}})
    assert result["errors"] == {"base": "unknown_oauth_client"}
    changed = {"client_id": "home", "client_secret": "lock"}
    result = await submit(hass, result, {**PASSWORD_STEP, "server": changed})
    assert result["reason"] == "reauth_successful"
    assert entry.data["client_id"] == "home"
    assert entry.data["client_secret"] == "lock"


async def test_a_token_opens_an_account_whose_user_name_is_asked_for(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """The server lists devices, and says nothing about their owner."""
    result = await add_token(hass, cloud, cloud.access_token)
    assert result["step_id"] == "own_account"
    assert result["description_placeholders"] == {"server": cloud.base_url}
    result = await submit(hass, result, {"username": " "})
    assert result["step_id"] == "own_account"
    result = await submit(hass, result, {"username": " Jane "})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Jane"
    assert result["result"].unique_id == f"{cloud.base_url} jane"
    assert result["options"] == {"account_devices": True, "products": []}
    assert is_loaded(result["result"])
    assert hass.states.is_state("binary_sensor.greenhouse_connection", STATE_ON)


async def test_two_accounts_of_one_server(
    hass: HomeAssistant, cloud: SimulatedCloud, newcomer: str
) -> None:
    """The user name tells them apart; the same one is connected once."""
    result = await add_token(hass, cloud, cloud.access_token)
    await submit(hass, result, {"username": cloud.username})
    result = await add_token(hass, cloud, newcomer)
    result = await submit(hass, result, {"username": "new@example.com"})
    assert result["step_id"] == "empty_account"
    result = await submit(hass, result, {})
    assert result["title"] == "new@example.com"
    assert len(hass.config_entries.async_entries(DOMAIN)) == 2

    result = await add_token(hass, cloud, cloud.access_token)
    result = await submit(hass, result, {"username": cloud.username.upper()})
    assert result["reason"] == "already_configured"
    result = await start(hass, Login.PASSWORD)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    assert result["reason"] == "already_configured"


async def test_another_token_for_the_same_account(
    hass: HomeAssistant, cloud: SimulatedCloud
) -> None:
    """Nothing is asked again, as nothing could tell that it is another account's."""
    result = await add_token(hass, cloud, cloud.access_token)
    entry = (await submit(hass, result, {"username": cloud.username}))["result"]
    cloud.world.tokens.add(Token("e" * 40, TokenKind.USER, cloud.username, "particle-cli"))
    entry.async_start_reauth(hass)
    result = await submit(hass, await reauth(hass), {"access_token": "e" * 40})
    assert result["reason"] == "reauth_successful"
    assert entry.data["access_token"] == "e" * 40
    assert entry.unique_id == f"{cloud.base_url} {cloud.username}"
    assert is_loaded(entry)


async def test_another_user_is_not_taken_for_the_same_account(
    hass: HomeAssistant, cloud: SimulatedCloud, newcomer: str
) -> None:
    """A login with a password says whose it is."""
    result = await add_token(hass, cloud, cloud.access_token)
    entry = (await submit(hass, result, {"username": cloud.username}))["result"]
    result = await choose(hass, await reconfigure(hass, entry), Login.PASSWORD)
    other = {"username": "new@example.com", "password": "secret-of-newcomer"}
    result = await submit(hass, result, on(cloud, **other))
    assert result["reason"] == "unique_id_mismatch"

    result = await choose(hass, await reconfigure(hass, entry), Login.PASSWORD)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["login"] == "password"


async def test_a_server_that_has_moved(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """The account keeps its devices and settings at the other address."""
    result = await add_token(hass, cloud, cloud.access_token)
    entry = (await submit(hass, result, {"username": cloud.username}))["result"]
    before = entry.unique_id
    async with SimulatedCloud() as moved:
        moved.faults.set("own_server")
        result = await choose(hass, await reconfigure(hass, entry), Login.ACCESS_TOKEN)
        result = await submit(hass, result, on(moved, access_token=moved.access_token))
        assert result["reason"] == "reconfigure_successful"
        assert entry.data["server_url"] == moved.base_url
        assert entry.unique_id == before
        assert is_loaded(entry)
        await hass.config_entries.async_unload(entry.entry_id)


async def add_token(hass: HomeAssistant, cloud: SimulatedCloud, token: str) -> Result:
    """Add the integration with a token."""
    result = await start(hass, Login.ACCESS_TOKEN)
    return await submit(hass, result, on(cloud, access_token=token))


def _fields(client: object) -> dict[str, Any]:
    return {name: getattr(client, name) for name in client.__dataclass_fields__}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("login", "entered", "secrets"),
    [
        (Login.PASSWORD, {"username": "a@example.com", "password": "typo"}, {"password"}),
        (Login.ACCESS_TOKEN, {"access_token": "0" * 40}, {"access_token"}),
        (Login.CLIENT_CREDENTIALS, {"client_id": "a", "client_secret": "b"}, {"client_secret"}),
    ],
)
async def test_secrets_are_not_shown_again(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    login: Login,
    entered: dict[str, str],
    secrets: set[str],
) -> None:
    """After a failed login the form keeps the rest of what was entered."""
    cloud.faults.clear()
    result = await start(hass, login)
    result = await submit(hass, result, on(cloud, **entered))
    assert result["errors"]
    for field, value in entered.items():
        shown = suggested(result["data_schema"], field)
        assert shown == (None if field in secrets else value)


async def test_giving_up_at_the_second_factor(hass: HomeAssistant, cloud: SimulatedCloud) -> None:
    """There is no token yet that could be given back."""
    cloud.faults.clear()
    cloud.world.users[cloud.username].mfa_enabled = True
    result = await start(hass, Login.PASSWORD)
    result = await submit(hass, result, on(cloud, **PASSWORD_STEP))
    assert result["step_id"] == "otp"
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done()
    assert not hass.config_entries.flow.async_progress()
    assert not cloud.requests.matching("DELETE", "/v1/access_tokens/current")
