"""Streams and publishing."""

from datetime import timedelta
import re
from typing import Any

import pytest

from tests.simulator import SimulatedCloud
from tests.simulator.programs import Program

from .client import Api

GREENHOUSE = "0a10aced202194944a000001"


async def test_form_of_a_stream(cloud: SimulatedCloud, api: Api) -> None:
    """The name stands in event: only; data has four keys for a board of the sandbox."""
    async with api.stream("/v1/devices/events") as stream:
        assert stream.response.headers["Content-Type"] == "text/event-stream"
        assert await stream.until("\n\n") == ":ok\n\n"
        cloud.world.publish("greenhouse", "greenhouse/reading", "21.5")
        text = (await stream.until("}\n\n")).removeprefix(":ok\n\n")
    assert re.fullmatch(
        r"event: greenhouse/reading\n"
        r'data: \{"data":"21.5","ttl":60,"published_at":"[-\d]+T[\d:.]+Z",'
        rf'"coreid":"{GREENHOUSE}"\}}\n\n',
        text,
    )
    assert cloud.operations.by_kind["publish"] == 1


async def test_product_stream(cloud: SimulatedCloud, api: Api) -> None:
    """Boards of a product tell more; other boards are not heard."""
    async with api.stream(f"/v1/products/{cloud.product_id}/events") as stream:
        await stream.until(":ok")
        cloud.world.publish("greenhouse", "not/this")
        cloud.world.publish("van-2", "van/door", "open")
        ((name, data),) = await stream.events(1)
    assert name == "van/door"
    assert {"userid", "version", "public", "productID"} <= set(data)
    assert data["productID"] == cloud.product_id


@pytest.mark.parametrize(
    "path",
    [
        "/v1/devices/events/greenhouse%2Fre",
        "/v1/devices/events/greenhouse/re",
        "/v1/devices/greenhouse/events",
        f"/v1/devices/{GREENHOUSE}/events/green",
        "/v1/events/greenhouse",
    ],
)
async def test_filters(cloud: SimulatedCloud, api: Api, path: str) -> None:
    """A prefix or a device narrows a stream."""
    async with api.stream(path) as stream:
        await stream.until(":ok")
        cloud.world.publish("garage", "door/open")
        cloud.world.publish("greenhouse", "greenhouse/reading", "1")
        ((name, _),) = await stream.events(1)
    assert name == "greenhouse/reading"


async def test_firehose_needs_a_prefix(api: Api) -> None:
    """The stream of everything was closed in 2018."""
    answer = await api("GET", "/v1/events")
    assert (answer.status, answer.json) == (
        400,
        {"ok": False, "error": "event prefix filter is required"},
    )


async def test_status_events(cloud: SimulatedCloud, api: Api) -> None:
    """Boards say when they come and go; that costs nothing."""
    async with api.stream("/v1/devices/events/spark") as stream:
        await stream.until(":ok")
        cloud.world.set_online("garage", False)
        cloud.world.set_online("garage", True)
        events = await stream.events(2)
    assert [data["data"] for _, data in events] == ["offline", "online"]
    assert cloud.operations.total == 0


async def test_publish(cloud: SimulatedCloud, api: Api) -> None:
    """What the API publishes comes back with the coreid api."""
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        body = {"name": "house/alarm", "data": "on", "ttl": 30, "private": True}
        assert (await api("POST", "/v1/devices/events", json=body)).json == {"ok": True}
        await api("POST", "/v1/devices/events", data={"name": "house/quiet"})
        events = await stream.events(2)
    assert events[0][0] == "house/alarm"
    assert events[0][1]["coreid"] == "api"
    assert events[0][1]["ttl"] == 30
    assert events[1][1]["data"] == ""
    assert cloud.operations.total == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x" * 65},
        {"name": "with space"},
        {"name": "spark/x"},
        {"name": "Particle"},
        {"name": "x", "data": {"a": 1}},
        {"name": "x", "data": "x" * 1025},
        {"name": "x", "ttl": "soon"},
    ],
)
async def test_publish_refuses(api: Api, body: dict[str, Any]) -> None:
    """Bad names, data and times are refused."""
    answer = await api("POST", "/v1/devices/events", json=body)
    assert answer.status == 400
    assert answer.json["ok"] is False


