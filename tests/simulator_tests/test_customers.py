"""Customers of a product, and the user himself."""

import pytest

from tests.simulator import SimulatedCloud

from .client import Api

CUSTOMERS = "/v1/products/24001/customers"
PRODUCT = ("van-fleet-4712", "60303ae22b998861bce3b28f33eec1be758a213c")
PUBLIC = ("particle", "particle")
EMAIL = "carla@example.net"


async def test_life_of_a_customer(cloud: SimulatedCloud, api: Api) -> None:
    """A customer sees his own devices, and is gone with all tokens."""
    body = {"email": EMAIL, "password": "first"}
    made = await api("POST", CUSTOMERS, json=body)
    assert made.status == 201
    assert (await api("POST", CUSTOMERS, json=body)).status == 400
    customer = api.using(made.json["access_token"])
    assert (await customer("GET", "/v1/devices")).json == []
    van = cloud.world.board("van-2")
    assert (await customer("POST", "/v1/devices", json={"id": van.id})).json["claimed"] is True
    assert [one["id"] for one in (await customer("GET", "/v1/devices")).json] == [van.id]
    assert (await customer("GET", f"/v1/devices/{van.id}/speed")).status == 200
    assert (await customer("GET", "/v1/devices/greenhouse")).status == 403
    assert (await customer("GET", "/v1/products/24001/devices")).status == 403
    async with customer.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        cloud.world.publish("van-1", "not/mine")
        cloud.world.publish(van, "mine")
        assert [name for name, _ in await stream.events(1)] == ["mine"]
    listed = (await api("GET", CUSTOMERS)).json
    assert listed["customers"][0]["devices"] == [van.id]
    assert listed["devices"][0]["id"] == van.id
    assert listed["meta"] == {"total_pages": 1}
    scoped = await api.log_in(PRODUCT, scope=f"customer={EMAIL}")
    assert scoped.json["scope"] == f"customer={EMAIL}"
    renewed = await api("PUT", f"{CUSTOMERS}/{EMAIL}", json={"password": "second"})
    assert renewed.json == {"ok": True}
    login = {"grant_type": "password", "username": EMAIL, "password": "second"}
    assert (await api.log_in(PRODUCT, **login)).status == 200
    assert (await api("DELETE", f"{CUSTOMERS}/{EMAIL}")).json == {"ok": True}
    assert (await customer("GET", "/v1/devices")).status == 401
    assert van.owner is None
    assert (await api("DELETE", f"{CUSTOMERS}/{EMAIL}")).status == 404


async def test_claim_code_of_a_customer(cloud: SimulatedCloud, api: Api) -> None:
    """A customer sets his device up with a code of the product, and only of that one."""
    body = {"email": EMAIL, "password": "first"}
    made = (await api("POST", CUSTOMERS, json=body)).json
    customer = api.using(made["access_token"])
    van = cloud.world.board("van-2")
    await customer("POST", "/v1/devices", json={"id": van.id})
    code = (await customer("POST", "/v1/products/24001/device_claims")).json
    assert code["device_ids"] == [van.id]
    assert len(code["claim_code"]) == 63
    assert cloud.world.claim_codes[code["claim_code"]] == EMAIL
    assert (await customer("POST", "/v1/products/24099/device_claims")).status == 403
    assert (await customer("POST", "/v1/products/1/device_claims")).status == 404
    member = (await api("POST", "/v1/products/delivery-vans/device_claims")).json
    assert cloud.world.claim_codes[member["claim_code"]] == cloud.username
    assert (await api("DELETE", f"{CUSTOMERS}/{EMAIL}")).status == 200
    assert list(cloud.world.claim_codes) == [member["claim_code"]]


async def test_shadow_customer(api: Api) -> None:
    """The product's client makes customers without a password."""
    body = {
        "grant_type": "client_credentials",
        "client_id": PRODUCT[0],
        "client_secret": PRODUCT[1],
        "email": EMAIL,
        "no_password": "true",
    }
    made = await api.using(None)("POST", CUSTOMERS, data=body)
    assert (made.status, made.json["token_type"]) == (201, "bearer")
    body["client_secret"] = "wrong"
    assert (await api.using(None)("POST", CUSTOMERS, data=body)).status == 400
    assert (await api.using(None)("POST", CUSTOMERS, json={"email": EMAIL})).status == 400
    other = await api.log_in(PRODUCT, scope="customer=nobody@example.net")
    assert other.json["error"] == "invalid_scope"


async def test_account(cloud: SimulatedCloud, api: Api) -> None:
    """Created, shown, changed, reset, deleted."""
    new = {"username": "new@example.com", "password": "one"}
    assert (await api.using(None)("POST", "/v1/users", json=new)).json == {"ok": True}
    assert (await api.using(None)("POST", "/v1/users", json=new)).status == 400
    login = {"grant_type": "password", **new}
    mine = api.using((await api.log_in(PUBLIC, **login)).json["access_token"])
    assert (await mine("GET", "/v1/user")).json["username"] == "new@example.com"
    assert (await mine("PUT", "/v1/user", json={"password": "two"})).status == 400
    changed = {
        "username": "newer@example.com",
        "password": "two",
        "current_password": "one",
        "account_info": {"first_name": "New"},
    }
    assert (await mine("PUT", "/v1/user", json=changed)).json["ok"] is True
    shown = (await mine("GET", "/v1/user")).json
    assert shown["username"] == "newer@example.com"
    assert shown["account_info"] == {"first_name": "New"}
    asked = await api.using(None)(
        "POST", "/v1/user/password-reset", json={"username": "newer@example.com"}
    )
    assert asked.json["message"] == "Password reset email sent."
    (mailed,) = cloud.world.password_resets
    reset = {"token": mailed, "password": "three"}
    assert (await api.using(None)("PUT", "/v1/user/password-reset", json=reset)).json["ok"]
    assert (await mine("DELETE", "/v1/user", json={"password": "three"})).json == {"ok": True}
    assert (await mine("GET", "/v1/user")).status == 401


async def test_second_factor_is_enrolled(api: Api) -> None:
    """Switched on with a code, off with the password."""
    begun = (await api("GET", "/v1/user/mfa-enable")).json
    body = {"mfa_token": begun["mfa_token"], "otp": "000000"}
    assert (await api("POST", "/v1/user/mfa-enable", json=body)).status == 400
    body["otp"] = "123456"
    assert (await api("POST", "/v1/user/mfa-enable", json=body)).json["enrolled"] is True
    assert (await api("GET", "/v1/user")).json["mfa"] == {"enabled": True}
    off = {"current_password": "correct-horse-battery"}
    assert (await api("PUT", "/v1/user/mfa-disable", json=off)).status == 200
    assert (await api("GET", "/v1/user")).json["mfa"] == {"enabled": False}


@pytest.mark.parametrize(
    ("limit", "method", "path"),
    [
        ("delete_token", "DELETE", "/v1/access_tokens/x"),
        ("create_user", "POST", "/v1/users"),
        ("delete_user", "DELETE", "/v1/user"),
        ("password_reset", "POST", "/v1/user/password-reset"),
    ],
)
async def test_limits_of_the_account(
    cloud: SimulatedCloud, api: Api, limit: str, method: str, path: str
) -> None:
    cloud.limits.set(limit, 0)
    assert (await api(method, path, json={})).status == 429


async def test_unknown_path(api: Api) -> None:
    """A path that is none has an answer in JSON, too."""
    unknown = await api("GET", "/v1/nothing/here")
    assert (unknown.status, unknown.json) == (404, {"ok": False, "error": "Not found"})
