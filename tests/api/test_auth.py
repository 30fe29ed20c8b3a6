"""Getting tokens, renewing them in time, and giving them back."""

import asyncio

import aiohttp
import pytest

from custom_components.particle.api import (
    ClientCredentials,
    CloudError,
    FixedToken,
    InvalidCredentialsError,
    InvalidOtpError,
    InvalidRequestError,
    InvalidTokenError,
    OtpRequiredError,
    ParticleCloud,
    PasswordLogin,
    SingleSignOnError,
)
from tests.simulator import SimulatedCloud

from .tokens import client, token_requests

DAY = 86_400.0


class Hands:
    """A clock that moves when a test says so."""

    def __init__(self) -> None:
        """Start at midnight."""
        self.now = 0.0

    def __call__(self) -> float:
        """Seconds since the start."""
        return self.now


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
    with pytest.raises(InvalidRequestError, match="username"):
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
    """No product has to be named: the client belongs to one."""
    auth = ClientCredentials(
        session, cloud.product_client_id, cloud.product_client_secret, base_url=cloud.base_url
    )
    particle = ParticleCloud(session, auth)
    assert (await particle.products.get(cloud.product_id)).slug == "delivery-vans"
