"""The action "flash", and a flash whose clock stands still."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.particle.firmware.flash import DATA_FLASHES
from custom_components.particle.firmware.story import FlashProgress
from tests.binaries import meanwhile
from tests.simulator import SimulatedCloud

type FlashAction = Callable[..., Coroutine[Any, Any, Any]]

BINARY = b"a new program"


async def flash_by_hand(
    cloud: SimulatedCloud, flash: FlashAction, **data: Any
) -> asyncio.Task[Any]:
    """Begin a flash of the greenhouse whose clock stands still: the test says what the board does."""
    cloud.clock.manual()
    running = asyncio.create_task(flash(**data))
    await meanwhile(lambda: cloud.world.board("greenhouse").updating)
    return running


def flashes(cloud: SimulatedCloud) -> int:
    """Return how often the cloud was asked to flash a board."""
    return len(cloud.requests.matching("PUT", "/v1/*devices/*"))


def progress(hass: HomeAssistant, cloud: SimulatedCloud) -> FlashProgress:
    return hass.data[DATA_FLASHES][cloud.world.board("greenhouse").id].progress
