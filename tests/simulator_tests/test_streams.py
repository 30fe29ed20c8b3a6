"""Streams of the simulated cloud: how they are refused, kept alive, disturbed and ended."""

import asyncio
from typing import Any

from aiohttp import ClientError
import pytest

from tests.simulator import SimulatedCloud

from .client import Api, until

GREENHOUSE = "0a10aced202194944a000001"


async def test_keep_alive(cloud: SimulatedCloud, api: Api) -> None:
    """A newline comes now and then, unless the cloud is silent."""
    cloud.settings.keepalive = (0.02, 0.03)
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok\n\n\n\n")
        cloud.faults.set("silent")
        cloud.world.publish("garage", "still/heard")
        await stream.until("still/heard")


async def test_too_many_streams(cloud: SimulatedCloud, api: Api) -> None:
    """Both limits answer 529, or 429 with the switch."""
    cloud.limits.set("simultaneous_streams", 1)
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        refused = await api("GET", "/v1/devices/events")
        assert (refused.status, refused.json["error"]) == (529, "rate_limit_exceeded")
    await until(lambda: len(cloud.streams) == 0)
    cloud.limits.set("stream", 0)
    cloud.faults.set("stream_limit_429")
    assert (await api("GET", "/v1/devices/events")).status == 429


async def test_errors_before_a_stream_opens(cloud: SimulatedCloud, api: Api) -> None:
    """A bad token is an ordinary answer."""
    answer = await api.using("bad")("GET", "/v1/devices/events")
    assert (answer.status, answer.json["error"]) == (401, "invalid_token")


@pytest.mark.parametrize(
    ("fault", "options", "expected"),
    [
        ("crlf", {}, "event: a\r\ndata: {"),
        ("cr", {}, "event: a\rdata: {"),
        ("several_data_lines", {}, 'data: {\ndata:  "data": "1",\n'),
        ("no_event_name", {}, '\n\ndata: {"data":"1"'),
        ("ttl_string", {}, '"ttl":"60"'),
        ("coreid_api", {}, '"coreid":"api"'),
        ("raw_separators", {}, "a\u0085b\u2028c\u2029d 1"),
        ("huge_block", {"size": 300_000}, "x" * 300_000),
        ("duplicate_events", {}, "event: b"),
        ("comments", {}, ": a comment\n"),
        ("id_and_retry", {}, "retry: 10\n"),
        ("not_an_object", {}, "data: [{"),
        ("split_writes", {"size": 3}, "event: b"),
    ],
)
async def test_wire_faults(
    cloud: SimulatedCloud, api: Api, fault: str, options: dict[str, Any], expected: str
) -> None:
    """What a stream can look like on a bad day."""
    cloud.faults.set(fault, **options)
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        cloud.world.publish("garage", "a", "1")
        cloud.world.publish("garage", "b", "2")
        text = await stream.until(expected)
    if fault == "duplicate_events":
        assert text.count("event: a") == 2


async def test_broken_json_once(cloud: SimulatedCloud, api: Api) -> None:
    """One bad block between good ones."""
    cloud.faults.set("broken_json", count=1)
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        cloud.world.publish("garage", "a", "1")
        cloud.world.publish("garage", "b", "2")
        text = await stream.until('event: b\ndata: {"data":"2"')
    assert '0a10aced202194944a000002"}\n\n' not in text.partition("event: b")[0]


async def test_out_of_order(cloud: SimulatedCloud, api: Api) -> None:
    """Two events change places."""
    cloud.faults.set("out_of_order", count=1)
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        cloud.world.publish("garage", "a")
        cloud.world.publish("garage", "b")
        assert [name for name, _ in await stream.events(2)] == ["b", "a"]


async def test_last_event_out_of_order(cloud: SimulatedCloud, api: Api) -> None:
    """What has no other event to change places with comes with the next newline."""
    cloud.settings.keepalive = (0.02, 0.03)
    cloud.faults.set("out_of_order", count=1)
    async with api.stream("/v1/devices/events/door") as stream:
        await stream.until(":ok")
        cloud.world.publish("garage", "door/open")
        assert [name for name, _ in await stream.events(1)] == ["door/open"]
        await stream.until("}\n\n\n")


