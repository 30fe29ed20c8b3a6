"""Bad days: what comes back instead of an answer."""

import asyncio
from typing import Any

from aiohttp import ClientConnectionError, ClientError, ClientTimeout
import pytest

from tests.simulator import SimulatedCloud
from tests.simulator.faults import CATALOGUE

from .client import Api, until

DEVICES = "/v1/devices"
EVENTS = "/v1/devices/events"


@pytest.mark.parametrize(
    ("fault", "options", "expected"),
    [
        ("unauthorized", {}, (401, "invalid_token")),
        ("forbidden", {}, (403, "unauthorized")),
        ("forbidden", {"body": {"ok": False}}, (403, '{"ok":false}')),
        ("rate_limited", {}, (429, "rate_limit_exceeded")),
        ("overloaded", {}, (529, "rate_limit_exceeded")),
        ("server_error", {}, (500, "server_error")),
        ("server_error", {"status": 503}, (503, "server_error")),
        ("proxy_html", {}, (200, "<html>")),
        ("bad_gateway", {}, (502, "<html>")),
        ("empty", {}, (200, "")),
        ("not_json", {}, (200, "<")),
    ],
)
async def test_answers(
    cloud: SimulatedCloud,
    api: Api,
    fault: str,
    options: dict[str, Any],
    expected: tuple[int, str],
) -> None:
    """One bad answer, then all is well again."""
    status, text = expected
    cloud.faults.set(fault, count=1, **options)
    answer = await api("GET", DEVICES)
    assert answer.status == status
    assert text in answer.text
    assert "Retry-After" not in answer.headers
    assert cloud.requests[-1].status == status
    assert (await api("GET", DEVICES)).json[0]["name"]


@pytest.mark.parametrize("fault", ["rate_limited", "overloaded"])
async def test_retry_after(cloud: SimulatedCloud, api: Api, fault: str) -> None:
    """Both limits can name a time."""
    cloud.faults.set(fault, retry_after=7, only="streams")
    assert (await api("GET", DEVICES)).status == 200
    assert (await api("GET", EVENTS)).headers["Retry-After"] == "7"


async def test_a_fault_strikes_where_it_is_told_to(cloud: SimulatedCloud, api: Api) -> None:
    """By path, by method, by board."""
    cloud.faults.set("server_error", path="/v1/devices/*/temperature")
    assert (await api("GET", DEVICES)).status == 200
    assert (await api("GET", "/v1/devices/greenhouse/temperature")).status == 500
    cloud.faults.clear()
    cloud.faults.set("server_error", method="POST")
    assert (await api("GET", DEVICES)).status == 200
    assert (await api("POST", "/v1/devices/garage/light")).status == 500
    cloud.faults.clear()
    garage = cloud.world.board("garage").id
    cloud.faults.set("no_answer", device=garage)
    assert (await api("GET", "/v1/devices/greenhouse/soil")).status == 200
    assert (await api("GET", f"/v1/devices/{garage}/door")).status == 408


async def test_duration_ends_a_fault(cloud: SimulatedCloud, api: Api) -> None:
    cloud.faults.set("server_error", duration=0.05)
    assert [fault.name for fault in cloud.faults.active()] == ["server_error"]
    while cloud.faults.active():
        await api("GET", DEVICES)
    assert (await api("GET", DEVICES)).status == 200


async def test_reset(cloud: SimulatedCloud, api: Api) -> None:
    """The connection breaks, before or after the call is carried out."""
    cloud.faults.set("reset", count=1)
    with pytest.raises(ClientConnectionError):
        await api("POST", "/v1/devices/garage/light", json={"arg": "on"})
    assert cloud.world.function_calls == []
    cloud.faults.set("reset", count=2)
    for _ in range(2):
        with pytest.raises(ClientConnectionError):
            await api("POST", "/v1/devices/garage/light", json={"arg": "on"})
    assert (await api("GET", "/v1/devices")).status == 200
    cloud.faults.set("reset", count=1, executed=True)
    with pytest.raises(ClientConnectionError):
        await api("POST", "/v1/devices/garage/light", json={"arg": "on"})
    assert len(cloud.world.function_calls) == 1


async def test_slow_and_hanging(cloud: SimulatedCloud, api: Api) -> None:
    """A slow answer has been carried out; a hanging call has not."""
    short = ClientTimeout(total=0.2)
    cloud.faults.set("slow", count=1, seconds=5)
    with pytest.raises(TimeoutError):
        await api("POST", "/v1/devices/garage/light", json={"arg": "on"}, timeout=short)
    assert len(cloud.world.function_calls) == 1
    cloud.faults.set("hang", count=1)
    with pytest.raises(TimeoutError):
        await api("POST", "/v1/devices/garage/light", json={"arg": "on"}, timeout=short)
    assert len(cloud.world.function_calls) == 1


async def test_answer_that_is_older_than_the_news(cloud: SimulatedCloud, api: Api) -> None:
    """What is held was worked out at once: it arrives stale."""
    cloud.faults.set("held", count=1, path=DEVICES)
    stale = asyncio.create_task(api("GET", DEVICES))
    await until(lambda: len(cloud.held))
    cloud.world.board("boat").go_offline()
    fresh = await api("GET", DEVICES)
    assert len(cloud.held) == 1
    assert cloud.held.release() == 1
    online = [
        {device["name"]: device["online"] for device in answer.json}["boat"]
        for answer in (await stale, fresh)
    ]
    assert online == [True, False]
    assert len(cloud.held) == 0


