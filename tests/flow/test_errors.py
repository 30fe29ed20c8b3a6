"""What can be wrong with what was entered or with the cloud, and how it is put right."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

from freezegun.api import TickingDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.api import ConflictError
from custom_components.particle.api.pacing import MAX_FAILED_LOGINS, LoginGuard, rate_limits_for
from custom_components.particle.const import DOMAIN, Login
from custom_components.particle.flow import permissions
from tests.flow.steps import PASSWORD_STEP, client, connect, is_loaded, on, start, submit
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until

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
    assert result["description_placeholders"]["minutes"] == "30"
    assert len(cloud.requests) == sent

    rate_limits_for(cloud.base_url).logins = LoginGuard()  # half an hour later
    result = await connect(hass, await submit(hass, result, on(cloud, **PASSWORD_STEP)))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_mistakes_in_the_form_do_no_harm_to_an_account_that_works(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry
) -> None:
    """It starts, and starts again, although every login there needs a new token."""
    result = await start(hass, Login.PASSWORD)
    wrong = on(cloud, username="jane.doe@example.com", password="wrong")
    for _ in range(MAX_FAILED_LOGINS + 1):
        result = await submit(hass, result, wrong)
    assert result["errors"] == {"base": "login_blocked"}

    config_entry.add_to_hass(hass)
    await hass.config_entries.async_setup(config_entry.entry_id)
    assert is_loaded(config_entry)
    for _ in range(MAX_FAILED_LOGINS):
        result = await submit(hass, result, wrong)
    assert result["errors"] == {"base": "login_blocked"}
    assert await hass.config_entries.async_reload(config_entry.entry_id)
    assert is_loaded(config_entry)
    await hass.config_entries.async_unload(config_entry.entry_id)


async def test_an_account_that_has_to_wait_is_set_up_later(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
) -> None:
    """Its credentials are right, so nobody is asked for others."""
    result = await start(hass, Login.CLIENT_CREDENTIALS)
    entered = on(cloud, client_id=cloud.client_id, client_secret="wrong")
    for _ in range(MAX_FAILED_LOGINS):
        result = await submit(hass, result, entered)
    assert result["errors"] == {"base": "invalid_client_credentials"}
    hass.config_entries.flow.async_abort(result["flow_id"])

    config_entry.add_to_hass(hass)
    await hass.config_entries.async_setup(config_entry.entry_id)
    assert config_entry.state is ConfigEntryState.SETUP_RETRY
    assert "possible in 30 minutes" in str(config_entry.reason)
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)

    await pass_time(hass, clock, timedelta(minutes=31))
    await until(hass, lambda: is_loaded(config_entry))
    await hass.config_entries.async_unload(config_entry.entry_id)


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
    monkeypatch.setattr(permissions, "STREAM_TIMEOUT", 0.1)
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
        pytest.param(
            ValueError("a bug"),
            id="a bug",
            marks=pytest.mark.expect_log("Unexpected error in a flow"),
        ),
        pytest.param(
            ConflictError("no text covers this"),
            id="an error without a text",
            marks=pytest.mark.expect_log("no text covers this"),
        ),
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
