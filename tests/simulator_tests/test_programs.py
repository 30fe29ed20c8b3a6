"""What the boards of the first day do when their functions are called, and by themselves."""

import json
from typing import Any

import pytest

from tests.simulator import SimulatedCloud
from tests.simulator.programs import Program, TrackerProgram, Value
from tests.simulator.world import Board, Update, read_image

from .client import Api, until

FIRST_HOUR: list[list[Value]] = [
    [18.8, 66.4, 434, False],
    [26.07, 52.4, 438, False],
    [19.75, 64.8, 442, False],
]


@pytest.fixture(autouse=True)
async def _still(cloud: SimulatedCloud) -> None:
    """Let time pass only when a test says so."""
    cloud.clock.manual()


async def call(api: Api, board: str, function: str, argument: str) -> int:
    """Call a function and return its number."""
    answer = await api("POST", f"/v1/devices/{board}/{function}", json={"arg": argument})
    returned: int = answer.json["return_value"]
    return returned


def published(board: Board) -> list[tuple[str, str | None]]:
    """Return name and data of what a board has published, and forget it."""
    history = board.world.events.history
    events = [
        (event.name, event.data)
        for event in history
        if event.coreid == board.id and not event.name.startswith("spark/")
    ]
    history.clear()
    return events


@pytest.mark.parametrize(
    ("board", "function", "argument", "returned"),
    [
        ("garage", "door", "open", 100),
        ("garage", "door", " OPEN ", 100),
        ("garage", "door", "100", 100),
        ("garage", "door", "101", -1),
        ("garage", "door", "999", -1),
        ("garage", "door", "-1", -1),
        ("garage", "door", "50.5", -1),
        ("garage", "door", "0", 0),
        ("garage", "door", "close", 0),
        ("garage", "door", "stop", 0),
        ("garage", "door", "", -1),
        ("garage", "light", "on", 1),
        ("garage", "light", "off", 0),
        ("garage", "light", "ON", -1),
        ("greenhouse", "setTarget", "5", 5),
        ("greenhouse", "setTarget", "4.9", -1),
        ("greenhouse", "setTarget", "40", 40),
        ("greenhouse", "setTarget", "40.1", -1),
        ("greenhouse", "setTarget", "22.6", 23),
        ("greenhouse", "setTarget", "warm", -1),
        ("greenhouse", "pump", "on", 1),
        ("greenhouse", "pump", "1", 1),
        ("greenhouse", "pump", "True", 1),
        ("greenhouse", "pump", "off", 0),
        ("greenhouse", "pump", "0", 0),
        ("greenhouse", "pump", "false", 0),
        ("greenhouse", "pump", "toggle", 1),
        ("greenhouse", "pump", "maybe", -1),
        ("greenhouse", "setMode", "manual", 0),
        ("greenhouse", "setMode", "party", -1),
        ("boat", "bilgePump", "on", 0),
        ("boat", "bilgePump", "off", 3),
        ("boat", "bilgePump", "x", -1),
        ("van-1", "cmd", '{"cmd":"get_loc"}', 0),
        ("van-1", "cmd", '{"cmd":"reset"}', -22),
        ("van-1", "locate", "", 0),
    ],
)
async def test_what_functions_return(
    api: Api, board: str, function: str, argument: str, returned: int
) -> None:
    """A number; -1 or another negative one for an argument that the program does not take."""
    assert await call(api, board, function, argument) == returned


@pytest.mark.parametrize("argument", ["101", "150", "1000", "-10", "x"])
async def test_door_stays_within_its_frame(cloud: SimulatedCloud, api: Api, argument: str) -> None:
    """No argument moves it beyond 100 percent."""
    garage = cloud.world.board("garage")
    assert await call(api, "garage", "door", argument) == -1
    await cloud.clock.advance(60)
    assert (garage.variables["position"], garage.variables["motor"]) == (0, False)
    assert published(garage) == []


