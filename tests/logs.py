"""Fail each test that logs an error, or a warning of ours or about us, unless it expects it."""

from collections.abc import Iterator
import gc
import logging
import re
from typing import override

import pytest

OURS = ("custom_components.particle", "tests.simulator")

# What Home Assistant logs about the way we use it: wrong calls, blocking calls, and what will stop
# working in a later version.
_MISUSES = re.compile(
    r"Detected that custom integration 'particle'|The deprecated .* from particle\.", re.DOTALL
)

# Set in the stash of a test that has switched on a fault of the simulated cloud.
CLOUD_WAS_FAULTY = pytest.StashKey[bool]()

_ALWAYS = (
    # A custom integration is loaded: Home Assistant says so each time.
    "We found a custom integration particle which has not been tested",
    # The descriptions of all actions load its camera integration, and the library is not everywhere.
    "Error loading libturbojpeg",
)
# Whether a refresh in the background meets the fault is a matter of milliseconds.
_WHILE_CLOUD_IS_FAULTY = (
    "custom_components.particle.coordinator: Error fetching Particle account",
)


class UnexpectedLogs(logging.Handler):
    """Collect records that no test should cause without saying so."""

    def __init__(self) -> None:
        """Collect from the level of warnings on."""
        super().__init__(logging.WARNING)
        self.found: list[str] = []
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Keep errors of every logger, and warnings of ours or about us."""
        if (
            record.levelno >= logging.ERROR
            or record.name.startswith(OURS)
            or _MISUSES.search(record.getMessage())
        ):
            self.found.append(self.format(record))

    def differences(self, expected: tuple[str, ...], excused: tuple[str, ...] = ()) -> list[str]:
        """Return a line for each unexpected record and for each expected text that never came."""
        lines = [
            f"unexpected: {line}"
            for line in self.found
            if not any(text in line for text in (*expected, *excused))
        ]
        lines += [
            f"missing: {text}" for text in expected if not any(text in line for line in self.found)
        ]
        return lines


@pytest.fixture(autouse=True)
def only_expected_logs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test if its log differs from what its marks ``expect_log`` say.

    ``@pytest.mark.expect_log("text", ...)``: each text must be logged, as or in an error or a
    warning of ours or about us; nothing else may be.
    """
    handler = UnexpectedLogs()
    logging.getLogger().addHandler(handler)
    yield
    # A task that nobody awaited logs its exception when it is collected.
    gc.collect(1)
    logging.getLogger().removeHandler(handler)
    expected = tuple(text for mark in request.node.iter_markers("expect_log") for text in mark.args)
    excused: tuple[str, ...] = _ALWAYS
    if CLOUD_WAS_FAULTY in request.node.stash:
        excused += _WHILE_CLOUD_IS_FAULTY
    if lines := handler.differences(expected, excused):
        pytest.fail(
            "\n\n".join(("The log differs from @pytest.mark.expect_log of this test.", *lines)),
            pytrace=False,
        )
