"""OAuth clients of account and product."""

from typing import Any

import pytest

from .client import Api

PRODUCT = "/v1/products/24001/clients"


@pytest.mark.parametrize("path", ["/v1/clients", PRODUCT])
async def test_life_of_a_client(api: Api, path: str) -> None:
    """Created, used, changed, deleted: then its tokens stop working."""
    created = await api("POST", path, json={"name": "My Server", "type": "installed"})
    assert created.status == 200
    client = created.json["client"]
    assert client["id"].startswith("my-server-")
    assert len(client["secret"]) == 40
    token = (await api.log_in((client["id"], client["secret"]))).json["access_token"]
    assert (await api.using(token)("GET", "/v1/products/24001")).status == 200
    listed = (await api("GET", path)).json["clients"]
    assert [one for one in listed if one["id"] == client["id"]] == [
        {"name": "My Server", "type": "installed", "id": client["id"]}
    ]
    changed = await api(
        "PUT", f"{path}/{client['id']}", json={"name": "New", "scope": "customers:create"}
    )
    assert changed.json["client"]["scope"] == "customers:create"
    cleared = await api("PUT", f"{path}/{client['id']}", json={"scope": "none"})
    assert "scope" not in cleared.json["client"]
    deleted = await api("DELETE", f"{path}/{client['id']}")
    assert (deleted.status, deleted.text) == (204, "")
    assert (await api.using(token)("GET", "/v1/products/24001")).status == 401
    assert (await api.log_in((client["id"], client["secret"]))).status == 400
    assert (await api("DELETE", f"{path}/{client['id']}")).status == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x"},
        {"name": "x", "type": "magic"},
        {"name": "x", "type": "web"},
        {"name": "x", "type": "installed", "redirect_uri": "https://example.com"},
        {"name": "x", "type": "installed", "scope": "everything"},
        {"name": 3, "type": "installed"},
    ],
)
async def test_bad_clients(api: Api, body: dict[str, Any]) -> None:
    """Name, type, redirect and scope have to fit."""
    answer = await api("POST", "/v1/clients", json=body)
    assert answer.status == 400
    assert answer.json["ok"] is False


async def test_accounts_and_products_are_apart(api: Api) -> None:
    """The product's clients are not the account's."""
    account = {one["id"] for one in (await api("GET", "/v1/clients")).json["clients"]}
    product = {one["id"] for one in (await api("GET", PRODUCT)).json["clients"]}
    assert account == {"home-assistant-4711"}
    assert product == {"van-fleet-4712"}
