"""Wrong methods and wrong paths."""

import pytest

from tests.simulator import SimulatedCloud
from tests.simulator.api import ENDPOINTS

from .client import Api
from .test_every_endpoint import GOOD, fill

NOT_FOUND = {"ok": False, "error": "Not found"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PATHS = sorted({endpoint.path for endpoint in ENDPOINTS} - {"/oauth/token"})


def takers(path: str, method: str) -> list[str]:
    """Return the paths of the endpoints that take a call, as `/v1/devices/x/y` is also a variable."""
    parts = path.strip("/").split("/")
    found = []
    for endpoint in ENDPOINTS:
        own = endpoint.path.strip("/").split("/")
        tail = own[-1].endswith(":.+}")
        fits = len(own) <= len(parts) if tail else len(own) == len(parts)
        same = all(
            mine.startswith("{") or mine == part for mine, part in zip(own, parts, strict=False)
        )
        if fits and same and endpoint.method == method and endpoint.legacy is None:
            found.append(endpoint.path)
    return found


@pytest.mark.parametrize("method", METHODS)
async def test_wrong_method(cloud: SimulatedCloud, api: Api, method: str) -> None:
    """A path that does not know a method answers like one that does not exist."""
    cloud.limits.enabled = False
    tried = 0
    for path in PATHS:
        wanted = fill(path, GOOD)
        if takers(wanted, method):
            continue
        tried += 1
        for caller in (api, api.using(None)):
            answer = await caller(method, wanted, json={})
            assert (answer.status, answer.json) == (404, NOT_FOUND), f"{method} {wanted}"
    assert tried > 15


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_tokens_are_asked_for_by_post(cloud: SimulatedCloud, api: Api, method: str) -> None:
    """The token endpoint has its own words, and counts it as a failed request."""
    for number in range(10):
        refused = await api.using(None)(method, "/oauth/token")
        assert (refused.status, refused.json["error"]) == (400, "invalid_request"), number
        assert refused.json["error_description"].startswith("Method must be POST with application/")
    blocked = await api.log_in((cloud.client_id, cloud.client_secret))
    assert blocked.status == 429


@pytest.mark.parametrize("path", ["/", "/v1", "/v2/devices", "/v1/nothing", "/v1/devices/a/b/c/d"])
async def test_unknown_path(api: Api, path: str) -> None:
    """The response is the same with and without a token."""
    for caller in (api, api.using(None)):
        answer = await caller("GET", path)
        assert (answer.status, answer.json) == (404, NOT_FOUND)


@pytest.mark.parametrize("path", ["/v1/access_tokens"])
async def test_withdrawn_endpoint(cloud: SimulatedCloud, api: Api, path: str) -> None:
    """It is there only when its switch is on."""
    assert (await api("GET", path)).status == 404
    cloud.faults.set("list_tokens")
    assert (await api("GET", path)).status == 400
