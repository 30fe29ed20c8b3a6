"""Webhooks: created, sent, answered, failed."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

from aiohttp import web
import pytest

from tests.simulator import SimulatedCloud
from tests.simulator.mustache import render

from .client import Api, Stream, until

GARAGE = "0a10aced202194944a000002"
HOOKS = "/v1/webhooks"
INTEGRATIONS = "/v1/integrations"


class Target:
    """A web server that webhooks are sent to."""

    def __init__(self) -> None:
        """Answer with an empty 200."""
        self.url = ""
        self.requests: list[dict[str, Any]] = []
        self.answer: Callable[[], web.Response] = web.Response
        self.answers = asyncio.Event()
        self.answers.set()

    async def serve(self, request: web.Request) -> web.Response:
        """Take a request."""
        self.requests.append(
            {
                "method": request.method,
                "query": dict(request.query),
                "headers": request.headers,
                "body": await request.text(),
                "form": dict(await request.post()),
            }
        )
        await self.answers.wait()
        return self.answer()


@pytest.fixture
async def target() -> AsyncGenerator[Target]:
    """A target that is up."""
    served = Target()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", served.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield served
    await runner.cleanup()


async def create(api: Api, target: Target, path: str = HOOKS, **properties: Any) -> str:
    """Create a webhook on door events and return its id."""
    body = {"event": "door", "url": target.url, "integration_type": "Webhook", **properties}
    created = await api("POST", path, json=body)
    assert created.status == 201
    found: str = created.json["id"]
    return found


async def feedback(stream: Stream, count: int) -> list[tuple[str, str]]:
    """Return name and data of what came, without the triggering events."""
    events = await stream.events(count)
    return [(name, data["data"]) for name, data in events if "hook" in name]


async def test_shape_of_a_webhook(cloud: SimulatedCloud, api: Api, target: Target) -> None:
    """Created, listed, shown, deleted."""
    body = {"event": "door", "url": target.url, "deviceId": GARAGE}
    created = await api("POST", HOOKS, json=body)
    assert created.status == 201
    hook = created.json
    assert list(hook) == [
        "id",
        "event",
        "created_at",
        "integration_type",
        "url",
        "noDefaults",
        "rejectUnauthorized",
        "ok",
        "hookUrl",
    ]
    assert hook["hookUrl"] == f"{cloud.base_url}/v1/webhooks/{hook['id']}"
    (listed,) = (await api("GET", HOOKS)).json
    assert listed["deviceID"] == GARAGE
    assert listed["name"] == "door for 127.0.0.1"
    shown = (await api("GET", f"{HOOKS}/{hook['id']}")).json["webhook"]
    assert (shown["logs"], shown["errors"], shown["counters"]) == ([], [], [])
    deleted = await api("DELETE", f"{HOOKS}/{hook['id']}")
    assert (deleted.status, deleted.text) == (204, "")
    gone = await api("GET", f"{HOOKS}/{hook['id']}")
    assert (gone.status, gone.json) == (404, {"ok": False, "error": "Webhook not found"})


async def test_integration_is_replaced(api: Api, target: Target) -> None:
    """PUT merges nothing."""
    body = {
        "integration_type": "Webhook",
        "event": "door",
        "url": target.url,
        "headers": {"X-A": "1"},
    }
    created = await api("POST", INTEGRATIONS, json=body)
    assert {"ok", "id", "url", "event", "name", "created_at", "hookUrl"} == set(created.json)
    path = f"{INTEGRATIONS}/{created.json['id']}"
    replaced = await api("PUT", path, json={"event": "door/open", "url": target.url})
    assert "headers" not in replaced.json["integration"]
    assert (await api("GET", path)).json["integration"]["event"] == "door/open"
    assert (await api("PUT", path, json={"event": "door"})).status == 400
    azure = {"integration_type": "AzureIotHub", "event": "x", "hub_name": "h"}
    assert "integrationUrl" in (await api("POST", INTEGRATIONS, json=azure)).json


@pytest.mark.parametrize(
    "change",
    [
        {"event": ""},
        {"event": None},
        {"url": ""},
        {"url": "ftp://example.com"},
        {"requestType": "PATCH"},
        {"json": {}, "form": {}},
        {"json": 3},
        {"headers": "x"},
        {"noDefaults": "maybe"},
        {"deviceID": "0" * 24},
    ],
)
async def test_bad_webhooks(api: Api, change: dict[str, Any]) -> None:
    """Each property is checked."""
    body = {"event": "x", "url": "https://example.com", **change}
    answer = await api("POST", HOOKS, json=body)
    assert answer.status in (400, 404)
    assert answer.json["ok"] is False


async def test_integration_needs_its_type(api: Api) -> None:
    """The new path serves several kinds."""
    body = {"event": "x", "url": "https://example.com"}
    assert (await api("POST", INTEGRATIONS, json=body)).status == 400


async def test_default_request(cloud: SimulatedCloud, api: Api, target: Target) -> None:
    """A form with four fields, by the user agent of Particle."""
    await create(api, target)
    async with api.stream("/v1/devices/events/hook") as stream:
        await stream.until(":ok")
        cloud.world.publish("garage", "door/open", "100")
        assert await feedback(stream, 2) == [
            ("hook-sent/door/open", ""),
            ("hook-response/door/open/0", ""),
        ]
        assert '"coreid":"particle-internal"' in stream.received.decode()
    (request,) = target.requests
    assert request["method"] == "POST"
    assert request["headers"]["User-Agent"].startswith("ParticleBot/1.1")
    assert request["headers"]["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert request["form"].pop("published_at").endswith("Z")
    assert request["form"] == {"event": "door/open", "data": "100", "coreid": GARAGE}


@pytest.mark.parametrize(
    ("properties", "data", "body"),
    [
        (
            {"json": {"v": "{{{a}}}", "d": "{{PARTICLE_DEVICE_ID}}"}, "noDefaults": True},
            '{"a":2}',
            f'{{"v":"2","d":"{GARAGE}"}}',
        ),
        ({"json": '{"v":{{{a.b}}}}', "noDefaults": True}, '{"a":{"b":2.5}}', '{"v":2.5}'),
        ({"body": "{{{list.0.x}}}<{{{PARTICLE_EVENT_NAME}}}>"}, '{"list":[{"x":7}]}', "7<door/x>"),
        ({"body": "{{t}} {{{t}}}"}, '{"t":"a&b"}', "a&amp;b a&b"),
        ({"form": {"{{{k}}}": "{{{k}}}"}, "noDefaults": True}, '{"k":"z z"}', "z+z=z+z"),
    ],
)
async def test_templates(
    cloud: SimulatedCloud,
    api: Api,
    target: Target,
    properties: dict[str, Any],
    *,
    data: str,
    body: str,
) -> None:
    """The bodies of requests are rendered from templates."""
    await create(api, target, **properties)
    cloud.world.publish("garage", "door/x", data)
    await until(lambda: target.requests)
    assert target.requests[0]["body"] == body


async def test_get_with_query_headers_and_auth(
    cloud: SimulatedCloud, api: Api, target: Target
) -> None:
    """For GET the defaults go into the query."""
    await create(
        api,
        target,
        requestType="GET",
        query={"q": "{{{PARTICLE_EVENT_VALUE}}}"},
        headers={"X-Device": "{{PARTICLE_DEVICE_ID}}"},
        auth={"username": "u", "password": "p"},
    )
    cloud.world.publish("garage", "door/x", "1")
    await until(lambda: target.requests)
    (request,) = target.requests
    assert request["query"]["q"] == request["query"]["data"] == "1"
    assert request["headers"]["X-Device"] == GARAGE
    assert request["headers"]["Authorization"] == "Basic dTpw"


async def test_who_triggers(cloud: SimulatedCloud, api: Api, target: Target) -> None:
    """By case-sensitive prefix, by device, not when disabled, not by feedback."""
    await create(api, target, event="door", deviceID=GARAGE, body="one")
    await create(api, target, event="Door", body="two")
    await create(api, target, event="door", disabled=True, body="three")
    await create(api, target, event="hook-", body="four")
    cloud.world.publish("greenhouse", "door/x")
    cloud.world.publish("garage", "door/x")
    async with api.stream("/v1/devices/events/hook-response") as stream:
        await stream.events(1)
    assert [request["body"] for request in target.requests] == ["one"]


@pytest.mark.parametrize(
    ("length", "sizes"), [(1, [1]), (512, [512]), (1300, [512, 512, 276]), (1024, [512, 512])]
)
async def test_chunks(
    cloud: SimulatedCloud, api: Api, target: Target, length: int, sizes: list[int]
) -> None:
    """An answer comes in parts of 512 bytes."""
    target.answer = lambda: web.Response(text="x" * length)
    await create(api, target)
    async with api.stream("/v1/devices/events/hook-response") as stream:
        await stream.until(":ok")
        cloud.world.publish("garage", "door/x")
        events = await stream.events(len(sizes))
    assert [name for name, _ in events] == [
        f"hook-response/door/x/{number}" for number in range(len(sizes))
    ]
    assert [len(data["data"]) for _, data in events] == sizes


async def test_answer_of_any_kind(cloud: SimulatedCloud, api: Api, target: Target) -> None:
    """Whole, by template, as data URL, under its own name; at most 100 KB."""
    target.answer = lambda: web.Response(text="y" * 200_000)
    await create(api, target, unchunked=True, responseTopic="{{PARTICLE_DEVICE_ID}}/x")
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        cloud.world.publish("garage", "door/x")
        events = await stream.events(3)
    assert events[2][0] == f"{GARAGE}/x/0"
    assert len(events[2][1]["data"]) == 100 * 1024
    for hook in list(cloud.world.integrations):
        del cloud.world.integrations[hook]
    await create(api, target, responseTemplate="{{a.b}}", dataUrlResponseEvent=True)
    async with api.stream("/v1/devices/events/hook-response") as stream:
        await stream.until(":ok")
        target.answer = lambda: web.json_response({"a": {"b": 5}})
        cloud.world.publish("garage", "door/x")
        await stream.events(1)
        target.answer = lambda: web.Response(body=b"\x00\xff", content_type="image/png")
        cloud.world.publish("garage", "door/x")
        answers = [data["data"] for _, data in await stream.events(2)]
    assert answers == ["5", "data:image/png;base64,AP8="]


async def test_delivery_of_chunks_costs(cloud: SimulatedCloud, api: Api, target: Target) -> None:
    """Each part that a subscribed board gets is paid for."""
    target.answer = lambda: web.Response(text="x" * 600)
    await create(api, target)
    parts: list[str] = []
    cloud.world.board("garage").program.subscribe(
        "hook-response/", lambda name, data: parts.append(name)
    )
    cloud.world.publish("garage", "door/x")
    await until(lambda: len(parts) == 2)
    assert dict(cloud.operations.by_kind) == {"publish": 1, "delivery": 2}


async def test_product_webhook(cloud: SimulatedCloud, api: Api, target: Target) -> None:
    """A product's answers begin with the device's id."""
    path = "/v1/products/24001/webhooks"
    await create(api, target, path, json={"p": "{{PRODUCT_ID}}", "v": "{{PRODUCT_VERSION}}"})
    van = cloud.world.board("van-2")
    async with api.stream("/v1/products/24001/events") as stream:
        await stream.until(":ok")
        cloud.world.publish("garage", "door/x")
        cloud.world.publish(van, "door/x")
        names = [name for name, _ in await stream.events(3)]
    assert names == ["door/x", "hook-sent/door/x", f"{van.id}/hook-response/door/x/0"]
    assert '"p":"24001","v":"1"' in target.requests[0]["body"]
    assert len(target.requests) == 1


async def test_failure_and_retries(cloud: SimulatedCloud, api: Api, target: Target) -> None:
    """An error is told, and tried again after half a minute and a minute."""
    cloud.clock.manual()
    target.answer = lambda: web.Response(status=404)
    hook = await create(api, target, errorResponseTopic="oops")
    async with api.stream("/v1/devices/events/oops") as stream:
        await stream.until(":ok")
        cloud.world.publish("garage", "door/x")
        for attempt in (1, 2, 3):
            events = await stream.events(attempt)
            await cloud.clock.advance(61)
        await cloud.clock.advance(300)
    assert events[-1][1]["data"] == "error status 404 from 127.0.0.1"
    assert len(target.requests) == 3
    shown = (await api("GET", f"{HOOKS}/{hook}")).json["webhook"]
    assert shown["counters"] == [{"success": 0, "error": 3, "sleep": 0, "total": 3}]
    assert len(shown["logs"]) == len(shown["errors"]) == 3


async def test_slow_target(cloud: SimulatedCloud, api: Api, target: Target) -> None:
    """A target that takes too long has failed."""
    cloud.settings.hook_timeout = 0.1
    cloud.settings.hook_retries = ()
    target.answers.clear()
    await create(api, target)
    async with api.stream("/v1/devices/events/hook-error") as stream:
        await stream.until(":ok")
        cloud.world.publish("garage", "door/x")
        ((name, data),) = await stream.events(1)
    target.answers.set()
    assert name == "hook-error/door/x/0"
    assert data["data"] == "error ESOCKETTIMEDOUT from 127.0.0.1"


async def test_sleeping_host(cloud: SimulatedCloud, api: Api, target: Target) -> None:
    """A host that mostly fails is left alone."""
    cloud.clock.manual()
    cloud.settings.hook_retries = ()
    target.answer = lambda: web.Response(status=500)
    await create(api, target)
    async with api.stream("/v1/devices/events/hook-error") as stream:
        await stream.until(":ok")
        for count in range(1, 7):
            cloud.world.publish("garage", "door/x")
            events = await stream.events(count)
        assert events[-1][1]["data"] == "Sleeping, too many errors, please wait and try again"
        assert len(target.requests) == 5
        await cloud.clock.advance(6)
        cloud.world.publish("garage", "door/x")
        assert "500" in (await stream.events(7))[-1][1]["data"]


async def test_test(api: Api, target: Target) -> None:
    """A hook can be tried."""
    hook = await create(api, target, INTEGRATIONS)
    passed = await api("POST", f"{INTEGRATIONS}/{hook}/test", json={})
    assert passed.json == {"pass": True, "data": None}
    assert target.requests[0]["form"]["data"] == "test-event"
    assert target.requests[0]["form"]["coreid"] == "api"
    target.answer = lambda: web.Response(status=401)
    failed = await api("POST", f"{INTEGRATIONS}/{hook}/test", json={"data": "x"})
    assert failed.json["pass"] is False
    assert "401" in failed.json["error"]


async def test_older_answers(cloud: SimulatedCloud, api: Api, target: Target) -> None:
    """Shapes of 2015, and those that the official tool tolerates."""
    for shape in ("hook_created_200", "hook_deleted_200", "integrations_wrapped"):
        cloud.faults.set(shape)
    cloud.faults.set("integration_created_wrapped")
    hook = await api("POST", HOOKS, json={"event": "x", "url": target.url})
    assert hook.status == 200
    assert "webhooks" in (await api("GET", HOOKS)).json
    deleted = await api("DELETE", f"{HOOKS}/{hook.json['id']}")
    assert deleted.json == {"ok": True, "status": "Hook Deleted"}
    body = {"integration_type": "Webhook", "event": "x", "url": target.url}
    assert "id" in (await api("POST", INTEGRATIONS, json=body)).json["integration"]


def test_mustache() -> None:
    """Sections, inverted sections, comments."""
    context = {"list": [1, 2], "on": True, "off": False, "o": {"k": "v"}}
    template = "{{#list}}<{{.}}>{{/list}}{{#on}}y{{/on}}{{^off}}n{{/off}}{{! c }}{{#o}}{{k}}{{/o}}"
    assert render(template, context) == "<1><2>ynv"
    assert render("{{missing}}{{{o.x.y}}}{{&o.k}}", context) == "v"
    assert render("{{#list}}a{{#list}}b{{/list}}c{{/list}}d", context) == "abbcabbcd"
    assert render("a{{#on}}b", context) == "ab"
