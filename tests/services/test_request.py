"""`particle.request`: any endpoint of the API, and nothing outside of it."""

import asyncio
from typing import Any

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from hypothesis import given, strategies as st
import pytest
import voluptuous as vol

from custom_components.particle.api import Answer
from custom_components.particle.const import DOMAIN
from custom_components.particle.services.request import as_response
from custom_components.particle.services.request_path import request_path
from tests.actions import Act
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time_until

GREENHOUSE = "0a10aced202194944a000001"


@pytest.fixture
async def act(hass: HomeAssistant, set_up: SetUp) -> Act:
    """Act on an account that is set up."""
    await set_up()
    return Act(hass)


# What comes back


@pytest.mark.parametrize("path", ["orgs", "/orgs", "v1/orgs", "/v1/orgs/", " /V1/orgs "])
async def test_a_path_may_be_written_in_several_ways(
    cloud: SimulatedCloud, act: Act, path: str
) -> None:
    """The answer comes with its status."""
    answer = await act("request", path=path)
    assert answer["status"] == 200
    assert answer["body"]["organizations"][0]["slug"] == "example-logistics"
    assert len(cloud.requests.matching("GET", "/v1/orgs")) == 1


async def test_query_and_body(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    act: Act,
    device_registry: dr.DeviceRegistry,
    clock: TickingDateTimeFactory,
) -> None:
    """Both arrive as they were written; what was changed is seen in Home Assistant."""
    answer = await act(
        "request",
        path="products/24001/groups",
        query={"name": "no", "page": 1, "deep": True, "left_out": None},
    )
    assert [group["name"] for group in answer["body"]["groups"]] == ["north"]
    [request] = cloud.requests.matching("GET", "/v1/products/24001/groups")
    assert dict(request.query) == {"name": "no", "page": "1", "deep": "true"}

    created = await act(
        "request", method="post", path="products/24001/groups", body={"name": "west"}
    )
    assert created["status"] == 201
    assert "west" in cloud.world.products[24001].groups

    page = registry_id(hass, cloud, "garage")
    device_id = cloud.world.board("garage").id
    await act("request", method="PUT", path=f"devices/{device_id}", body={"name": "carport"})

    def shown() -> str | None:
        found = device_registry.async_get(page)
        assert found is not None
        return found.name

    # Listings that are asked for one after the other are some seconds apart.
    await pass_time_until(hass, clock, lambda: shown() == "carport")


async def test_answers_without_a_body(cloud: SimulatedCloud, act: Act) -> None:
    """They have a status alone."""
    answer = await act("request", method="DELETE", path="products/24001/groups/south")
    assert answer == {"status": 204, "body": None}
    assert "south" not in cloud.world.products[24001].groups
    await act.without_answer("request", method="DELETE", path="products/24001/groups/north")
    assert not cloud.world.products[24001].groups


async def test_answers_that_are_no_json(cloud: SimulatedCloud, act: Act) -> None:
    """Text stays text, firmware comes as base64."""
    answer = await act("request", path=f"devices/{GREENHOUSE}/mode", query={"format": "raw"})
    assert answer["body"] == cloud.world.board("greenhouse").variables["mode"]
    answer = await act("request", path="products/24001/firmware/1/binary")
    assert answer["body"] is None
    assert len(answer["body_base64"]) > 100


def test_content_that_is_neither_json_nor_text() -> None:
    """It comes as base64 whatever the cloud calls it."""
    answer = Answer(200, {"Content-Type": "application/zip"}, None, b"PK\x03\xff")
    assert as_response(answer) == {"status": 200, "body": None, "body_base64": "UEsD/w=="}


async def test_names_are_encoded(cloud: SimulatedCloud, act: Act) -> None:
    """An address of a customer can be written as it is, or encoded."""
    for path in ("customers/kim@example.com", "customers/kim%40example.com"):
        await act(
            "create_customer", product_id="24001", email="kim@example.com", password="a long one"
        )
        await act("request", method="DELETE", path=f"products/24001/{path}")
        assert not cloud.world.customers


# What it costs


