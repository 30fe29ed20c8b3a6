"""The account, its token, its plan, its products."""

import aiohttp
import pytest

from custom_components.particle.api import (
    FixedToken,
    InvalidRequestError,
    MalformedAnswerError,
    ParticleCloud,
    ProductNotFoundError,
    Scope,
    ServiceAgreement,
    TokenInfo,
)
from tests.simulator import SimulatedCloud


async def test_who_am_i(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """The token's owner has a stable id and an e-mail address."""
    identity = await particle.users.identify()
    assert identity.email == cloud.username
    assert identity.id == cloud.world.users[cloud.username].id
    user = await particle.users.me()
    assert (user.username, user.first_name, user.mfa_enabled) == (cloud.username, "Jane", False)


async def test_what_is_my_token(
    cloud: SimulatedCloud, particle: ParticleCloud, session: aiohttp.ClientSession
) -> None:
    """A token tells when it ends; one that never ends tells nothing."""
    info = await particle.users.token_info()
    assert info.expires_at is not None
    fixed = ParticleCloud(session, FixedToken(session, cloud.access_token, base_url=cloud.base_url))
    info = await fixed.users.token_info()
    assert info.expires_at is None
    assert info.client == "particle-cli"


def test_both_spellings_of_token_information() -> None:
    """Documents and official client differ; both are read."""
    info = TokenInfo.from_json(
        {"client_id": "x", "orgs": [{"id": "1", "slug": "acme"}, {"id": "2"}, "three", None]}
    )
    assert info.client == "x"
    assert info.organizations == ("acme", "2", "three")
    assert TokenInfo.from_json({"orgs": None}).organizations == ()


async def test_what_has_been_used(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """The service agreement tells the allowance and what is gone."""
    await particle.devices.read_variable("0a10aced202194944a000001", "soil")
    (agreement,) = await particle.users.service_agreements()
    assert agreement.data_operations_used == cloud.operations.total == 1
    assert agreement.data_operations_allowed == 100_000
    assert agreement.devices_allowed == 100
    assert agreement.period_start is not None
    with pytest.raises(InvalidRequestError):
        await particle.users.service_agreements(scope=Scope.product(1))


async def test_a_plan_that_is_annual(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Its numbers are those of a year, and it names the allowance for each kind of connection."""
    cloud.settings.plan_annual = True
    cloud.settings.plan_operations = 8_640_001
    (agreement,) = await particle.users.service_agreements()
    assert agreement.annual
    assert agreement.data_operations_allowed == 8_640_001
    assert agreement.period_start is not None
    assert agreement.period_end is not None
    assert (agreement.period_end - agreement.period_start).days >= 364


@pytest.mark.parametrize(
    ("billed", "allowed_per", "allowed"),
    [
        ("monthly", None, 1_200),
        ("monthly", "monthly", 1_200),
        ("monthly", "annual", 100),
        ("annual", None, 1_200),
        ("annual", "annual", 1_200),
        ("annual", "monthly", 14_400),
    ],
)
def test_the_allowance_is_that_of_a_billing_period(
    billed: str, allowed_per: str | None, allowed: int
) -> None:
    """The allowance may be for another time than the bill, as that of devices is."""
    attributes = {
        "duration": billed,
        "pricing_terms": {"messaging": {"max_messages": 1_200, "duration": allowed_per}},
    }
    agreement = ServiceAgreement.from_json({"attributes": attributes})
    assert agreement.annual is (billed == "annual")
    assert agreement.data_operations_allowed == allowed


@pytest.mark.parametrize(
    "value", [{}, {"attributes": None}, {"attributes": {"pricing_terms": []}}, {"id": 3}]
)
def test_plans_that_tell_less(value: object) -> None:
    """Names differ from plan to plan; what is not there is None."""
    agreement = ServiceAgreement.from_json(value)
    assert agreement.data_operations_used is None
    assert agreement.period_end is None


async def test_products(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Products are found by number and by slug."""
    products = {product.slug: product for product in await particle.products.list()}
    vans = products["delivery-vans"]
    assert vans.id == cloud.product_id
    assert set(vans.groups) == {"north", "south"}
    assert (await particle.products.get("delivery-vans")).id == cloud.product_id
    cloud.faults.set("product_array")
    assert (await particle.products.get(cloud.product_id)).name == "Delivery Vans"
    with pytest.raises(ProductNotFoundError):
        await particle.products.get(77)
    with pytest.raises(InvalidRequestError):
        await particle.products.get(" ")


async def test_a_server_that_answers_something_else(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """An answer without an id is not taken for a user."""
    cloud.faults.set("empty", only="calls")
    with pytest.raises(MalformedAnswerError):
        await particle.users.identify()