async def test_door_opens_step_by_step(cloud: SimulatedCloud, api: Api) -> None:
    """Ten seconds for the whole way; its events, its motor, its cycles."""
    garage = cloud.world.board("garage")
    await call(api, "garage", "door", "open")
    assert garage.variables == {
        "door": "opening",
        "position": 0,
        "motor": True,
        "light": False,
        "cycles": 0,
    }
    for second in range(1, 11):
        await cloud.clock.advance(1)
        assert garage.variables["position"] == 10 * second
    assert garage.variables["door"] == "open"
    assert (garage.variables["motor"], garage.variables["cycles"]) == (False, 1)
    assert published(garage) == [("door/opening", "0"), ("door/open", "100")]
    await call(api, "garage", "door", "open")
    await cloud.clock.advance(20)
    assert published(garage) == []
    await call(api, "garage", "door", "close")
    await cloud.clock.advance(10)
    assert published(garage) == [("door/closing", "100"), ("door/closed", "0")]
    assert (garage.variables["door"], garage.variables["cycles"]) == ("closed", 1)


async def test_door_is_stopped_and_turned(cloud: SimulatedCloud, api: Api) -> None:
    """It stops where it is; a new target on the way needs no second motor."""
    garage = cloud.world.board("garage")
    await call(api, "garage", "door", "open")
    await cloud.clock.advance(3)
    assert await call(api, "garage", "door", "stop") == 30
    await cloud.clock.advance(2)
    assert (garage.variables["door"], garage.variables["position"]) == ("stopped", 30)
    assert published(garage) == [("door/opening", "0"), ("door/stopped", "30")]
    await call(api, "garage", "door", "45")
    await cloud.clock.advance(1)
    await call(api, "garage", "door", "close")
    assert garage.variables["door"] == "closing"
    await cloud.clock.advance(4)
    assert (garage.variables["door"], garage.variables["position"]) == ("closed", 0)
    assert published(garage) == [
        ("door/opening", "30"),
        ("door/closing", "40"),
        ("door/closed", "0"),
    ]
    await call(api, "garage", "door", "25")
    await cloud.clock.advance(5)
    assert (garage.variables["door"], garage.variables["position"]) == ("stopped", 25)
    assert garage.variables["cycles"] == 0


async def test_door_on_its_way_says_nothing_new(cloud: SimulatedCloud, api: Api) -> None:
    """Another target in the same direction is no second start."""
    garage = cloud.world.board("garage")
    await call(api, "garage", "door", "open")
    await cloud.clock.advance(2)
    await call(api, "garage", "door", "60")
    await cloud.clock.advance(4)
    assert published(garage) == [("door/opening", "0"), ("door/stopped", "60")]


async def test_lights_and_pumps(cloud: SimulatedCloud, api: Api) -> None:
    """State, and an event when it changes."""
    garage, greenhouse = cloud.world.board("garage"), cloud.world.board("greenhouse")
    for argument in ("on", "off"):
        await call(api, "garage", "light", argument)
        assert garage.variables["light"] is (argument == "on")
    assert published(garage) == [("garage/light", "on"), ("garage/light", "off")]
    for argument in ("on", "on", "toggle", "toggle", "off", "off"):
        await call(api, "greenhouse", "pump", argument)
    assert [data for _, data in published(greenhouse)] == ["on", "off", "on", "off"]
    await call(api, "greenhouse", "setTarget", "18.5")
    await call(api, "greenhouse", "setMode", "manual")
    assert (greenhouse.variables["target"], greenhouse.variables["mode"]) == (18.5, "manual")


async def test_boat_pumps_water(cloud: SimulatedCloud, api: Api) -> None:
    """The bilge is empty after the pump."""
    boat = cloud.world.board("boat")
    await call(api, "boat", "bilgePump", "on")
    assert (boat.variables["bilge"], boat.variables["water"]) == (True, 0)
    await call(api, "boat", "bilgePump", "off")
    assert boat.variables["bilge"] is False


