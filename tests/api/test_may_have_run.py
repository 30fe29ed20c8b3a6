"""An error of a call that may have reached a device says so."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from custom_components.particle.api import (
    DataOperation,
    InvalidRequestError,
    MalformedAnswerError,
    ParticleCloud,
    ParticleError,
)
from tests.simulator import SimulatedCloud

GREENHOUSE = "0a10aced202194944a000001"
OLD_PHOTON = "0a10aced202194944a000004"

CALLS: dict[str, Callable[[ParticleCloud], Awaitable[Any]]] = {
    "function": lambda particle: particle.devices.call_function(
        GREENHOUSE, "pump", "on", timeout=0.5
    ),
    "variable": lambda particle: particle.devices.read_variable(GREENHOUSE, "soil", timeout=0.5),
    "publish": lambda particle: particle.session.request(
        "POST", "/v1/devices/events", json={"name": "x"}, timeout=0.5
    ),
    "flash": lambda particle: particle.session.request(
        "PUT", f"/v1/devices/{GREENHOUSE}", form={"app": "tinker"}, timeout=0.5
    ),
}
ACTING = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@ACTING
@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("server_error", {"status": 500}),
        ("server_error", {"status": 503}),
        ("bad_gateway", {"status": 502}),
        ("bad_gateway", {"status": 504}),
        ("hang", {}),
        ("reset", {"executed": True}),
    ],
    ids=["500", "503", "502", "504", "no answer in time", "broken connection"],
)
async def test_failures_after_sending(
    cloud: SimulatedCloud,
    particle: ParticleCloud,
    call: Callable[[ParticleCloud], Awaitable[Any]],
    fault: str,
    options: dict[str, Any],
) -> None:
    """Nobody knows whether the call was carried out, and it was sent once."""
    await particle.users.me()
    cloud.requests.clear()
    cloud.faults.set(fault, only="calls", **options)
    with pytest.raises(ParticleError) as caught:
        await call(particle)
    assert caught.value.may_have_run
    assert len(cloud.requests) == 1


@pytest.mark.parametrize("fault", ["not_json", "proxy_html", "empty"])
@pytest.mark.parametrize("call", ["function", "variable"])
async def test_answers_that_cannot_be_read(
    cloud: SimulatedCloud, particle: ParticleCloud, fault: str, call: str
) -> None:
    """The cloud said yes, and what it said is lost."""
    cloud.faults.set(fault, only="calls", path="/v1/devices/*")
    if (fault, call) == ("empty", "variable"):
        # The cloud may answer so for a variable without a value.
        assert (await particle.devices.read_variable(GREENHOUSE, "soil")).value is None
        return
    with pytest.raises(MalformedAnswerError) as caught:
        await CALLS[call](particle)
    assert caught.value.may_have_run
    assert caught.value.device_id == GREENHOUSE


@ACTING
@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("forbidden", {}),
        ("rate_limited", {}),
        ("overloaded", {}),
        ("bad_gateway", {"status": 403}),
        ("cloud_down", {}),
    ],
    ids=["403", "429", "529", "a proxy's 403", "nobody listens"],
)
async def test_refusals(
    cloud: SimulatedCloud,
    particle: ParticleCloud,
    call: Callable[[ParticleCloud], Awaitable[Any]],
    fault: str,
    options: dict[str, Any],
) -> None:
    """What was refused, or never sent, can be repeated."""
    cloud.faults.set(fault, only=None if fault == "cloud_down" else "calls", **options)
    with pytest.raises(ParticleError) as caught:
        await call(particle)
    assert not caught.value.may_have_run


async def test_a_token_that_cannot_be_fetched(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """The call itself was never sent, whatever happened to the login."""
    cloud.faults.set("reset", only="token", executed=True)
    with pytest.raises(ParticleError) as caught:
        await particle.devices.call_function(GREENHOUSE, "pump", "on")
    assert not caught.value.may_have_run
    assert not cloud.world.board("greenhouse").calls


@pytest.mark.parametrize("fault", ["server_error", "bad_gateway", "reset", "not_json"])
async def test_reads_that_cost_nothing_never_act(
    cloud: SimulatedCloud, particle: ParticleCloud, fault: str
) -> None:
    """A list can always be asked for again."""
    cloud.faults.set(fault, only="calls")
    with pytest.raises(ParticleError) as caught:
        _ = [device async for device in particle.devices.list()]
    assert not caught.value.may_have_run


@pytest.mark.parametrize(
    ("fault", "charged"),
    [("bad_gateway", True), ("not_json", True), ("rate_limited", False), ("hang", True)],
)
async def test_what_may_have_run_is_counted(
    cloud: SimulatedCloud, particle: ParticleCloud, fault: str, charged: bool
) -> None:
    """The count and the message agree."""
    counted: list[DataOperation] = []
    particle.session.on_data_operation = counted.append
    cloud.faults.set(fault, only="calls")
    with pytest.raises(ParticleError) as caught:
        await CALLS["function"](particle)
    assert caught.value.may_have_run is charged
    assert bool(counted) is charged


async def test_errors_name_their_subject(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Which device, and which variable or function of it: as attributes and in words."""
    with pytest.raises(ParticleError) as caught:
        await particle.devices.call_function(GREENHOUSE, "fly")
    assert (caught.value.device_id, caught.value.function) == (GREENHOUSE, "fly")
    assert str(caught.value) == f"function fly of device {GREENHOUSE}: Function fly not found"
    assert caught.value.message == "Function fly not found"

    with pytest.raises(ParticleError) as caught:
        await particle.devices.read_variable(OLD_PHOTON, "analog")
    assert (caught.value.device_id, caught.value.variable) == (OLD_PHOTON, "analog")
    assert str(caught.value) == f"variable analog of device {OLD_PHOTON}: Timed out."

    with pytest.raises(ParticleError) as caught:
        await particle.devices.get("0A10ACED202194944A0000EE")
    assert caught.value.device_id == "0a10aced202194944a0000ee"
    assert str(caught.value).startswith("device 0a10aced202194944a0000ee: ")

    with pytest.raises(ParticleError) as caught:
        await particle.products.get(1)
    assert caught.value.device_id is None
    assert str(caught.value) == caught.value.message


async def test_errors_before_sending_name_no_device(particle: ParticleCloud) -> None:
    """They are about an argument."""
    with pytest.raises(InvalidRequestError) as caught:
        await particle.devices.call_function(GREENHOUSE, "")
    assert caught.value.argument == "function"
    assert not caught.value.may_have_run
