"""The blueprints, run as automations that people make of them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
import json
from pathlib import Path
import shutil
from typing import Any

from freezegun.api import TickingDateTimeFactory
from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.particle.const import DOMAIN
from custom_components.particle.firmware.story import PATIENCE, FlashStep
from tests.automations import Automation, listening, registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until

BLUEPRINTS = Path(__file__).parent.parent / "blueprints"

type Use = Callable[..., Awaitable[None]]


@pytest.fixture
async def entry(hass: HomeAssistant, set_up: SetUp) -> MockConfigEntry:
    """The account, with its stream open."""
    return await listening(hass, set_up)


@pytest.fixture
async def use(hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path) -> Use:
    """Make an automation of a blueprint that is in the folder of Home Assistant's blueprints."""
    shutil.copytree(BLUEPRINTS, tmp_path / "blueprints")
    hass.config.config_dir = str(tmp_path)

    async def run(name: str, **inputs: Any) -> None:
        blueprint = {"path": f"particle/{name}.yaml", "input": inputs}
        assert await async_setup_component(
            hass, AUTOMATION_DOMAIN, {AUTOMATION_DOMAIN: {"alias": "X", "use_blueprint": blueprint}}
        )
        await hass.async_block_till_done()
        assert hass.states.is_state("automation.x", "on")

    return run


@pytest.fixture
def told(hass: HomeAssistant) -> Automation:
    """What the default actions tell people."""
    return Automation(hass, async_mock_service(hass, "persistent_notification", "create"))


async def test_offline_for_long(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    entry: MockConfigEntry,
    use: Use,
    told: Automation,
    clock: TickingDateTimeFactory,
) -> None:
    """One message, after the time, with the board's name."""
    await use("offline_for_long", duration={"minutes": 5})
    cloud.world.set_online("garage", False)
    await entry.runtime_data.account.async_refresh()
    await hass.async_block_till_done()
    await pass_time(hass, clock, timedelta(minutes=4))
    await told.times(0)
    await pass_time(hass, clock, timedelta(minutes=2))
    await told.times(1)
    assert told.runs[0]["title"] == "garage"
    assert told.runs[0]["message"].startswith(
        "garage has been offline for 0:05:00. Particle last heard from it at 20"
    )


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("panic, hard_fault", "garage has restarted: its firmware crashed (hard fault)."),
        (
            "power_brownout",
            "garage has restarted: its supply voltage dropped; check the power supply.",
        ),
    ],
)
async def test_reset_by_fault(
    cloud: SimulatedCloud, use: Use, told: Automation, reason: str, message: str
) -> None:
    """A crash and a brown-out are told, an ordinary restart is not."""
    await use("reset_by_fault")
    cloud.world.board("garage").system_event("spark/device/last_reset", "user")
    cloud.world.board("garage").system_event("spark/device/last_reset", reason)
    await told.times(1)
    assert told.runs == [{"title": "garage", "message": message}]


