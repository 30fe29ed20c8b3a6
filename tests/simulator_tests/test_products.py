"""Products, teams, groups, locations, configuration, SIM cards, usage."""

from typing import Any

from aiohttp import FormData
import pytest

from tests.simulator import SimulatedCloud
from tests.simulator.world import Member, Token, TokenKind
from tests.simulator.world.defaults import STRANGER

from .client import Api

PRODUCT = "/v1/products/24001"
ORGANIZATION = "/v1/orgs/example-logistics"


async def test_products(cloud: SimulatedCloud, api: Api) -> None:
    """The account's own, the organisation's, a new one; others are closed."""
    own = (await api("GET", "/v1/user/products")).json["products"]
    assert [product["slug"] for product in own] == ["delivery-vans"]
    assert own[0]["user"] == cloud.username
    there = (await api("GET", f"{ORGANIZATION}/products")).json["products"]
    assert there[0]["organization_id"]
    assert (await api("GET", "/v1/products/delivery-vans")).json["product"]["id"] == 24001
    unknown = await api("GET", "/v1/products/1")
    assert (unknown.status, unknown.json) == (404, {"ok": False, "error": "Product not found."})
    assert (await api("GET", "/v1/products/24099")).json["error"] == "Permission denied"
    body = {"product": {"name": "Rain Barrels", "platform_id": 32, "description": "wet"}}
    made = await api("POST", "/v1/user/products", json=body)
    assert (await api("GET", "/v1/products/rain-barrels")).json["product"] == {
        **made.json["product"],
        "device_protection": "disabled",
    }
    assert (await api("POST", f"{ORGANIZATION}/products", json=body)).status == 201
    for bad in ({}, {"product": {"name": "x"}}, {"product": {"platform_id": 32}}):
        assert (await api("POST", "/v1/user/products", json=bad)).status == 400


async def test_organizations(cloud: SimulatedCloud, api: Api) -> None:
    """List, show, listen."""
    (listed,) = (await api("GET", "/v1/orgs")).json["organizations"]
    assert listed["slug"] == "example-logistics"
    assert (await api("GET", ORGANIZATION)).json["organization"] == listed
    assert (await api("GET", "/v1/orgs/none")).status == 404
    async with api.stream(f"{ORGANIZATION}/events") as stream:
        await stream.until(":ok")
        cloud.world.publish("van-1", "not/this")
        cloud.world.publish("cold store", "door", "open")
        assert [name for name, _ in await stream.events(1)] == ["door"]


async def test_product_of_an_organization(cloud: SimulatedCloud, api: Api) -> None:
    """Whoever belongs to the organisation sees it, and nobody else."""
    john = cloud.world.tokens.add(Token("john", TokenKind.USER, STRANGER, "particle")).value
    assert (await api.using(john)("GET", "/v1/products/24002")).status == 403
    assert (await api.using(john)("GET", ORGANIZATION)).status == 403
    (organization,) = cloud.world.organizations.values()
    organization.team.append(Member(STRANGER))
    assert (await api.using(john)("GET", "/v1/products/24002")).status == 200
    assert (await api.using(john)("GET", ORGANIZATION)).status == 200
    assert (await api.using(john)("GET", "/v1/products/24001")).status == 403


async def test_usage(cloud: SimulatedCloud, api: Api) -> None:
    """The service agreement contains the plan and its usage."""
    await api("GET", "/v1/devices/greenhouse/soil")
    (agreement,) = (await api("GET", "/v1/user/service_agreements")).json["data"]
    attributes = agreement["attributes"]
    assert attributes["pricing_terms"]["messaging"]["max_messages"] == 100_000
    assert attributes["current_usage_summary"]["connectivity"]["all"]["device_messages"] == 1
    assert attributes["current_billing_period_start"] < attributes["next_billing_period_start"]
    assert (await api("GET", f"{ORGANIZATION}/service_agreements")).status == 200


@pytest.mark.parametrize("team", [f"{PRODUCT}/team", f"{ORGANIZATION}/team"])
async def test_api_users(api: Api, team: str) -> None:
    """Scopes decide; a change of scopes changes the token."""
    body = {"friendly_name": "HA reader", "scopes": ["products:get", "products:list"]}
    created = (await api("POST", team, json=body)).json["created"]
    assert created["is_programmatic"] is True
    name, token = created["username"], created["tokens"][0]["token"]
    product = "/v1/products/24001" if team.startswith(PRODUCT) else "/v1/products/24002"
    assert (await api.using(token)("GET", product)).status == 200
    refused = await api.using(token)("GET", f"{product}/devices")
    assert (refused.status, refused.json["error"]) == (400, "unauthorized")
    changed = await api("PUT", f"{team}/{name}", json={"scopes": ["devices:*"]})
    new = changed.json["updated"]["tokens"][0]["token"]
    assert (await api.using(token)("GET", product)).status == 401
    assert (await api.using(new)("GET", f"{product}/devices")).status == 200
    newer = (await api("PUT", f"{team}/{name}/token")).json["updated"]["tokens"][0]["token"]
    assert (await api.using(new)("GET", f"{product}/devices")).status == 401
    listed = (await api("GET", team)).json["team"]
    assert name in [member["username"] for member in listed]
    assert (await api("DELETE", f"{team}/{name}")).json == {"ok": True}
    assert (await api.using(newer)("GET", f"{product}/devices")).status == 401


