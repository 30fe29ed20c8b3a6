"""What the tests of devices share."""

from collections.abc import Callable
from datetime import timedelta

from homeassistant.util import dt as dt_util
import pytest

from tests.simulator import SimulatedCloud


@pytest.fixture
async def one_device(cloud: SimulatedCloud) -> SimulatedCloud:
    """A cloud in which only the greenhouse is online."""
    for board in cloud.world.boards.values():
        if board.name != "greenhouse" and board.owner == cloud.username:
            board.go_offline()
    return cloud


type SetClock = Callable[[timedelta], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Set the time of day forward or back, as a person or a time server does; timers go on."""
    utcnow = dt_util.utcnow

    def shift(by: timedelta) -> None:
        monkeypatch.setattr(dt_util, "utcnow", lambda: utcnow() + by)

    return shift