@pytest.mark.parametrize(
    ("inputs", "on", "off"),
    [
        ({}, "ON", "off"),
        ({"on": "1", "off": "0"}, "1", "0"),
        ({"field": "door", "on": "open", "off": "shut"}, '{"door": "open"}', '{"door": "shut"}'),
        ({"field": "wet", "on": "true", "off": "false"}, '{"wet": true}', '{"wet": false}'),
    ],
)
async def test_an_event_switches(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    use: Use,
    inputs: dict[str, str],
    on: str,
    off: str,
) -> None:
    """The event's data switches the light on or off; other data does nothing."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"lamp": {}}})
    await use(
        "event_switches",
        devices={"device_id": registry_id(hass, cloud, "garage")},
        event="state",
        things={"entity_id": "input_boolean.lamp"},
        **inputs,
    )
    lamp = "input_boolean.lamp"
    cloud.world.publish("garage", "state", on)
    await until(hass, lambda: hass.states.is_state(lamp, "on"))
    cloud.world.publish("greenhouse", "state", off)
    cloud.world.publish("garage", "state", "something else")
    cloud.world.publish("garage", "state", '{"other": 1}')
    cloud.world.publish("garage", "state", off)
    await until(hass, lambda: hass.states.is_state(lamp, "off"))


async def test_a_state_goes_to_a_function(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    entry: MockConfigEntry,
    use: Use,
    clock: TickingDateTimeFactory,
) -> None:
    """Each state that lasts is passed on once; one that is unknown never is."""
    hass.states.async_set("input_number.wanted", "20")
    await use(
        "state_to_function",
        entity="input_number.wanted",
        device=registry_id(hass, cloud, "greenhouse"),
        function="setTarget",
    )
    calls = cloud.world.board("greenhouse").calls
    for state in ("21", "unavailable", "22", "23"):
        hass.states.async_set("input_number.wanted", state)
    await pass_time(hass, clock, timedelta(seconds=2))
    await until(hass, lambda: calls)
    assert [call.argument for call in calls] == ["23"]


async def test_a_board_that_was_offline_gets_the_present_state(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    entry: MockConfigEntry,
    use: Use,
    clock: TickingDateTimeFactory,
) -> None:
    """Nothing is called while it is away; when it is back it is brought up to date."""
    hass.states.async_set("input_number.wanted", "20")
    await use(
        "state_to_function",
        entity="input_number.wanted",
        device=registry_id(hass, cloud, "greenhouse"),
        function="setTarget",
    )
    calls = cloud.world.board("greenhouse").calls
    cloud.world.set_online("greenhouse", False)
    await entry.runtime_data.account.async_refresh()
    hass.states.async_set("input_number.wanted", "25")
    await pass_time(hass, clock, timedelta(seconds=10))
    assert not cloud.requests.matching("POST", "/v1/devices/*/setTarget")

    cloud.world.set_online("greenhouse", True)
    await until(hass, lambda: calls)
    assert [call.argument for call in calls] == ["25"]


async def test_low_battery(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    use: Use,
    told: Automation,
    clock: TickingDateTimeFactory,
) -> None:
    """A low report is told; the next ones only after the pause."""
    boat = registry_id(hass, cloud, "boat")
    await use("low_battery", device=boat, event="status", field="power.battery", threshold=20)
    for level in (21, 19, 18):
        cloud.world.publish("boat", "status", json.dumps({"power": {"battery": level}}))
    await told.times(1)
    assert told.runs == [
        {
            "title": "boat",
            "message": "The battery of boat is low: its event status reports less than 20.",
        }
    ]

    for hours, messages in ((23, 1), (2, 2)):
        await pass_time(hass, clock, timedelta(hours=hours))
        await hass.services.async_call(
            DOMAIN,
            "replay_event",
            {"device_id": boat, "event": "status", "data": {"power": {"battery": 17}}},
            blocking=True,
        )
        await told.times(messages)


@pytest.mark.parametrize(
    ("reports", "message"),
    [
        (
            ["flash/status success ", "device/last_reset update"],
            "The new firmware runs on garage.",
        ),
        (
            ["flash/status started ", "flash/status failed "],
            "The new firmware does not run on garage: the transfer failed.",
        ),
        (
            ["flash/status success ", "status offline", "status online"],
            (
                "It is not known whether the new firmware runs on garage: "
                "the device is back online, but did not report what it runs."
            ),
        ),
    ],
)
async def test_flash_report(
    cloud: SimulatedCloud,
    use: Use,
    told: Automation,
    monkeypatch: pytest.MonkeyPatch,
    reports: list[str],
    message: str,
) -> None:
    """Each end of a flash is told in a sentence."""
    for step in FlashStep:
        monkeypatch.setitem(PATIENCE, step, 0.1)
    await use("flash_report")
    for report in reports:
        name, _, data = report.partition(" ")
        cloud.world.board("garage").system_event(f"spark/{name}", data)
    await told.times(1)
    assert told.runs == [{"title": "garage", "message": message}]


def test_every_blueprint_is_tested() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    for path in BLUEPRINTS.rglob("*.yaml"):
        assert f'"{path.stem}"' in source, path.name