async def test_people(cloud: SimulatedCloud, api: Api) -> None:
    """Invited, given another role, removed; a member sees the product."""
    team = f"{PRODUCT}/team"
    body = {"username": "john@example.org", "role": "View-only"}
    assert (await api("POST", team, json=body)).json["invited"] == {"username": "john@example.org"}
    assert (await api("POST", team, json=body)).status == 400
    assert (await api("POST", team, json={"username": "x", "role": "King"})).status == 400
    changed = await api("POST", f"{team}/john@example.org", json={"role": "Support"})
    assert changed.json["updated"]["role"] == {"name": "Support"}
    assert (await api("DELETE", f"{team}/john@example.org")).json == {"ok": True}
    assert (await api("DELETE", f"{team}/john@example.org")).status == 404
    assert (await api("DELETE", f"{team}/{cloud.username}")).status == 400


async def test_groups(cloud: SimulatedCloud, api: Api) -> None:
    """Created, filled, renamed, deleted."""
    groups = f"{PRODUCT}/groups"
    made = await api("POST", groups, json={"name": "asia", "color": "#FF0000"})
    assert made.status == 201
    assert (await api("POST", groups, json={"name": "asia"})).status == 400
    assert (await api("POST", groups, json={"name": "Asia!"})).status == 400
    ids = [cloud.world.board(name).id for name in ("van-1", "van-2")]
    body: dict[str, Any] = {"action": "groups", "devices": ids}
    body["metadata"] = {"add": ["asia"], "remove": ["north"]}
    assert (await api("PUT", f"{PRODUCT}/devices", json=body)).json == {"ok": True}
    assert (await api("GET", f"{groups}/asia")).json["group"]["device_count"] == 2
    assert (await api("PUT", f"{groups}/asia", json={"name": "east"})).status == 200
    assert cloud.world.board("van-1").groups == ["east"]
    changed = await api("PUT", f"{PRODUCT}/devices/{ids[0]}", data={"groups[]": ["new", "east"]})
    assert changed.json["groups"] == ["new", "east"]
    names = [one["name"] for one in (await api("GET", f"{groups}?name=e")).json["groups"]]
    assert names == ["east", "new"]
    impact = await api("GET", f"{PRODUCT}/impact?action=edit_groups_for_firmware&groups=east")
    assert impact.json["devices"]["total"] == 2
    assert (await api("DELETE", f"{groups}/east")).status == 204
    assert cloud.world.board("van-2").groups == []
    assert (await api("GET", f"{groups}/east")).status == 404


async def test_locations(cloud: SimulatedCloud, api: Api) -> None:
    """Longitude first; a way between two dates; a rectangle."""
    van = cloud.world.board("van-1")
    path = f"{PRODUCT}/locations/{van.id}"
    start = cloud.clock.now()
    for _ in range(2):
        await api("POST", f"/v1/devices/{van.id}/locate", json={"arg": "x"})
    location = (await api("GET", path)).json["location"]
    assert location["geometry"]["type"] == "Point"
    assert location["geometry"]["coordinates"] == [13.405, 52.52]
    await cloud.clock.advance(1)
    dates = f"{start.isoformat()},{cloud.clock.now().isoformat()}".replace("+", "%2B")
    way = (await api("GET", f"{path}?date_range={dates}")).json["location"]["geometry"]
    assert (way["type"], len(way["coordinates"])) == ("LineString", 2)
    listed = (await api("GET", f"{PRODUCT}/locations")).json
    assert listed["meta"] == {"page": 1, "per_page": 20, "total_pages": 1, "devices_found": 4}
    away = await api("GET", f"{PRODUCT}/locations?rect_bl=0,0&rect_tr=1,1")
    assert away.json["locations"] == []
    assert (await api("GET", f"{path}?date_range=x")).status == 400
    assert cloud.operations.by_kind["location"] == 2
    store = cloud.world.board("cold store")
    nowhere = await api("GET", f"/v1/products/24002/locations/{store.id}")
    assert (nowhere.status, nowhere.json) == (404, {"ok": False, "error": "Location not found."})


