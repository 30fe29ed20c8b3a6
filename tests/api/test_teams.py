"""Teams, organisations, customers and SIM cards."""

import aiohttp
import pytest

from custom_components.particle.api import (
    ClientCredentials,
    ConflictError,
    DataUsage,
    FixedToken,
    InvalidRequestError,
    InvalidTokenError,
    MalformedAnswerError,
    NotFoundError,
    ParticleCloud,
    PermissionDeniedError,
    Role,
    Scope,
    SimAction,
)
from custom_components.particle.api.teams import ApiUserToken
from tests.simulator import SimulatedCloud

VAN = "0a10aced202194944a000011"
ORGANIZATION = "example-logistics"


@pytest.fixture(params=["product", "organization"])
def team_scope(request: pytest.FixtureRequest, cloud: SimulatedCloud) -> Scope:
    """Both kinds of scope that have teams."""
    if request.param == "product":
        return Scope.product(cloud.product_id)
    return Scope.organization(ORGANIZATION)


async def test_people(particle: ParticleCloud, team_scope: Scope) -> None:
    """Invited with a role, given another one, sent away."""
    teams = particle.teams
    await teams.invite("bob@example.com", Role.VIEW_ONLY, scope=team_scope)
    roles = {item.username: item.role for item in await teams.list(scope=team_scope)}
    assert roles["bob@example.com"] == "View-only"
    await teams.change_role("bob@example.com", Role.SUPPORT, scope=team_scope)
    roles = {item.username: item.role for item in await teams.list(scope=team_scope)}
    assert roles["bob@example.com"] == "Support"
    await teams.remove("bob@example.com", scope=team_scope)
    assert "bob@example.com" not in {item.username for item in await teams.list(scope=team_scope)}
    with pytest.raises(InvalidRequestError, match="not for account"):
        await teams.list(scope=Scope.account())


async def test_programs(
    cloud: SimulatedCloud, session: aiohttp.ClientSession, particle: ParticleCloud
) -> None:
    """An API user does what its scopes allow, and each change gives it another token."""
    scope = Scope.product(cloud.product_id)

    def with_token(made: ApiUserToken) -> ParticleCloud:
        auth = FixedToken(session, made.token, base_url=cloud.base_url)
        return ParticleCloud(session, auth, retry_delay=0)

    made = await particle.teams.create_api_user("reader", ["devices:list"], scope=scope)
    assert made.token not in repr(made)
    reader = with_token(made)
    assert [board async for board in reader.devices.list(scope)]
    with pytest.raises(PermissionDeniedError):
        await reader.devices.get(VAN, scope=scope)
    changed = await particle.teams.change_api_user(
        made.username, "reader", ["devices:list", "devices:get"], scope=scope
    )
    assert (await with_token(changed).devices.get(VAN, scope=scope)).id == VAN
    with pytest.raises(InvalidTokenError):
        await reader.devices.get(VAN, scope=scope)
    renewed = await particle.teams.renew_api_user_token(made.username, scope=scope)
    assert renewed.token != changed.token
    users = {item.username: item for item in await particle.teams.list(scope=scope)}
    assert users[made.username].is_programmatic
    assert set(users[made.username].scopes) == {"devices:list", "devices:get"}
    await particle.teams.remove(made.username, scope=scope)
    with pytest.raises(InvalidTokenError):
        await with_token(renewed).devices.get(VAN, scope=scope)
    with pytest.raises(InvalidRequestError) as caught:
        await particle.teams.create_api_user("idle", [], scope=scope)
    assert caught.value.argument == "scopes"


def test_an_api_user_without_a_token() -> None:
    """What cannot be used is not handed out."""
    with pytest.raises(MalformedAnswerError):
        ApiUserToken.from_json({"username": "x", "tokens": [{"token": None}, 3]})


async def test_organizations(particle: ParticleCloud) -> None:
    """Organisations, their products, and a new product for one."""
    (organization,) = await particle.organizations.list()
    assert organization.slug == ORGANIZATION
    assert await particle.organizations.get(ORGANIZATION) == organization
    scope = Scope.organization(ORGANIZATION)
    assert [product.slug for product in await particle.products.list(scope=scope)] == [
        "cold-stores"
    ]
    made = await particle.products.create("Ice Boxes", 23, description="cold", scope=scope)
    assert made.platform_id == 23
    own = await particle.products.create("Sheds", 32, settings={"quarantine": True})
    assert {product.id for product in await particle.products.list()} >= {own.id}
    assert {product.id for product in await particle.products.list_visible()} >= {own.id}
    with pytest.raises(InvalidRequestError):
        await particle.products.create(" ", 32)


