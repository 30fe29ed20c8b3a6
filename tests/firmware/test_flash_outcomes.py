"""How a flash ends: the action, the trigger and the event entity say the same, in any order of events."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from homeassistant.components.event import ATTR_EVENT_TYPE
from homeassistant.core import HomeAssistant
import pytest

from custom_components.particle.firmware.story import PATIENCE, FlashOutcome, FlashStep
from tests.actions import Act
from tests.automations import automate, listening, registry_id, trigger
from tests.binaries import allow_media
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.simulator.world.updates import FLASH_ORDERS
from tests.waiting import until

ENTITY: Final = "event.greenhouse_firmware_update"
ONLINE, RESET, HASH, SAFE_MODE = (
    "spark/status",
    "spark/device/last_reset",
    "spark/device/app-hash",
    "spark/status/safe-mode",
)


@dataclass(frozen=True)
class Case:
    """A flash, what the simulated cloud makes of it, and how it has to end."""

    outcome: str
    faults: dict[str, dict[str, Any]] = field(default_factory=dict)
    again: bool = False
    name: str = ""


def ordered(**options: Any) -> dict[str, dict[str, Any]]:
    """Return the fault that changes the order of the events after a flash."""
    return {"flash_event_order": options}


NO_FAULT: Final[dict[str, dict[str, Any]]] = {}

CASES: Final = [
    *(
        Case(outcome, {**fault, **ordered(order=order)}, name=f"{outcome}, {order}")
        for order in FLASH_ORDERS
        for outcome, fault in (
            ("succeeded", NO_FAULT),
            ("safe_mode", {"flash_safe_mode": {}}),
            ("not_taken", {"flash_old_firmware": {}}),
        )
    ),
    Case("succeeded", again=True, name="the same application again"),
    Case("safe_mode", {"flash_safe_mode": {}}, again=True, name="safe mode, the same again"),
    Case("transfer_failed", {"flash_transfer_failed": {}}),
    Case("transfer_failed", {"flash_wrong_platform": {}}, name="wrong platform"),
    Case("not_back", {"flash_never_returns": {}}),
    # What is lost on the way is made up for by what arrives, or said to be unknown.
    *(
        Case(outcome, ordered(missing=missing), name=f"{outcome} without {' '.join(missing)}")
        for missing, outcome in (
            ([ONLINE], "succeeded"),
            ([RESET], "succeeded"),
            ([HASH], "succeeded"),
            ([ONLINE, RESET], "succeeded"),
            ([ONLINE, HASH], "succeeded"),
            ([RESET, HASH], "not_proven"),
            ([ONLINE, RESET, HASH], "not_proven"),
        )
    ),
    *(
        Case(
            "safe_mode",
            {"flash_safe_mode": {}, **ordered(missing=missing)},
            name=f"safe mode without {' '.join(missing)}",
        )
        for missing in ([SAFE_MODE], [ONLINE], [RESET], [HASH], [ONLINE, SAFE_MODE])
    ),
    *(
        Case(outcome, {**fault, shape: {}}, name=f"{outcome}, {shape}")
        for shape in ("app_hash_upper", "flash_status_stripped", "duplicate_events", "crlf")
        for outcome, fault in (("succeeded", NO_FAULT), ("safe_mode", {"flash_safe_mode": {}}))
    ),
]


@pytest.fixture(autouse=True)
async def _soon(cloud: SimulatedCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let devices transfer and restart fast, and wait less for what they might still say."""
    cloud.clock.set_speed(100)
    for step in FlashStep:
        monkeypatch.setitem(PATIENCE, step, 0.2)
    monkeypatch.setitem(PATIENCE, FlashStep.TRANSFER, 5.0)
    monkeypatch.setitem(PATIENCE, FlashStep.RESTART, 1.0)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name or case.outcome)
async def test_how_a_flash_ends(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, tmp_path: Path, case: Case
) -> None:
    """No success that is none, no failure that is none, and one word for it."""
    (allow_media(hass, tmp_path) / "new.bin").write_bytes(b"a new program")
    await listening(hass, set_up)
    greenhouse = registry_id(hass, cloud, "greenhouse")
    data = {"device_id": greenhouse, "path": "new.bin", "timeout": 1}

    async def flash() -> dict[str, Any]:
        return dict(await Act(hass)("flash", **data))

    def shown() -> str | None:
        state = hass.states.get(ENTITY)
        return state.attributes.get(ATTR_EVENT_TYPE) if state else None

    if case.again:
        assert (await flash())["success"]
        await until(hass, lambda: shown() == "succeeded")
    automation = await automate(
        hass,
        trigger("flash_finished", {"device_id": greenhouse}),
        wrote={"result": "{{ trigger.result }}", "failure": "{{ trigger.failure }}"},
    )

    for fault, options in case.faults.items():
        cloud.faults.set(fault, **options)
    answer = await flash()

    outcome = FlashOutcome(case.outcome)
    failure = None if outcome is FlashOutcome.SUCCEEDED else case.outcome
    assert (answer["success"], answer["failure"]) == (failure is None, failure)
    await automation.times(1)
    assert automation.runs == [{"result": outcome.result.value, "failure": failure}]
    await until(hass, lambda: shown() == case.outcome)
