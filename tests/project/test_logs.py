"""What the guard over the tests' log lets pass and what it does not."""

import logging

import pytest

from tests.logs import UnexpectedLogs


@pytest.mark.parametrize(
    ("logger", "level", "expected", "differences"),
    [
        ("asyncio", logging.ERROR, (), ["unexpected: ERROR asyncio: it broke"]),
        ("asyncio", logging.ERROR, ("it broke",), []),
        ("asyncio", logging.WARNING, (), []),
        (
            "custom_components.particle.sensor",
            logging.WARNING,
            (),
            ["unexpected: WARNING custom_components.particle.sensor: it broke"],
        ),
        ("custom_components.particle.sensor", logging.INFO, (), []),
        ("custom_components.particle.sensor", logging.INFO, ("it broke",), ["missing: it broke"]),
        (
            "tests.simulator.cloud",
            logging.WARNING,
            ("another text",),
            [
                "unexpected: WARNING tests.simulator.cloud: it broke",
                "missing: another text",
            ],
        ),
    ],
)
def test_differences(
    logger: str, level: int, expected: tuple[str, ...], differences: list[str]
) -> None:
    """Errors of anybody and warnings of ours must be expected, and what is expected must come."""
    guard = UnexpectedLogs()
    record = logging.LogRecord(logger, level, __file__, 1, "it %s", ("broke",), None)
    if level >= guard.level:
        guard.handle(record)
    assert guard.differences(expected) == differences


@pytest.mark.parametrize(
    ("logger", "message", "unexpected"),
    [
        (
            "homeassistant.helpers.frame",
            "Detected that custom integration 'particle' calls it at sensor.py, line 1: it().",
            True,
        ),
        (
            "homeassistant.const",
            "The deprecated constant OLD was used from particle. It will be removed in HA Core 2027.1.",
            True,
        ),
        ("homeassistant.const", "The deprecated constant OLD was used from hue.", False),
        ("homeassistant.helpers.entity", "Updating state for sensor.a took 1 seconds.", False),
    ],
    ids=["wrong call", "deprecated constant", "another integration", "slow machine"],
)
def test_warnings_about_our_use_of_home_assistant_are_ours(
    logger: str, message: str, unexpected: bool
) -> None:
    guard = UnexpectedLogs()
    guard.handle(logging.LogRecord(logger, logging.WARNING, __file__, 1, message, None, None))
    assert bool(guard.differences(())) == unexpected