async def test_customers(
    cloud: SimulatedCloud, session: aiohttp.ClientSession, particle: ParticleCloud
) -> None:
    """A customer sees only the own boards; the list tells them; the end is the end of the token."""
    scope = Scope.product(cloud.product_id)
    token = await particle.customers.create("eve@example.com", "secret-1", scope=scope)
    customer = ParticleCloud(
        session, FixedToken(session, token.access_token, base_url=cloud.base_url), retry_delay=0
    )
    assert [board async for board in customer.devices.list()] == []
    cloud.world.board("van-2").owner = "eve@example.com"
    assert [board.name async for board in customer.devices.list()] == ["van-2"]
    (listed,) = [item async for item in particle.customers.list(scope=scope)]
    assert listed.username == "eve@example.com"
    assert listed.device_ids == (cloud.world.board("van-2").id,)
    await particle.customers.set_password("eve@example.com", "secret-2", scope=scope)
    with pytest.raises(ConflictError):
        await particle.customers.create("eve@example.com", "secret-1", scope=scope)
    await particle.customers.delete("eve@example.com", scope=scope)
    with pytest.raises(InvalidTokenError):
        _ = [board async for board in customer.devices.list()]
    with pytest.raises(InvalidRequestError, match="email"):
        await particle.customers.delete("eve", scope=scope)


async def test_customers_of_a_client(
    cloud: SimulatedCloud, session: aiohttp.ClientSession, particle: ParticleCloud
) -> None:
    """A product's client makes shadow customers and logs in for them."""
    scope = Scope.product(cloud.product_id)
    client = (cloud.product_client_id, cloud.product_client_secret)
    assert await particle.customers.create_with_client("s@example.com", *client, scope=scope)
    assert await particle.customers.create_with_client(
        "t@example.com", *client, scope=scope, password="secret-3"
    )
    assert await particle.customers.sign_up("u@example.com", "secret-4", client[0], scope=scope)
    auth = ClientCredentials(
        session, *client, base_url=cloud.base_url, scope="customer=s@example.com"
    )
    shadow = ParticleCloud(session, auth)
    assert [board async for board in shadow.devices.list()] == []
    names = {item.username async for item in particle.customers.list(scope=scope)}
    assert names == {"s@example.com", "t@example.com", "u@example.com"}


async def test_sims(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """SIMs are listed, switched, measured, asked about, given up."""
    sims = [sim async for sim in particle.sims.list()]
    sim = next(item for item in sims if item.last_device_name == "boat")
    assert sim.iccid not in repr(sim)
    await particle.sims.change(sim.iccid, SimAction.DEACTIVATE)
    assert (await particle.sims.get(sim.iccid)).status == "inactive"
    await particle.sims.change(sim.iccid, SimAction.REACTIVATE, data_limit=5)
    assert (await particle.sims.get(sim.iccid)).status == "active"
    usage = await particle.sims.usage(sim.iccid)
    assert usage.by_day[0][1] > 0
    assert not (await particle.sims.status(sim.iccid)).complete
    assert (await particle.sims.status(sim.iccid)).complete
    await particle.sims.release(sim.iccid)
    with pytest.raises(NotFoundError):
        await particle.sims.get(sim.iccid)


async def test_sims_of_a_product(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """The same below the product, and bringing new ones in, as a list or as a file."""
    scope = Scope.product(cloud.product_id)
    before = [sim async for sim in particle.sims.list(scope=scope)]
    await particle.sims.add(["8934076500000000001"], scope=scope)
    await particle.sims.add(["8934076500000000002"], scope=scope, as_file=True)
    after = [sim async for sim in particle.sims.list(scope=scope)]
    assert len(after) == len(before) + 2
    assert (await particle.sims.product_usage(scope=scope)).by_day
    with pytest.raises(InvalidRequestError):
        await particle.sims.add([" "], scope=scope)


def test_usage_that_cannot_be_read() -> None:
    """Odd days are left out."""
    usage = DataUsage.from_json({"usage_by_day": [3, {"date": "x"}, {"date": "2026-01-02"}]})
    assert usage.by_day == ()
