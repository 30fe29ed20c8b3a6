"""Webhooks and their kin: made, read, changed without loss, tested, deleted."""

from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.particle.api import (
    Integration,
    InvalidRequestError,
    NotFoundError,
    ParticleCloud,
    RequestType,
    Scope,
    WebhookSettings,
)
from tests.simulator import SimulatedCloud

GREENHOUSE = "0a10aced202194944a000001"
FULL = WebhookSettings(
    event="greenhouse/",
    url="https://example.com/hook",
    name="greenhouse to example.com",
    request_type=RequestType.PUT,
    device_id=GREENHOUSE.upper(),
    json={"value": "{{{PARTICLE_EVENT_VALUE}}}"},
    query={"a": "b"},
    headers={"X-Key": "1"},
    auth=("user", "hook-password"),
    no_defaults=True,
    reject_unauthorized=True,
    response_topic="answer/{{{PARTICLE_EVENT_NAME}}}",
    error_response_topic="trouble",
    response_template="{{{a.b}}}",
    unchunked=False,
    data_url_response_event=False,
    disabled=False,
)


@pytest.fixture(params=["account", "product", "organization"])
def scope(request: pytest.FixtureRequest, cloud: SimulatedCloud) -> Scope:
    """The three places where integrations live."""
    return {
        "account": Scope.account(),
        "product": Scope.product(cloud.product_id),
        "organization": Scope.organization("example-logistics"),
    }[request.param]


async def test_the_life_of_an_integration(
    cloud: SimulatedCloud, particle: ParticleCloud, scope: Scope
) -> None:
    """Made, listed, read with its log, replaced, deleted."""
    integrations = particle.integrations
    settings = WebhookSettings("a/", "https://example.com/hook", headers={"X-Key": "1"})
    made = await integrations.create(settings, scope=scope)
    assert (made.event, made.url) == ("a/", "https://example.com/hook")
    assert made.id in {item.id for item in await integrations.list(scope=scope)}
    got = await integrations.get(made.id, scope=scope)
    assert (got.type, got.logs, got.disabled) == ("Webhook", (), False)
    changed = await integrations.change(made.id, {"disabled": True}, scope=scope)
    assert changed.disabled
    kept = await integrations.get(made.id, scope=scope)
    assert kept.raw["headers"] == {"X-Key": "1"}
    replaced = await integrations.replace(
        made.id, WebhookSettings("b/", "https://example.com/other"), scope=scope
    )
    assert replaced.event == "b/"
    assert "headers" not in (await integrations.get(made.id, scope=scope)).raw
    await integrations.delete(made.id, scope=scope)
    with pytest.raises(NotFoundError):
        await integrations.get(made.id, scope=scope)


async def test_every_property_arrives(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """What is set is what the cloud keeps, under the cloud's own names."""
    made = await particle.integrations.create(FULL)
    got = await particle.integrations.get(made.id)
    sent = FULL.as_json()
    for key, value in sent.items():
        assert got.raw[key] == value, key
    assert got.device_id == GREENHOUSE
    assert "hook-password" not in f"{FULL!r} {got!r}"
    assert "example.com/hook" not in f"{FULL!r} {got!r}"
    changed = await particle.integrations.change(made.id, {"name": "other", "query": None})
    assert changed.name == "other"
    got = await particle.integrations.get(made.id)
    assert "query" not in got.raw
    assert got.raw["auth"] == {"username": "user", "password": "hook-password"}


@pytest.mark.parametrize("shape", ["integrations_wrapped", "integration_created_wrapped"])
async def test_other_shapes(cloud: SimulatedCloud, particle: ParticleCloud, shape: str) -> None:
    """Wrapped or bare, the integration is the same."""
    cloud.faults.set(shape)
    made = await particle.integrations.create(WebhookSettings("a", "https://example.com"))
    assert [item.id for item in await particle.integrations.list()] == [made.id]
    assert [item.id for item in await particle.webhooks.list()] == [made.id]


@pytest.mark.parametrize("old", [False, True])
async def test_the_classic_address(
    cloud: SimulatedCloud, particle: ParticleCloud, old: bool
) -> None:
    """Webhooks under their first address, with today's and with 2015's answers."""
    if old:
        cloud.faults.set("hook_created_200")
        cloud.faults.set("hook_deleted_200")
    for scope in (Scope.account(), Scope.product(cloud.product_id)):
        made = await particle.webhooks.create(
            WebhookSettings("a", "https://example.com"), scope=scope
        )
        assert (await particle.webhooks.get(made.id, scope=scope)).event == "a"
        await particle.webhooks.delete(made.id, scope=scope)
        with pytest.raises(NotFoundError, match="Webhook not found"):
            await particle.webhooks.delete(made.id, scope=scope)


async def test_other_types(particle: ParticleCloud) -> None:
    """Integrations that are no webhooks are made from the cloud's own properties."""
    made = await particle.integrations.create(
        {"integration_type": "GoogleMaps", "event": "loc", "api_key": "k"}
    )
    assert made.type == "GoogleMaps"
    for settings, argument in (
        ({"event": "x"}, "integration_type"),
        ({"integration_type": "GoogleMaps"}, "event"),
    ):
        with pytest.raises(InvalidRequestError) as caught:
            await particle.integrations.create(settings)
        assert caught.value.argument == argument
    with pytest.raises(InvalidRequestError):
        await particle.integrations.change(made.id, {})


async def test_trying_one_out(
    cloud: SimulatedCloud, particle: ParticleCloud, socket_enabled: None
) -> None:
    """The cloud really sends a request; what the target answers decides."""
    seen: list[Any] = []

    async def target(request: web.Request) -> web.Response:
        seen.append(await request.text())
        return web.Response(status=200 if "good" in request.path else 500)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", target)
    async with TestServer(app) as server:
        good = await particle.integrations.create(
            WebhookSettings("a", str(server.make_url("/good")))
        )
        bad = await particle.integrations.create(WebhookSettings("a", str(server.make_url("/bad"))))
        result = await particle.integrations.test(good.id, data="42", device_id=GREENHOUSE)
        assert result.passed
        assert "42" in seen[0]
        result = await particle.integrations.test(bad.id)
        assert not result.passed
        assert result.error is not None
        assert "500" in result.error


@pytest.mark.parametrize(
    ("settings", "argument"),
    [
        (WebhookSettings("", "https://example.com"), "event"),
        (WebhookSettings("a", "example.com"), "url"),
        (WebhookSettings("a", "https://example.com", json={}, body="x"), "body"),
        (WebhookSettings("a", "https://example.com", json="{", form={"a": 1}), "form"),
        (WebhookSettings("a", "https://example.com", request_type="PATCH"), "request_type"),
    ],
)
async def test_settings_that_cannot_be(
    cloud: SimulatedCloud, particle: ParticleCloud, settings: WebhookSettings, argument: str
) -> None:
    """Contradictions are named before anything is sent."""
    with pytest.raises(InvalidRequestError) as caught:
        await particle.integrations.create(settings)
    assert caught.value.argument == argument
    assert not cloud.requests


@pytest.mark.parametrize("key", ["deviceID", "deviceId", "deviceid"])
def test_spellings_of_the_device(key: str) -> None:
    """Documents and official client do not agree."""
    assert Integration.from_json({"id": "1", key: GREENHOUSE.upper()}).device_id == GREENHOUSE
