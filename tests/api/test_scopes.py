"""The same methods work for the account, a product and an organisation."""

import asyncio

import pytest

from custom_components.particle.api import (
    EventStream,
    InvalidRequestError,
    ParticleCloud,
    Scope,
    SimAction,
    WebhookSettings,
)
from tests.simulator import SimulatedCloud

GREENHOUSE = "0a10aced202194944a000001"
VAN = "0a10aced202194944a000011"
ORGANIZATION = Scope.organization("example-logistics")


@pytest.fixture
def product(cloud: SimulatedCloud) -> Scope:
    """The simulated product."""
    return Scope.product(cloud.product_id)


async def opens(stream: EventStream) -> bool:
    """Whether the cloud opens a stream."""
    task = asyncio.create_task(stream.run())
    async with asyncio.timeout(10):
        while not stream.state.connected and not task.done():
            await asyncio.sleep(0.005)
    connected = stream.state.connected
    task.cancel()
    await asyncio.wait([task])
    return connected


@pytest.mark.parametrize("prefix", [None, "van"])
@pytest.mark.parametrize("board", [False, True])
@pytest.mark.parametrize("place", ["account", "product", "organization"])
async def test_streams(
    *, cloud: SimulatedCloud, particle: ParticleCloud, place: str, board: bool, prefix: str | None
) -> None:
    """All, one board, one prefix, in each of the three places."""
    scopes = {
        "account": (Scope.account(), GREENHOUSE),
        "product": (Scope.product(cloud.product_id), VAN),
        "organization": (ORGANIZATION, cloud.world.board("cold store").id),
    }
    scope, device_id = scopes[place]
    if place == "organization" and board and prefix:
        with pytest.raises(InvalidRequestError, match="prefix"):
            particle.events.stream(lambda _: None, scope=scope, device_id=device_id, prefix=prefix)
        return
    stream = particle.events.stream(
        lambda _: None, scope=scope, device_id=device_id if board else None, prefix=prefix
    )
    assert await opens(stream)


async def test_boards(cloud: SimulatedCloud, particle: ParticleCloud, product: Scope) -> None:
    """Functions and protection below a product and an organisation."""
    board = cloud.world.board(VAN)
    function = next(iter(board.program.functions))
    result = await particle.devices.call_function(VAN, function, "1", scope=product)
    assert result.device_id == VAN
    assert board.calls[-1].name == function
    answer = await particle.devices.unprotect(VAN, {"action": "prepare"}, scope=product)
    assert answer["protected"] is False
    cold_store = cloud.world.board("cold store").id
    answer = await particle.devices.unprotect(cold_store, {"action": "prepare"}, scope=ORGANIZATION)
    assert answer["protected"] is False


async def test_plans(particle: ParticleCloud) -> None:
    """An organization has service agreements too."""
    agreements = await particle.users.service_agreements(scope=ORGANIZATION)
    assert all(agreement.raw for agreement in agreements)
    assert agreements


async def test_webhooks(particle: ParticleCloud, product: Scope) -> None:
    """Tried out and listed below a product and an organisation."""
    settings = WebhookSettings("x", "http://127.0.0.1:9/nobody")
    for scope in (product, ORGANIZATION):
        made = await particle.integrations.create(settings, scope=scope)
        assert not (await particle.integrations.test(made.id, scope=scope)).passed
    listed = await particle.webhooks.list(scope=product)
    assert [item.event for item in listed] == ["x"]


async def test_programs(particle: ParticleCloud) -> None:
    """An organisation's API user gets another token."""
    made = await particle.teams.create_api_user("reader", ["devices:list"], scope=ORGANIZATION)
    renewed = await particle.teams.renew_api_user_token(made.username, scope=ORGANIZATION)
    assert renewed.token != made.token


async def test_sims(particle: ParticleCloud, product: Scope) -> None:
    """A product's SIM is read, switched, measured and given up."""
    sims = [sim async for sim in particle.sims.list(scope=product)]
    iccid = sims[0].iccid
    assert await particle.sims.exists(iccid)
    assert not await particle.sims.exists("8900000000000000000")
    await particle.sims.change(iccid, SimAction.DEACTIVATE, scope=product)
    assert (await particle.sims.get(iccid, scope=product)).status == "inactive"
    assert (await particle.sims.usage(iccid, scope=product)).by_day
    assert not (await particle.sims.status(iccid, scope=product)).complete
    await particle.sims.release(iccid, scope=product)
    assert iccid not in {sim.iccid async for sim in particle.sims.list(scope=product)}


@pytest.mark.parametrize("name", ["", " ", ".", ".."])
def test_names_that_would_climb_out(name: str) -> None:
    """An id never becomes another path."""
    for scope in (Scope.product, Scope.organization):
        with pytest.raises(InvalidRequestError):
            scope(name)


def test_slashes_in_names_are_part_of_them() -> None:
    """A slug with a slash stays one segment."""
    assert Scope.product("a/b?c").path == "/products/a%2Fb%3Fc"
    assert Scope.organization(7).path == "/orgs/7"
    assert Scope.account().path == ""
