"""What boards publish, as event entities."""

from collections.abc import Callable
import json

from homeassistant.components.event import ATTR_EVENT_TYPE, ATTR_EVENT_TYPES
from homeassistant.const import STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.particle import event as event_platform
from tests.actions import Act
from tests.automations import automate, received, registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import until

STREAM = "binary_sensor.jane_example_com_event_stream"
PUBLISHED = "event.greenhouse_published_event"


@pytest.fixture
async def published(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> Callable[[], State]:
    """The event entity of the greenhouse, with the stream open."""
    await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))

    def state() -> State:
        found = hass.states.get(PUBLISHED)
        assert found is not None
        return found

    return state


async def test_an_event_with_json(
    hass: HomeAssistant, cloud: SimulatedCloud, published: Callable[[], State]
) -> None:
    """Its name is the type, its fields are there."""
    assert published().state == STATE_UNKNOWN
    cloud.world.publish("greenhouse", "greenhouse/reading", '{"temperature": 21.5}')
    await until(hass, lambda: published().state != STATE_UNKNOWN)

    attributes = published().attributes
    assert attributes[ATTR_EVENT_TYPE] == "greenhouse/reading"
    assert attributes["data"] == {"temperature": 21.5}
    assert attributes["name"] == "greenhouse/reading"
    assert attributes["published_at"]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("just text", "just text"),
        ("25.3", 25.3),
        ("[1, 2]", [1, 2]),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ("before\u2028after", "before\u2028after"),
        ("data:application/octet-stream;base64,AAEC", "data:application/octet-stream;base64,AAEC"),
        ("🌱", "🌱"),
    ],
    ids=["text", "number", "array", "duplicate keys", "line separator", "binary", "emoji"],
)
async def test_payloads_of_every_kind(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    published: Callable[[], State],
    sent: str,
    shown: object,
) -> None:
    """What is JSON is shown as such; everything else as text, unharmed."""
    cloud.world.publish("greenhouse", "reading", sent)
    await until(hass, lambda: published().state != STATE_UNKNOWN)
    assert published().attributes["data"] == shown


async def test_an_event_without_data(
    hass: HomeAssistant, cloud: SimulatedCloud, published: Callable[[], State]
) -> None:
    """Null and an empty text are both nothing."""
    cloud.world.publish("greenhouse", "button", None)
    await until(hass, lambda: published().state != STATE_UNKNOWN)
    assert not published().attributes["data"]


async def test_a_payload_that_the_recorder_could_not_keep_is_cut(
    hass: HomeAssistant, cloud: SimulatedCloud, published: Callable[[], State]
) -> None:
    """16 KB is what the newest boards may publish; the entity says that it is cut."""
    cloud.world.publish("greenhouse", "picture", json.dumps({"pixels": "x" * 16_000}))
    await until(hass, lambda: published().state != STATE_UNKNOWN)

    attributes = published().attributes
    assert attributes["data_is_cut"] is True
    assert len(attributes["data"]) == event_platform.MAX_PAYLOAD


async def test_names_are_learnt_and_survive_a_restart(
    hass: HomeAssistant, cloud: SimulatedCloud, published: Callable[[], State]
) -> None:
    """What was seen once can be picked in automations from then on."""
    cloud.world.publish("greenhouse", "first", "1")
    cloud.world.publish("greenhouse", "second/part", "2")
    await until(hass, lambda: published().attributes.get(ATTR_EVENT_TYPE) == "second/part")
    assert published().attributes[ATTR_EVENT_TYPES] == ["first", "second/part"]

    [entry] = hass.config_entries.async_loaded_entries("particle")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert published().attributes[ATTR_EVENT_TYPES] == ["first", "second/part"]


@pytest.mark.parametrize("name", ["door/OPEN", "Door", "DOOR_open", "ÄRGER/iPhone", "true", "12"])
async def test_names_keep_their_case(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    published: Callable[[], State],
    entity_registry: er.EntityRegistry,
    name: str,
) -> None:
    """Wherever a name is shown or picked it is as the firmware spells it, which counts in triggers."""
    automation = await automate(
        hass,
        received(event=name),
        received(event=name.swapcase() if name.swapcase() != name else "other"),
        wrote={"what": "{{ trigger.description }}", "event": "<{{ trigger.event }}>"},
    )
    cloud.world.publish("greenhouse", name, "1")
    await automation.times(1)
    assert automation.runs[0]["what"] == f"event {name} of greenhouse"
    assert automation.runs[0]["event"] == f"<{name}>"
    await until(hass, lambda: published().attributes.get(ATTR_EVENT_TYPE) == name)
    assert published().attributes["name"] == name
    registered = entity_registry.async_get(PUBLISHED)
    assert registered is not None
    assert registered.capabilities == {ATTR_EVENT_TYPES: [name]}
    answer = await Act(hass)("recent_events", device_id=registry_id(hass, cloud, "greenhouse"))
    assert [one["event"] for one in answer["names"]] == [name]


async def test_a_board_that_invents_names_does_not_harm_the_registry(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    published: Callable[[], State],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From some number of names on they share one type; the real name stands in an attribute."""
    monkeypatch.setattr(event_platform, "MAX_NAMES", 3)
    for number in range(10):
        cloud.world.publish("greenhouse", f"name-{number}", "x")
    await until(hass, lambda: published().attributes.get("name") == "name-9")

    assert published().attributes[ATTR_EVENT_TYPES] == ["name-0", "name-1", "name-2", "other"]
    assert published().attributes[ATTR_EVENT_TYPE] == "other"


async def test_system_and_webhook_events_are_not_the_boards(
    hass: HomeAssistant, cloud: SimulatedCloud, published: Callable[[], State]
) -> None:
    """Only what the firmware publishes; other boards' events go to their own entities."""
    board = cloud.world.board("greenhouse")
    board.system_event("spark/device/diagnostics/update", "{}")
    board.system_event("hook-response/reading/0", "ok")
    cloud.world.publish("garage", "door/opening", "1")
    await until(
        hass,
        lambda: not hass.states.is_state("event.garage_published_event", STATE_UNKNOWN),
    )
    assert published().state == STATE_UNKNOWN


async def test_the_same_event_twice_is_one_event(
    hass: HomeAssistant, cloud: SimulatedCloud, published: Callable[[], State]
) -> None:
    """The cloud delivers at least once; the entity changes once."""
    changes: list[str] = []
    hass.bus.async_listen(
        "state_changed",
        lambda event: (
            changes.append(event.data["entity_id"])
            if event.data["entity_id"] == PUBLISHED
            else None
        ),
    )
    cloud.faults.set("duplicate_events")
    cloud.world.publish("greenhouse", "reading", "1")
    cloud.world.publish("greenhouse", "last", "2")
    await until(hass, lambda: published().attributes.get(ATTR_EVENT_TYPE) == "last")
    assert changes == [PUBLISHED, PUBLISHED]
