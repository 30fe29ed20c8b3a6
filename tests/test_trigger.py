"""Automations that start when a board publishes an event."""

import asyncio
import json
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.icon import async_get_icons
from homeassistant.helpers.translation import async_get_translations
from homeassistant.helpers.trigger import async_get_all_descriptions
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.particle.api import CloudEvent
from custom_components.particle.const import (
    CONF_ACCOUNT_DEVICES,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_PRODUCTS,
    DOMAIN,
)
from custom_components.particle.trigger import TRIGGERS
from custom_components.particle.triggers.base import ParticleTrigger
from tests.automations import Automation, automate, listening, page_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import until

NAME = {"event": "{{ trigger.event }}", "board": "{{ trigger.device_name }}"}


def received(target: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """Return the trigger as it stands in an automation."""
    trigger: dict[str, Any] = {"trigger": "particle.event_received", "options": options}
    return trigger | ({"target": target} if target else {})


async def _end_of_line(
    hass: HomeAssistant, cloud: SimulatedCloud, automation: Automation, runs: int
) -> None:
    """Let one more event through that the automation wants, so that all before it are handled."""
    cloud.world.publish("greenhouse", "last", "")
    await automation.times(runs + 1)
    assert automation.runs[-1]["event"] == "last"


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
        "device_id": page_id(hass, cloud, "greenhouse"),
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


@pytest.mark.parametrize("pattern", ["", "a*b", "**"])
async def test_a_pattern_that_makes_no_sense(
    hass: HomeAssistant, set_up: SetUp, pattern: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The automation says so and stays off."""
    await set_up()
    await automate(hass, received(event=[pattern]))
    state = hass.states.get("automation.under_test")
    assert state is not None
    assert state.state == "unavailable"
    assert "asterisk" in caplog.text or "empty" in caplog.text


async def test_names_that_are_picked_from_those_seen(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """They count beside the typed ones, whichever board they were seen from."""
    await listening(hass, set_up)
    automation = await automate(
        hass,
        received(event="last", seen_by="event.garage_published_event", seen=["door", "light"]),
        wrote=NAME,
    )
    for name in ("door", "window", "light"):
        cloud.world.publish("greenhouse", name, "")
    await _end_of_line(hass, cloud, automation, 2)


async def test_some_boards_by_page_and_entity(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """A board is meant by its page and by each of its entities."""
    await listening(hass, set_up)
    automation = await automate(
        hass,
        received({"device_id": page_id(hass, cloud, "greenhouse")}, event="ping"),
        received({"entity_id": "binary_sensor.garage_connection"}, event="ping"),
        wrote=NAME,
    )
    for board in ("boat", "garage", "greenhouse"):
        cloud.world.publish(board, "ping", "")
    await automation.times(2)
    assert {run["board"] for run in automation.runs} == {"garage", "greenhouse"}


async def test_boards_that_move_between_areas_and_labels(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    area_registry: ar.AreaRegistry,
    floor_registry: fr.FloorRegistry,
    label_registry: lr.LabelRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    """The automation follows at once, in both directions."""
    await listening(hass, set_up)
    floor = floor_registry.async_create("Ground")
    garden = area_registry.async_create("Garden", floor_id=floor.floor_id)
    wet = label_registry.async_create("Wet")
    automation = await automate(
        hass,
        received({"area_id": garden.id}, event="area"),
        received({"floor_id": floor.floor_id}, event="floor"),
        received({"label_id": wet.label_id}, event="label"),
        received(event="last"),
        wrote=NAME,
    )

    def publish() -> None:
        for board in ("boat", "greenhouse"):
            for name in ("area", "floor", "label"):
                cloud.world.publish(board, name, "")

    publish()
    await _end_of_line(hass, cloud, automation, 0)

    device_registry.async_update_device(page_id(hass, cloud, "greenhouse"), area_id=garden.id)
    device_registry.async_update_device(page_id(hass, cloud, "boat"), labels={wet.label_id})
    publish()
    await automation.times(4)
    assert [(run["board"], run["event"]) for run in automation.runs[1:]] == [
        ("boat", "label"),
        ("greenhouse", "area"),
        ("greenhouse", "floor"),
    ]

    device_registry.async_update_device(page_id(hass, cloud, "greenhouse"), area_id=None)
    device_registry.async_update_device(page_id(hass, cloud, "boat"), labels=set())
    publish()
    await _end_of_line(hass, cloud, automation, 4)

    area_registry.async_update(garden.id, floor_id=None)
    device_registry.async_update_device(page_id(hass, cloud, "greenhouse"), area_id=garden.id)
    cloud.world.publish("greenhouse", "floor", "")
    await _end_of_line(hass, cloud, automation, 5)


async def test_an_entity_that_is_put_in_an_area(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    area_registry: ar.AreaRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    """Its board belongs to the area from then on."""
    await listening(hass, set_up)
    area = area_registry.async_create("Shed")
    automation = await automate(hass, received({"area_id": area.id}, event="ping"), wrote=NAME)
    entity_registry.async_update_entity("sensor.garage_position", area_id=area.id)
    cloud.world.publish("garage", "ping", "")
    await automation.times(1)


async def test_the_accounts_page_means_all_its_boards(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, device_registry: dr.DeviceRegistry
) -> None:
    """Also those that appear later."""
    entry = await listening(hass, set_up)
    page = next(
        page
        for page in dr.async_entries_for_config_entry(device_registry, entry.entry_id)
        if page.entry_type is dr.DeviceEntryType.SERVICE
    )
    automation = await automate(hass, received({"device_id": page.id}, event="ping"), wrote=NAME)
    cloud.world.publish("garage", "ping", "")
    await automation.times(1)

    cloud.world.add_board("cellar")
    await entry.runtime_data.account.async_refresh()
    await hass.async_block_till_done()
    cloud.world.publish("cellar", "ping", "")
    await automation.times(2)
    assert automation.runs[-1]["board"] == "cellar"


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
        received({"device_id": page_id(hass, cloud, "greenhouse")}, event="pong"),
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


async def test_a_board_that_two_accounts_bring(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, config_entry: MockConfigEntry
) -> None:
    """Its events start the automation once, by the account that shows the board."""
    await listening(hass, set_up)
    fleet = MockConfigEntry(
        domain=DOMAIN,
        title="Delivery Vans",
        unique_id=f"product_{cloud.product_id}",
        data=config_entry.data
        | {
            CONF_CLIENT_ID: cloud.product_client_id,
            CONF_CLIENT_SECRET: cloud.product_client_secret,
        },
        options={CONF_ACCOUNT_DEVICES: False, CONF_PRODUCTS: [str(cloud.product_id)]},
    )
    fleet.add_to_hass(hass)
    await hass.config_entries.async_setup(fleet.entry_id)
    await until(hass, lambda: len(cloud.streams) == 2)
    automation = await automate(
        hass,
        received(event=["ping", "last"]),
        wrote={"event": "{{ trigger.event }}", "entry": "{{ trigger.config_entry_id }}"} | NAME,
    )
    heard: list[str] = []
    fleet.runtime_data.hub.async_listen(lambda event: heard.append(event.name))
    cloud.world.publish("van-1", "ping", "")
    await until(hass, lambda: "ping" in heard)
    cloud.world.publish("van-2", "ping", "")
    await automation.times(2)
    assert automation.runs == [
        {"event": "ping", "board": "van-1", "entry": config_entry.entry_id},
        {"event": "ping", "board": "van-2", "entry": fleet.entry_id},
    ]
    await hass.config_entries.async_unload(fleet.entry_id)


async def test_only_one_account(hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp) -> None:
    """An account that is picked alone is listened to; another one's events do nothing."""
    entry = await listening(hass, set_up)
    automation = await automate(
        hass,
        received(event="ping", config_entry_id="not this one"),
        received(event="last", config_entry_id=entry.entry_id),
        wrote=NAME,
    )
    cloud.world.publish("greenhouse", "ping", "")
    await _end_of_line(hass, cloud, automation, 0)


@pytest.mark.parametrize(
    ("options", "payload"),
    [
        ({"match": {"door": "open"}}, '{"door": "open", "by": "hand"}'),
        ({"match": {"gps": {"lck": 1}}}, '{"gps": {"lck": 1, "lat": 52.5}}'),
        ({"payload": {"field": "t", "above": 30}}, '{"t": 30.1}'),
        ({"payload": {"field": "t", "above": 30, "below": 40}}, '{"t": "35"}'),
        ({"payload": {"field": "probes.1", "below": 0}}, '{"probes": [3, -1]}'),
        ({"payload": {"field": "a.b", "equals": 1}}, '{"a.b": 1, "a": {"b": 2}}'),
        ({"payload": {"field": "on", "equals": "true"}}, '{"on": true}'),
        ({"payload": {"field": "n", "equals": "21.50"}}, '{"n": 21.5}'),
        ({"payload": {"field": "n", "equals": 21}}, '{"n": "21"}'),
        ({"payload": {"field": "x", "equals": "null"}}, '{"x": null}'),
        ({"payload": {"field": "list", "contains": "b"}}, '{"list": ["a", "b"]}'),
        ({"payload": {"field": "text", "contains": "lar"}}, '{"text": "alarm"}'),
        ({"payload": {"field": "o", "contains": "key"}}, '{"o": {"key": 1}}'),
        ({"payload": {"above": 20}}, "21.5"),
        ({"payload": {"contains": "alarm"}}, "an alarm without JSON"),
        ({"payload": {"equals": "open"}}, "open"),
        ({"payload": {"field": "0", "equals": 7}}, "[7]"),
    ],
)
async def test_payloads_that_fit(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    options: dict[str, Any],
    payload: str,
) -> None:
    """The automation runs."""
    await listening(hass, set_up)
    automation = await automate(hass, received(event="reading", **options))
    cloud.world.publish("greenhouse", "reading", payload)
    await automation.times(1)
    assert await automation.passed_over(0) == []


@pytest.mark.parametrize(
    ("options", "payload", "reason", "data"),
    [
        (
            {"match": {"door": "open"}},
            '{"door": "shut"}',
            "payload_value_differs",
            {"field": "door", "wanted": "open", "found": "shut"},
        ),
        (
            {"match": {"gps": {"lck": 1}}},
            '{"gps": {"lck": true}}',
            "payload_value_differs",
            {"field": "gps.lck", "wanted": 1, "found": True},
        ),
        ({"match": {"door": "open"}}, "{}", "payload_key_missing", {"field": "door"}),
        ({"match": {"a": 1}}, "[1]", "payload_is_no_json_object", {"payload": "[1]"}),
        ({"match": {"a": 1}}, "", "payload_is_no_json_object", {"payload": ""}),
        (
            {"payload": {"field": "t", "above": 30}},
            '{"t": 30}',
            "payload_not_above",
            {"field": "t", "wanted": 30.0, "found": 30},
        ),
        (
            {"payload": {"field": "t", "below": 3}},
            '{"t": 3}',
            "payload_not_below",
            {"field": "t", "wanted": 3.0, "found": 3},
        ),
        (
            {"payload": {"field": "t", "above": 0}},
            '{"t": true}',
            "payload_is_no_number",
            {"field": "t", "wanted": 0.0, "found": True},
        ),
        (
            {"payload": {"field": "t", "above": 0}},
            '{"t": NaN}',
            "payload_is_no_json",
            {"field": "t"},
        ),
        (
            {"payload": {"field": "t", "equals": "1"}},
            '{"t": {"a": 1}}',
            "payload_not_equal",
            {"field": "t", "wanted": "1", "found": '{"a": 1}'},
        ),
        (
            {"payload": {"field": "t", "contains": "z"}},
            '{"t": "abc"}',
            "payload_does_not_contain",
            {"field": "t", "wanted": "z", "found": "abc"},
        ),
        (
            {"payload": {"field": "t.u", "above": 0}},
            '{"t": 1}',
            "payload_key_missing",
            {"field": "t.u"},
        ),
        (
            {"payload": {"field": "t", "above": 0}},
            "no JSON",
            "payload_is_no_json",
            {"field": "t", "payload": "no JSON"},
        ),
    ],
)
async def test_payloads_that_do_not_fit(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    options: dict[str, Any],
    payload: str,
    reason: str,
    data: dict[str, Any],
) -> None:
    """The automation does not run, and its trace says why."""
    await listening(hass, set_up)
    automation = await automate(hass, received(event="reading", **options))
    cloud.world.publish("greenhouse", "reading", payload)
    heard = await automation.passed_over(1)
    await automation.times(0)
    assert [one["reason"] for one in heard] == [reason]
    assert heard[0]["data"].items() >= {**data, "device_name": "greenhouse"}.items()


async def test_an_event_of_another_name_leaves_no_trace(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Only events that the automation is about are explained."""
    await listening(hass, set_up)
    automation = await automate(
        hass, received(event="reading", match={"a": 1}), received(event="last"), wrote=NAME
    )
    cloud.world.publish("greenhouse", "something else", "{}")
    await _end_of_line(hass, cloud, automation, 0)
    assert await automation.passed_over(0) == []


@pytest.mark.parametrize(
    "options",
    [
        {"payload": {"field": "t"}},
        {"payload": {"field": "t", "above": "warm"}},
        {"match": "door"},
        {"unknown": 1},
    ],
)
async def test_options_that_make_no_sense(
    hass: HomeAssistant, set_up: SetUp, options: dict[str, Any]
) -> None:
    """The automation cannot be used until they are put right."""
    await set_up()
    await automate(hass, received(event="reading", **options))
    assert hass.states.is_state("automation.under_test", "unavailable")


def deep(levels: int) -> str:
    """Return nested JSON arrays."""
    return "[" * levels + "]" * levels


@pytest.mark.parametrize(
    ("name", "payload", "parsed"),
    [
        ("binary", "data:application/octet-stream;base64,AAECAw==", None),
        ("long", json.dumps({"text": "x" * 16_000}), {"text": "x" * 16_000}),
        ("garage/door/left open", "1", 1),
        ("🚪", "🌱", None),
        ("n" * 64, "", None),
        ("number", "21.5", 21.5),
        ("array", "[1, 2]", [1, 2]),
        ("duplicate keys", '{"a": 1, "a": 2}', {"a": 2}),
        ("nested", deep(50), json.loads(deep(50))),
        ("nested too deep", deep(8_000), None),
        ("broken", '{"a": ', None),
        ("separators", "a\u2028b\u0085c", None),
    ],
)
async def test_events_of_every_kind(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, name: str, payload: str, parsed: Any
) -> None:
    """The text arrives unharmed, and is parsed where it is JSON."""
    await listening(hass, set_up)
    automation = await automate(
        hass,
        received(event=name),
        wrote={"data": "text: {{ trigger.data }}", "json": "{{ trigger.json }}"},
    )
    cloud.world.publish("greenhouse", name, payload)
    await automation.times(1)
    assert automation.runs[0]["data"].rstrip() == f"text: {payload}".rstrip()
    assert automation.runs[0]["json"] == parsed


async def test_clocks_that_run_backwards(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Events are taken in the order in which they come, whatever their time stamps say."""
    entry = await listening(hass, set_up)
    automation = await automate(hass, received(event="tick"), wrote={"data": "{{ trigger.data }}"})
    board = cloud.world.board("greenhouse").id
    for number in (1, 2, 3):
        entry.runtime_data.hub.receive(
            CloudEvent.from_json(
                "tick",
                {
                    "data": str(number),
                    "coreid": board,
                    "published_at": f"2026-01-02T03:04:0{9 - number}.000Z",
                },
            )
        )
    await automation.times(3)
    assert [run["data"] for run in automation.runs] == [1, 2, 3]


@pytest.mark.parametrize("coreid", ["api", "particle-internal", "0a10aced202194944a0000ee"])
async def test_events_that_no_board_of_ours_sent(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, coreid: str
) -> None:
    """They start automations without a target, have no page, and never those about a board."""
    await listening(hass, set_up)
    automation = await automate(
        hass,
        received({"device_id": page_id(hass, cloud, "greenhouse")}, event="news"),
        received(event="news"),
        wrote={"idx": "{{ trigger.idx }}", "page": "{{ trigger.device_id }}"},
    )
    cloud.world.publish_from_cloud("news", "", coreid=coreid, owner=cloud.username)
    await automation.times(1)
    assert automation.runs == [{"idx": 1, "page": None}]


async def test_a_duplicate_runs_the_automation_once(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Particle delivers at least once."""
    await listening(hass, set_up)
    cloud.faults.set("duplicate_events")
    automation = await automate(hass, received(event=["ping", "last"]), wrote=NAME)
    cloud.world.publish("greenhouse", "ping", "")
    await _end_of_line(hass, cloud, automation, 1)


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


async def test_what_the_editor_offers_for_a_board(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Whoever picks a board finds all triggers and conditions that are about boards."""
    await set_up()
    client = await hass_ws_client(hass)
    target = {"device_id": [page_id(hass, cloud, "greenhouse")]}

    async def offered(kind: str) -> set[str]:
        await client.send_json_auto_id({"type": f"get_{kind}_for_target", "target": target})
        answer = await client.receive_json()
        assert answer["success"]
        return {name for name in answer["result"] if name.startswith("particle.")}

    assert await offered("triggers") == {
        "particle.came_online",
        "particle.entered_safe_mode",
        "particle.event_received",
        "particle.firmware_changed",
        "particle.flash_finished",
        "particle.reset",
        "particle.went_offline",
    }
    assert await offered("conditions") == {"particle.is_online", "particle.runs_firmware"}


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
