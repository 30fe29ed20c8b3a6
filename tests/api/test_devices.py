"""Boards: who is there, what they measure, what they can do, and what that costs."""

from datetime import UTC
from typing import Any

import aiohttp
import pytest

from custom_components.particle.api import (
    ClientCredentials,
    DataOperation,
    DataOperationKind,
    Device,
    DeviceNotFoundError,
    DeviceTimeoutError,
    FixedToken,
    FunctionNotFoundError,
    FunctionRefusedError,
    InvalidRequestError,
    MalformedAnswerError,
    ParticleCloud,
    Scope,
    VariableNotFoundError,
    VariableType,
)
from tests.simulator import SimulatedCloud

GREENHOUSE = "0a10aced202194944a000001"
PHOTON = "0a10aced202194944a000004"
VAN = "0a10aced202194944a000011"


@pytest.fixture
def product(cloud: SimulatedCloud) -> Scope:
    """The simulated product."""
    return Scope.product(cloud.product_id)


async def test_the_list_of_the_account(particle: ParticleCloud) -> None:
    """The user's boards come with what the list tells."""
    boards = {board.name: board async for board in particle.devices.list()}
    greenhouse = boards["greenhouse"]
    assert greenhouse.id == GREENHOUSE
    assert greenhouse.online
    assert not greenhouse.is_product_device
    assert greenhouse.last_heard is not None
    assert greenhouse.last_heard.tzinfo is UTC
    assert boards["van-1"].is_product_device
    assert "not yours" not in boards
    assert not boards["old photon"].online
    assert boards["old photon"].functions is None


async def test_a_product_is_listed_page_by_page(
    cloud: SimulatedCloud, particle: ParticleCloud, product: Scope
) -> None:
    """All pages come, however many there are; groups are a filter."""
    for number in range(230):
        cloud.world.add_board(f"extra-{number}", platform_id=26, product_id=cloud.product_id)
    names = [board.name async for board in particle.devices.list(product)]
    assert len(names) == len(set(names)) == 234
    assert len(cloud.requests.matching("GET", "*/products/*/devices")) == 3
    north = [board async for board in particle.devices.list(product, groups=["north"])]
    assert {board.name for board in north} == {"van-1", "van-2"}
    assert all(board.groups == ("north",) for board in north)


async def test_only_a_product_has_groups(particle: ParticleCloud) -> None:
    """What cannot work is refused with the argument's name."""
    with pytest.raises(InvalidRequestError) as caught:
        _ = [board async for board in particle.devices.list(groups=["north"])]
    assert caught.value.argument == "groups"
    with pytest.raises(InvalidRequestError) as caught:
        _ = [board async for board in particle.devices.list(Scope.organization("x"))]
    assert caught.value.argument == "scope"


async def test_one_board(particle: ParticleCloud, product: Scope) -> None:
    """The details tell functions and variables with their types."""
    board = await particle.devices.get(GREENHOUSE.upper())
    assert board.functions is not None
    assert "setTarget" in board.functions
    assert board.variables is not None
    assert board.variables["temperature"] is VariableType.DOUBLE
    assert board.variables["pump"] is VariableType.BOOL
    van = await particle.devices.get(VAN, scope=product)
    assert van.firmware_version == 1
    assert "MOBILE" not in repr(board)


@pytest.mark.parametrize("modern", [True, False])
async def test_an_unknown_board(
    cloud: SimulatedCloud, particle: ParticleCloud, modern: bool
) -> None:
    """Old and new answers to an unknown id mean the same."""
    if modern:
        cloud.faults.set("unknown_device_404")
    for call in (
        particle.devices.get("0a10aced2021949440000099"),
        particle.devices.ping("0a10aced2021949440000099"),
        particle.devices.call_function("0a10aced2021949440000099", "x"),
    ):
        with pytest.raises(DeviceNotFoundError) as caught:
            await call
        assert "access_token=undefined" not in str(caught.value)


