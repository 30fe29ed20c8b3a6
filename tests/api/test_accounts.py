"""Access tokens and the account itself."""

from datetime import timedelta

import aiohttp
import pytest

from custom_components.particle.api import (
    ConflictError,
    FixedToken,
    InvalidCredentialsError,
    InvalidRequestError,
    InvalidTokenError,
    OAuthClientType,
    OtpRequiredError,
    ParticleCloud,
    PasswordLogin,
)
from tests.simulator import SimulatedCloud
from tests.simulator.world.identities import Pending


@pytest.fixture
def fixed(cloud: SimulatedCloud, session: aiohttp.ClientSession) -> ParticleCloud:
    """A client with the user's own token."""
    return ParticleCloud(
        session,
        FixedToken(session, cloud.access_token, base_url=cloud.base_url),
        retry_delay=0,
    )


async def test_ending_tokens(
    cloud: SimulatedCloud, particle: ParticleCloud, fixed: ParticleCloud
) -> None:
    """Revoke the current token, another token, and all tokens."""
    await particle.access_tokens.revoke(cloud.access_token)
    with pytest.raises(InvalidTokenError):
        await fixed.users.me()
    assert not [request for request in cloud.requests if cloud.access_token in request.path]
    first = await particle.auth.access_token()
    await particle.access_tokens.revoke()
    assert cloud.world.tokens.get(first) is None
    await particle.users.me()
    await particle.access_tokens.revoke_all()
    mine = [token for token in cloud.world.tokens if token.username == cloud.username]
    assert mine == []
    with pytest.raises(InvalidRequestError):
        await particle.access_tokens.revoke(" ")


async def test_a_refresh_token_works_once(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """It is exchanged for a new pair."""
    answer = await particle.session.transport.send(
        "POST",
        "/oauth/token",
        data={
            "grant_type": "client_credentials",
            "client_id": cloud.product_client_id,
            "client_secret": cloud.product_client_secret,
        },
    )
    refresh = answer.json["refresh_token"]
    client = (cloud.product_client_id, cloud.product_client_secret)
    token = await particle.access_tokens.refresh(refresh, *client)
    assert token.access_token != answer.json["access_token"]
    with pytest.raises(InvalidCredentialsError):
        await particle.access_tokens.refresh(refresh, *client)
    with pytest.raises(InvalidRequestError):
        await particle.access_tokens.refresh("", *client)


async def test_a_code_is_exchanged(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """What a web client gets from a user's consent."""
    uri = "https://example.com/back"
    web = await particle.oauth_clients.create("site", OAuthClientType.WEB, redirect_uri=uri)
    assert web.secret is not None
    client = (web.id, web.secret)
    until = cloud.clock.now() + timedelta(minutes=10)
    cloud.world.tokens.codes["code-1"] = Pending(cloud.username, web.id, until, 3600)
    token = await particle.access_tokens.exchange_code("code-1", uri, *client)
    assert cloud.world.tokens.get(token.access_token) is not None
    with pytest.raises(InvalidCredentialsError):
        await particle.access_tokens.exchange_code("code-1", uri, *client)
    with pytest.raises(InvalidRequestError):
        await particle.access_tokens.exchange_code("", uri, *client)


async def test_registering(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """A new account can log in; the same address twice is a conflict."""
    await particle.accounts.register(
        "new@example.com", "long-enough", account_info={"first_name": "Nina"}
    )
    assert cloud.world.users["new@example.com"].account_info == {"first_name": "Nina"}
    with pytest.raises(ConflictError):
        await particle.accounts.register("new@example.com", "long-enough")
    with pytest.raises(InvalidRequestError) as caught:
        await particle.accounts.register("", "x")
    assert caught.value.argument == "username"


async def test_changing_the_account(
    cloud: SimulatedCloud, fixed: ParticleCloud, session: aiohttp.ClientSession
) -> None:
    """Password and address need the present password; the rest does not."""
    await fixed.accounts.change(account_info={"last_name": "Roe"})
    assert (await fixed.users.me()).last_name == "Roe"
    with pytest.raises(InvalidRequestError) as caught:
        await fixed.accounts.change(password="another-one")
    assert caught.value.argument == "current_password"
    with pytest.raises(InvalidRequestError, match="incorrect"):
        await fixed.accounts.change(password="another-one", current_password="wrong")
    words = await fixed.accounts.change(
        password="another-one", current_password=cloud.password, username="jane2@example.com"
    )
    assert words == "User updated"
    login = PasswordLogin(session, base_url=cloud.base_url)
    assert await login.login("jane2@example.com", "another-one")
    with pytest.raises(InvalidRequestError, match="nothing to change"):
        await fixed.accounts.change()


async def test_a_forgotten_password(
    cloud: SimulatedCloud, particle: ParticleCloud, session: aiohttp.ClientSession
) -> None:
    """A mail brings a token, the token sets a password."""
    await particle.accounts.request_password_reset(cloud.username)
    (token,) = cloud.world.password_resets
    await particle.accounts.complete_password_reset(token, "fresh-password")
    login = PasswordLogin(session, base_url=cloud.base_url)
    assert await login.login(cloud.username, "fresh-password")
    with pytest.raises(InvalidRequestError):
        await particle.accounts.complete_password_reset("wrong", "fresh-password")
    for argument, texts in {"token": ("", "x"), "password": ("x", "")}.items():
        with pytest.raises(InvalidRequestError) as caught:
            await particle.accounts.complete_password_reset(*texts)
        assert caught.value.argument == argument


async def test_the_second_factor(
    cloud: SimulatedCloud, fixed: ParticleCloud, session: aiohttp.ClientSession
) -> None:
    """Set up, confirmed, and given up again."""
    enrolment = await fixed.accounts.start_mfa()
    assert enrolment.mfa_token is not None
    assert enrolment.qr_url is not None
    assert enrolment.mfa_token not in repr(enrolment)
    otp = cloud.world.users[cloud.username].otp
    assert await fixed.accounts.confirm_mfa(enrolment.mfa_token, otp)
    login = PasswordLogin(session, base_url=cloud.base_url)
    with pytest.raises(OtpRequiredError):
        await login.login(cloud.username, cloud.password)
    await fixed.accounts.disable_mfa(cloud.password)
    assert await login.login(cloud.username, cloud.password)


async def test_the_end_of_an_account(cloud: SimulatedCloud, fixed: ParticleCloud) -> None:
    """Deleting the account requires the password."""
    with pytest.raises(InvalidRequestError):
        await fixed.accounts.delete("wrong")
    await fixed.accounts.delete(cloud.password)
    assert cloud.username not in cloud.world.users
