"""Publishing events, and the address of each kind of stream."""

import pytest

from custom_components.particle.api import (
    CloudEvent,
    InvalidRequestError,
    MalformedAnswerError,
    ParticleCloud,
    Scope,
)
from tests.simulator import SimulatedCloud

VAN = "0a10aced202194944a000011"


async def test_publishing(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """An event goes out with what was asked for; publishing costs nothing."""
    await particle.events.publish("home/away", "yes", ttl=5)
    event = cloud.world.events.history[-1]
    assert (event.name, event.data, event.ttl) == ("home/away", "yes", 5)
    (request,) = cloud.requests.matching("POST", "/v1/devices/events")
    assert request.body == {"name": "home/away", "data": "yes", "ttl": 5, "private": True}
    assert cloud.operations.total == 0


async def test_publishing_for_a_board_of_a_product(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """A product's event can come in the name of one of its boards."""
    scope = Scope.product(cloud.product_id)
    await particle.events.publish("tour", "start", scope=scope, as_device_id=VAN.upper())
    assert cloud.world.events.history[-1].coreid == VAN
    with pytest.raises(InvalidRequestError) as caught:
        await particle.events.publish("tour", as_device_id=VAN)
    assert caught.value.argument == "as_device_id"


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"name": "spark/x"}, "name"),
        ({"name": "x", "data": "y" * 1025}, "data"),
        ({"name": "x", "ttl": -1}, "ttl"),
        ({"name": "x", "scope": Scope.organization("acme")}, "scope"),
    ],
)
async def test_events_that_cannot_be_published(
    cloud: SimulatedCloud, particle: ParticleCloud, arguments: dict[str, str], argument: str
) -> None:
    """Refused before anything is sent."""
    with pytest.raises(InvalidRequestError) as caught:
        await particle.events.publish(**arguments)  # type: ignore[arg-type]
    assert caught.value.argument == argument
    assert not cloud.requests


@pytest.mark.parametrize(
    ("scope", "device_id", "prefix", "path"),
    [
        (Scope.account(), None, None, "/v1/devices/events"),
        (Scope.account(), None, "a/b", "/v1/devices/events/a%2Fb"),
        (Scope.account(), VAN.upper(), None, f"/v1/devices/{VAN}/events"),
        (Scope.product("vans"), None, None, "/v1/products/vans/events"),
        (Scope.product(7), VAN, "x", f"/v1/products/7/devices/{VAN}/events/x"),
        (Scope.organization("acme"), None, None, "/v1/orgs/acme/events"),
    ],
)
def test_addresses_of_streams(
    particle: ParticleCloud, scope: Scope, device_id: str | None, prefix: str | None, path: str
) -> None:
    """One stream for the account, a product, an organisation or a board; a prefix is one segment."""
    stream = particle.events.stream(lambda _: None, scope=scope, device_id=device_id, prefix=prefix)
    assert stream._path == path


def test_an_event_of_today_and_of_yesterday() -> None:
    """Ttl as text or number; data as null; a coreid that is no board."""
    event = CloudEvent.from_json(
        "t",
        {
            "data": "1",
            "ttl": "60",
            "coreid": VAN.upper(),
            "published_at": "2026-01-02T03:04:05.678Z",
            "userid": "u",
            "version": 3,
            "public": False,
            "productID": 24001,
        },
    )
    assert (event.ttl, event.device_id, event.coreid) == (60, VAN, VAN.upper())
    assert (event.firmware_version, event.product_id, event.public) == (3, 24001, False)
    assert event.published_at is not None
    event = CloudEvent.from_json("t", {"data": None, "ttl": 60, "coreid": "particle-internal"})
    assert (event.data, event.ttl, event.device_id) == (None, 60, None)
    assert CloudEvent.from_json("t", {"data": {"a": 1}}).data == '{"a": 1}'
    with pytest.raises(MalformedAnswerError):
        CloudEvent.from_json("t", [])


@pytest.mark.parametrize(
    ("name", "system", "hook"),
    [
        ("temperature", False, False),
        ("spark/status", True, False),
        ("Particle/device/updates/enabled", True, False),
        ("sparkle", False, False),
        ("hook-sent/x", False, True),
        ("hook-response/x/0", False, True),
        (f"{VAN}/hook-response/x/0", False, True),
        (f"{VAN}/hook-error/x/0", False, True),
        ("hook-line", False, False),
    ],
)
def test_whose_events_are_whose(name: str, system: bool, hook: bool) -> None:
    """System events and reports about webhooks are told from the user's own."""
    event = CloudEvent(name)
    assert (event.is_system, event.is_hook) == (system, hook)
