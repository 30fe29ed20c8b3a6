"""Claims, transfers, import, removal, vitals."""

from datetime import datetime, timedelta

from aiohttp import FormData
import pytest

from tests.simulator import SimulatedCloud

from .client import Api, until

UNCLAIMED = "0a10aced202194944a0000fe"
STRANGE = "0a10aced202194944a0000ff"
GREENHOUSE = "0a10aced202194944a000001"
PRODUCT = "/v1/products/24001"
DEVICES = PRODUCT + "/devices"


async def test_claim_and_unclaim(cloud: SimulatedCloud, api: Api) -> None:
    """A claimed board is in the list and in the stream, until it is given up."""
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        cloud.world.publish(UNCLAIMED, "too/early")
        claimed = await api("POST", "/v1/devices", data={"id": UNCLAIMED.upper()})
        assert claimed.json == {"ok": True, "deviceID": UNCLAIMED, "claimed": True}
        cloud.world.publish(UNCLAIMED, "now")
        assert [name for name, _ in await stream.events(1)] == ["now"]
    ids = [device["id"] for device in (await api("GET", "/v1/devices")).json]
    assert UNCLAIMED in ids
    assert (await api("DELETE", f"/v1/devices/{UNCLAIMED}")).json == {"ok": True}
    assert (await api("GET", f"/v1/devices/{UNCLAIMED}")).status == 403


async def test_claim_refused(cloud: SimulatedCloud, api: Api) -> None:
    """Unknown, somebody else's, an old board that is offline."""
    unknown = await api("POST", "/v1/devices", json={"id": "f" * 24})
    assert (unknown.status, unknown.json["errors"]) == (404, ["device not found"])
    strange = await api("POST", "/v1/devices", json={"id": STRANGE})
    assert (strange.status, strange.json) == (403, {"errors": ["That belongs to someone else."]})
    body = {"id": STRANGE, "request_transfer": True}
    assert len((await api("POST", "/v1/devices", json=body)).json["transfer_id"]) == 24
    core = cloud.world.add_board("core", platform_id=0, owner=None, online=False)
    offline = await api("POST", "/v1/devices", json={"id": core.id})
    assert offline.json == {"ok": False, "errors": [["Core isn't online", 404]]}
    assert (await api("POST", "/v1/devices", json={})).status == 400
    cloud.faults.set("claim_2015")
    old = await api("POST", "/v1/devices", json={"id": UNCLAIMED})
    assert list(old.json) == ["user_id", "id", "connected", "ok"]


async def test_provision_claim_code_key_and_serial_number(cloud: SimulatedCloud, api: Api) -> None:
    """What the set-up of new hardware needs."""
    made = await api("POST", "/v1/devices", json={"product_id": 24001})
    assert made.json["product_id"] == 24001
    code = (await api("POST", "/v1/device_claims")).json
    assert len(code["claim_code"]) == 63
    assert GREENHOUSE in code["device_ids"]
    assert (await api("POST", f"{PRODUCT}/device_claims")).status == 200
    key = await api("POST", f"/v1/provisioning/{made.json['id']}", json={"publicKey": "x"})
    assert key.text == '"Success!"'
    board = cloud.world.board("boat")
    found = await api("GET", f"/v1/serial_numbers/{board.serial_number}")
    assert found.json == {"ok": True, "deviceID": board.id, "iccid": board.iccid}
    assert (await api("GET", "/v1/serial_numbers/none")).status == 404
    cloud.limits.set("serial_number", 0)
    assert (await api("GET", f"/v1/serial_numbers/{board.serial_number}")).status == 429


async def test_import_and_remove(cloud: SimulatedCloud, api: Api) -> None:
    """Boards join a product by id, serial number or file, and leave it."""
    board = cloud.world.add_board("van-5", platform_id=26, owner=None)
    other = cloud.world.add_board("van-6", platform_id=26, owner=None)
    known = cloud.world.board("van-1").id
    imported = await api("POST", DEVICES, json={"ids": [board.id, known, GREENHOUSE, "nothing"]})
    assert imported.json == {
        "updated": 1,
        "updatedDeviceIds": [board.id],
        "existingDeviceIds": [known],
        "nonmemberDeviceIds": [],
        "invalidDeviceIds": [GREENHOUSE, "nothing"],
        "protectedDeviceIds": [],
    }
    form = FormData()
    form.add_field("file", f"{other.serial_number}\n".encode(), filename="devices.txt")
    form.add_field("claim_user", cloud.username)
    assert (await api("POST", DEVICES, data=form)).json["updatedDeviceIds"] == [other.id]
    assert other.owner == cloud.username
    assert (await api("DELETE", f"{DEVICES}/{other.id}/owner")).status == 204
    assert (await api("GET", f"{DEVICES}/{other.id}")).json["owner"] is None
    assert (await api("DELETE", f"{DEVICES}/{board.id}")).status == 204
    gone = await api("DELETE", f"{DEVICES}/{board.id}")
    assert (gone.status, gone.json["error"]) == (404, "Device not found for this product")


