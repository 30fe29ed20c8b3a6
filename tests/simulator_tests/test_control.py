"""The control API and the program."""

import asyncio
import json
from pathlib import Path
import sys
from typing import Any

from aiohttp import ClientSession
import pytest

from tests.simulator import SimulatedCloud
from tests.simulator.__main__ import route_table
from tests.simulator.api import ENDPOINTS
from tests.simulator.control import routes
from tests.simulator.faults import CATALOGUE

from .client import Api

GARAGE = "0a10aced202194944a000002"


class Control:
    """Calls the control API."""

    def __init__(self, cloud: SimulatedCloud, session: ClientSession) -> None:
        """Take a client."""
        self._cloud = cloud
        self._session = session

    async def __call__(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request and return the JSON."""
        url = self._cloud.control_url + path
        async with self._session.request(method, url, json=body) as response:
            return await response.json()


@pytest.fixture
def control(cloud: SimulatedCloud, session: ClientSession) -> Control:
    """The control API."""
    return Control(cloud, session)


async def test_faults(control: Control, api: Api) -> None:
    assert await control("PUT", "/faults/server_error", {"count": 1, "status": 502}) == {"ok": True}
    assert (await control("GET", "/faults"))["active"] == [
        {"name": "server_error", "count": 1, "status": 502}
    ]
    assert (await api("GET", "/v1/devices")).status == 502
    assert (await control("GET", "/faults"))["active"] == []
    await control("PUT", "/faults/silent", {})
    await control("PUT", "/faults/crlf", {})
    await control("DELETE", "/faults/silent")
    await control("DELETE", "/faults")
    assert (await control("GET", "/faults"))["active"] == []
    assert "Unknown fault" in (await control("PUT", "/faults/typo", {}))["error"]


async def test_boards(cloud: SimulatedCloud, control: Control, api: Api) -> None:
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        assert await control("GET", "/streams") == {"open": 1}
        await control("PUT", "/boards/garage/online", {"online": False})
        await control("PUT", f"/boards/{GARAGE}/online", {"online": True})
        await control("POST", "/boards/garage/publish", {"name": "a", "data": "1"})
        names = [name for name, _ in await stream.events(3)]
        assert names == ["spark/status", "spark/status", "a"]
        assert await control("POST", "/streams/cut", {"clean": True}) == {"cut": 1}
    await control("PUT", "/boards/garage/variables/cycles", {"value": 7})
    assert (await api("GET", "/v1/devices/garage/cycles")).json["result"] == 7
    wrong = await control("PUT", "/boards/garage/variables/cycles", {"value": "x"})
    assert "TypeError" in wrong["error"]
    await control("PUT", "/boards/garage/safe_mode", {"safe_mode": True})
    assert (await api("GET", "/v1/devices/garage")).json["status"] == "safe_mode"
    await control("PUT", "/boards/garage/safe_mode", {"safe_mode": False})
    await control("POST", "/boards/garage/restart", {"reason": "watchdog"})
    loc = {"name": "loc", "data": "{}", "coreid": "api"}
    await control("POST", "/boards/garage/system_event", loc)
    (last,) = await control("GET", "/events?name=spark/device/last_reset")
    assert last["data"] == "watchdog"
    await control("PUT", "/boards/garage/name", {"name": "shed"})
    added = {"name": "well", "variables": {"level": 1.5}, "functions": {"fill": 3}}
    well = await control("POST", "/boards", added)
    called = await api("POST", f"/v1/devices/{well['id']}/fill", json={"arg": "x"})
    assert called.json["return_value"] == 3
    assert await control("DELETE", "/boards/well") == {"ok": True}
    assert "shed" in [board["name"] for board in await control("GET", "/boards")]
    assert cloud.world.board("shed").id == GARAGE


async def test_records(control: Control, api: Api) -> None:
    """See what boards were asked."""
    await api("POST", "/v1/devices/garage/light", json={"arg": "on"})
    await api("GET", "/v1/devices/garage/light")
    calls = await control("GET", "/calls?board=garage")
    assert [(call["name"], call["argument"]) for call in calls] == [("light", "on")]
    assert await control("GET", "/calls?board=boat") == []
    operations = await control("GET", "/operations")
    assert operations["by_kind"] == {"function": 1, "publish": 1, "variable": 1}
    (request,) = await control("GET", "/requests?method=POST")
    assert request["path"] == "/v1/devices/garage/light"
    await control("DELETE", "/requests")
    assert await control("GET", "/requests") == []


async def test_clock_limits_users_reset(cloud: SimulatedCloud, control: Control, api: Api) -> None:
    """Time, limits, people, and the first day again."""
    await control("POST", "/clock", {"speed": 0})
    before = (await control("GET", "/clock"))["now"]
    assert (await control("POST", "/clock", {"advance": 60}))["now"] > before
    await control("PUT", "/limits/all", {"maximum": 0})
    assert (await api("GET", "/v1/devices")).status == 429
    await control("PUT", f"/users/{cloud.username}", {"mfa_enabled": True})
    assert cloud.world.users[cloud.username].mfa_enabled
    assert "error" in await control("PUT", f"/users/{cloud.username}", {"id": "x"})
    cloud.limits.enabled = False
    await control("POST", "/reset")
    assert not cloud.world.users[cloud.username].mfa_enabled
    assert (await api("GET", "/v1/devices")).status == 200


async def test_living_world() -> None:
    """Boards act by themselves, as fast as the clock runs."""
    async with SimulatedCloud(living=True) as cloud:
        cloud.clock.manual()
        await cloud.clock.advance(400)
        names = {event.name for event in cloud.world.events.history}
        assert {"greenhouse/reading", "door/open", "boat/status", "loc", "spark/status"} <= names
        statuses = [
            event.data
            for event in cloud.world.events.history
            if event.name == "spark/status" and event.coreid == cloud.world.board("boat").id
        ]
        assert statuses == ["offline", "online", "offline"]


async def test_program_prints_one_object() -> None:
    """`--json`: the first line says everything that a client needs."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.simulator", "--json", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert program.stdout is not None
        described = json.loads(await program.stdout.readline())
    finally:
        program.terminate()
        assert await program.wait() == 0
    assert described["base_url"].startswith("http://127.0.0.1:")
    names = {device["name"]: device for device in described["devices"]}
    assert names["greenhouse"]["variables"]["temperature"] == "double"
    assert names["garage"]["functions"] == ["door", "light"]


def test_readme_names_every_fault_and_control_route() -> None:
    """What the documentation says is what there is."""
    text = (Path(__file__).parent.parent / "simulator/README.md").read_text()
    assert [name for name in CATALOGUE if f"`{name}`" not in text] == []
    assert [path for _, path, _ in routes() if path not in text] == []


def test_route_table_names_each_endpoint_with_its_chapter() -> None:
    """`--routes`: every endpoint on a line of its own, all chapters of the document."""
    lines = route_table().splitlines()
    assert len(lines) == len(ENDPOINTS)
    assert any(
        line.split(maxsplit=3)
        == ["GET", "/v1/devices/{device}/{variable}", "Devices", "Read a variable"]
        for line in lines
    )
    assert {endpoint.chapter for endpoint in ENDPOINTS} == {
        "Authentication",
        "Users",
        "OAuth Clients",
        "Devices",
        "Events",
        "Integrations",
        "Firmware",
        "Libraries",
        "Products",
        "Customers",
    }
