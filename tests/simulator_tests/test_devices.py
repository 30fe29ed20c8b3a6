"""List, read, call, change, ping."""

import asyncio

from aiohttp import ClientTimeout
import pytest

from tests.simulator import SimulatedCloud

from .client import Api, until

GREENHOUSE = "0a10aced202194944a000001"
GARAGE = "0a10aced202194944a000002"
PHOTON = "0a10aced202194944a000004"
VAN = "0a10aced202194944a000011"
STRANGE = "0a10aced202194944a0000ff"


async def test_list_is_sorted_by_handshake(cloud: SimulatedCloud, api: Api) -> None:
    """The last board to connect comes first; strangers' boards do not come."""
    cloud.world.set_online("boat", False)
    cloud.world.set_online("boat", True)
    devices = (await api("GET", "/v1/devices")).json
    assert devices[0]["name"] == "boat"
    assert devices[-1]["name"] == "old photon"
    assert {device["owner"] for device in devices} == {"jane@example.com"}
    assert devices[-1]["functions"] is None
    assert devices[-1]["variables"] is None


async def test_get_by_id_or_name(api: Api) -> None:
    """A device has an id and, on account endpoints, a name."""
    device = (await api("GET", f"/v1/devices/{GREENHOUSE.upper()}")).json
    assert device["name"] == "greenhouse"
    assert device["variables"]["temperature"] == "double"
    assert device["variables"]["soil"] == "int32"
    assert device["variables"]["pump"] == "bool"
    assert device["variables"]["mode"] == "string"
    assert device["product_id"] == device["platform_id"] == 32
    assert (await api("GET", "/v1/devices/greenhouse")).json["id"] == GREENHOUSE


@pytest.mark.parametrize("device", [STRANGE, "ffffffffffffffffffffffff", "nobody"])
async def test_unknown_device(cloud: SimulatedCloud, api: Api, device: str) -> None:
    """What is unknown and what is somebody else's look the same."""
    answer = await api("GET", f"/v1/devices/{device}")
    assert answer.status == 403
    assert answer.json == {
        "error": "Permission Denied",
        "info": "I didn't recognize that device name or ID, try opening "
        f"{cloud.base_url}/v1/devices?access_token=undefined",
    }
    in_product = await api("GET", f"/v1/products/{cloud.product_id}/devices/{device}")
    assert (in_product.status, in_product.json) == (
        404,
        {"ok": False, "error": "Device not found."},
    )


async def test_read_variable(cloud: SimulatedCloud, api: Api) -> None:
    """A read costs one operation and gives a value of the right type."""
    cloud.world.board("greenhouse").set("temperature", 22.0)
    answer = await api("GET", "/v1/devices/greenhouse/temperature")
    assert '"result":22,' in answer.text
    assert answer.json["cmd"] == "VarReturn"
    assert answer.json["coreInfo"]["deviceID"] == GREENHOUSE
    raw = await api("GET", "/v1/devices/greenhouse/pump?format=raw")
    assert raw.text == "false"
    assert cloud.operations.total == 2
    assert cloud.operations.by_device[GREENHOUSE]["variable"] == 2


async def test_unknown_variable_and_function(cloud: SimulatedCloud, api: Api) -> None:
    """Both are 404 and cost nothing."""
    variable = await api("GET", "/v1/devices/greenhouse/nothing")
    assert (variable.status, variable.json) == (404, {"ok": False, "error": "Variable not found"})
    function = await api("POST", "/v1/devices/greenhouse/nothing")
    assert (function.status, function.json) == (
        404,
        {"ok": False, "error": "Function nothing not found"},
    )
    assert cloud.operations.total == 0


@pytest.mark.parametrize("field", ["arg", "args", "command"])
async def test_function_takes_any_field(cloud: SimulatedCloud, api: Api, field: str) -> None:
    """The argument's field has several names."""
    answer = await api("POST", "/v1/devices/garage/light", json={field: "on"})
    assert answer.json == {
        "id": GARAGE,
        "name": "garage",
        "last_app": "",
        "connected": True,
        "return_value": 1,
    }
    assert [(call.name, call.argument) for call in cloud.world.function_calls] == [("light", "on")]


async def test_function_in_a_form_with_raw_answer(api: Api) -> None:
    """A form is good as well; raw gives the bare number."""
    data = {"arg": "rain", "format": "raw"}
    assert (await api("POST", "/v1/devices/garage/light", data=data)).text == "-1"


async def test_door_takes_its_time(cloud: SimulatedCloud, api: Api) -> None:
    """The door moves by the clock and says so."""
    cloud.clock.manual()
    async with api.stream("/v1/devices/events/door") as stream:
        await stream.until(":ok")
        await api("POST", "/v1/devices/garage/door", data={"arg": "open"})
        await cloud.clock.advance(5)
        assert cloud.world.board("garage").variables["position"] == 50
        await cloud.clock.advance(6)
        names = [name for name, _ in await stream.events(2)]
    assert names == ["door/opening", "door/open"]


