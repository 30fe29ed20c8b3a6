"""Logging in again, and changing the way to log in."""

from dataclasses import replace
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import Login
from tests.flow.steps import (
    PASSWORD_STEP,
    choose,
    client,
    connect,
    is_loaded,
    login_tokens,
    on,
    reauth,
    reconfigure,
    start,
    submit,
    suggested,
)
from tests.simulator import SimulatedCloud
from tests.simulator.world import Token, TokenKind

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
    result = await submit(hass, await reauth(hass), {**PASSWORD_STEP, "server": {}})
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
