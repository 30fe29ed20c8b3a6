"""A greenhouse that can be flashed, and boards that are fast."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.particle.const import DOMAIN
from custom_components.particle.firmware.story import PATIENCE, FlashStep
from tests.automations import listening, registry_id
from tests.binaries import allow_media
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud

from .hand import BINARY, FlashAction


@pytest.fixture(autouse=True)
async def _soon(cloud: SimulatedCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let boards transfer and restart fast, and wait less for what they might still say."""
    cloud.clock.set_speed(100)
    for step, seconds in {
        FlashStep.CONTRADICTION: 0.05,
        FlashStep.PROOF: 0.3,
        FlashStep.REPORT: 0.3,
        FlashStep.SAFE_MODE: 0.05,
    }.items():
        monkeypatch.setitem(PATIENCE, step, seconds)


@pytest.fixture
def media(hass: HomeAssistant, tmp_path: Path) -> Path:
    """The media folder, with a binary in it."""
    folder = allow_media(hass, tmp_path)
    (folder / "new.bin").write_bytes(BINARY)
    return folder


@pytest.fixture
async def flash(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, media: Path
) -> FlashAction:
    """Flash the greenhouse, or another board, and return what the action answers."""
    await listening(hass, set_up)

    async def run(board: str = "greenhouse", *, answer: bool = True, **data: Any) -> Any:
        return await hass.services.async_call(
            DOMAIN,
            "flash",
            {"device_id": registry_id(hass, cloud, board), "path": "new.bin", **data},
            blocking=True,
            return_response=answer,
        )

    return run