async def test_reading_variables(
    cloud: SimulatedCloud, particle: ParticleCloud, paid: list[DataOperation]
) -> None:
    """Values keep their types; each read is one data operation, and is reported as one."""
    board = cloud.world.board("greenhouse")
    board.set("mode", '{"a": 1}')
    for name, value in {
        "temperature": 21.5,
        "soil": 430,
        "pump": False,
        "mode": '{"a": 1}',
    }.items():
        variable = await particle.devices.read_variable(GREENHOUSE, name)
        assert (variable.name, variable.value) == (name, value)
        assert type(variable.value) is type(value)
    assert len(paid) == cloud.operations.by_kind["variable"] == 4
    assert paid[0] == DataOperation(DataOperationKind.VARIABLE, GREENHOUSE, "temperature")


@pytest.mark.parametrize("text", ["46", "plain", '{"ok":false,"error":"only a text"}', ""])
async def test_reading_a_variable_raw(
    cloud: SimulatedCloud, particle: ParticleCloud, paid: list[DataOperation], text: str
) -> None:
    """The bare value, also where it looks like an error of the cloud; it costs the same."""
    cloud.world.board("greenhouse").set("mode", text)
    assert await particle.devices.read_raw_variable(GREENHOUSE, "mode") == text
    assert len(paid) == 1


async def test_variables_that_are_not_there(
    cloud: SimulatedCloud, particle: ParticleCloud, paid: list[DataOperation]
) -> None:
    """Both texts of the cloud mean the same; a name that cannot be is not sent."""
    with pytest.raises(VariableNotFoundError):
        await particle.devices.read_variable(GREENHOUSE, "nonsense")
    cloud.faults.set("unknown_variable_text")
    with pytest.raises(VariableNotFoundError):
        await particle.devices.read_variable(GREENHOUSE, "nonsense")
    before = len(cloud.requests)
    for name in ("", "events", "x" * 65):
        with pytest.raises(InvalidRequestError):
            await particle.devices.read_variable(GREENHOUSE, name)
    assert len(cloud.requests) == before
    assert paid == []


async def test_calling_functions(
    cloud: SimulatedCloud, particle: ParticleCloud, paid: list[DataOperation], product: Scope
) -> None:
    """The board gets the argument, the caller what it returned."""
    result = await particle.devices.call_function(GREENHOUSE, "setTarget", "25")
    assert result.return_value == 25
    (call,) = cloud.world.board("greenhouse").calls
    assert (call.name, call.argument) == ("setTarget", "25")
    assert paid == [DataOperation(DataOperationKind.FUNCTION, GREENHOUSE, "setTarget")]
    result = await particle.devices.call_function(GREENHOUSE, "setTarget", "much")
    assert result.return_value == -1


async def test_functions_that_cannot_be_called(
    cloud: SimulatedCloud, particle: ParticleCloud, paid: list[DataOperation]
) -> None:
    """Unknown names are the cloud's to tell; names and arguments that cannot be are not sent."""
    with pytest.raises(FunctionNotFoundError):
        await particle.devices.call_function(GREENHOUSE, "nonsense")
    before = len(cloud.requests)
    photon = await particle.devices.get(PHOTON)
    with pytest.raises(InvalidRequestError, match="700 bytes; 622"):
        await particle.devices.call_function(PHOTON, "led", "x" * 700, device=photon)
    with pytest.raises(InvalidRequestError):
        await particle.devices.call_function(" ", "led")
    for name in ("", " ", "x" * 65):
        with pytest.raises(InvalidRequestError, match="function name"):
            await particle.devices.call_function(GREENHOUSE, name)
    assert len(cloud.requests) == before + 1
    assert paid == []


