"""Whatever is sent to whichever endpoint: an answer of the API, never a crash."""

import re
from typing import Any

import pytest

from tests.simulator import SimulatedCloud
from tests.simulator.api import ENDPOINTS
from tests.simulator.endpoint import Access, Endpoint

from .client import Api

GOOD = {
    "product": "24001",
    "organization": "example-logistics",
    "device": "0a10aced202194944a000011",
    "username": "jane@example.com",
    "group": "north",
    "version": "1",
    "library": "NeoThing",
    "client": "home-assistant-4711",
    "metric": "online",
    "variable": "speed",
    "function": "locate",
}
FIELDS = """
id ids name data ttl notes signal groups scopes email password username event url version title
action metadata devices product product_id type sims role friendly_name integration_type visibility
desired_firmware_version account_info arg args command firmware_updates_forced development flash
product_default redirect_uri scope device_id request_transfer platform_id expires_in color
"""
BODIES: list[dict[str, Any]] = [
    {},
    {"json": {}},
    {"json": [1, 2]},
    {"data": "{broken", "headers": {"Content-Type": "application/json"}},
    {"data": {"name": "x", "groups[]": "a", "a[b]": "c"}},
    {"data": b"--x\r\nbroken", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
    {"json": {name: [{"deep": None}] for name in FIELDS.split()}},
    {"json": dict.fromkeys(FIELDS.split(), "\x00\ud83d\ude00")},
    {"json": dict.fromkeys(FIELDS.split(), 10**400)},
]


def calls() -> list[Endpoint]:
    """Return the endpoints that are plain calls, not streams."""
    return [
        endpoint
        for endpoint in ENDPOINTS
        if not (endpoint.method == "GET" and "/events" in endpoint.path)
        and endpoint.path != "/oauth/token"
    ]


def fill(path: str, values: dict[str, str]) -> str:
    """Return a path with its variables filled in."""
    return re.sub(r"\{(\w+)[^}]*\}", lambda match: values.get(match[1], "f" * 24), path)


@pytest.mark.parametrize("values", [GOOD, {}, {"product": "24001", "device": "%00%FF"}])
async def test_any_body(cloud: SimulatedCloud, api: Api, values: dict[str, str]) -> None:
    """Bad input is refused in JSON, with a sentence; nothing ends in a crash."""
    cloud.limits.enabled = False
    cloud.settings.offline_wait = 0
    master = cloud.world.tokens.get(cloud.access_token)
    assert master is not None
    for endpoint in calls():
        for body in BODIES:
            if endpoint.method in ("GET", "HEAD") and body:
                continue
            answer = await api(endpoint.method, fill(endpoint.path, values), **body)
            place = f"{endpoint.method} {endpoint.path} {body} {answer.status} {answer.text}"
            assert answer.status < 500, place
            if answer.status >= 400 and endpoint.method != "HEAD":
                assert isinstance(answer.json, dict), place
            if endpoint.path.startswith("/v1/access_tokens") or endpoint.path == "/v1/user":
                master.revoked = False


async def test_no_token_and_bad_token(api: Api) -> None:
    """Each endpoint that needs a token says so in the words of the OAuth layer."""
    for endpoint in ENDPOINTS:
        if endpoint.access is Access.OPEN or endpoint.legacy or endpoint.method == "HEAD":
            continue
        path = fill(endpoint.path, GOOD)
        nobody = await api.using(None)(endpoint.method, path)
        assert (nobody.status, nobody.json["error"]) == (400, "invalid_request"), path
        stranger = await api.using("x" * 40)(endpoint.method, path)
        assert (stranger.status, stranger.json["error"]) == (401, "invalid_token"), path


async def test_api_users_need_the_scope(cloud: SimulatedCloud, api: Api) -> None:
    """An API user without the scope is told so, wherever he knocks."""
    cloud.limits.enabled = False
    token = cloud.world.tokens.get(cloud.api_user_token)
    assert token is not None
    token.scopes = ()
    machine = api.using(cloud.api_user_token)
    for endpoint in ENDPOINTS:
        if endpoint.access is Access.OPEN or endpoint.legacy or endpoint.method == "HEAD":
            continue
        answer = await machine(endpoint.method, fill(endpoint.path, GOOD))
        assert (answer.status, answer.json["error"]) == (400, "unauthorized"), endpoint.path