async def test_tracker_says_where_it_is(cloud: SimulatedCloud, api: Api) -> None:
    """In the form of the tracker firmware; the request is numbered."""
    van = cloud.world.board("van-1")
    await call(api, "van-1", "locate", "")
    await call(api, "van-1", "cmd", '{"cmd":"get_loc"}')
    first, second = ((name, json.loads(data or "")) for name, data in published(van))
    assert (first[0], second[0]) == ("loc", "loc")
    assert (first[1]["cmd"], first[1]["trig"], first[1]["req_id"]) == ("loc", ["user"], 1)
    assert second[1]["req_id"] == 2
    place: dict[str, Any] = first[1]["loc"]
    assert (place["lat"], place["lon"], place["lck"]) == (52.52, 13.405, 1)
    assert place["time"] == first[1]["time"] == int(cloud.clock.now().timestamp())
    assert (place["hd"], place["spd"], place["temp"]) == (0, 0, 25.5)


def test_circle_of_a_tracker() -> None:
    """It starts at home and comes back there."""
    tracker = TrackerProgram(50.0, 10.0)
    assert tracker.location == (50.0, 10.0)
    tracker.angle = 3.141592653589793 / 2
    assert tracker.location == (50.01, 9.984)


def test_variables_keep_their_type() -> None:
    """A whole number fits a double, nothing else changes."""
    program = Program({"a": 1, "b": 1.5, "c": True, "d": "x"})
    assert program.types == {"a": "int32", "b": "double", "c": "bool", "d": "string"}
    program.set("b", 2)
    assert repr(program.values["b"]) == "2.0"
    wrong: dict[str, Value] = {"a": 1.5, "b": "2", "c": 1, "d": 1}
    for name, value in wrong.items():
        with pytest.raises(TypeError, match=name):
            program.set(name, value)
    with pytest.raises(KeyError):
        program.set("e", 1)


async def test_greenhouse_lives(cloud: SimulatedCloud) -> None:
    """A step each ten seconds, a report each half minute; it waters itself when it is dry."""
    greenhouse = cloud.world.board("greenhouse")
    greenhouse.start()
    await cloud.clock.advance(29)
    assert published(greenhouse) == []
    assert greenhouse.variables["soil"] == 430 - 2 * 3
    await cloud.clock.advance(1)
    ((name, data),) = published(greenhouse)
    assert name == "greenhouse/reading"
    assert set(json.loads(data or "")) == {"temperature", "humidity", "soil", "pump"}
    assert 17.5 < float(greenhouse.variables["temperature"]) < 26.5
    greenhouse.set("soil", 302)
    pump = []
    for seconds in (10, 120, 10):
        await cloud.clock.advance(seconds)
        pump.append(greenhouse.variables["pump"])
    assert pump == [True, True, False]
    assert [data for name, data in published(greenhouse) if name == "greenhouse/pump"] == [
        "on",
        "off",
    ]
    greenhouse.set("mode", "manual")
    greenhouse.set("soil", 101)
    await cloud.clock.advance(10)
    assert (greenhouse.variables["pump"], greenhouse.variables["soil"]) == (False, 100)


async def test_greenhouse_drifts_the_same_way_each_time(cloud: SimulatedCloud) -> None:
    """The first hour of every greenhouse is the same, so that pictures of it can be compared."""
    greenhouse = cloud.world.board("greenhouse")
    greenhouse.start()
    greenhouse.start()
    seen = []
    for _ in range(3):
        await cloud.clock.advance(1200)
        values = greenhouse.variables
        seen.append([values[name] for name in ("temperature", "humidity", "soil", "pump")])
    assert seen == FIRST_HOUR
    reports = [name for name, _ in published(greenhouse) if name == "greenhouse/reading"]
    assert len(reports) == 120