async def test_data_operations_are_counted(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """Reading and calling cost the same this way, and are never repeated."""
    [entry] = hass.config_entries.async_loaded_entries(DOMAIN)
    before = entry.runtime_data.operations.used
    answer = await act(
        "request", method="POST", path=f"devices/{GREENHOUSE}/setTarget", body={"arg": "24"}
    )
    assert answer["body"]["return_value"] == 24
    assert entry.runtime_data.operations.used > before

    cloud.faults.set("bad_gateway", path="/v1/devices/*/temperature")
    with pytest.raises(HomeAssistantError, match="has a problem"):
        await act("request", path=f"devices/{GREENHOUSE}/temperature", query={"asked": "once"})
    asked = cloud.requests.matching("GET", f"/v1/devices/{GREENHOUSE}/temperature")
    assert len([request for request in asked if request.query]) == 1


@pytest.mark.parametrize("name", ["greenhouse", "Greenhouse%20two", GREENHOUSE.upper()])
async def test_a_device_by_its_name(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, name: str
) -> None:
    """It is the same device: one lock for its paid calls, and one count."""
    [entry] = hass.config_entries.async_loaded_entries(DOMAIN)
    runtime = entry.runtime_data
    if "two" in name:
        # Home Assistant has not heard of the new name yet.
        cloud.world.board("greenhouse").name = "Greenhouse two"
    before = runtime.operations.by_device.get(GREENHOUSE, 0)
    async with runtime.cloud.session.device_lock(GREENHOUSE):
        running = asyncio.create_task(
            act("request", method="POST", path=f"devices/{name}/setTarget", body={"arg": "24"})
        )
        # Two turns of the simulated cloud: what is not locked would be sent by now.
        for _ in range(2):
            await runtime.cloud.devices.get(GREENHOUSE)
        assert not cloud.world.function_calls
    assert (await running)["body"]["return_value"] == 24
    assert runtime.operations.by_device[GREENHOUSE] == before + 1
    # Others may have been read meanwhile; a name is none of them.
    assert set(runtime.operations.by_device) <= set(runtime.devices)
    assert cloud.operations.by_kind["function"] == 1


async def test_a_name_that_nobody_has(hass: HomeAssistant, cloud: SimulatedCloud, act: Act) -> None:
    """The cloud refuses it, and nothing is paid."""
    with pytest.raises(HomeAssistantError):
        await act("request", path="devices/nobody/temperature")
    [entry] = hass.config_entries.async_loaded_entries(DOMAIN)
    assert "nobody" not in entry.runtime_data.operations.by_device


# What goes wrong in the cloud


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"path": "nothing"}, "does not know what was requested: Not found"),
        ({"path": "products/77"}, "The product does not exist"),
        ({"path": "products/24099/devices"}, "is not allowed to do this: Permission denied"),
        ({"path": f"devices/{GREENHOUSE}/nothing"}, "greenhouse has no variable nothing"),
        ({"path": "devices/0a10aced202194944a0000aa"}, "0a10aced202194944a0000aa does not exist"),
        (
            {"path": "devices/0a10aced202194944a000004/led", "method": "POST", "body": {"arg": ""}},
            "old photon did not respond in time",
        ),
        ({"path": "clients", "method": "POST", "body": {}}, "name is required"),
    ],
)
async def test_refusals_of_the_cloud(
    cloud: SimulatedCloud, act: Act, data: dict[str, Any], told: str
) -> None:
    """They fail as all actions do, with the cloud's own words."""
    with pytest.raises(HomeAssistantError, match=told):
        await act("request", **data)


