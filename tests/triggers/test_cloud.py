"""Automations that start when something happens in the cloud: webhooks, and the event stream itself."""

from datetime import timedelta

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from tests.automations import STREAM, Automation, automate, listening, registry_id, trigger
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until


def report(cloud: SimulatedCloud, name: str, data: str) -> None:
    """Let the cloud report on a webhook."""
    cloud.world.publish_from_cloud(name, data, coreid="particle-internal", owner=cloud.username)


# Webhooks


async def test_an_answer_in_parts(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The automation runs once and sees the whole answer, in whatever order its parts came."""
    await listening(hass, set_up)
    automation = await automate(
        hass,
        trigger("webhook_answered"),
        wrote={
            "event": "{{ trigger.event }}",
            "length": "{{ trigger.data | length }}",
            "value": "{{ trigger.json.value[:2] }}",
            "complete": "{{ trigger.complete }}",
        },
    )
    answer = '{"value": "' + "x" * 600 + '"}'
    report(cloud, "hook-response/weather/1", answer[512:])
    report(cloud, "hook-response/weather/0", answer[:512])
    await automation.times(1)
    assert automation.runs == [
        {"event": "weather", "length": len(answer), "value": "xx", "complete": True}
    ]


async def test_the_board_of_an_answer(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Where the report names a board, the automation knows its page."""
    await listening(hass, set_up)
    automation = await automate(
        hass, trigger("webhook_answered"), wrote={"device": "{{ trigger.device_id }}"}
    )
    board = cloud.world.board("garage").id
    report(cloud, f"{board}/hook-response/weather/0", "sunny")
    report(cloud, "hook-response/weather/0", "rainy")
    await automation.times(2)
    assert [run["device"] for run in automation.runs] == [registry_id(hass, cloud, "garage"), None]


async def test_a_webhook_that_fails(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The reason is told; answers are no failures, and webhooks of other events no news."""
    await listening(hass, set_up)
    automation = await automate(
        hass,
        trigger("webhook_failed", event=["weather/*", "door"]),
        wrote={"reason": "{{ trigger.data }}"},
    )
    report(cloud, "hook-sent/weather/now", "")
    report(cloud, "hook-response/weather/now/0", "sunny")
    report(cloud, "hook-error/window/0", "error status 500 from example.com")
    report(cloud, "hook-error/weather/now/0", "error status 404 from example.com")
    await automation.times(1)
    assert automation.runs == [{"reason": "error status 404 from example.com"}]
    assert await automation.passed_over(0) == []


@pytest.mark.parametrize(
    ("patterns", "fired"),
    [
        (["weather*"], ["weather", "weather/now", "weatherman"]),
        (["weather/*"], ["weather/now"]),
        (["weather"], ["weather"]),
        (["*"], ["weather", "weather/now", "weatherman", "the weather"]),
        ([], ["weather", "weather/now", "weatherman", "the weather"]),
        (["weather/*", "the weather"], ["weather/now", "the weather"]),
    ],
)
async def test_the_start_of_names(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    patterns: list[str],
    fired: list[str],
) -> None:
    """An asterisk stands for any end of a name, nothing too; without it the whole name counts."""
    await listening(hass, set_up)
    names = {"event": "{{ trigger.event }}"}
    automation = await automate(
        hass,
        trigger("webhook_answered", event=patterns),
        trigger("webhook_failed", event="last"),
        wrote=names,
    )
    for name in ("weather", "weather/now", "weatherman", "the weather"):
        report(cloud, f"hook-response/{name}/0", "sunny")
    report(cloud, "hook-error/last/0", "no")
    await until(hass, lambda: automation.runs and automation.runs[-1]["event"] == "last")
    assert [run["event"] for run in automation.runs] == [*fired, "last"]


# The stream


@pytest.fixture
async def watcher(hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp) -> Automation:
    """An automation about the stream, which is open."""
    await listening(hass, set_up)
    return await automate(
        hass,
        trigger("stream_lost"),
        trigger("stream_back"),
        wrote={
            "what": "{{ trigger.description.split(':')[0] }}",
            "account": "{{ trigger.account }}",
            "connected": "{{ trigger.connected }}",
        },
    )


async def test_a_stream_that_is_back_at_once(
    hass: HomeAssistant, cloud: SimulatedCloud, watcher: Automation
) -> None:
    """Its return is told, not its loss; the trace says why."""
    cloud.streams.cut()
    await watcher.times(1)
    assert watcher.runs == [
        {
            "what": f"the event stream of {cloud.username} is back",
            "account": cloud.username,
            "connected": True,
        }
    ]
    [passed_over] = await watcher.passed_over(1)
    assert passed_over["reason"] == "came_back_in_time"


@pytest.mark.expect_log("Error fetching Particle account")
async def test_a_stream_that_stays_away(
    hass: HomeAssistant, cloud: SimulatedCloud, watcher: Automation, clock: TickingDateTimeFactory
) -> None:
    """Its loss is told once, however often the connection is tried."""
    cloud.faults.set("cloud_down")
    await until(hass, lambda: hass.states.is_state(STREAM, "off"))
    await pass_time(hass, clock, timedelta(seconds=70))
    await watcher.times(1)
    await pass_time(hass, clock, timedelta(minutes=10))
    await watcher.times(1)
    assert watcher.runs == [
        {
            "what": f"the event stream of {cloud.username} is lost",
            "account": cloud.username,
            "connected": False,
        }
    ]


async def test_a_reload_is_no_loss(
    hass: HomeAssistant, cloud: SimulatedCloud, watcher: Automation, set_up: SetUp
) -> None:
    """Neither the end of the stream nor its new start is told."""
    [entry] = hass.config_entries.async_loaded_entries("particle")
    await hass.config_entries.async_reload(entry.entry_id)
    await until(hass, lambda: hass.states.is_state(STREAM, "on"))
    await watcher.times(0)


async def test_an_account_that_is_unloaded_while_its_stream_is_lost(
    hass: HomeAssistant, cloud: SimulatedCloud, watcher: Automation, clock: TickingDateTimeFactory
) -> None:
    """The trigger stops waiting and does not fire."""
    cloud.faults.set("cloud_down")
    await until(hass, lambda: hass.states.is_state(STREAM, "off"))
    [entry] = hass.config_entries.async_loaded_entries("particle")
    await hass.config_entries.async_unload(entry.entry_id)
    await pass_time(hass, clock, timedelta(minutes=2))
    await watcher.times(0)
