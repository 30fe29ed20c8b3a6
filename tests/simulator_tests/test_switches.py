"""Switching faults: for how often, for how long, for whom; and the marks of every answer."""

from typing import Any

import pytest

from tests.simulator import SimulatedCloud
from tests.simulator.faults import Faults

from .client import Api, until

DEVICES = "/v1/devices"


@pytest.mark.parametrize("path", [DEVICES, "/v1/devices/nobody", "/v1/nothing", "/oauth/token"])
async def test_marks_of_an_answer(cloud: SimulatedCloud, api: Api, path: str) -> None:
    """Every answer can be found again by its id, and be read by a browser."""
    answer = await api("GET", path)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    assert headers["x-request-id"] == cloud.requests[-1].id
    assert headers["access-control-allow-origin"] == "*"
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert cloud.requests[-1].status == answer.status
    assert cloud.requests[-1].method == "GET"


async def test_marks_of_a_stream(cloud: SimulatedCloud, api: Api) -> None:
    """They are known before it ends."""
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        assert stream.response.headers["X-Request-Id"] == cloud.requests[-1].id
        assert stream.response.headers["Access-Control-Allow-Origin"] == "*"
        assert cloud.requests[-1].status == 200
        assert len(cloud.streams) == 1
    await until(lambda: not len(cloud.streams))


async def test_count_and_duration() -> None:
    """A fault ends after its strikes or its time; setting it again begins anew."""
    faults, seen = Faults(), list[tuple[str, bool]]()
    faults.listeners.append(lambda name, active: seen.append((name, active)))
    faults.set("slow", count=2)
    assert [bool(faults.take("slow")) for _ in range(3)] == [True, True, False]
    assert seen == [("slow", True), ("slow", False)]
    faults.set("slow", count=0)
    assert faults.get("slow") is None
    faults.set("slow", count=1, seconds=7)
    assert faults.active()[0].as_json() == {"name": "slow", "count": 1, "seconds": 7}
    found = faults.get("slow")
    assert found is not None
    assert (found.option("seconds"), found.option("other"), found.option("other", 3)) == (
        7,
        None,
        3,
    )
    assert faults.get("slow") is found
    seen.clear()
    faults.set("hang", duration=0.01)
    faults.clear("slow")
    faults.clear("slow")
    await until(lambda: not faults.active())
    assert seen == [("hang", True), ("slow", False), ("hang", False)]
    faults.set("hang", duration=0)
    assert faults.get("hang") is None
    faults.set("hang", duration=60)
    faults.set("reset")
    faults.clear()
    assert faults.active() == []
    with pytest.raises(ValueError, match="Unknown fault 'typo'"):
        faults.clear("typo")


async def test_a_duration_does_not_end_the_next_one() -> None:
    """Who switches a fault on again is not cut short by the timer of before."""
    faults = Faults()
    faults.set("hang", duration=0.01)
    faults.set("reset", duration=0.02)
    faults.set("hang")
    await until(lambda: faults.get("reset") is None)
    assert faults.get("hang") is not None


def test_one_board_only() -> None:
    """A fault of one board strikes no other; one of all boards strikes each."""
    faults = Faults()
    faults.set("no_answer", device="a", count=1)
    assert faults.take("no_answer") is None
    assert faults.take("no_answer", device="b") is None
    assert faults.take("no_answer", device="a") is not None
    assert faults.take("no_answer", device="a") is None
    faults.set("no_answer")
    assert faults.take("no_answer", device="b") is not None


@pytest.mark.parametrize(
    ("limits", "struck"),
    [
        ({}, [True, True, True, True]),
        ({"only": "calls"}, [True, True, False, False]),
        ({"only": "streams"}, [False, False, True, False]),
        ({"only": "token"}, [False, False, False, True]),
        ({"method": "get"}, [True, False, True, False]),
        ({"method": "POST"}, [False, True, False, True]),
        ({"path": "/v1/*"}, [True, True, True, False]),
        ({"path": "/v1/devices/0a10"}, [True, True, False, False]),
        ({"device": "0a10"}, [True, True, False, False]),
        ({"device": "0b10"}, [False, False, False, False]),
    ],
)
def test_where_a_fault_strikes(limits: dict[str, Any], struck: list[bool]) -> None:
    """By kind of request, method, path, and by the board in the path."""
    requests = [
        ("GET", "/v1/devices/0a10", "calls"),
        ("POST", "/v1/devices/0a10", "calls"),
        ("GET", "/v1/events", "streams"),
        ("POST", "/oauth/token", "token"),
    ]
    faults = Faults()
    faults.set("server_error", **limits)
    assert [bool(faults.take_for_request("server_error", *one)) for one in requests] == struck


@pytest.mark.parametrize("name", ["unauthorized", "forbidden"])
def test_requests_for_tokens_are_spared(name: str) -> None:
    """They carry none, so these strike them only when they are meant."""
    faults = Faults()
    faults.set(name, count=1)
    assert faults.take_for_request(name, "POST", "/oauth/token", "token") is None
    assert faults.take_for_request(name, "GET", "/v1/devices", "calls") is not None
    faults.set(name, only="token")
    assert faults.take_for_request(name, "POST", "/oauth/token", "token") is not None