async def test_a_function_that_is_refused_with_a_good_status(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """HTTP 200 with `ok: false` is no success."""
    cloud.faults.set("function_not_ok", error="the board is busy")
    with pytest.raises(FunctionRefusedError, match="the board is busy"):
        await particle.devices.call_function(GREENHOUSE, "pump", "on")


async def test_ping_signal_and_rename(
    cloud: SimulatedCloud, particle: ParticleCloud, product: Scope
) -> None:
    """The small things that people do with a board."""
    assert (await particle.devices.ping(GREENHOUSE)).online
    assert not (await particle.devices.ping(PHOTON)).online
    assert (await particle.devices.ping(VAN, scope=product)).online
    board = cloud.world.board("greenhouse")
    signaling = []
    for on in (True, False):
        await particle.devices.signal(GREENHOUSE, on)
        signaling.append(board.signaling)
    assert signaling == [True, False]
    with pytest.raises(DeviceTimeoutError):
        await particle.devices.signal(PHOTON, True)
    await particle.devices.rename(GREENHOUSE, " hut ")
    assert board.name == "hut"
    with pytest.raises(InvalidRequestError):
        await particle.devices.rename(GREENHOUSE, " ")
    await particle.devices.rename(VAN, "van-one", scope=product)
    answer = await particle.devices.update(GREENHOUSE, {"notes": "by the wall"})
    assert answer["notes"] == "by the wall"
    with pytest.raises(InvalidRequestError, match="nothing to change"):
        await particle.devices.update(GREENHOUSE, {})
    assert cloud.world.board(VAN).name == "van-one"
    assert cloud.operations.total == 0


async def test_a_product_client_reads_its_boards(
    cloud: SimulatedCloud, session: aiohttp.ClientSession, product: Scope
) -> None:
    """The same methods with the product as scope."""
    auth = ClientCredentials(
        session, cloud.product_client_id, cloud.product_client_secret, base_url=cloud.base_url
    )
    particle = ParticleCloud(session, auth)
    names = sorted([board.name or "" async for board in particle.devices.list(product)])
    assert names == ["van-1", "van-2", "van-3", "van-4"]
    board = await particle.devices.get(VAN, scope=product)
    for name in list(board.variables or ())[:1]:
        assert (await particle.devices.read_variable(VAN, name, scope=product)).name == name


@pytest.mark.parametrize(
    "shape", ["connected_only", "descriptions_empty", "descriptions_absent", "descriptions_null"]
)
async def test_older_shapes_of_a_board(
    cloud: SimulatedCloud, particle: ParticleCloud, shape: str
) -> None:
    """Old answers read like new ones; what was not told is None and not empty."""
    cloud.faults.set(shape)
    boards = {board.name: board async for board in particle.devices.list()}
    assert boards["greenhouse"].online
    assert not boards["old photon"].online
    if shape == "descriptions_absent":
        assert boards["old photon"].functions is None
    if shape == "descriptions_null":
        assert boards["greenhouse"].variables is None


def test_odd_values_in_a_board() -> None:
    """Keys that are missing, null or of another type cost nothing but themselves."""
    odd: dict[str, Any] = {
        "id": GREENHOUSE.upper(),
        "online": "true",
        "platform_id": "32",
        "product_id": 32.0,
        "last_heard": "yesterday",
        "last_handshake_at": "2026-01-02T03:04:05+02:00",
        "functions": ["a", None, 3],
        "variables": {"x": "float128", "y": None},
        "groups": "north",
        "firmware_version": None,
        "new_key": {"kept": True},
    }
    board = Device.from_json(odd)
    assert board.id == GREENHOUSE
    assert board.online
    assert (board.platform_id, board.product_id) == (32, 32)
    assert board.last_heard is None
    assert board.last_handshake_at is not None
    assert board.last_handshake_at.hour == 1
    assert board.functions == ("a", "3")
    assert board.variables == {"x": VariableType.STRING, "y": VariableType.STRING}
    assert board.groups == ()
    assert board.raw["new_key"] == {"kept": True}
    shapes: tuple[object, ...] = ({}, [], None, "x", {"id": None})
    for nonsense in shapes:
        with pytest.raises(MalformedAnswerError):
            Device.from_json(nonsense)


async def test_a_token_of_an_api_user(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """Tokens of API users are not hexadecimal and work all the same."""
    auth = FixedToken(session, cloud.api_user_token, base_url=cloud.base_url)
    particle = ParticleCloud(session, auth)
    scope = Scope.product(cloud.product_id)
    assert [board async for board in particle.devices.list(scope)]
