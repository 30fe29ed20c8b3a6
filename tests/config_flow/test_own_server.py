"""Servers that people run themselves, such as @brewskey/spark-server: a part of Particle's API."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.particle.const import Login
from tests.config_flow.steps import PASSWORD_STEP, client, on, start, submit, suggested
from tests.simulator import SimulatedCloud


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
    assert not result["errors"]
    assert result["step_id"] == "product"


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
