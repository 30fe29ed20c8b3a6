"""OAuth clients: made, listed, changed, deleted, for the account and for a product."""

import aiohttp
import pytest

from custom_components.particle.api import (
    ClientCredentials,
    InvalidCredentialsError,
    InvalidRequestError,
    NotFoundError,
    OAuthClientType,
    ParticleCloud,
    Scope,
)
from tests.simulator import SimulatedCloud


@pytest.mark.parametrize("product", [False, True])
async def test_the_life_of_a_client(
    cloud: SimulatedCloud,
    particle: ParticleCloud,
    session: aiohttp.ClientSession,
    product: bool,
) -> None:
    """Its secret is shown once; it logs in; it can be renamed; its end is the end of its tokens."""
    scope = Scope.product(cloud.product_id) if product else Scope.account()
    clients = particle.oauth_clients
    client = await clients.create("my server", scope=scope)
    assert client.secret is not None
    assert client.secret not in repr(client)
    listed = {item.id: item for item in await clients.list(scope=scope)}
    assert listed[client.id].name == "my server"
    assert listed[client.id].secret is None
    renamed = await clients.update(client.id, name="other server", scope=scope)
    assert (renamed.id, renamed.name) == (client.id, "other server")
    auth = ClientCredentials(session, client.id, client.secret, base_url=cloud.base_url)
    other = ParticleCloud(session, auth, retry_delay=0)
    assert await other.products.get(cloud.product_id)
    await clients.delete(client.id, scope=scope)
    assert client.id not in {item.id for item in await clients.list(scope=scope)}
    with pytest.raises(NotFoundError):
        await clients.delete(client.id, scope=scope)
    with pytest.raises(InvalidCredentialsError):
        await other.products.get(cloud.product_id)


async def test_a_web_client(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """A web site has a redirect address; nothing else has one."""
    client = await particle.oauth_clients.create(
        "site", OAuthClientType.WEB, redirect_uri="https://example.com/back"
    )
    assert client.redirect_uri == "https://example.com/back"
    for client_type, address in (
        (OAuthClientType.WEB, None),
        (OAuthClientType.INSTALLED, "https://example.com/back"),
    ):
        with pytest.raises(InvalidRequestError) as caught:
            await particle.oauth_clients.create("x", client_type, redirect_uri=address)
        assert caught.value.argument == "redirect_uri"


async def test_what_is_refused(particle: ParticleCloud) -> None:
    """Empty names, nothing to change, and a scope without clients."""
    with pytest.raises(InvalidRequestError, match="name is empty"):
        await particle.oauth_clients.create(" ")
    with pytest.raises(InvalidRequestError, match="nothing to change"):
        await particle.oauth_clients.update("x")
    with pytest.raises(InvalidRequestError, match="not for organization"):
        await particle.oauth_clients.list(scope=Scope.organization("acme"))