async def test_quarantine(cloud: SimulatedCloud, api: Api) -> None:
    """A quarantined board shows little, and is denied or approved."""
    board = cloud.world.add_board("van-7", platform_id=26, owner=None, product_id=24001)
    board.quarantined = True
    listed = (await api("GET", f"{DEVICES}?quarantined=true")).json["devices"]
    assert [device["id"] for device in listed] == [board.id]
    assert "name" not in listed[0]
    assert (await api("DELETE", f"{DEVICES}/{board.id}", json={"deny": True})).status == 204
    assert board.denied
    assert (await api("POST", DEVICES, json={"id": board.id})).json["updated"] == 1
    assert (await api("GET", f"{DEVICES}/{board.id}")).json["quarantined"] is False


async def test_unprotect(cloud: SimulatedCloud, api: Api) -> None:
    """Two steps make a protected board open."""
    board = cloud.world.board("greenhouse")
    board.protection = "active"
    path = f"/v1/devices/{board.id}/unprotect"
    prepared = await api("PUT", path, json={"action": "prepare"})
    body = {"action": "confirm", "server_nonce": "wrong", "device_signature": "x"}
    assert (await api("PUT", path, json=body)).status == 400
    body["server_nonce"] = prepared.json["server_nonce"]
    assert (await api("PUT", path, json=body)).json == {"ok": True, "protected": False}
    assert (await api("GET", f"/v1/devices/{board.id}")).json["device_protection"] == {
        "status": "disabled"
    }


@pytest.mark.parametrize("scope", ["/v1", PRODUCT])
async def test_vitals(cloud: SimulatedCloud, api: Api, scope: str) -> None:
    """Asked for, published, kept."""
    board = cloud.world.board("van-1")
    assert (await api("GET", f"{scope}/diagnostics/{board.id}/last")).status == 404
    async with api.stream("/v1/devices/events/spark/device/diagnostics") as stream:
        await stream.until(":ok")
        asked = await api("POST", f"{scope}/diagnostics/{board.id}/update")
        assert (asked.status, asked.json) == (202, {"ok": True})
        await stream.events(1)
    last = (await api("GET", f"{scope}/diagnostics/{board.id}/last")).json["diagnostics"]
    assert last["deviceID"] == board.id
    assert last["payload"]["device"]["network"]["signal"]["at"] == "LTE Cat-M1"
    history = await api("GET", f"{scope}/diagnostics/{board.id}")
    assert history.json["diagnostics"] == [last]
    table = await api("GET", f"{scope}/diagnostics/{board.id}", headers={"Accept": "text/csv"})
    assert table.text.startswith("updated_at,deviceID,device.")
    bad = await api("GET", f"{scope}/diagnostics/{board.id}?start_date=x")
    assert bad.json["error"] == "bad_request"
    assert "description" in bad.json
    assert cloud.operations.total == 0


@pytest.mark.parametrize("wanted", [True, False, None])
async def test_import_with_the_sim(cloud: SimulatedCloud, api: Api, wanted: bool | None) -> None:
    """Its SIM comes along only if that is wanted."""
    van = cloud.world.board("van-2")
    assert van.iccid is not None
    del cloud.world.sims[van.iccid]
    cloud.world.leave_product(van)
    body = {"id": van.id, **({} if wanted is None else {"import_sims": wanted})}
    assert (await api("POST", DEVICES, json=body)).json["updatedDeviceIds"] == [van.id]
    status = (await api("GET", f"{PRODUCT}/sims/{van.iccid}")).status
    assert status == (200 if wanted else 404)


async def test_vitals_of_a_month(cloud: SimulatedCloud, api: Api) -> None:
    """Dates choose the records; the cloud keeps them for thirty days."""
    cloud.clock.manual()
    board, start = cloud.world.board("greenhouse"), cloud.clock.now()
    for _ in range(3):
        await board.send_vitals()
        await cloud.clock.advance(86_400)
    path = f"/v1/diagnostics/{board.id}"

    async def ages(query: str) -> list[int]:
        records = (await api("GET", path + query)).json["diagnostics"]
        moments = [datetime.fromisoformat(record["updated_at"]) for record in records]
        return [round((moment - start).total_seconds() / 86_400) for moment in moments]

    def day(number: float) -> str:
        return (start + timedelta(days=number)).isoformat().replace("+", "%2B")

    assert await ages("") == [0, 1, 2]
    assert await ages(f"?start_date={day(0.5)}") == [1, 2]
    assert await ages(f"?start_date={day(0.5)}&end_date={day(1.5)}") == [1]
    assert await ages(f"?end_date={day(0.5)}") == [0]
    early = await api("GET", f"{path}?start_date={day(-28)}")
    assert early.status == 400
    assert early.json == {
        "error": "bad_request",
        "description": "start_date must not be more than than 30 days ago",
    }
    turned = await api("GET", f"{path}?start_date={day(2)}&end_date={day(1)}")
    assert turned.json["description"] == "start_date must be before end_date"
    await cloud.clock.advance(28 * 86_400 - 60)
    assert await ages("") == [1, 2]


async def test_vitals_with_an_error(cloud: SimulatedCloud, api: Api) -> None:
    """A leaf can be an error object."""
    cloud.faults.set("vitals_error_leaf")
    await api("POST", f"/v1/diagnostics/{GREENHOUSE}/update")
    board = cloud.world.board("greenhouse")
    await until(lambda: board.diagnostics)
    assert board.diagnostics[0]["payload"]["device"]["power"]["battery"]["charge"] == {"err": -210}