async def test_garage_lives(cloud: SimulatedCloud) -> None:
    """Somebody comes home every two minutes."""
    garage = cloud.world.board("garage")
    garage.start()
    await cloud.clock.advance(119)
    assert garage.variables["door"] == "closed"
    await cloud.clock.advance(1)
    assert garage.variables["door"] == "opening"
    await cloud.clock.advance(120)
    assert garage.variables["door"] == "closing"


async def test_boat_lives(cloud: SimulatedCloud) -> None:
    """A minute awake, four asleep; the battery goes down, the water comes in."""
    boat = cloud.world.board("boat")
    boat.start()
    await until(lambda: len(cloud.world.events.history))
    ((name, data),) = published(boat)
    assert name == "boat/status"
    assert json.loads(data or "") == {"battery": 87.1, "bilge": False, "water": 3}
    awake = []
    for seconds in (59, 1, 239, 1):
        await cloud.clock.advance(seconds)
        awake.append(boat.online)
    assert awake == [True, False, False, True]
    assert (boat.variables["battery"], boat.variables["water"]) == (87.0, 4)
    assert [name for name, _ in published(boat)] == ["boat/status"]


async def test_boards_live_on(cloud: SimulatedCloud) -> None:
    """In a living world a board goes on after an update and after its safe mode."""
    cloud.settings.living = True
    van = cloud.world.board("van-2")
    van.start()
    cloud.world.flash(van, Update(read_image(b"foreign")))
    await cloud.clock.advance(60)
    published(van)
    await cloud.clock.advance(30)
    assert [name for name, _ in published(van)] == ["loc"]
    van.enter_safe_mode()
    await cloud.clock.advance(60)
    assert published(van) == []
    van.leave_safe_mode()
    await cloud.clock.advance(30)
    assert [name for name, _ in published(van)] == ["loc"]
    cloud.faults.set("flash_safe_mode", count=1)
    cloud.world.flash(van, Update(read_image(b"broken")))
    await cloud.clock.advance(60)
    assert "loc" not in [name for name, _ in published(van)]
    van.leave_safe_mode()
    van.install(TrackerProgram(50.0, 10.0))
    await cloud.clock.advance(30)
    ((_, data),) = published(van)
    assert 49 < json.loads(data or "")["loc"]["lat"] < 51


async def test_boards_that_do_not_live(cloud: SimulatedCloud) -> None:
    """In a quiet world nothing starts by itself."""
    van = cloud.world.board("van-2")
    cloud.world.flash(van, Update(read_image(b"foreign")))
    await cloud.clock.advance(60)
    published(van)
    await cloud.clock.advance(60)
    van.enter_safe_mode()
    van.leave_safe_mode()
    await cloud.clock.advance(60)
    van.install(TrackerProgram(50.0, 10.0))
    await cloud.clock.advance(60)
    assert published(van) == []


async def test_what_an_offline_board_does_is_lost(cloud: SimulatedCloud) -> None:
    """Events, places and vitals; and it connects and disconnects only once."""
    van = cloud.world.board("van-2")
    before = len(van.track)
    van.go_online()
    van.go_offline()
    van.go_offline()
    van.publish("door/open")
    van.locate(52.0, 13.0, {"lck": 1})
    await van.send_vitals()
    van.go_online()
    van.go_online()
    told = [(event.name, event.data) for event in cloud.world.events.history]
    assert told == [("spark/status", "offline"), ("spark/status", "online")]
    assert (len(van.track), van.diagnostics, cloud.operations.total) == (before, [], 0)


async def test_vans_live(cloud: SimulatedCloud) -> None:
    """A place each half minute, each time another one."""
    van = cloud.world.board("van-2")
    van.start()
    await cloud.clock.advance(60)
    places = [json.loads(data or "")["loc"] for _, data in published(van)]
    assert len(places) == 2
    assert places[0]["lat"] != places[1]["lat"]
    assert {place["spd"] for place in places} == {13.5}
    assert cloud.operations.by_device[van.id] == {"publish": 2, "location": 2}
    van.stop()
    await cloud.clock.advance(60)
    assert published(van) == []
