"""Bodies: forms in the manner of qs, numbers and truth values as text, and what is kept of them."""

from collections.abc import AsyncGenerator
from typing import Any

from aiohttp import FormData, MultipartWriter
import pytest

from tests.simulator import SimulatedCloud
from tests.simulator.body import nest
from tests.simulator.recorder import Operations, RecordedRequest, RequestLog, message_operations

from .client import Api


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ([("a", "1"), ("b", "2")], {"a": "1", "b": "2"}),
        ([("a", "1"), ("a", "2")], {"a": ["1", "2"]}),
        ([("a", "1"), ("a", "2"), ("a", "3")], {"a": ["1", "2", "3"]}),
        ([("a[]", "1")], {"a": ["1"]}),
        ([("a[]", "1"), ("a[]", "2")], {"a": ["1", "2"]}),
        ([("a[0]", "1"), ("a[1]", "2")], {"a": ["1", "2"]}),
        ([("a[b]", "1"), ("a[c]", "2")], {"a": {"b": "1", "c": "2"}}),
        ([("a[b][c]", "1"), ("a[b][d]", "2")], {"a": {"b": {"c": "1", "d": "2"}}}),
        ([("a[b][]", "1"), ("a[b][]", "2")], {"a": {"b": ["1", "2"]}}),
        ([("a", "")], {"a": ""}),
        ([("a", "1"), ("a[b]", "2")], {"a": "1", "b": "2"}),
    ],
)
def test_forms(form: list[tuple[str, str]], expected: dict[str, Any]) -> None:
    """Lists, objects, and both in each other."""
    assert nest(form) == expected


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({}, None),
        ({"json": {"arg": "on"}}, {"arg": "on"}),
        ({"json": ["on"]}, ["on"]),
        ({"json": 5}, 5),
        ({"data": {"arg": "on"}}, {"arg": "on"}),
        ({"data": "arg=on&b=", "headers": {"Content-Type": "text/plain"}}, "arg=on&b="),
        ({"data": "{broken", "headers": {"Content-Type": "application/json"}}, "{broken"),
        ({"data": '{"a":1}', "headers": {"Content-Type": "application/x+json"}}, {"a": 1}),
    ],
)
async def test_what_is_recorded_of_a_body(
    cloud: SimulatedCloud, api: Api, options: dict[str, Any], kept: Any
) -> None:
    """A test can compare it with what was sent."""
    await api("POST", "/v1/devices/garage/light", **options)
    assert cloud.requests[-1].body == kept


async def test_what_is_recorded_of_an_upload(cloud: SimulatedCloud, api: Api) -> None:
    """The files by name and size."""
    form = FormData()
    form.add_field("platform_id", "32")
    form.add_field("file", b"int a;", filename="app.ino", content_type="text/x-c")
    await api("POST", "/v1/binaries", data=form)
    upload = {"part": "file", "filename": "app.ino", "content_type": "text/x-c", "size": 6}
    assert cloud.requests[-1].body == {"fields": {"platform_id": "32"}, "files": [upload]}


async def test_body_that_turns_out_to_be_empty(cloud: SimulatedCloud, api: Api) -> None:
    """It was announced, and nothing came: that is no body, whatever its type."""

    async def nothing() -> AsyncGenerator[bytes]:
        for _ in range(0):
            yield b""

    headers = {"Content-Type": "application/json"}
    path = "/v1/devices/greenhouse/setTarget"
    called = await api("POST", path, data=nothing(), headers=headers)
    assert called.json["return_value"] == -1
    assert cloud.requests[-1].body is None


async def test_upload_inside_an_upload(cloud: SimulatedCloud, api: Api) -> None:
    """Nobody sends one; it is passed over."""
    writer = MultipartWriter("form-data")
    inner = MultipartWriter("mixed")
    inner.append("inside")
    writer.append(inner)
    part = writer.append("signal")
    part.set_content_disposition("form-data", name="name")
    await api("POST", "/v1/binaries", data=writer)
    assert cloud.requests[-1].body == {"fields": {"name": "signal"}, "files": []}


@pytest.mark.parametrize(
    ("wanted", "status"),
    [("0", 200), ("-5", 200), (" 7 ", 200), (7, 200), (True, 400), ("7.5", 400), ([7], 400)],
)
async def test_numbers(api: Api, wanted: object, status: int) -> None:
    """Whole ones, also as text; a truth value is none."""
    body = {"name": "door", "ttl": wanted}
    answer = await api("POST", "/v1/devices/events", json=body)
    assert answer.status == status
    if status == 400:
        assert answer.json == {"ok": False, "error": "ttl must be a number"}


@pytest.mark.parametrize(("wanted", "status"), [(1, 200), (0, 200), (2, 400), ([], 400), ("", 400)])
async def test_truth_values(api: Api, wanted: object, status: int) -> None:
    """Numbers are accepted too."""
    body = {"name": "door", "private": wanted}
    assert (await api("POST", "/v1/devices/events", json=body)).status == status


@pytest.mark.parametrize(
    ("size", "paid"), [(0, 1), (1, 1), (1024, 1), (1025, 2), (2048, 2), (2049, 3)]
)
def test_what_a_message_costs(size: int, paid: int) -> None:
    """One operation for each started 1024 bytes."""
    assert message_operations("x" * size) == paid
    assert message_operations("\u00e4" * (size // 2)) == max(1, -(-(size // 2 * 2) // 1024))


def test_paid_operations() -> None:
    """Counted by kind and by device; a new month begins with nothing."""
    operations = Operations()
    operations.record("publish", "a", "x", 2)
    operations.record("publish", "a", "y")
    operations.record("variable", "b", "z")
    assert operations.as_json() == {
        "total": 4,
        "by_kind": {"publish": 3, "variable": 1},
        "by_device": {"a": {"publish": 3}, "b": {"variable": 1}},
    }
    assert [one.amount for one in operations.log] == [2, 1, 1]
    for _ in range(20_000):
        operations.record("function", "c", "f")
    assert operations.total == 20_004
    assert (len(operations.log), operations.log[0].device_id) == (18_003, "c")
    operations.clear()
    assert (operations.total, operations.log, operations.by_device) == (0, [], {})


async def test_requests_that_are_kept(cloud: SimulatedCloud) -> None:
    """The newest twenty thousand at the most, and never less than most of them."""
    log = RequestLog()
    for number in range(20_001):
        log.add(RecordedRequest(str(number), "GET", f"/{number}", {}, {}, cloud.clock.now()))
    assert (log[0].id, log[-1].id, len(log)) == ("2000", "20000", 18_001)
    assert [one.id for one in log.matching("get", "/1234?")] == [str(12340 + n) for n in range(10)]
    assert len(log.matching("POST")) == 0
