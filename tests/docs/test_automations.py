"""The documentation of the triggers and the conditions says what they take and what they give."""

from collections.abc import Awaitable, Callable
import json
from typing import Any, Final

from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.particle.condition import CONDITIONS
from custom_components.particle.firmware.story import PATIENCE, FlashStep
from custom_components.particle.trigger import TRIGGERS
from custom_components.particle.triggers.payload import COMPARISONS, CONF_FIELD
from tests.automations import STREAM, automate, listening, trigger
from tests.conftest import SetUp
from tests.documents import REPOSITORY, Section, sections, tables
from tests.simulator import SimulatedCloud
from tests.waiting import until

TEXTS: Final[dict[str, Any]] = json.loads(
    (REPOSITORY / "custom_components/particle/translations/en.json").read_text(encoding="utf-8")
)

TRIGGER_SECTIONS: Final = sections("triggers.md")
CONDITION_SECTIONS: Final = sections("conditions.md")

# What Home Assistant itself gives with every trigger.
BASE_VARIABLES: Final = {"alias", "description", "id", "idx", "platform"}


def options_of(schema: vol.Schema) -> set[str]:
    """Return the options of a trigger or a condition, and the target where it takes one."""
    parts = {str(key): fields for key, fields in schema.schema.items()}
    options = parts[CONF_OPTIONS]
    fields = options.validators[0] if isinstance(options, vol.All) else options
    return {str(key) for key in fields} | (parts.keys() & {CONF_TARGET})


def check_section(section: Section, texts: dict[str, Any], schema: vol.Schema) -> None:
    """See that a section has all its parts, in the words of the user interface."""
    assert section.heading == texts["name"]
    assert f"**{texts['name']}**" in section.part("In the UI")
    assert "```yaml" in section.part("In YAML")
    options = section.tables["Option"]
    assert options.keys() == options_of(schema)
    names = {key: field["name"] for key, field in texts.get("fields", {}).items()}
    if CONF_TARGET in options:
        names[CONF_TARGET] = "Target"
    assert {key: row["In the UI"] for key, row in options.items()} == names


def test_every_trigger_and_condition_has_a_section() -> None:
    assert list(TRIGGER_SECTIONS.keys() ^ TRIGGERS.keys()) == []
    assert list(CONDITION_SECTIONS.keys() ^ CONDITIONS.keys()) == []


@pytest.mark.parametrize("name", TRIGGERS)
def test_the_section_of_a_trigger(name: str) -> None:
    section = TRIGGER_SECTIONS[name]
    check_section(section, TEXTS["triggers"][name], TRIGGERS[name].schema)  # type: ignore[attr-defined]
    [example] = section.examples
    assert f"particle.{name}" in [one["trigger"] for one in example["triggers"]]


@pytest.mark.parametrize("name", CONDITIONS)
def test_the_section_of_a_condition(name: str) -> None:
    section = CONDITION_SECTIONS[name]
    check_section(section, TEXTS["conditions"][name], CONDITIONS[name].schema)  # type: ignore[attr-defined]
    [example] = section.examples
    assert f"particle.{name}" in [one["condition"] for one in example["conditions"]]


def test_the_comparisons_of_a_payload() -> None:
    comparisons = TRIGGER_SECTIONS["event_received"].tables["Comparison"]
    assert comparisons.keys() == {CONF_FIELD, *COMPARISONS}
    names = TEXTS["selector"]["payload"]["fields"]
    assert {key: row["In the UI"] for key, row in comparisons.items()} == {
        key: field["name"] for key, field in names.items()
    }


# What the triggers give


async def _publish(hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry) -> None:
    cloud.world.publish("garage", "door", "open")


async def _go(hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry) -> None:
    cloud.world.set_online("garage", False)
    await entry.runtime_data.account.async_refresh()
    await hass.async_block_till_done()


async def _come(hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry) -> None:
    await _go(hass, cloud, entry)
    cloud.world.set_online("garage", True)


async def _restart(hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry) -> None:
    cloud.world.board("garage").system_event("spark/device/last_reset", "panic, hard_fault")


async def _lose_the_application(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry
) -> None:
    modules = '{"f": [], "v": {}, "p": 12}'
    cloud.world.board("garage").system_event("spark/status/safe-mode", modules)


async def _change(hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry) -> None:
    cloud.world.board("garage").system_event("spark/device/app-hash", "ab" * 32)


async def _flash(hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry) -> None:
    for name, data in (("flash/status", "success "), ("device/last_reset", "update")):
        cloud.world.board("garage").system_event(f"spark/{name}", data)


async def _answer(hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry) -> None:
    cloud.world.publish_from_cloud(
        "hook-response/weather/0", "sunny", coreid="particle-internal", owner=cloud.username
    )


async def _refuse(hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry) -> None:
    cloud.world.publish_from_cloud(
        "hook-error/weather/0", "no", coreid="particle-internal", owner=cloud.username
    )


async def _cut(hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry) -> None:
    cloud.streams.cut()


async def _fail(hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry) -> None:
    cloud.faults.set("cloud_down")
    await until(hass, lambda: hass.states.is_state(STREAM, "off"))


type Happening = Callable[[HomeAssistant, SimulatedCloud, MockConfigEntry], Awaitable[None]]

HAPPENINGS: Final[dict[str, tuple[Happening, dict[str, Any]]]] = {
    "came_online": (_come, {}),
    "entered_safe_mode": (_lose_the_application, {}),
    "event_received": (_publish, {}),
    "firmware_changed": (_change, {}),
    "flash_finished": (_flash, {}),
    "reset": (_restart, {}),
    "stream_back": (_cut, {}),
    "stream_lost": (_fail, {"for": 0}),
    "webhook_answered": (_answer, {}),
    "webhook_failed": (_refuse, {}),
    "went_offline": (_go, {}),
}


@pytest.mark.parametrize("name", TRIGGERS)
async def test_the_variables_of_a_trigger(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """The section names those that an automation sees when it happens, and no others."""
    for step in FlashStep:
        monkeypatch.setitem(PATIENCE, step, 0.1)
    section = TRIGGER_SECTIONS[name]
    documented = set(section.tables.get("Variable", {}))
    # Those of all devices and of all events stand at the end of the page.
    if "(#variables-of-a-device)" in section.part("Variables"):
        documented |= tables(REPOSITORY / "docs/triggers.md")["Variable of a device"].keys()
    if "(#variables-of-an-event)" in section.part("Variables"):
        documented |= tables(REPOSITORY / "docs/triggers.md")["Variable of an event"].keys()

    entry = await listening(hass, set_up)
    happen, options = HAPPENINGS[name]
    options = dict(options)
    automation = await automate(
        hass,
        trigger(name, lasting=options.pop("for", None), **options),
        wrote={"variables": "{{ trigger.keys() | list }}"},
    )
    await happen(hass, cloud, entry)
    await until(hass, lambda: automation.calls)

    assert documented == set(automation.runs[0]["variables"]) - BASE_VARIABLES
