"""Events of every kind, and automations that look at what they carry."""

import json
from typing import Any

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.particle.api import CloudEvent
from custom_components.particle.triggers import base
from tests.actions import Act
from tests.automations import NAME, automate, end_of_line, listening, received, registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time


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


async def test_what_does_not_fit_again_and_again(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """It is explained once for each device, and again when it may be news, or somebody tries it."""
    await listening(hass, set_up)
    automation = await automate(
        hass, received(event="reading", match={"door": "open"}), received(event="last"), wrote=NAME
    )
    for number in range(10):
        for board in ("greenhouse", "garage"):
            cloud.world.publish(board, "reading", json.dumps({"door": "shut", "number": number}))
    await end_of_line(hass, cloud, automation, 0)
    explained = await automation.passed_over(2)
    assert [one["data"]["device_name"] for one in explained] == ["greenhouse", "garage"]

    # After a run of the same trigger, after ten minutes, and in a replay.
    cloud.world.publish("greenhouse", "reading", '{"door": "open"}')
    cloud.world.publish("greenhouse", "reading", '{"door": "shut"}')
    await automation.times(2)
    assert len(await automation.passed_over(3)) == 3
    await pass_time(hass, clock, 601)
    again = {"device_id": registry_id(hass, cloud, "greenhouse"), "event": "reading", "data": "{}"}
    await Act(hass)("replay_event", **again)
    await Act(hass)("replay_event", **again)
    assert len(await automation.passed_over(5)) == 5
    await automation.times(2)


async def test_more_reasons_than_are_remembered(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are forgotten all together, so that a reason that comes again is explained again."""
    monkeypatch.setattr(base, "MAX_REPORTED", 2)
    await listening(hass, set_up)
    automation = await automate(
        hass, received(event="reading", match={"door": "open"}), received(event="last"), wrote=NAME
    )
    boards = ("greenhouse", "garage", "greenhouse", "garage", "boat", "boat", "greenhouse")
    for number, board in enumerate(boards):
        cloud.world.publish(board, "reading", json.dumps({"door": "shut", "number": number}))
    await end_of_line(hass, cloud, automation, 0)
    explained = await automation.passed_over(4)
    assert [one["data"]["device_name"] for one in explained] == [
        "greenhouse",
        "garage",
        "boat",
        "greenhouse",
    ]


async def test_an_event_of_another_name_leaves_no_trace(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Only events that the automation is about are explained."""
    await listening(hass, set_up)
    automation = await automate(
        hass, received(event="reading", match={"a": 1}), received(event="last"), wrote=NAME
    )
    cloud.world.publish("greenhouse", "something else", "{}")
    await end_of_line(hass, cloud, automation, 0)
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
@pytest.mark.expect_log("failed to setup triggers")
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
        received({"device_id": registry_id(hass, cloud, "greenhouse")}, event="news"),
        received(event="news"),
        wrote={"idx": "{{ trigger.idx }}", "page": "{{ trigger.device_id }}"},
    )
    cloud.world.publish_from_cloud("news", "", coreid=coreid, owner=cloud.username)
    await automation.times(1)
    assert automation.runs == [{"idx": 1, "page": None}]
