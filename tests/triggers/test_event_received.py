"""Automations that start when a board publishes an event."""

import asyncio

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers.icon import async_get_icons
from homeassistant.helpers.translation import async_get_translations
from homeassistant.helpers.trigger import async_get_all_descriptions
from homeassistant.setup import async_setup_component
import pytest

from custom_components.particle.api import CloudEvent
from custom_components.particle.trigger import TRIGGERS
from custom_components.particle.triggers.base import ParticleTrigger
from tests.automations import NAME, automate, end_of_line, listening, received, registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import until


async def test_what_an_automation_sees_of_an_event(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Name, text, parsed payload, sender under all its names, and times."""
    entry = await listening(hass, set_up)
    automation = await automate(
        hass,
        received(event="greenhouse/reading"),
        wrote={
            "event": "{{ trigger.event }}",
            "data": "text: {{ trigger.data }}",
            "temperature": "{{ trigger.json.climate.temperature }}",
            "device_id": "{{ trigger.device_id }}",
            "particle_device_id": "{{ trigger.particle_device_id }}",
            "device_name": "{{ trigger.device_name }}",
            "config_entry_id": "{{ trigger.config_entry_id }}",
            "age": "{{ (now() - trigger.published_at).total_seconds() | abs < 60 }}",
            "product_id": "{{ trigger.product_id }}",
            "replayed": "{{ trigger.replayed }}",
            "source": "{{ trigger.source }}",
            "description": "{{ trigger.description }}",
            "platform": "{{ trigger.platform }}",
        },
    )
    cloud.world.publish("greenhouse", "greenhouse/reading", '{"climate": {"temperature": 21.5}}')
    await automation.times(1)

    assert automation.runs[0] == {
        "event": "greenhouse/reading",
        "data": 'text: {"climate": {"temperature": 21.5}}',
        "temperature": 21.5,
        "device_id": registry_id(hass, cloud, "greenhouse"),
        "particle_device_id": cloud.world.board("greenhouse").id,
        "device_name": "greenhouse",
        "config_entry_id": entry.entry_id,
        "age": True,
        "product_id": None,
        "replayed": False,
        "source": "stream",
        "description": "event greenhouse/reading of greenhouse",
        "platform": "particle.event_received",
    }


@pytest.mark.parametrize(
    ("patterns", "fired"),
    [
        ("door", ["door"]),
        ("door*", ["door", "door/open", "doorbell"]),
        ("door/*", ["door/open"]),
        (["door", "window"], ["door", "window"]),
        (["door*", "door/open", "doorbell*", "*"], ["door", "door/open", "doorbell", "window"]),
        ([], ["door", "door/open", "doorbell", "window"]),
        ("DOOR", []),
        (["spark/status", "hook-error/*"], ["spark/status", "hook-error/door/0"]),
    ],
    ids=["name", "prefix", "folder", "list", "overlap", "nothing", "case", "asked for"],
)
async def test_names_and_prefixes(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    patterns: str | list[str],
    fired: list[str],
) -> None:
    """Each event starts the automation once, whatever number of patterns it matches.

    What the cloud reports itself is left out of "everything" and comes when it is asked for.
    """
    await listening(hass, set_up)
    automation = await automate(hass, received(event=patterns), received(event="last"), wrote=NAME)
    greenhouse = cloud.world.board("greenhouse")
    for name in ("door", "door/open", "doorbell", "window"):
        greenhouse.publish(name, "")
    greenhouse.system_event("spark/status", "online")
    cloud.world.publish_from_cloud(
        "hook-error/door/0", "no", coreid="particle-internal", owner=cloud.username
    )
    greenhouse.publish("last", "")
    await until(hass, lambda: automation.runs and automation.runs[-1]["event"] == "last")

    names = [run["event"] for run in automation.runs]
    assert [name for name in names if name != "last"] == fired


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("", marks=pytest.mark.expect_log("The field event is empty")),
        pytest.param("a*b", marks=pytest.mark.expect_log("is only allowed at the end: a*b")),
        pytest.param("**", marks=pytest.mark.expect_log("is only allowed at the end: **")),
    ],
)
async def test_a_pattern_that_makes_no_sense(
    hass: HomeAssistant, set_up: SetUp, pattern: str
) -> None:
    """The automation says so and stays off."""
    await set_up()
    await automate(hass, received(event=[pattern]))
    state = hass.states.get("automation.under_test")
    assert state is not None
    assert state.state == "unavailable"


async def test_an_automation_that_is_there_before_the_account(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """It starts to listen when the account is loaded."""
    assert await async_setup_component(hass, "particle", {})
    automation = await automate(hass, received(event="ping"), wrote=NAME)
    await listening(hass, set_up)
    cloud.world.publish("greenhouse", "ping", "")
    await automation.times(1)


async def test_reload_of_the_account(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The automation goes on afterwards, and hears each event once."""
    entry = await listening(hass, set_up)
    automation = await automate(
        hass,
        received(event="ping"),
        received({"device_id": registry_id(hass, cloud, "greenhouse")}, event="pong"),
        wrote=NAME,
    )
    for _ in range(2):
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
    await until(hass, lambda: len(cloud.streams) == 1)
    cloud.world.publish("greenhouse", "ping", "")
    cloud.world.publish("greenhouse", "pong", "")
    await automation.times(2)


async def test_an_automation_that_is_switched_off(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """It listens to nothing any more, also after a reload of the account."""
    entry = await listening(hass, set_up)
    automation = await automate(hass, received(event="ping"), wrote=NAME)
    await hass.services.async_call(
        AUTOMATION_DOMAIN, "turn_off", {"entity_id": "automation.under_test"}, blocking=True
    )
    heard: list[str] = []
    hub = entry.runtime_data.hub
    hub.async_listen(lambda event: heard.append(event.name))
    cloud.world.publish("greenhouse", "ping", "")
    await until(hass, lambda: "ping" in heard)
    await automation.times(0)
    assert (None, "ping") not in hub._exact


async def test_a_duplicate_runs_the_automation_once(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Particle delivers at least once."""
    await listening(hass, set_up)
    cloud.faults.set("duplicate_events")
    automation = await automate(hass, received(event=["ping", "last"]), wrote=NAME)
    cloud.world.publish("greenhouse", "ping", "")
    await end_of_line(hass, cloud, automation, 1)


async def test_a_slow_automation_does_not_hold_up_others(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The next events come through while the first run still waits."""
    await listening(hass, set_up)
    slow = {
        "alias": "Slow",
        "triggers": received(event="slow"),
        "actions": [{"wait_for_trigger": received(event="never")}],
    }
    automation = await automate(hass, received(event="fast"), wrote=NAME, beside=[slow])
    cloud.world.publish("greenhouse", "slow", "")
    cloud.world.publish("greenhouse", "fast", "")
    async with asyncio.timeout(10):
        while not automation.calls:
            await asyncio.sleep(0.005)

    def running() -> int:
        state = hass.states.get("automation.slow")
        assert state is not None
        return int(state.attributes["current"])

    assert running() == 1
    cloud.world.publish("greenhouse", "never", "")
    await until(hass, lambda: not running())


async def test_a_burst(hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp) -> None:
    """Ten thousand events: those that count come through in order, and the loop stays free."""
    entry = await listening(hass, set_up)
    automation = await automate(
        hass, received(event="wanted"), wrote={"data": "{{ trigger.data }}"}
    )
    board = cloud.world.board("greenhouse").id
    for number in range(10_000):
        name = "noise" if number % 1_000 else "wanted"
        entry.runtime_data.hub.receive(CloudEvent(name, str(number), device_id=board, coreid=board))
    turns = 0
    while len(automation.calls) < 10:
        await asyncio.sleep(0)
        turns += 1
    await automation.times(10)
    assert [run["data"] for run in automation.runs] == list(range(0, 10_000, 1_000))
    assert entry.runtime_data.hub.dropped == 0
    assert turns > 3, "The burst was handled in one go"


async def test_every_trigger_is_described(
    hass: HomeAssistant, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    """In the automation editor each has a name, fields that its schema knows, and an icon."""
    await set_up()
    described = await async_get_all_descriptions(hass)
    texts = await async_get_translations(hass, "en", "triggers", ["particle"])
    icons = (await async_get_icons(hass, "triggers", ["particle"]))["particle"]
    assert "Unable to" not in caplog.text
    for name, cls in TRIGGERS.items():
        description = described[f"particle.{name}"]
        assert description is not None
        assert issubclass(cls, ParticleTrigger)
        [options] = [part for key, part in cls.schema.schema.items() if key == "options"]
        assert {str(key) for key in options} == set(description["fields"]), name
        assert ("target" in description) == any(key == "target" for key in cls.schema.schema)
        wanted = {"name", "description"} | {
            f"fields.{field}.{text}"
            for field in description["fields"]
            for text in ("name", "description")
        }
        prefix = f"component.particle.triggers.{name}."
        assert wanted == {key.removeprefix(prefix) for key in texts if key.startswith(prefix)}
        assert icons[name]["trigger"].startswith("mdi:")
