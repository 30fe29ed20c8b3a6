"""What costs is sent once, counted once, and never more than one at a time for a board."""

import asyncio

import aiohttp
import pytest

from custom_components.particle.api import (
    DataOperation,
    DeviceOfflineError,
    DeviceTimeoutError,
    ParticleCloud,
    ParticleError,
    QuotaExceededError,
    UnreachableError,
)
from custom_components.particle.api.pacing import TokenBucket
from tests.simulator import SimulatedCloud

GREENHOUSE = "0a10aced202194944a000001"
PHOTON = "0a10aced202194944a000004"


@pytest.mark.parametrize(
    ("fault", "expected", "charged"),
    [
        (None, DeviceTimeoutError, True),
        ("offline_408", DeviceTimeoutError, True),
        ("offline_at_once", DeviceOfflineError, False),
    ],
)
async def test_an_offline_board(
    *,
    cloud: SimulatedCloud,
    particle: ParticleCloud,
    paid: list[DataOperation],
    fault: str | None,
    expected: type[ParticleError],
    charged: bool,
) -> None:
    """All ways of the cloud to say so end in the same family of errors; nothing is sent twice."""
    if fault:
        cloud.faults.set(fault)
    with pytest.raises(expected):
        await particle.devices.call_function(PHOTON, "led", "on")
    with pytest.raises(expected):
        await particle.devices.read_variable(PHOTON, "analog")
    assert len(cloud.requests.matching(path=f"/v1/devices/{PHOTON}/*")) == 2
    assert len(paid) == (2 if charged else 0)


async def test_a_paid_call_is_made_once_whatever_happens(
    cloud: SimulatedCloud, particle: ParticleCloud, paid: list[DataOperation]
) -> None:
    """A broken connection, a proxy's page or no answer: counted, never repeated."""
    await particle.users.me()
    for fault in ("reset", "bad_gateway", "not_json"):
        cloud.faults.set(fault, only="calls", executed=True)
        with pytest.raises(ParticleError):
            await particle.devices.call_function(GREENHOUSE, "pump", "toggle")
        with pytest.raises(ParticleError):
            await particle.devices.read_variable(GREENHOUSE, "soil")
        cloud.faults.clear()
    assert len(paid) == 6
    assert len(cloud.requests.matching(path=f"/v1/devices/{GREENHOUSE}/*")) == 6
    cloud.faults.set("hang", only="calls")
    with pytest.raises(UnreachableError):
        await particle.devices.call_function(GREENHOUSE, "pump", "on", timeout=0.2)
    assert len(paid) == 7


def _connected(session: aiohttp.ClientSession) -> bool:
    """Whether a connection is kept open for the next request."""
    assert session.connector is not None
    pools = session.connector._conns.values()
    return any(connection.is_connected() for pool in pools for connection, _ in pool)


async def test_a_call_that_never_left_is_not_counted(
    cloud: SimulatedCloud,
    session: aiohttp.ClientSession,
    particle: ParticleCloud,
    paid: list[DataOperation],
) -> None:
    """Refused at the door or nobody there: nothing to pay for."""
    cloud.faults.set("rate_limited", only="calls")
    with pytest.raises(ParticleError):
        await particle.devices.read_variable(GREENHOUSE, "soil")
    cloud.faults.clear()
    cloud.faults.set("cloud_down")
    # On a connection that was kept open, a call may have left.
    async with asyncio.timeout(10):
        while _connected(session):
            await asyncio.sleep(0.005)
    with pytest.raises(UnreachableError):
        await particle.devices.read_variable(GREENHOUSE, "soil")
    assert paid == []


async def test_a_cancelled_call_is_counted(
    cloud: SimulatedCloud, particle: ParticleCloud, paid: list[DataOperation]
) -> None:
    """The caller went away; the call is under way."""
    await particle.users.me()
    cloud.faults.set("hang", only="calls")
    task = asyncio.create_task(particle.devices.call_function(GREENHOUSE, "pump", "on"))
    while not cloud.requests.matching("POST", "*/pump"):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(paid) == 1


@pytest.mark.expect_log("Error while counting a data operation")
async def test_a_counter_that_fails_does_not_cost_the_answer(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """What has been paid for is handed over, and the cloud's own error stays the cloud's."""

    def fail(operation: DataOperation) -> None:
        raise ZeroDivisionError

    particle.session.on_data_operation = fail
    assert (await particle.devices.read_variable(GREENHOUSE, "soil")).value == 430
    assert (await particle.devices.call_function(GREENHOUSE, "pump", "on")).return_value == 1
    assert len(cloud.requests.matching(path=f"/v1/devices/{GREENHOUSE}/*")) == 2
    with pytest.raises(DeviceTimeoutError):
        await particle.devices.read_variable(PHOTON, "analog")


async def test_a_401_on_a_paid_call_is_answered_by_one_renewal(
    cloud: SimulatedCloud, particle: ParticleCloud, paid: list[DataOperation]
) -> None:
    """A call that was refused for its token was not made, so it can be made again; it costs once."""
    await particle.users.me()
    cloud.faults.set("unauthorized", only="calls", count=1)
    assert (await particle.devices.read_variable(GREENHOUSE, "soil")).value == 430
    assert len(paid) == cloud.operations.total == 1


async def test_one_paid_call_at_a_time_for_a_board(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """A board handles one request at a time; other boards are not kept waiting."""
    await particle.users.me()
    cloud.faults.set("slow", only="calls", path=f"*/{GREENHOUSE}/*", seconds=0.05, count=3)
    under_way = 0

    def begun() -> int:
        found = cloud.requests.matching(path=f"/v1/devices/{GREENHOUSE}/*")
        return len([request for request in found if request.status is None])

    async def watch() -> None:
        nonlocal under_way
        while True:
            under_way = max(under_way, begun())
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    await asyncio.gather(
        particle.devices.read_variable(GREENHOUSE, "soil"),
        particle.devices.read_variable(GREENHOUSE.upper(), "pump"),
        particle.devices.call_function(GREENHOUSE, "pump", "on"),
    )
    watching.cancel()
    assert under_way == 1
    assert len(particle.session._device_locks) == 0


async def test_the_monthly_allowance_is_used_up(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """The cloud's refusal is told apart from a missing permission."""
    cloud.faults.set("quota_used_up")
    with pytest.raises(QuotaExceededError):
        await particle.devices.read_variable(GREENHOUSE, "soil")


async def test_what_nobody_waits_for_goes_last(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """Polls that have used up their share of the limit wait; a person's call does not."""
    await particle.users.me()
    pace = particle.session.transport.rate_limits
    pace.background = TokenBucket(burst=1, per_second=0.001)
    await particle.devices.read_variable(GREENHOUSE, "soil", background=True)
    polls = [
        asyncio.create_task(particle.devices.read_variable(GREENHOUSE, "pump", background=True)),
        asyncio.create_task(particle.diagnostics.last(GREENHOUSE, background=True)),
    ]
    async with asyncio.timeout(5):
        assert (await particle.devices.read_variable(GREENHOUSE, "target")).value == 22.0
    assert not any(poll.done() for poll in polls)
    assert not cloud.requests.matching(path="*/pump")
    for poll in polls:
        poll.cancel()
    await asyncio.wait(polls)