async def test_publish_as_a_device(cloud: SimulatedCloud, api: Api) -> None:
    """A product's event can carry a board's id."""
    van = cloud.world.board("van-1").id
    async with api.stream(f"/v1/products/{cloud.product_id}/events") as stream:
        await stream.until(":ok")
        body = {"name": "x", "as_device_id": van}
        await api("POST", f"/v1/products/{cloud.product_id}/events", json=body)
        ((_, data),) = await stream.events(1)
    assert data["coreid"] == van


async def test_delivery_to_a_board_costs(cloud: SimulatedCloud, api: Api) -> None:
    """A board that subscribes gets events, and each is paid for."""
    heard: list[tuple[str, str]] = []
    cloud.world.board("garage").program.subscribe("house/", lambda *event: heard.append(event))
    await api("POST", "/v1/devices/events", json={"name": "house/alarm", "data": "on"})
    assert heard == [("house/alarm", "on")]
    assert cloud.operations.by_kind["delivery"] == 1


async def test_delivery_to_those_who_may_hear(cloud: SimulatedCloud, api: Api) -> None:
    """A program may subscribe before it is flashed; offline boards and those of others hear nothing."""
    heard: list[str] = []
    boards = {}
    for name, owner in {"near": cloud.username, "away": cloud.username, "theirs": None}.items():
        program = Program()
        program.subscribe("house/", lambda *_, name=name: heard.append(name))
        boards[name] = cloud.world.add_board(name, program=program, owner=owner)
    boards["away"].go_offline()
    await api("POST", "/v1/devices/events", json={"name": "house/alarm", "data": "on"})
    van = cloud.world.board("van-2")
    van.publish("house/van")
    assert heard == ["near"]
    boards["theirs"].product_id = van.product_id
    van.publish("house/van")
    assert heard == ["near", "theirs"]
    assert cloud.operations.by_kind["delivery"] == 2


async def test_system_events(cloud: SimulatedCloud, api: Api) -> None:
    """Safe mode, restarts and anything else that the system says."""
    board = cloud.world.board("garage")
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        board.restart("panic, hard_fault")
        board.enter_safe_mode()
        board.system_event("spark/safe-mode-updater/updating", "2", coreid="particle-internal")
        events = [(name, data["data"], data["coreid"]) for name, data in await stream.events(5)]
    assert events[2] == ("spark/device/last_reset", "panic, hard_fault", board.id)
    assert events[3][0] == "spark/status/safe-mode"
    assert '"m":[' in events[3][1]
    assert events[4] == ("spark/safe-mode-updater/updating", "2", "particle-internal")


async def test_clock_ahead(cloud: SimulatedCloud, api: Api) -> None:
    """One event is dated far in the future; others and later ones are not."""
    cloud.faults.set("clock_ahead", event="spark/status", count=1)
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        boat = cloud.world.board("boat")
        boat.publish("boat/status", "x")
        boat.go_offline()
        boat.go_online()
        dates = [data["published_at"][:4] for _, data in await stream.events(3)]
    now = str(cloud.clock.now().year)
    ahead = str((cloud.clock.now() + timedelta(seconds=2_000_000_000)).year)
    assert dates == [now, ahead, now]


async def test_half_of_a_surrogate_pair(cloud: SimulatedCloud, api: Api) -> None:
    """JSON escapes it, as JavaScript does; on the wire as a name it becomes U+FFFD."""
    boat = cloud.world.board("boat")
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        boat.publish("half/\ud83d", "data \ud83d")
        ((name, data),) = await stream.events(1)
    assert name == "half/\ufffd"
    assert data["data"] == "data \ud83d"
    boat.set("position", "here \ud83d")
    cloud.world.rename(boat, "boat \ud83d")
    assert (await api("GET", f"/v1/devices/{boat.id}")).json["name"] == "boat \ud83d"
    raw = await api("GET", f"/v1/devices/{boat.id}/position?format=raw")
    assert (raw.status, raw.text) == (200, "here \ufffd")


@pytest.mark.parametrize("private", ["True", "true", "1", "False", "false", "0"])
async def test_private_in_a_form(api: Api, private: str) -> None:
    """Clients write truth values in their own language's way."""
    body = {"name": "door", "data": "open", "private": private}
    assert (await api("POST", "/v1/devices/events", data=body)).json == {"ok": True}
    refused = await api("POST", "/v1/devices/events", data={**body, "private": "maybe"})
    assert (refused.status, refused.json["error"]) == (400, "private must be a boolean")
