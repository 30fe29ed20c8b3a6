"""Metrics of a fleet."""

from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from tests.simulator import SimulatedCloud

from .client import Api, until

PRODUCT = "/v1/products/24001"


async def counts(api: Api, metric: str, query: str = "") -> dict[str, int]:
    """Return the newest bucket of a metric without its time."""
    answer = await api("GET", f"{PRODUCT}/metrics/{metric}{query}")
    ((key, buckets),) = answer.json.items()
    assert key == ("integrations" if metric == "integration" else metric)
    assert buckets[-1].pop("time")
    return dict(buckets[-1])


async def test_what_is_counted(cloud: SimulatedCloud, api: Api) -> None:
    """Only the product's boards; zero is left out but for two."""
    assert await counts(api, "online") == {"count": 3}
    assert await counts(api, "events") == {"received": 0}
    assert await counts(api, "functions") == await counts(api, "variables") == {}
    assert await counts(api, "integration") == {}
    van = cloud.world.board("van-1")
    await api("POST", f"{PRODUCT}/devices/{van.id}/locate", json={"arg": ""})
    for _ in range(2):
        await api("GET", f"{PRODUCT}/devices/{van.id}/speed")
    await api("GET", "/v1/devices/greenhouse/soil")
    assert await counts(api, "events") == {"received": 1}
    assert await counts(api, "functions") == {"success": 1}
    assert await counts(api, "variables") == {"success": 2}


async def test_webhooks(cloud: SimulatedCloud, api: Api) -> None:
    """Those of the product, by how they ended."""

    async def target(request: web.Request) -> web.Response:
        return web.Response(status=int(request.path.removeprefix("/")))

    cloud.settings.hook_retries = ()
    app = web.Application()
    app.router.add_route("*", "/{status}", target)
    async with TestServer(app) as server:
        for event, status in (("good", 200), ("bad", 500), ("sandbox", 200)):
            place = "/v1" if event == "sandbox" else PRODUCT
            body = {"event": event, "url": str(server.make_url(f"/{status}"))}
            assert (await api("POST", f"{place}/webhooks", json=body)).status == 201
        van = cloud.world.board("van-1")
        for event in ("good", "good", "bad", "sandbox"):
            van.publish(event, "x")
        hooks = cloud.world.integrations.values()
        await until(lambda: sum(hook.succeeded + hook.failed for hook in hooks) == 4)
    assert await counts(api, "integration") == {"success": 2, "failure": 1}


async def test_filters(cloud: SimulatedCloud, api: Api) -> None:
    """By firmware, by Device OS, by group."""
    cloud.world.board("van-1").firmware_version = 2
    cloud.world.board("van-2").system_version = "6.3.2"
    assert await counts(api, "online", "?product_fw=2") == {"count": 1}
    assert await counts(api, "online", "?device_os_version=6.3.2") == {"count": 1}
    assert await counts(api, "online", "?device_group=north") == {"count": 2}


async def test_buckets(cloud: SimulatedCloud, api: Api) -> None:
    """One for each started quarter of an hour, or as large as asked for."""
    path = f"{PRODUCT}/metrics/online"
    dates = "?start_date=2026-01-02T10:05:00Z&end_date=2026-01-02T11:00:00Z"
    times = [one["time"] for one in (await api("GET", path + dates)).json["online"]]
    assert times[0] == "2026-01-02T10:00:00.000Z"
    assert times[-1] == "2026-01-02T11:00:00.000Z"
    assert len(times) == 5
    hourly = (await api("GET", f"{path}{dates}&bucket_size=3600")).json["online"]
    assert [one["time"][11:13] for one in hourly] == ["10", "11"]
    assert len((await api("GET", path)).json["online"]) == 1


@pytest.mark.parametrize(
    "query",
    [
        "bucket_size=15",
        "bucket_size=x",
        "start_date=yesterday",
        "start_date=2026-01-02&end_date=2026-01-01",
        "start_date=2000-01-01&end_date=2026-01-01&bucket_size=16",
    ],
)
async def test_refused(api: Api, query: str) -> None:
    """Dates and sizes that make no sense."""
    assert (await api("GET", f"{PRODUCT}/metrics/online?{query}")).status == 400


async def test_scopes(api: Api) -> None:
    """Each metric has a scope of its own."""
    assert (await api("GET", f"{PRODUCT}/metrics/magic")).status == 404
    body = {"friendly_name": "fleet", "scopes": ["metrics.integrations:get"]}
    created = (await api("POST", f"{PRODUCT}/team", json=body)).json["created"]
    machine = api.using(created["tokens"][0]["token"])
    assert (await machine("GET", f"{PRODUCT}/metrics/integration")).status == 200
    refused = await machine("GET", f"{PRODUCT}/metrics/online")
    assert (refused.status, refused.json["error_description"]) == (
        400,
        "Missing scope metrics.online:get",
    )