# What is refused here


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("https://example.com/v1/devices", "without a server"),
        ("HTTPS:\\\\example.com", "without a server"),
        ("//example.com/v1/devices", "without a server"),
        ("\\\\example.com", "without a server"),
        ("/oauth/token", "outside"),
        ("v2/devices", "outside"),
        ("../oauth/token", "must not contain"),
        ("devices/../../oauth/token", "must not contain"),
        ("v1/./devices", "must not contain"),
        ("devices/%2e%2e/%2E%2e/oauth", "must not contain"),
        ("devices/%252e%252e/oauth", "must not contain"),
        ("devices/..%2f..%2foauth", "must not contain"),
        ("devices/..\\..\\oauth", "must not contain"),
        ("devices/..;/oauth", "must not contain"),
        ("devices?access_token=abc", "enter parameters in the field query"),
        ("devices#x", "enter parameters in the field query"),
        ("access_tokens/5d1e0e5fa9a7c34a", "particle.revoke_token"),
        ("access%5ftokens/5d1e0e5fa9a7c34a", "particle.revoke_token"),
        ("access%255ftokens/5d1e0e5fa9a7c34a", "particle.revoke_token"),
        ("access_tokens%2f5d1e0e5fa9a7c34a", "particle.revoke_token"),
        ("%41ccess_tokens/5d1e0e5fa9a7c34a", "particle.revoke_token"),
        ("%76%31/access_tokens/5d1e0e5fa9a7c34a", "particle.revoke_token"),
        ("access_tokens/current/5d1e0e5fa9a7c34a", "particle.revoke_token"),
        ("o%61uth/token", "outside"),
        ("%76%32/devices", "outside"),
        ("", "empty"),
        ("/", "empty"),
        ("v1", "empty"),
        ("devices//x", "empty"),
        ("devices/a\nb", "characters"),
        ("devices/%ff", "characters"),
        ("devices/\ud800", "characters"),
    ],
)
async def test_paths_that_lead_elsewhere(
    cloud: SimulatedCloud, act: Act, path: str, told: str
) -> None:
    """They are refused before anything is sent."""
    before = len(cloud.requests)
    with pytest.raises(ServiceValidationError, match=told):
        await act("request", method="POST", path=path)
    assert not any(request.method == "POST" for request in list(cloud.requests)[before:])


@given(st.text())
def test_no_path_climbs_out(path: str) -> None:
    """Whatever is written, what is sent stays in its place: encoded parts and nothing else."""
    try:
        encoded = request_path(path)
    except vol.Invalid:
        return
    assert encoded.isascii()
    assert not set(encoded) & set("?#\\@ :;")
    assert not {"", ".", ".."} & set(encoded.split("/"))


@pytest.mark.parametrize(
    "name",
    [
        "access_token",
        "access%5ftoken",
        "ACCESS_TOKEN",
        " access_token",
        "access_token[]",
        "client_secret",
        "password",
    ],
)
async def test_secrets_in_the_query(cloud: SimulatedCloud, act: Act, name: str) -> None:
    """They would stand in logs, so they are refused."""
    with pytest.raises(ServiceValidationError, match="must not be in the query") as raised:
        await act("request", path="orgs", query={name: "5d1e0e5fa9a7"})
    assert "5d1e0e5fa9a7" not in str(raised.value)
    assert not cloud.requests.matching("GET", "/v1/orgs")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"method": "TRACE"}, "method"),
        ({"query": "name=north"}, "names and values"),
        ({"query": {"where": {"a": 1}}}, "where"),
        ({"method": "POST", "body": "text"}, "an object or a list"),
        ({"method": "POST", "body": {"at": float("nan")}}, "not valid in JSON"),
        ({"method": "POST", "body": {"at": {1, 2}}}, "not valid in JSON"),
    ],
)
async def test_requests_that_cannot_be_sent(
    cloud: SimulatedCloud, act: Act, data: dict[str, Any], told: str
) -> None:
    """The field that is wrong is named."""
    with pytest.raises(ServiceValidationError, match=told):
        await act("request", **{"path": "orgs", **data})
    assert not cloud.requests.matching("GET", "/v1/orgs")


async def test_a_body_for_reading(cloud: SimulatedCloud, act: Act) -> None:
    """A GET request with a body is rejected."""
    with pytest.raises(ServiceValidationError, match="GET request has no body"):
        await act("request", path="orgs", body={})
    assert not cloud.requests.matching("GET", "/v1/orgs")


@pytest.mark.parametrize(
    "path",
    [
        "events",
        "events/greenhouse",
        "devices/events",
        f"devices/{GREENHOUSE}/events",
        "products/24001/events/x",
        "products/24001/devices/events",
        f"products/24001/devices/{GREENHOUSE}/events",
        "orgs/example-logistics/events",
    ],
)
async def test_streams(act: Act, path: str) -> None:
    """Their answers never end; the message says how to get events."""
    with pytest.raises(ServiceValidationError, match="event stream"):
        await act("request", path=path)


async def test_what_only_looks_like_a_stream(act: Act) -> None:
    """A metric is none, and publishing neither."""
    assert (await act("request", path="products/24001/metrics/events"))["status"] == 200
    body = {"name": "greenhouse/vent", "data": "open", "private": True, "ttl": 60}
    answer = await act("request", method="POST", path="devices/events", body=body)
    assert answer["body"]["ok"] is True