@pytest.mark.parametrize("fault", ["dripping_head", "endless_continue"])
async def test_head_without_end(cloud: SimulatedCloud, api: Api, fault: str) -> None:
    """Bytes come for ever, an answer never; the next call is fine."""
    cloud.faults.set(fault, count=1, seconds=0.01, only="streams")
    target = cloud.base_url.removeprefix("http://")
    host, port = target.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    request = (
        f"GET {EVENTS} HTTP/1.1\r\nHost: {target}\r\nAuthorization: Bearer {api.token}\r\n\r\n"
    )
    writer.write(request.encode())
    received = await reader.readexactly(250)
    if fault == "dripping_head":
        assert received.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
        assert b"\r\n\r\n" not in received
    else:
        assert received.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")
    writer.close()
    async with api.stream(EVENTS) as stream:
        await stream.until(":ok")


async def test_forbidden_listing(cloud: SimulatedCloud, api: Api) -> None:
    """The account's list is refused, single devices and products are not."""
    cloud.faults.set("forbidden", path=DEVICES, method="GET")
    assert (await api("GET", DEVICES)).status == 403
    assert (await api("GET", f"{DEVICES}/boat")).status == 200
    assert (await api("GET", "/v1/products/24001/devices")).status == 200


async def test_function_answers_not_ok(cloud: SimulatedCloud, api: Api) -> None:
    """200, and yet it did not work; or the firmware refuses."""
    cloud.faults.set("function_not_ok", count=1, error="Nope")
    answer = await api("POST", "/v1/devices/garage/light", json={"arg": "on"})
    assert (answer.status, answer.json) == (200, {"ok": False, "error": "Nope"})
    cloud.faults.set("function_refuses", count=1)
    answer = await api("POST", "/v1/devices/garage/light", json={"arg": "on"})
    assert answer.json["return_value"] == -1


async def test_cloud_down(cloud: SimulatedCloud, api: Api) -> None:
    """Nobody listens; streams end; later it is back at the same port."""
    async with api.stream(EVENTS) as stream:
        await stream.until(":ok")
        cloud.faults.set("cloud_down")
        with pytest.raises(ClientError):
            await stream.to_the_end()
    with pytest.raises(ClientConnectionError):
        await api("GET", DEVICES)
    cloud.faults.clear("cloud_down")
    assert (await api("GET", DEVICES)).status == 200
    cloud.faults.set("cloud_down")
    await cloud.reset()
    assert (await api("GET", DEVICES)).status == 200


async def test_rate_limits(cloud: SimulatedCloud, api: Api) -> None:
    """Too many requests are refused until the window has passed."""
    cloud.limits.set("all", 2)
    assert [(await api("GET", DEVICES)).status for _ in range(3)] == [200, 200, 429]
    await cloud.clock.advance(301)
    assert (await api("GET", DEVICES)).status == 200
    cloud.limits.enabled = False
    assert {(await api("GET", DEVICES)).status for _ in range(5)} == {200}


async def test_older_shapes(cloud: SimulatedCloud, api: Api) -> None:
    """Shapes of other years can be switched on."""
    cloud.faults.set("connected_only")
    cloud.faults.set("descriptions_absent")
    cloud.faults.set("product_array")
    cloud.faults.set("no_updated_at")
    cloud.faults.set("unknown_device_404")
    cloud.faults.set("unknown_variable_text")
    cloud.faults.set("unknown_keys")
    cloud.faults.set("expires_in_string")
    cloud.faults.set("token_client_id")
    photon = (await api("GET", "/v1/devices/0a10aced202194944a000004")).json
    assert not {"online", "functions", "variables"} & set(photon)
    assert photon["connected"] is False
    assert photon["brand_new"]
    assert "client_id" in (await api("GET", "/v1/access_tokens/current")).json
    token = await api.log_in((cloud.client_id, cloud.client_secret))
    assert token.json["expires_in"] == "7776000"
    assert isinstance((await api("GET", "/v1/products/24001")).json["product"], list)
    assert "updated_at" not in (await api("PUT", "/v1/devices/boat", json={"notes": "x"})).json
    assert (await api("GET", "/v1/devices/nobody")).status == 404
    unknown = await api("GET", "/v1/devices/boat/nothing")
    assert unknown.json["error"] == "Unknown Variable: nothing"


async def test_requests_are_recorded_without_secrets(cloud: SimulatedCloud, api: Api) -> None:
    """Tests can see what was asked, not with which token."""
    await api("POST", "/v1/devices/garage/light?x=1", json={"arg": "on"})
    (request,) = cloud.requests.matching("POST", "/v1/devices/*/light")
    assert request.query == {"x": "1"}
    assert request.body == {"arg": "on"}
    assert request.status == 200
    assert request.headers["authorization"] == "Bearer"
    assert cloud.access_token not in str(request)


def test_unknown_fault_is_refused() -> None:
    """A misspelt name does not pass in silence."""
    cloud = SimulatedCloud()
    with pytest.raises(ValueError, match="Unknown fault 'typo'"):
        cloud.faults.set("typo")
    with pytest.raises(ValueError, match="only is"):
        cloud.faults.set("slow", only="sometimes")
    assert all(CATALOGUE.values())
