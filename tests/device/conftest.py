"""What the tests of devices share."""

import pytest

from tests.simulator import SimulatedCloud


@pytest.fixture
async def one_device(cloud: SimulatedCloud) -> SimulatedCloud:
    """A cloud in which only the greenhouse is online."""
    for board in cloud.world.boards.values():
        if board.name != "greenhouse" and board.owner == cloud.username:
            board.go_offline()
    return cloud
