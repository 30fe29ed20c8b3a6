"""Webhooks of accounts and of products, those that are refused, and who may make them."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import CONF_ACCOUNT_DEVICES, CONF_PRODUCTS
from tests.actions import Act
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.hook_target import Target, hook_target
from tests.simulator import SimulatedCloud
from tests.waiting import until


@pytest.fixture
async def target(socket_enabled: None) -> AsyncIterator[Target]:
    """A target on loopback."""
    async with hook_target() as serving:
        yield serving


@pytest.fixture
async def act(hass: HomeAssistant, set_up: SetUp) -> Act:
    """Run actions on an account that is set up."""
    await set_up()
    return Act(hass)


# Products


async def test_a_webhook_of_a_product(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, target: Target
) -> None:
    """It is triggered by the product's boards, and the account does not list it."""
    product = {"product_id": "24001"}
    created = await act("create_webhook", **product, event="van", url=target.url)
    assert created["product_id"] == "24001"
    cloud.world.board("greenhouse").publish("van", "not of the product")
    cloud.world.board("van-2").publish("van", "here")
    await until(hass, lambda: target.deliveries)
    assert parse_qs(target.deliveries[0].body)["data"] == ["here"]
    assert len(target.deliveries) == 1

    assert (await act("list_webhooks"))["webhooks"] == []
    assert len((await act("list_webhooks", **product))["webhooks"]) == 1
    webhook = {**product, "webhook_id": created["id"]}
    assert (await act("get_webhook", **webhook))["event"] == "van"
    assert (await act("update_webhook", **webhook, name="Vans"))["name"] == "Vans"
    assert (await act("test_webhook", **webhook))["passed"] is True
    await act.without_answer("delete_webhook", **webhook)
    assert cloud.world.integrations == {}


async def test_an_account_that_shows_one_product_alone(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
    act: Act,
    target: Target,
) -> None:
    """The product does not have to be named in the action."""
    hass.config_entries.async_update_entry(
        config_entry, options={CONF_ACCOUNT_DEVICES: False, CONF_PRODUCTS: ["24001"]}
    )
    await hass.async_block_till_done()
    created = await act("create_webhook", event="van", url=target.url)
    assert cloud.world.integrations[created["id"]].product_id == 24001


async def test_a_board_in_a_webhook_of_a_product(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, target: Target
) -> None:
    """Particle does not support it, so the action rejects it."""
    with pytest.raises(ServiceValidationError, match="Leave the device out"):
        await act(
            "create_webhook",
            product_id="24001",
            event="van",
            url=target.url,
            device_id=registry_id(hass, cloud, "greenhouse"),
        )
    assert cloud.world.integrations == {}


# What is refused


async def test_the_same_webhook_twice(cloud: SimulatedCloud, act: Act, target: Target) -> None:
    """Each event would be delivered twice; what differs in anything but its name is another one."""
    data = {"event": "green", "url": target.url}
    first = await act("create_webhook", **data)
    for same in ({}, {"name": "again"}, {"request_type": "POST", "no_defaults": False}):
        with pytest.raises(ServiceValidationError, match=first["id"]):
            await act("create_webhook", **data, **same)
    await act("create_webhook", **data, form={"a": "1"})
    await act("create_webhook", **{**data, "event": "green2"})
    assert len(cloud.world.integrations) == 3


async def test_other_integrations_are_left_alone(
    act: Act, config_entry: MockConfigEntry, target: Target
) -> None:
    """The list contains only webhooks."""
    await config_entry.runtime_data.cloud.integrations.create(
        {"integration_type": "GoogleMaps", "event": "green", "api_key": "x"}
    )
    assert (await act("list_webhooks"))["webhooks"] == []
    await act("create_webhook", event="green", url=target.url)
    assert len((await act("list_webhooks"))["webhooks"]) == 1


async def test_creating_where_listing_is_not_permitted(
    cloud: SimulatedCloud, act: Act, target: Target
) -> None:
    """It cannot be seen whether there is such a webhook; creating it is permitted."""
    cloud.faults.set("forbidden", path="/v1/integrations", method="GET")
    await act("create_webhook", event="green", url=target.url)
    assert len(cloud.world.integrations) == 1


@pytest.mark.parametrize(
    "action", ["get_webhook", "update_webhook", "test_webhook", "delete_webhook"]
)
async def test_an_unknown_webhook(act: Act, action: str) -> None:
    """The cloud's own words say what is missing."""
    data = {"name": "x"} if action == "update_webhook" else {}
    with pytest.raises(ServiceValidationError, match="not found"):
        await act(action, webhook_id="5f00000000000000000000ff", **data)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "example.com/hook"},
        {"url": "ftp://example.com"},
        {"url": "https://example.com/a b"},
        {"event": ""},
        {"request_type": "PATCH"},
        {"json": {}, "form": {}},
        {"body": "x", "json": "y"},
        {"headers": "X-A: 1"},
        {"username": "jane"},
        {"unknown": 1},
    ],
)
async def test_webhooks_that_cannot_be(
    cloud: SimulatedCloud, act: Act, wrong: dict[str, Any]
) -> None:
    """They are refused before anything is sent."""
    with pytest.raises(ServiceValidationError):
        await act("create_webhook", **{"event": "x", "url": "https://example.com", **wrong})
    assert not cloud.requests.matching("POST", "/v1/integrations")
