"""Boards, their programs, and the clock."""

import asyncio
from datetime import UTC, datetime
from typing import override

from aiohttp import ClientError
import pytest

from tests.simulator import Clock, Program, SimulatedCloud
from tests.simulator.jsontext import dumps

from .client import Api, until


@pytest.mark.parametrize(
    ("board", "function", "argument", "returned"),
    [
        ("greenhouse", "setTarget", "25.4", 25),
        ("greenhouse", "setTarget", "hot", -1),
        ("greenhouse", "setTarget", "99", -1),
        ("greenhouse", "pump", "toggle", 1),
        ("greenhouse", "pump", "off", 0),
        ("greenhouse", "pump", "maybe", -1),
        ("greenhouse", "setMode", "manual", 0),
        ("greenhouse", "setMode", "party", -1),
        ("garage", "door", "40", 40),
        ("garage", "door", "stop", 0),
        ("garage", "door", "fly", -1),
        ("boat", "bilgePump", "on", 0),
        ("boat", "bilgePump", "?", -1),
        ("van-1", "cmd", '{"cmd":"get_loc"}', 0),
        ("van-1", "cmd", "{}", -22),
    ],
)
async def test_functions(
    api: Api, board: str, function: str, argument: str, *, returned: int
) -> None:
    """Functions act on good arguments and refuse others."""
    answer = await api("POST", f"/v1/devices/{board}/{function}", json={"arg": argument})
    assert answer.json["return_value"] == returned


async def test_functions_change_variables(cloud: SimulatedCloud, api: Api) -> None:
    await api("POST", "/v1/devices/greenhouse/pump", json={"arg": "on"})
    assert (await api("GET", "/v1/devices/greenhouse/pump")).json["result"] is True
    await api("POST", "/v1/devices/greenhouse/setTarget", json={"arg": "25"})
    assert (await api("GET", "/v1/devices/greenhouse/target")).json["result"] == 25


async def test_door_stops_half_way(cloud: SimulatedCloud, api: Api) -> None:
    """A door that moves can be stopped."""
    cloud.clock.manual()
    await api("POST", "/v1/devices/garage/door", json={"arg": "open"})
    await cloud.clock.advance(3.5)
    await api("POST", "/v1/devices/garage/door", json={"arg": "stop"})
    await cloud.clock.advance(5)
    garage = cloud.world.board("garage").variables
    assert (garage["door"], garage["position"], garage["motor"]) == ("stopped", 30, False)
    await api("POST", "/v1/devices/garage/door", json={"arg": "open"})
    await cloud.clock.advance(2.5)
    await api("POST", "/v1/devices/garage/door", json={"arg": "close"})
    await cloud.clock.advance(9)
    names = [event.name for event in cloud.world.events.history]
    expected = ["opening", "stopped", "opening", "closing", "closed"]
    assert names == [f"door/{state}" for state in expected]


async def test_dry_soil_starts_the_pump(cloud: SimulatedCloud) -> None:
    """In its automatic mode the greenhouse waters itself."""
    board = cloud.world.board("greenhouse")
    board.set("soil", 290)
    cloud.clock.manual()
    board.start()
    await cloud.clock.advance(215)
    board.stop()
    published = [
        event.data for event in cloud.world.events.history if event.name == "greenhouse/pump"
    ]
    assert published == ["on", "off"]


async def test_async_function_of_a_test(cloud: SimulatedCloud, api: Api) -> None:
    """A test can add a board with functions of its own, also slow ones."""

    async def slow(argument: str) -> int:
        await asyncio.sleep(0)
        return len(argument)

    program = Program({"level": 1.5}, {"slow": slow, "big": lambda argument: 2**31})
    board = cloud.world.add_board("well", program=program)
    answer = await api("POST", f"/v1/devices/{board.id}/slow", json={"arg": "four"})
    assert answer.json["return_value"] == 4
    assert (await api("POST", f"/v1/devices/{board.id}/big")).json["return_value"] == -(2**31)
    board.set("level", 2)
    with pytest.raises(TypeError, match="level is double, not string"):
        board.set("level", "high")
    with pytest.raises(KeyError):
        cloud.world.board("nowhere")


async def test_long_arguments(cloud: SimulatedCloud, api: Api) -> None:
    """What a board takes depends on its Device OS; a refused call is not paid."""
    path = "/v1/devices/greenhouse/pump"
    assert (await api("POST", path, json={"arg": "x" * 1024})).status == 200
    assert (await api("POST", path, json={"arg": "x" * 1025})).status == 400
    old = cloud.world.add_board("old", platform_id=6, functions={"f": len}, system_version="0.7.0")
    assert (await api("POST", f"/v1/devices/{old.id}/f", json={"arg": "x" * 64})).status == 400
    assert cloud.operations.by_kind["function"] == 1


async def test_paid_operations_of_big_events(cloud: SimulatedCloud) -> None:
    """Each started 1024 bytes cost one; nothing is published offline."""
    board = cloud.world.board("garage")
    board.publish("a")
    board.publish("b", "x" * 1024)
    board.publish("c", "x" * 1025)
    board.go_offline()
    board.publish("d")
    assert cloud.operations.total == 4
    assert [operation.amount for operation in cloud.operations.log] == [1, 1, 2]


