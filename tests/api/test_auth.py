"""Getting tokens, renewing them in time, giving them back, and stopping before the cloud blocks us."""

import asyncio
from typing import Any

import aiohttp
import pytest

from custom_components.particle.api import (
    AuthenticationError,
    ClientCredentials,
    CloudError,
    FixedToken,
    InvalidCredentialsError,
    InvalidOtpError,
    InvalidRequestError,
    InvalidTokenError,
    LoginBlockedError,
    OtpRequiredError,
    ParticleCloud,
    PasswordLogin,
    RateLimitedError,
    SingleSignOnError,
)
from custom_components.particle.api.pacing import LOGIN_PAUSE, MAX_FAILED_LOGINS, rate_limits_for
from tests.simulator import SimulatedCloud

DAY = 86_400.0


class Hands:
    """A clock that moves when a test says so."""

    def __init__(self) -> None:
        """Start at midnight."""
        self.now = 0.0

    def __call__(self) -> float:
        """Seconds since the start."""
        return self.now


def token_requests(cloud: SimulatedCloud) -> int:
    """Number of token requests that the cloud has seen."""
    return len(cloud.requests.matching("POST", "/oauth/token"))


def client(
    session: aiohttp.ClientSession, cloud: SimulatedCloud, secret: str, **options: Any
) -> ClientCredentials:
    """The simulated user's OAuth client with any secret."""
    return ClientCredentials(session, cloud.client_id, secret, base_url=cloud.base_url, **options)


async def fail(session: aiohttp.ClientSession, cloud: SimulatedCloud, times: int) -> None:
    """Log in with other wrong secrets of the same client, as somebody who types them would."""
    for number in range(times):
        with pytest.raises(InvalidCredentialsError):
            await client(session, cloud, f"wrong-{number}").access_token()


async def test_the_token_request_is_a_form_with_the_client_in_the_header(
    cloud: SimulatedCloud, auth: ClientCredentials
) -> None:
    """The token endpoint takes nothing but a form; secrets stay out of address and body."""
    token = await auth.access_token()
    assert len(token) == 40
    (request,) = cloud.requests
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["authorization"] == "Basic"
    assert request.body == {"grant_type": "client_credentials"}
    assert request.query == {}
    assert cloud.client_secret not in repr(auth)
    assert token not in repr(auth)


async def test_one_token_serves_all_who_ask_at_once(
    cloud: SimulatedCloud, auth: ClientCredentials
) -> None:
    """Ten callers at the start cause one login."""
    tokens = await asyncio.gather(*(auth.access_token() for _ in range(10)))
    assert len(set(tokens)) == 1
    assert token_requests(cloud) == 1