async def test_no_ok(cloud: SimulatedCloud, api: Api) -> None:
    """A stream may start without its greeting."""
    cloud.faults.set("no_ok")
    async with api.stream("/v1/devices/events") as stream:
        cloud.world.publish("garage", "a")
        assert (await stream.until("event")).startswith("event: a")


async def test_cut_in_the_middle_of_a_block(cloud: SimulatedCloud, api: Api) -> None:
    """The connection is gone before the block is complete."""
    cloud.faults.set("cut_in_block", count=1)
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        cloud.world.publish("garage", "a", "1" * 100)
        with pytest.raises(ClientError):
            await stream.to_the_end()
    assert b"event: a" in stream.received
    assert b"}\n\n" not in stream.received


async def test_closes_at_once(cloud: SimulatedCloud, api: Api) -> None:
    """200, :ok, end."""
    cloud.faults.set("closes_at_once")
    async with api.stream("/v1/devices/events") as stream:
        assert await stream.to_the_end() == ":ok\n\n"


@pytest.mark.parametrize("clean", [True, False])
async def test_cut_streams(cloud: SimulatedCloud, api: Api, clean: bool) -> None:
    """A test can end streams when it likes."""
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        assert cloud.cut_streams(clean=clean) == 1
        if clean:
            await stream.to_the_end()
        else:
            with pytest.raises(ClientError):
                await stream.to_the_end()
    await until(lambda: len(cloud.streams) == 0)
    assert not cloud.world.events._subscriptions


async def test_half_open(cloud: SimulatedCloud, api: Api) -> None:
    """Nothing comes any more, and nothing tells."""
    cloud.settings.keepalive = (0.02, 0.03)
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok\n\n\n")
        cloud.faults.set("half_open")
        cloud.world.publish("garage", "lost/for/now")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await stream.until("lost/for/now")
        async with api.stream("/v1/devices/events") as other:
            await other.until(":ok\n\n\n")
        cloud.faults.clear("half_open")
        await stream.until("lost/for/now")


async def test_half_open_from_the_start(cloud: SimulatedCloud, api: Api) -> None:
    """Streams that are opened later fall silent, too, if that is wanted."""
    cloud.settings.keepalive = (0.02, 0.03)
    cloud.faults.set("half_open", new=True)
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok\n\n")
        cloud.world.publish("garage", "lost/for/now")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await stream.until("lost/for/now")
        cloud.faults.clear("half_open")
        await stream.until("lost/for/now")


async def test_caller_who_leaves_after_a_silence(cloud: SimulatedCloud, api: Api) -> None:
    """The cloud does not notice while it is deaf, and at once when it hears again."""
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        cloud.faults.set("half_open")
    for _ in range(3):
        await api("GET", "/v1/user")
    assert len(cloud.streams) == 1
    cloud.faults.clear("half_open")
    await until(lambda: len(cloud.streams) == 0)


async def test_expired_token_ends_the_stream(cloud: SimulatedCloud, api: Api) -> None:
    """As if it had been revoked."""
    client = (cloud.client_id, cloud.client_secret)
    token = (await api.log_in(client, expires_in="60")).json["access_token"]
    async with api.using(token).stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        await cloud.clock.advance(59)
        cloud.world.publish("garage", "early")
        await stream.until("early")
        await cloud.clock.advance(2)
        cloud.world.publish("garage", "late")
        assert "late" not in await stream.to_the_end()


async def test_revoked_token_ends_the_stream(cloud: SimulatedCloud, api: Api) -> None:
    """The connection is closed without an error message."""
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        cloud.world.tokens.revoke(value=cloud.access_token)
        cloud.world.publish("garage", "a")
        assert await stream.to_the_end() == ":ok\n\n"