async def test_offline_board(cloud: SimulatedCloud, api: Api) -> None:
    """Variable 408, function 400, signal 500, ping 200: as recorded."""
    variable = await api("GET", f"/v1/devices/{PHOTON}/analog")
    assert (variable.status, variable.json) == (408, {"error": "Timed out."})
    function = await api("POST", f"/v1/devices/{PHOTON}/led", data={"arg": "on"})
    assert (function.status, function.json) == (400, {"ok": False, "error": "Timed out."})
    signal = await api("PUT", f"/v1/devices/{PHOTON}", json={"signal": "1"})
    assert signal.status == 500
    assert signal.json["errors"] == [{"error": "Timed out, didn't hear back from device service"}]
    ping = await api("PUT", f"/v1/devices/{PHOTON}/ping")
    assert (ping.status, ping.json) == (200, {"online": False, "ok": True})
    product = f"/v1/products/{cloud.product_id}/devices/0a10aced202194944a000014"
    call = await api("POST", f"{product}/cmd", json={"arg": ""})
    assert call.json == {"ok": False, "error": "timed out"}
    assert cloud.operations.total == 0


async def test_offline_at_once_and_hanging(cloud: SimulatedCloud, api: Api) -> None:
    """Switches: an answer at once, 408 for functions, none at all."""
    cloud.faults.set("offline_at_once", count=1)
    assert (await api("POST", f"/v1/devices/{PHOTON}/led")).status == 404
    cloud.faults.set("offline_408", count=1)
    assert (await api("POST", f"/v1/devices/{PHOTON}/led")).status == 408
    cloud.faults.set("offline_hang", count=1)
    with pytest.raises(TimeoutError):
        await api("POST", f"/v1/devices/{PHOTON}/led", timeout=ClientTimeout(total=0.2))


async def test_safe_mode(cloud: SimulatedCloud, api: Api) -> None:
    """No application runs: no functions, no variables."""
    cloud.world.board("garage").enter_safe_mode()
    device = (await api("GET", "/v1/devices/garage")).json
    assert device["status"] == "safe_mode"
    assert device["functions"] is None
    assert (await api("GET", "/v1/devices/garage/door")).status == 404


async def test_changes(api: Api) -> None:
    """The field decides what is changed."""
    renamed = await api("PUT", f"/v1/devices/{GARAGE}", json={"name": "shed"})
    assert renamed.json["name"] == "shed"
    assert renamed.json["updated_at"].endswith("Z")
    noted = await api("PUT", f"/v1/devices/{GARAGE}", data={"notes": "behind the house"})
    assert noted.json["notes"] == "behind the house"
    signaled = await api("PUT", f"/v1/devices/{GARAGE}", json={"signal": "1"})
    assert signaled.json == {"id": GARAGE, "connected": True, "signaling": True}
    assert (await api("GET", "/v1/devices/shed")).json["notes"] == "behind the house"
    assert (await api("PUT", f"/v1/devices/{GARAGE}", json={})).status == 400


async def test_product_list_has_pages(cloud: SimulatedCloud, api: Api) -> None:
    """Both spellings of the page size; no functions, no variables."""
    path = f"/v1/products/{cloud.product_id}/devices"
    first = (await api("GET", f"{path}?perPage=3&sortAttr=deviceName")).json
    second = (await api("GET", f"{path}?per_page=3&page=2&sortAttr=deviceName")).json
    assert first["meta"] == second["meta"] == {"total_pages": 2}
    names = [device["name"] for device in first["devices"] + second["devices"]]
    assert names == ["van-1", "van-2", "van-3", "van-4"]
    assert not {"functions", "variables"} & set(first["devices"][0])
    north = (await api("GET", f"{path}?groups=north")).json["devices"]
    assert {device["name"] for device in north} == {"van-1", "van-2"}
    by_slug = await api("GET", "/v1/products/delivery-vans/devices?deviceName=N-3")
    assert [device["name"] for device in by_slug.json["devices"]] == ["van-3"]


async def test_one_request_at_a_time(cloud: SimulatedCloud, api: Api) -> None:
    """A board that is busy lets the next request wait."""
    cloud.settings.device_latency = 0.05
    order: list[str] = []

    async def read(name: str) -> None:
        await api("GET", f"/v1/devices/greenhouse/{name}")
        order.append(name)

    first = asyncio.ensure_future(read("soil"))
    await until(cloud.world.board("greenhouse").lock.locked)
    await asyncio.gather(first, read("mode"))
    assert order == ["soil", "mode"]


async def test_changes_of_the_world(cloud: SimulatedCloud, api: Api) -> None:
    """Boards come and go."""
    board = cloud.world.add_board("pump house", variables={"level": 3, "name": "x"})
    device = (await api("GET", f"/v1/devices/{board.id}")).json
    assert device["variables"] == {"level": "int32", "name": "string"}
    cloud.world.remove_board(board)
    assert (await api("GET", f"/v1/devices/{board.id}")).status == 403


async def test_quota_used_up(cloud: SimulatedCloud, api: Api) -> None:
    """Nothing that costs works any more; the list still does."""
    cloud.faults.set("quota_used_up")
    assert (await api("GET", "/v1/devices/greenhouse/soil")).status == 403
    assert (await api("GET", "/v1/devices")).status == 200


async def test_several_changes_at_once(cloud: SimulatedCloud, api: Api) -> None:
    """What is sent is changed and shown; what is not sent stays."""
    van = cloud.world.board("van-1")
    path = f"/v1/products/24001/devices/{van.id}"
    body = {"name": "big van", "notes": "loud", "development": True}
    changed = (await api("PUT", path, json=body)).json
    assert changed.pop("updated_at")
    assert changed == {"id": van.id, **body}
    assert (van.name, van.notes, van.development) == ("big van", "loud", True)
    await api("PUT", path, json={"notes": ""})
    assert (van.name, van.notes, van.development) == ("big van", "", True)
