"""What cannot be right is refused before anything is sent, with the argument's name and the reason."""

from collections.abc import Callable
from typing import Any

import pytest

from custom_components.particle.api import Device, InvalidRequestError, ParticleCloud
from custom_components.particle.api.limits import (
    function_argument_limit,
    validate_event_data,
    validate_event_name,
    validate_function_argument,
    validate_name,
    variable_data_limit,
)
from tests.simulator import SimulatedCloud


def board(version: str | None, platform_id: int = 32) -> Device:
    """A board with a version of Device OS."""
    return Device(
        "0a10aced202194944a000001", platform_id=platform_id, system_firmware_version=version
    )


@pytest.mark.parametrize(
    ("device", "argument", "variable"),
    [
        (None, 1024, 1024),
        (board(None), 1024, 1024),
        (board("odd"), 1024, 1024),
        (board("0.7.0", 6), 63, 622),
        (board("0.8.0-rc.1", 6), 622, 622),
        (board("0.8.0", 6), 622, 622),
        (board("2.9.9", 12), 622, 622),
        (board("3.0.0", 12), 1024, 1024),
        (board("3.0.0", 8), 864, 864),
        (board("3.3.1", 6), 864, 864),
        (board("3.3.1", 10), 864, 864),
        (board("3.3.1", 12), 1024, 1024),
        (board("v6.3.0", 32), 1024, 1024),
    ],
)
def test_limits_follow_device_os_and_hardware(
    device: Device | None, argument: int, variable: int
) -> None:
    """Older boards take less."""
    assert function_argument_limit(device) == argument
    assert variable_data_limit(device) == variable


def test_an_argument_is_measured_in_bytes() -> None:
    """An umlaut is two bytes."""
    old = board("0.6.0", 6)
    assert validate_function_argument(old, "a" * 63) == "a" * 63
    with pytest.raises(InvalidRequestError, match="64 bytes; 63") as caught:
        validate_function_argument(old, "ä" * 32)
    assert caught.value.argument == "argument"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        ("x" * 65, "65 characters"),
        ("with space", "letters"),
        ("grün", "letters"),
        ("Spark/status", "reserved"),
        ("particle", "reserved"),
    ],
)
def test_event_names(name: str, reason: str) -> None:
    """Names are short, plain and not the cloud's own."""
    with pytest.raises(InvalidRequestError, match=reason) as caught:
        validate_event_name(name)
    assert caught.value.argument == "name"
    assert validate_event_name("my/Event_1-x") == "my/Event_1-x"
    assert validate_event_name("x" * 64) == "x" * 64


def test_event_data() -> None:
    """Data fits into what any board can receive, and can be sent at all."""
    assert validate_event_data("x" * 1024)
    with pytest.raises(InvalidRequestError, match="1025 bytes"):
        validate_event_data("x" * 1025)
    with pytest.raises(InvalidRequestError, match="cannot be sent"):
        validate_event_data("\ud800")


def test_names_of_functions_and_variables() -> None:
    """Names are not empty and not longer than the board registers."""
    assert validate_name("led", "function") == "led"
    with pytest.raises(InvalidRequestError, match="empty"):
        validate_name(" ", "function")
    with pytest.raises(InvalidRequestError, match="takes 12"):
        validate_name("a" * 13, "variable", board("0.7.0"))
    assert validate_name("a" * 12, "variable", board("0.7.0")) == "a" * 12
    for modern in (None, board("0.8.0"), board("6.3.0")):
        assert validate_name("a" * 64, "variable", modern) == "a" * 64
        with pytest.raises(InvalidRequestError, match="65 characters; the device takes 64"):
            validate_name("a" * 65, "variable", modern)


@pytest.mark.parametrize("check", [validate_event_name, validate_event_data])
def test_what_is_no_text(check: Callable[[str], str]) -> None:
    """Scripts hand over numbers; the error says what is wrong with them."""
    with pytest.raises(InvalidRequestError, match=r"empty|has to be text"):
        check(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("on", "on"),
        ("", ""),
        (22, "22"),
        (-1, "-1"),
        (21.5, "21.5"),
        (22.0, "22.0"),
        (True, "true"),
        (False, "false"),
    ],
)
async def test_numbers_as_arguments(
    cloud: SimulatedCloud, particle: ParticleCloud, value: str | float | bool, text: str
) -> None:
    """A function gets them as JSON writes them."""
    await particle.devices.call_function("0a10aced202194944a000001", "setTarget", value)
    assert cloud.world.board("greenhouse").calls[-1].argument == text


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), 10**400, ["on"], b"on"])
async def test_arguments_that_are_no_text(
    cloud: SimulatedCloud, particle: ParticleCloud, value: Any
) -> None:
    """They are refused before anything is paid."""
    with pytest.raises(InvalidRequestError) as caught:
        await particle.devices.call_function("0a10aced202194944a000001", "setTarget", value)
    assert caught.value.argument == "argument"
    assert not cloud.requests
