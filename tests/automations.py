"""Automations as people build them, and what comes of them."""

from dataclasses import dataclass
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.components.trace.const import DATA_TRACE
from homeassistant.components.trace.util import async_get_trace, async_list_traces
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.particle.const import DOMAIN
from custom_components.particle.events.hub import ParticleEvent
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import until

STREAM = "binary_sensor.jane_example_com_event_stream"
AUTOMATION_ID = "under_test"

# What most automations of the tests write down: where the trigger comes from.
NAME = {"event": "{{ trigger.event }}", "board": "{{ trigger.device_name }}"}
BOARD = {"board": "{{ trigger.device_name }}"}


@dataclass
class Automation:
    """An automation that notes how often it ran and what its trigger said."""

    hass: HomeAssistant
    calls: list[ServiceCall]

    @property
    def runs(self) -> list[dict[str, Any]]:
        """What each run wrote down."""
        return [dict(call.data) for call in self.calls]

    async def times(self, number: int) -> None:
        """Wait until it has run this often, and see that it does not run again."""
        await until(self.hass, lambda: len(self.calls) >= number)
        assert len(self.calls) == number

    async def passed_over(self, number: int) -> list[dict[str, Any]]:
        """Wait until the trigger has looked at so many events and not fired; return why, oldest first."""
        traces = self.hass.data[DATA_TRACE]
        key = f"{AUTOMATION_DOMAIN}.{AUTOMATION_ID}"
        await until(
            self.hass,
            lambda: number <= len(traces[key].not_triggered if key in traces else ()),
        )
        reasons = []
        for short in await async_list_traces(self.hass, AUTOMATION_DOMAIN, key):
            if short.get("not_triggered"):
                trace: dict[str, Any] = await async_get_trace(self.hass, key, short["run_id"])
                reasons.append(trace["trace"]["trigger/0"][0]["result"])
        return reasons


async def automate(
    hass: HomeAssistant,
    *triggers: dict[str, Any],
    wrote: dict[str, str] | None = None,
    beside: list[dict[str, Any]] | None = None,
) -> Automation:
    """Add an automation that runs an action which writes down templates about its trigger.

    Args:
        hass: Home Assistant.
        triggers: Any of them starts it.
        wrote: What each run writes down.
        beside: Other automations.
    """
    calls = async_mock_service(hass, "test", "automation")
    assert await async_setup_component(
        hass,
        AUTOMATION_DOMAIN,
        {
            AUTOMATION_DOMAIN: [
                {
                    "id": AUTOMATION_ID,
                    "alias": "Under test",
                    "mode": "queued",
                    "max": 100,
                    "triggers": list(triggers),
                    "actions": {"action": "test.automation", "data": wrote or {}},
                },
                *(beside or []),
            ]
        },
    )
    await hass.async_block_till_done()
    return Automation(hass, calls)


async def listening(hass: HomeAssistant, set_up: SetUp) -> MockConfigEntry:
    """Set the account up and wait for its event stream."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    return entry


def registry_id(hass: HomeAssistant, cloud: SimulatedCloud, board: str) -> str:
    """Return the id of a board's page."""
    device_id = cloud.world.board(board).id
    pages = dr.async_get(hass).devices
    return next(page.id for page in pages if (DOMAIN, device_id) in page.identifiers)


def trigger(
    name: str, target: dict[str, Any] | None = None, *, lasting: Any = None, **options: Any
) -> dict[str, Any]:
    """Return a trigger as it stands in an automation; `lasting` is its option "for"."""
    if lasting is not None:
        options["for"] = lasting
    found: dict[str, Any] = {"trigger": f"particle.{name}", "options": options}
    return found | ({"target": target} if target else {})


def received(target: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """Return the trigger for events as it stands in an automation."""
    return trigger("event_received", target, **options)


async def end_of_line(
    hass: HomeAssistant, cloud: SimulatedCloud, automation: Automation, runs: int
) -> None:
    """Let one more event through that the automation wants, so that all before it are handled."""
    cloud.world.publish("greenhouse", "last", "")
    await automation.times(runs + 1)
    assert automation.runs[-1]["event"] == "last"


class Ear:
    """Hears what comes in, so that a test knows when it is there."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        """Listen to everything."""
        self.hass = hass
        self.heard: list[ParticleEvent] = []
        entry.runtime_data.hub.async_listen(self.heard.append)

    async def hears(self, name: str) -> None:
        """Wait until the latest event has this name."""
        await until(self.hass, lambda: self.heard and self.heard[-1].name == name)
        self.heard.clear()
