"""Actions on events: publish them, look at them, play them again."""

import asyncio
from collections.abc import Awaitable, Callable
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import CONF_ACCOUNT_DEVICES, CONF_PRODUCTS, DOMAIN
from tests.automations import automate, registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import until

type Act = Callable[..., Awaitable[Any]]


@pytest.fixture
async def act(hass: HomeAssistant, set_up: SetUp) -> Act:
    """Run an action of the integration on an account that is set up, and return its answer."""
    await set_up()

    async def run(action: str, **data: Any) -> Any:
        return await hass.services.async_call(
            DOMAIN, action, data, blocking=True, return_response=True
        )

    return run


@pytest.mark.parametrize(
    ("data", "sent"),
    [("open", "open"), ({"by": "hand"}, '{"by":"hand"}'), (None, ""), (3, "3")],
)
async def test_publishing_an_event(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, data: object, sent: str
) -> None:
    """It reaches the cloud once, as a private event."""
    answer = await act("publish_event", event="greenhouse/vent", data=data)
    assert answer == {"event": "greenhouse/vent", "data": sent, "product_id": None}
    [request] = cloud.requests.matching("POST", "/v1/devices/events")
    assert request.body["name"] == "greenhouse/vent"
    assert request.body["data"] == sent
    assert request.body["private"] is True


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"event": "spark/status"}, "reserved"),
        ({"event": "Particle/x"}, "reserved"),
        ({"event": "n" * 65}, "65 characters"),
        ({"event": "two words"}, "consists of"),
        ({"event": ""}, "empty"),
        ({"event": "x", "data": "y" * 1025}, "1025 bytes"),
    ],
)
async def test_events_that_cannot_be_published(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, data: dict[str, str], told: str
) -> None:
    """They are refused before anything is sent."""
    with pytest.raises(ServiceValidationError, match=told):
        await act("publish_event", **data)
    assert not cloud.requests.matching("POST", "/v1/devices/events")


async def test_publishing_in_a_product(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry, act: Act
) -> None:
    """In the product that is named, or in the name of one of its boards."""
    hass.config_entries.async_update_entry(
        config_entry,
        options={CONF_ACCOUNT_DEVICES: False, CONF_PRODUCTS: [str(cloud.product_id), "24002"]},
    )
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError, match="Enter the one to publish in: 24001, 24002"):
        await act("publish_event", event="x")
    with pytest.raises(ServiceValidationError, match="does not include the product 7"):
        await act("publish_event", event="x", product_id="7")

    answer = await act("publish_event", event="x", product_id=str(cloud.product_id))
    assert answer["product_id"] == str(cloud.product_id)
    await act("publish_event", event="y", device_id=registry_id(hass, cloud, "van-2"))
    bodies = [
        request.body
        for request in cloud.requests.matching("POST", f"/v1/products/{cloud.product_id}/events")
    ]
    assert [(body["name"], body.get("as_device_id")) for body in bodies] == [
        ("x", None),
        ("y", cloud.world.board("van-2").id),
    ]


async def test_publishing_from_an_account_with_one_product(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry, act: Act
) -> None:
    """The product need not be named; with devices of the account's own, the account is meant."""
    path = f"/v1/products/{cloud.product_id}/events"
    products = {CONF_PRODUCTS: [str(cloud.product_id)]}
    for own_devices, product in ((False, str(cloud.product_id)), (True, None)):
        hass.config_entries.async_update_entry(
            config_entry, options={CONF_ACCOUNT_DEVICES: own_devices, **products}
        )
        await hass.async_block_till_done()
        answer = await act("publish_event", event="x")
        assert answer["product_id"] == product
        assert len(cloud.requests.matching("POST", path)) == 1
    assert len(cloud.requests.matching("POST", "/v1/devices/events")) == 1


async def test_publishing_in_the_name_of_a_board_without_a_product(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """Particle does not offer it; the message says what to do instead."""
    with pytest.raises(ServiceValidationError, match="Leave the device out"):
        await act("publish_event", event="x", device_id=registry_id(hass, cloud, "greenhouse"))


async def test_recent_events(hass: HomeAssistant, cloud: SimulatedCloud, act: Act) -> None:
    """The latest events of a board, and what is known of each name."""
    await until(hass, lambda: len(cloud.streams) == 1)
    for number in (1, 2, 3):
        cloud.world.publish("garage", "count", json.dumps({"n": number, "gps": {"lat": 1.5}}))
    cloud.world.publish("garage", "door", "open")
    cloud.world.publish("greenhouse", "other board", "")

    async def recent(**data: Any) -> Any:
        return await act("recent_events", device_id=registry_id(hass, cloud, "garage"), **data)

    answer = await recent()
    while len(answer["events"]) < 4:
        await asyncio.sleep(0.005)
        answer = await recent()
    assert [event["data"] for event in answer["events"][:2]] == [
        "open",
        answer["events"][1]["data"],
    ]
    assert answer["events"][1]["json"] == {"n": 3, "gps": {"lat": 1.5}}
    door, count = answer["names"]
    assert (door["event"], door["count"], door["fields"]) == ("door", 1, {})
    assert door["every_seconds"] is None
    assert count["count"] == 3
    assert count["every_seconds"] >= 0
    assert count["fields"] == {
        "": ["object"],
        "n": ["number"],
        "gps": ["object"],
        "gps.lat": ["number"],
    }

    assert [event["event"] for event in (await recent(event="do*"))["events"]] == ["door"]
    assert [event["event"] for event in (await recent(limit=1))["events"]] == ["door"]


async def test_replaying_an_event(hass: HomeAssistant, cloud: SimulatedCloud, act: Act) -> None:
    """A remembered or an invented event starts automations; the cloud hears nothing of it."""
    await until(hass, lambda: len(cloud.streams) == 1)
    automation = await automate(
        hass,
        {"trigger": "particle.event_received", "options": {"event": "door"}},
        wrote={
            "board": "{{ trigger.device_name }}",
            "data": "{{ trigger.data }}",
            "replayed": "{{ trigger.replayed }}",
        },
    )
    garage = registry_id(hass, cloud, "garage")
    cloud.world.publish("garage", "door", "open")
    await automation.times(1)
    [event] = (await act("recent_events", device_id=garage, event="door"))["events"]

    asked = len(cloud.requests)
    again = await act("replay_event", device_id=garage, number=event["number"])
    assert again == {"event": "door", "data": "open"}
    await act("replay_event", device_id=garage, event="door", data={"by": "hand"})
    await act("replay_event", event="door", data="cloud")
    await automation.times(4)
    assert automation.runs == [
        {"board": "garage", "data": "open", "replayed": False},
        {"board": "garage", "data": "open", "replayed": True},
        {"board": "garage", "data": {"by": "hand"}, "replayed": True},
        {"board": None, "data": "cloud", "replayed": True},
    ]
    assert not [request for request in cloud.requests[asked:] if request.method == "POST"]
    # What was replayed is not learnt from.
    answer = await act("recent_events", device_id=garage, event="door")
    assert len(answer["events"]) == 1


@pytest.mark.parametrize(
    "data", [{}, {"event": ""}, {"event": "a", "number": 1}], ids=["nothing", "empty", "both"]
)
async def test_nothing_to_replay(act: Act, data: dict[str, Any]) -> None:
    """Either a number or a name is needed."""
    with pytest.raises(ServiceValidationError):
        await act("replay_event", **data)


async def test_replaying_what_is_forgotten(act: Act) -> None:
    """The message names the way to what is remembered."""
    with pytest.raises(ServiceValidationError, match="4711 is no longer in the history"):
        await act("replay_event", number=4711)
