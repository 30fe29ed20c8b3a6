"""Failed logins are stopped before the cloud blocks the address, and nobody else is held back."""

import asyncio

import aiohttp
import pytest

from custom_components.particle.api import (
    AuthenticationError,
    ClientCredentials,
    InvalidCredentialsError,
    InvalidOtpError,
    LoginBlockedError,
    OtpRequiredError,
    PasswordLogin,
    RateLimitedError,
)
from custom_components.particle.api.pacing import LOGIN_PAUSE, MAX_FAILED_LOGINS, rate_limits_for
from tests.simulator import SimulatedCloud

from .tokens import client, token_requests


async def fail(session: aiohttp.ClientSession, cloud: SimulatedCloud, times: int) -> None:
    """Log in with other wrong secrets of the same client, as somebody who types them would."""
    for number in range(times):
        with pytest.raises(InvalidCredentialsError):
            await client(session, cloud, f"wrong-{number}").access_token()


async def test_we_stop_before_the_cloud_blocks_the_address(
    cloud: SimulatedCloud, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After eight failures nothing is sent for half an hour, and the error says so."""
    await fail(session, cloud, MAX_FAILED_LOGINS)
    sent = token_requests(cloud)
    with pytest.raises(LoginBlockedError, match="30 minutes") as caught:
        await client(session, cloud, "right-at-last").access_token()
    assert caught.value.retry_after == pytest.approx(LOGIN_PAUSE, abs=10)
    assert token_requests(cloud) == sent
    now = asyncio.get_running_loop().time()
    monkeypatch.setattr(
        rate_limits_for(cloud.base_url).logins, "_clock", lambda: now + LOGIN_PAUSE + 1
    )
    with pytest.raises(InvalidCredentialsError):
        await client(session, cloud, "wrong").access_token()
    assert await client(session, cloud, cloud.client_secret).access_token()


async def test_waiting_for_the_next_login_is_no_proof_against_the_credentials(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """It is a limit like any other, so nobody is asked to log in again."""
    await fail(session, cloud, MAX_FAILED_LOGINS)
    with pytest.raises(LoginBlockedError) as caught:
        await client(session, cloud, "wrong").access_token()
    assert isinstance(caught.value, RateLimitedError)
    assert not isinstance(caught.value, AuthenticationError)


async def test_mistakes_with_one_account_do_not_hold_back_another(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """The other login goes through, and its success does not free the one that was mistaken."""
    login = PasswordLogin(session, base_url=cloud.base_url)
    for number in range(MAX_FAILED_LOGINS):
        with pytest.raises(InvalidCredentialsError):
            await login.login(cloud.username, f"wrong {number}")
    assert await client(session, cloud, cloud.client_secret).access_token()
    sent = token_requests(cloud)
    with pytest.raises(LoginBlockedError):
        await login.login(cloud.username, cloud.password)
    with pytest.raises(LoginBlockedError):
        await login.login(cloud.username.upper(), cloud.password)
    assert token_requests(cloud) == sent


async def test_many_accounts_with_one_mistake_each_are_stopped_too(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """The cloud counts for the address, so the tenth failure in a row is never sent."""
    login = PasswordLogin(session, base_url=cloud.base_url)
    for number in range(MAX_FAILED_LOGINS + 1):
        with pytest.raises(InvalidCredentialsError):
            await login.login(f"user{number}@example.com", "wrong")
    for name in ("user0@example.com", "somebody.else@example.com"):
        with pytest.raises(LoginBlockedError):
            await login.login(name, "wrong")


async def test_credentials_that_have_worked_are_not_held_back(
    cloud: SimulatedCloud, session: aiohttp.ClientSession, auth: ClientCredentials
) -> None:
    """Not by mistakes with their own client either; once they are refused, they count like others."""
    await auth.access_token()
    await fail(session, cloud, MAX_FAILED_LOGINS)
    await auth.revoke()
    assert await auth.access_token()

    await fail(session, cloud, MAX_FAILED_LOGINS)
    del cloud.world.clients[cloud.client_id]
    await auth.revoke()
    with pytest.raises(InvalidCredentialsError):
        await auth.access_token()
    with pytest.raises(LoginBlockedError):
        await client(session, cloud, cloud.client_secret).access_token()


async def test_wrong_codes_count_for_the_user(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """Logging in anew for another try at the second factor's code does not start the count again."""
    cloud.world.users[cloud.username].mfa_enabled = True
    for _ in range(MAX_FAILED_LOGINS):
        login = PasswordLogin(session, base_url=cloud.base_url)
        with pytest.raises(OtpRequiredError) as caught:
            await login.login(cloud.username, cloud.password)
        with pytest.raises(InvalidOtpError):
            await login.confirm(caught.value.mfa_token, "000000")
    with pytest.raises(LoginBlockedError):
        await login.login(cloud.username, cloud.password)


async def test_a_success_ends_the_count_of_failures(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """Only failures in a row lead to the block."""
    for _ in range(2):
        await fail(session, cloud, MAX_FAILED_LOGINS - 1)
        assert await client(session, cloud, cloud.client_secret).access_token()