async def test_the_token_is_renewed_when_nine_tenths_of_its_life_are_over(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """`expires_in` is seconds: 90 days are renewed after 81, not after two hours."""
    clock = Hands()
    auth = ClientCredentials(
        session, cloud.client_id, cloud.client_secret, base_url=cloud.base_url, clock=clock
    )
    first = await auth.access_token()
    clock.now = 80.9 * DAY
    assert await auth.access_token() == first
    clock.now = 81.1 * DAY
    assert await auth.access_token() != first
    assert token_requests(cloud) == 2


async def test_a_cloud_in_trouble_does_not_take_away_a_token_that_is_still_good(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """Renewal waits while the old token lives, and is an error only when it is dead."""
    clock = Hands()
    auth = ClientCredentials(
        session, cloud.client_id, cloud.client_secret, base_url=cloud.base_url, clock=clock
    )
    first = await auth.access_token()
    cloud.faults.set("server_error", only="token", status=503)
    clock.now = 85 * DAY
    assert await auth.access_token() == first
    assert await auth.access_token() == first
    assert token_requests(cloud) == 2
    clock.now = 91 * DAY
    with pytest.raises(CloudError):
        await auth.access_token()
    cloud.faults.clear("server_error")
    assert await auth.access_token() != first


async def test_a_revoked_token_is_replaced_once_for_all(
    cloud: SimulatedCloud, auth: ClientCredentials, particle: ParticleCloud
) -> None:
    """After a 401 everybody gets the new token, and the calls succeed."""
    first = await auth.access_token()
    held = cloud.world.tokens.get(first)
    assert held is not None
    held.revoked = True
    users = await asyncio.gather(*(particle.users.me() for _ in range(5)))
    assert {user.username for user in users} == {cloud.username}
    assert token_requests(cloud) == 2


async def test_a_fixed_token_survives_one_hiccup_of_the_cloud(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """A single 401 can be a mistake; the second one is the truth."""
    particle = ParticleCloud(
        session, FixedToken(session, cloud.access_token, base_url=cloud.base_url), retry_delay=0
    )
    cloud.faults.set("unauthorized", count=1)
    assert (await particle.users.me()).username == cloud.username
    cloud.faults.set("unauthorized")
    before = len(cloud.requests)
    with pytest.raises(InvalidTokenError):
        await particle.users.me()
    assert len(cloud.requests) == before + 2


@pytest.mark.parametrize("token", ["", "  ", "two words", "tökén", "line\nbreak"])
def test_what_cannot_be_a_token_is_refused(session: aiohttp.ClientSession, token: str) -> None:
    """A token that cannot stand in a header never gets there."""
    with pytest.raises(InvalidRequestError) as caught:
        FixedToken(session, token)
    assert caught.value.argument == "access_token"
    if token.strip():
        assert token not in str(caught.value)


@pytest.mark.parametrize(
    ("client_id", "secret", "argument"),
    [("", "x", "client_id"), ("a:b", "x", "client_id"), ("a", "", "client_secret")],
)
async def test_what_cannot_be_a_client_is_refused(
    cloud: SimulatedCloud,
    session: aiohttp.ClientSession,
    client_id: str,
    secret: str,
    argument: str,
) -> None:
    """Nothing is sent for credentials that cannot be right."""
    auth = ClientCredentials(session, client_id, secret, base_url=cloud.base_url)
    with pytest.raises(InvalidRequestError) as caught:
        await auth.access_token()
    assert caught.value.argument == argument
    assert not cloud.requests


@pytest.mark.parametrize(
    "url", ["", "api.particle.io", "ftp://x.example", "https://", "https://u:p@x.example"]
)
def test_a_server_address_that_is_none_is_refused(session: aiohttp.ClientSession, url: str) -> None:
    """The address has to be http or https and carries no credentials."""
    with pytest.raises(InvalidRequestError) as caught:
        ClientCredentials(session, "client", "secret", base_url=url)
    assert caught.value.argument == "base_url"


async def test_login_with_password(cloud: SimulatedCloud, session: aiohttp.ClientSession) -> None:
    """E-mail and password give a token that never expires, unless another life is wished for."""
    login = PasswordLogin(session, base_url=cloud.base_url)
    token = await login.login(cloud.username, cloud.password)
    assert token.expires_in == 0
    assert token.access_token not in repr(token)
    token = await login.login(cloud.username, cloud.password, expires_in=3600)
    assert token.expires_in == 3600
    with pytest.raises(InvalidCredentialsError) as caught:
        await login.login(cloud.username, "wrong password")
    assert "wrong password" not in str(caught.value)
    with pytest.raises(InvalidRequestError, match="user name"):
        await login.login(" ", "x")
    with pytest.raises(InvalidRequestError, match="password"):
        await login.login("jane@example.com", "")


async def test_login_with_a_second_factor(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """The first step asks for the code; a wrong code can be corrected; a recovery code works too."""
    user = cloud.world.users[cloud.username]
    user.mfa_enabled = True
    login = PasswordLogin(session, base_url=cloud.base_url)
    with pytest.raises(OtpRequiredError) as caught:
        await login.login(cloud.username, cloud.password)
    mfa_token = caught.value.mfa_token
    with pytest.raises(InvalidOtpError):
        await login.confirm(mfa_token, "000000")
    with pytest.raises(InvalidRequestError, match="code is empty"):
        await login.confirm(mfa_token, " ")
    token = await login.confirm(mfa_token, " 123 456 ")
    particle = ParticleCloud(
        session, FixedToken(session, token.access_token, base_url=cloud.base_url)
    )
    assert (await particle.users.me()).username == cloud.username
    with pytest.raises(OtpRequiredError) as caught:
        await login.login(cloud.username, cloud.password)
    assert await login.recover(caught.value.mfa_token, user.recovery_codes[0])


async def test_an_account_with_single_sign_on_has_no_password(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """The user is told that a password cannot work."""
    cloud.world.users[cloud.username].sso = True
    with pytest.raises(SingleSignOnError):
        await PasswordLogin(session, base_url=cloud.base_url).login(cloud.username, cloud.password)


async def test_the_public_client_has_no_account(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """`particle:particle` may carry a password login but is nobody."""
    auth = ClientCredentials(session, "particle", "particle", base_url=cloud.base_url)
    with pytest.raises(InvalidCredentialsError):
        await auth.access_token()


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


async def test_a_client_that_is_refused_is_not_tried_again_at_once(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """Many devices ask for a token at the same time; the cloud sees one failure, and rarely another."""
    clock = Hands()
    auth = client(session, cloud, cloud.client_secret, clock=clock)
    lost = cloud.world.clients.pop(cloud.client_id)
    answers = await asyncio.gather(
        *(auth.access_token() for _ in range(20)), return_exceptions=True
    )
    assert {type(answer) for answer in answers} == {InvalidCredentialsError}
    assert token_requests(cloud) == 1
    for seconds, tries in ((61, 2), (122, 2), (302, 3), (DAY, 4), (10 * DAY, 5)):
        clock.now = seconds
        with pytest.raises(InvalidCredentialsError, match="Client credentials are invalid"):
            await auth.access_token()
        assert token_requests(cloud) == tries

    cloud.world.clients[cloud.client_id] = lost
    clock.now = 12 * DAY
    assert await auth.access_token()


async def test_a_renewal_that_is_refused_does_not_take_away_a_token_that_is_still_good(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """The token works until it expires, although there will be no other."""
    clock = Hands()
    auth = client(session, cloud, cloud.client_secret, clock=clock)
    token = await auth.access_token()
    del cloud.world.clients[cloud.client_id]
    for day in (82, 82.0001, 89):
        clock.now = day * DAY
        assert await auth.access_token() == token
    assert token_requests(cloud) == 3
    clock.now = 90.1 * DAY
    with pytest.raises(InvalidCredentialsError):
        await auth.access_token()


async def test_a_token_that_we_obtained_is_given_back(
    cloud: SimulatedCloud, session: aiohttp.ClientSession, auth: ClientCredentials
) -> None:
    """Revoking ends our token; the next call logs in anew."""
    token = await auth.access_token()
    await auth.revoke()
    assert cloud.world.tokens.get(token) is None
    assert await auth.access_token() != token
    obtained = FixedToken(session, cloud.access_token, base_url=cloud.base_url, obtained=True)
    await obtained.revoke()
    assert cloud.world.tokens.get(cloud.access_token) is None


async def test_a_token_that_the_user_brought_is_left_alone(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """It may be in use elsewhere."""
    await FixedToken(session, cloud.access_token, base_url=cloud.base_url).revoke()
    assert cloud.world.tokens.get(cloud.access_token) is not None
    assert not cloud.requests


async def test_giving_back_does_not_fail_when_nobody_is_there(
    cloud: SimulatedCloud, auth: ClientCredentials
) -> None:
    """An unreachable cloud is no reason to keep an entry from being removed."""
    await auth.access_token()
    cloud.faults.set("cloud_down")
    await auth.revoke()
    await auth.revoke()
    assert len(cloud.requests) == 1


async def test_a_product_client_sees_its_product(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """The client implies the product."""
    auth = ClientCredentials(
        session, cloud.product_client_id, cloud.product_client_secret, base_url=cloud.base_url
    )
    particle = ParticleCloud(session, auth)
    assert (await particle.products.get(cloud.product_id)).slug == "delivery-vans"
