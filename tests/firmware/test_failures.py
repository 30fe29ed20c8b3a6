"""Flashes that fail, each in its own way."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.particle.const import DOMAIN
from tests.binaries import SOURCE
from tests.simulator import SimulatedCloud

from .hand import FlashAction


@pytest.mark.parametrize(
    ("fault", "failure", "told", "facts"),
    [
        (
            "flash_transfer_failed",
            "transfer_failed",
            "runs the old one",
            {"transfer": "failed", "restarted": False},
        ),
        (
            "flash_wrong_platform",
            "transfer_failed",
            "made for this hardware",
            {"transfer": "failed", "restarted": False},
        ),
        (
            "flash_old_firmware",
            "not_taken",
            "did not install it .update_error.",
            {"transfer": "success", "restarted": True, "reset_reason": "update_error"},
        ),
        (
            "flash_safe_mode",
            "safe_mode",
            "is in safe mode",
            {"transfer": "success", "restarted": True, "online": True, "safe_mode": True},
        ),
    ],
)
async def test_each_failure_has_its_name(
    cloud: SimulatedCloud,
    flash: FlashAction,
    fault: str,
    failure: str,
    told: str,
    facts: dict[str, Any],
) -> None:
    """In the answer for those who read it, else as an error."""
    cloud.faults.set(fault)
    answer = await flash()
    assert (answer["success"], answer["failure"]) == (False, failure)
    assert {key: answer[key] for key in facts} == facts
    with pytest.raises(HomeAssistantError, match=told) as raised:
        await flash(answer=False)
    assert answer["message"] == str(raised.value)


async def test_a_binary_for_other_hardware(
    hass: HomeAssistant, flash: FlashAction, media: Path
) -> None:
    """The board itself finds out."""
    (media / "level.ino").write_text(SOURCE, encoding="utf-8")
    await hass.services.async_call(
        DOMAIN,
        "compile",
        {"path": "level.ino", "platform_id": "13", "save_to": "boron.bin"},
        blocking=True,
    )
    answer = await flash(path="boron.bin")
    assert answer["failure"] == "transfer_failed"
    assert (await flash("boat", path="boron.bin"))["success"] is True


async def test_a_board_that_never_comes_back(cloud: SimulatedCloud, flash: FlashAction) -> None:
    """The time limit ends the wait, and the message names what did not happen."""
    cloud.faults.set("flash_never_returns")
    answer = await flash(timeout=1)
    assert (answer["failure"], answer["transfer"]) == ("not_back", "success")
    assert "was not back online within 1 seconds" in answer["message"]
    assert answer["online"] is False


async def test_a_transfer_that_does_not_end(cloud: SimulatedCloud, flash: FlashAction) -> None:
    """As over a mobile network with too short a limit."""
    cloud.clock.manual()
    answer = await flash(timeout=1)
    assert (answer["failure"], answer["transfer"]) == ("transfer_not_finished", None)


async def test_a_transfer_that_does_not_begin(
    cloud: SimulatedCloud, flash: FlashAction, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cloud says that it began, and the board knows nothing of it."""
    monkeypatch.setattr(cloud.world, "flash", lambda board, update: None)
    answer = await flash(timeout=1)
    assert answer["failure"] == "transfer_not_started"