async def test_plan_is_enforced(cloud: SimulatedCloud, api: Api) -> None:
    """When the month's operations are used up, paid calls stop."""
    cloud.settings.plan_operations = 1
    cloud.settings.enforce_plan = True
    path = "/v1/devices/greenhouse/soil"
    assert [(await api("GET", path)).status for _ in range(2)] == [200, 403]
    cloud.operations.clear()
    assert (await api("GET", path)).status == 200


async def test_clock_runs_fast_stands_still_and_wakes_in_order() -> None:
    """Sleepers wake when it is their time, however it passes."""
    clock = Clock(speed=1000)
    woken: list[int] = []

    async def sleep(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    tasks = [asyncio.ensure_future(sleep(seconds)) for seconds in (20, 10)]
    await asyncio.sleep(0)
    clock.start()
    await until(lambda: len(woken) == 2)
    assert woken == [10, 20]
    fast = clock.now()
    clock.manual()
    before = clock.now()
    assert before >= fast
    tasks += [asyncio.ensure_future(sleep(seconds)) for seconds in (60, 30, 0)]
    await clock.advance(45)
    assert (clock.now() - before).total_seconds() == 45
    assert woken == [10, 20, 0, 30]
    clock.stop()
    assert clock.now() >= before
    await asyncio.gather(*tasks, return_exceptions=True)
    assert tasks[2].cancelled()


def test_json_as_javascript_writes_it() -> None:
    """Whole doubles without a fraction, nothing escaped that need not be, no NaN."""
    text = dumps({"a": 21.0, "b": 0.5, "c": float("nan"), "d": "ä\u2028", "e": (1, True)})
    assert text == '{"a":21,"b":0.5,"c":null,"d":"ä\u2028","e":[1,true]}'
    assert dumps("\ud800") == '"\\ud800"'


async def test_everybodys_events(cloud: SimulatedCloud, api: Api) -> None:
    """The firehose of old times shows strangers' boards, too."""
    cloud.faults.set("firehose")
    async with api.stream("/v1/events") as stream:
        await stream.until(":ok")
        cloud.world.publish("not yours", "a")
        assert [name for name, _ in await stream.events(1)] == ["a"]


class Waiting(Program):
    """A program that waits for something that never happens."""

    ended = False

    @override
    async def run(self) -> None:
        """Wait for ever."""
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True


async def test_nothing_goes_on_after_the_end() -> None:
    """What boards do ends with their world: on the way back to the first day, and with the cloud."""
    programs = [Waiting(), Waiting()]
    async with SimulatedCloud() as cloud:
        for program in programs:
            cloud.world.add_board("waiting", program=program).start()
            await asyncio.sleep(0)
            if program is programs[0]:
                await cloud.reset()
                assert program.ended
        assert not programs[1].ended
    assert programs[1].ended


async def test_back_to_the_first_day(cloud: SimulatedCloud, api: Api) -> None:
    """Whoever waits gets an answer, whoever listens is cut off, and nothing is remembered."""
    cloud.faults.set("held", path="/v1/user")
    asked = asyncio.ensure_future(api("GET", "/v1/user"))
    await until(lambda: len(cloud.held))
    await api("GET", "/v1/devices/garage/light")
    for _ in range(10):
        cloud.limits.token_failed("127.0.0.1", cloud.clock.now())
    async with api.stream("/v1/devices/events") as stream:
        await stream.until(":ok")
        await cloud.reset()
        with pytest.raises(ClientError):
            await stream.to_the_end()
    assert (await asked).status == 200
    remembered = (cloud.faults.active(), list(cloud.requests), cloud.operations.total)
    assert remembered == ([], [], 0)
    assert (await api.log_in((cloud.client_id, cloud.client_secret))).status == 200
    cloud.limits.set("list_tokens", 1)
    assert not cloud.limits.exceeded("list_tokens", "x", cloud.clock.now())
    cloud.limits.forget()
    assert not cloud.limits.exceeded("list_tokens", "x", cloud.clock.now())


async def test_another_date(cloud: SimulatedCloud) -> None:
    """Sleepers sleep as long as they wanted to, whatever the calendar says."""
    cloud.clock.manual()
    woken: list[float] = []

    async def sleeper(seconds: float) -> None:
        await cloud.clock.sleep(seconds)
        woken.append(seconds)

    for seconds in (5, 10):
        cloud.world.spawn(sleeper(seconds))
    await cloud.clock.advance(4)
    cloud.clock.go_to(datetime(1999, 12, 31, tzinfo=UTC))
    assert cloud.clock.now().year == 1999
    assert woken == []
    await cloud.clock.advance(1)
    assert woken == [5]
    cloud.clock.go_to(datetime(2099, 1, 1, tzinfo=UTC))
    await cloud.clock.advance(5)
    assert woken == [5, 10]