async def test_sims(cloud: SimulatedCloud, api: Api) -> None:
    """Listed, switched, measured, imported, released."""
    boat, van = cloud.world.board("boat"), cloud.world.board("van-1")
    (mine,) = (await api("GET", "/v1/sims")).json["sims"]
    assert (mine["_id"], mine["last_device_name"]) == (boat.iccid, "boat")
    path = f"/v1/sims/{boat.iccid}"
    assert (await api("PUT", path, json={"action": "deactivate"})).json == {"ok": True}
    assert (await api("GET", path)).json["sim"]["status"] == "inactive"
    assert (await api("PUT", path, json={"action": "burn"})).status == 400
    usage = (await api("GET", f"{path}/data_usage")).json["usage_by_day"]
    assert usage[-1]["mbs_used_cumulative"] >= usage[-1]["mbs_used"]
    fleet = await api("GET", f"{PRODUCT}/sims?iccid={van.iccid}&per_page=1")
    assert len(fleet.json["sims"]) == 1
    assert (await api("GET", f"{PRODUCT}/sims/data_usage")).json["total_active_sim_cards"] == 4
    assert (await api("HEAD", f"/v1/sims/{van.iccid}")).status == 204
    assert (await api("DELETE", f"{PRODUCT}/sims/{van.iccid}")).status == 204
    assert (await api("GET", f"{PRODUCT}/sims/{van.iccid}")).status == 404
    form = FormData()
    form.add_field("file", f"{van.iccid}\n".encode(), filename="sims.txt")
    assert (await api("POST", f"{PRODUCT}/sims", data=form)).json == {"ok": True}
    assert (await api("GET", f"{PRODUCT}/sims/{van.iccid}")).json["sim"]["last_device_id"] == van.id


async def test_sim_status(cloud: SimulatedCloud, api: Api) -> None:
    """The carrier takes a while; then it says whether the device is on the net, and forgets it."""
    boat = cloud.world.board("boat")
    path = f"/v1/sims/{boat.iccid}/status"
    asked = await api("GET", path)
    assert (asked.status, asked.json["ok"]) == (202, True)
    assert set(asked.json["sim_status"].values()) == {None}
    meta = asked.json["meta"]
    assert (meta["state"], meta["method"]) == ("pending", "async")
    assert meta["created_at"] < meta["check_again_after"] < meta["expires_at"]
    done = await api("GET", path)
    assert done.status == 200
    assert done.json["meta"] == {**meta, "state": "complete"}
    assert done.json["sim_status"] == dict.fromkeys(asked.json["sim_status"], True)
    boat.go_offline()
    again = await api("GET", path)
    assert (again.status, again.json["meta"]["state"]) == (202, "pending")
    assert again.json["meta"]["task_id"] != meta["task_id"]
    assert set((await api("GET", path)).json["sim_status"].values()) == {False}


async def test_agreement_of_an_organisation(api: Api) -> None:
    """An API user sees the parts that its scopes name."""
    path = f"{ORGANIZATION}/service_agreements"
    whole = (await api("GET", path)).json["data"][0]["attributes"]
    assert (whole["owner_type"], whole["agreement_type"]) == ("organization", "developer")
    usage = whole["current_usage_summary"]["connectivity"]
    assert {kind: part["owned_devices"] for kind, part in usage.items()} == {
        "all": 1,
        "wifi": 0,
        "cellular": 1,
        "asset_tracker": 0,
    }
    parts = {"usage_summary": "current_usage_summary", "pricing_terms": "pricing_terms"}
    for name, key in parts.items():
        scopes = ["service_agreements:list", f"service_agreements.{name}:get"]
        body = {"friendly_name": name, "scopes": scopes}
        made = (await api("POST", f"{ORGANIZATION}/team", json=body)).json["created"]
        machine = api.using(made["tokens"][0]["token"])
        shown = (await machine("GET", path)).json["data"][0]["attributes"]
        assert set(parts.values()) & set(shown) == {key}


async def test_vans_have_been_on_the_road(cloud: SimulatedCloud, api: Api) -> None:
    """Each has a place on the first day, which nobody has paid for."""
    listed = (await api("GET", f"{PRODUCT}/locations")).json["locations"]
    assert [(one["device_name"], one["online"]) for one in listed] == [
        ("van-1", True),
        ("van-2", True),
        ("van-3", True),
        ("van-4", False),
    ]
    assert listed[0]["geometry"]["coordinates"] == [13.405, 52.52]
    assert cloud.operations.total == 0
