"""The actions on webhooks, with requests that really arrive."""

from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest

from tests.actions import Act
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.hook_target import Target, hook_target
from tests.simulator import SimulatedCloud
from tests.waiting import until


@pytest.fixture
async def target(socket_enabled: None) -> AsyncIterator[Target]:
    """A target on loopback."""
    async with hook_target() as serving:
        yield serving


@pytest.fixture
async def act(hass: HomeAssistant, set_up: SetUp) -> Act:
    """Run actions on an account that is set up."""
    await set_up()
    return Act(hass)


async def test_from_the_first_event_to_the_last(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, target: Target
) -> None:
    """Created, delivered, listed, shown with its log, changed, tested, deleted."""
    created = await act("create_webhook", event="green/alarm", url=target.url)
    webhook_id = created["id"]
    assert created["product_id"] is None
    assert (created["event"], created["url"]) == ("green/alarm", target.url)

    cloud.world.board("greenhouse").publish("green/alarm/frost", "-2")
    await until(hass, lambda: target.deliveries)
    [first] = target.deliveries
    assert first.method == "POST"
    form = parse_qs(first.body)
    assert (form["event"], form["data"]) == (["green/alarm/frost"], ["-2"])
    assert form["coreid"] == [cloud.world.board("greenhouse").id]

    [listed] = (await act("list_webhooks"))["webhooks"]
    assert (listed["id"], listed["request_type"]) == (webhook_id, "POST")

    def in_log() -> bool:
        return bool(cloud.world.integrations[webhook_id].logs)

    await until(hass, in_log)
    shown = await act("get_webhook", webhook_id=webhook_id)
    [entry] = shown["log"]
    assert entry["type"] == "Success"
    assert entry["event"]["event"] == "green/alarm/frost"
    assert entry["response"]["body"] == '{"greeting": "hello"}'
    assert shown["counters"]

    changed = await act("update_webhook", webhook_id=webhook_id, event="other")
    assert (changed["event"], changed["url"]) == ("other", target.url)

    tested = await act("test_webhook", webhook_id=webhook_id, data={"a": 1})
    assert tested == {"passed": True, "error": None}
    assert parse_qs(target.deliveries[-1].body)["data"] == ['{"a":1}']

    assert await act("delete_webhook", webhook_id=webhook_id) == {"id": webhook_id}
    assert await act("list_webhooks") == {"product_id": None, "webhooks": []}
    cloud.world.board("greenhouse").publish("other", "1")
    assert len(target.deliveries) == 2


async def test_every_property_arrives(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, target: Target
) -> None:
    """At Particle under its own name, and at the target."""
    greenhouse = cloud.world.board("greenhouse")
    created = await act(
        "create_webhook",
        event="green",
        url=target.url,
        name="Alarm",
        request_type="put",
        device_id=registry_id(hass, cloud, "greenhouse"),
        json={"value": "{{{PARTICLE_EVENT_VALUE}}}", "nested": {"list": [1, True]}},
        query={"page": 2},
        headers={"X-Origin": "{{{PARTICLE_DEVICE_ID}}}", "Authorization-Note": "none"},
        username="jane",
        password="hook password",
        no_defaults=True,
        reject_unauthorized=False,
        response_topic="answer/{{{PARTICLE_EVENT_NAME}}}",
        error_response_topic="problem",
        response_template="{{greeting}}",
        unchunked=True,
        data_url_response_event=True,
        disabled=False,
        template="5f00000000000000000000aa",
    )
    integration = cloud.world.integrations[created["id"]]
    assert {"event": integration.event, **integration.settings} == {
        "event": "green",
        "url": target.url,
        "name": "Alarm",
        "requestType": "PUT",
        "deviceID": greenhouse.id,
        "json": {"value": "{{{PARTICLE_EVENT_VALUE}}}", "nested": {"list": [1, True]}},
        "query": {"page": 2},
        "headers": {"X-Origin": "{{{PARTICLE_DEVICE_ID}}}", "Authorization-Note": "none"},
        "auth": {"username": "jane", "password": "hook password"},
        "noDefaults": True,
        "rejectUnauthorized": False,
        "responseTopic": "answer/{{{PARTICLE_EVENT_NAME}}}",
        "errorResponseTopic": "problem",
        "responseTemplate": "{{greeting}}",
        "unchunked": True,
        "dataUrlResponseEvent": True,
        "disabled": False,
        "template": "5f00000000000000000000aa",
    }

    cloud.world.events.history.clear()
    cloud.world.board("garage").publish("green", "not this board")
    greenhouse.publish("green", "21.5")
    await until(
        hass, lambda: [one for one in cloud.world.events.history if one.name == "answer/green/0"]
    )
    [delivery] = target.deliveries
    assert (delivery.method, delivery.query) == ("PUT", {"page": "2"})
    assert delivery.body == '{"value":"21.5","nested":{"list":[1,true]}}'
    assert delivery.headers["X-Origin"] == greenhouse.id
    assert delivery.headers["Authorization"] == f"Basic {b64encode(b'jane:hook password').decode()}"
    answers = [one.data for one in cloud.world.events.history if one.name == "answer/green/0"]
    assert answers == ["hello"]


@pytest.mark.parametrize(
    ("body", "content_type", "arrives"),
    [
        ({"form": {"v": "{{{PARTICLE_EVENT_VALUE}}}"}}, "application/x-www-form-urlencoded", "v=7"),
        ({"body": "value {{{PARTICLE_EVENT_VALUE}}}"}, None, "value 7"),
        ({"json": '{"v": {{{PARTICLE_EVENT_VALUE}}}}'}, "application/json", '{"v":7}'),
        ({"json": [1, "{{{PARTICLE_EVENT_VALUE}}}"]}, "application/json", '[1,"7"]'),
    ],
)
async def test_each_kind_of_body(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    act: Act,
    target: Target,
    body: dict[str, Any],
    content_type: str | None,
    arrives: str,
) -> None:
    """Form, text, and JSON as an object, as a list or as the text of a template."""
    await act("create_webhook", event="green", url=target.url, no_defaults=True, **body)
    cloud.world.board("greenhouse").publish("green", "7")
    await until(hass, lambda: target.deliveries)
    assert target.deliveries[0].body == arrives
    assert target.deliveries[0].headers.get("Content-Type") == content_type


async def test_variables_in_a_script(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, target: Target
) -> None:
    """Home Assistant has templates of its own; `raw` keeps it away from Particle's."""
    script = {
        "sequence": [
            {
                "action": "particle.create_webhook",
                "data": {
                    "event": "green",
                    "url": target.url,
                    "body": "{% raw %}{{{PARTICLE_EVENT_NAME}}}{% endraw %} at home",
                },
            }
        ]
    }
    assert await async_setup_component(hass, "script", {"script": {"make_hook": script}})
    await hass.services.async_call("script", "make_hook", blocking=True)
    cloud.world.board("greenhouse").publish("green", "7")
    await until(hass, lambda: target.deliveries)
    assert target.deliveries[0].body == "green at home"


# Changing


async def test_a_change_keeps_the_rest(cloud: SimulatedCloud, act: Act, target: Target) -> None:
    """Particle replaces everything, so the rest is read first."""
    created = await act(
        "create_webhook",
        event="green",
        url=target.url,
        form={"a": "1"},
        headers={"X-A": "1"},
        username="jane",
        password="hook password",
    )
    integration = cloud.world.integrations[created["id"]]
    await act.without_answer("update_webhook", webhook_id=created["id"], disabled=True)
    assert integration.settings["disabled"] is True
    assert integration.settings["form"] == {"a": "1"}
    assert integration.settings["auth"] == {"username": "jane", "password": "hook password"}
    assert integration.event == "green"

    await act("update_webhook", webhook_id=created["id"], body="text", remove=["headers", "auth"])
    assert integration.settings["body"] == "text"
    for gone in ("form", "headers", "auth"):
        assert gone not in integration.settings
    assert integration.settings["disabled"] is True


async def test_a_change_of_the_board(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, target: Target
) -> None:
    """Another board, then any board."""
    created = await act(
        "create_webhook",
        event="green",
        url=target.url,
        device_id=registry_id(hass, cloud, "greenhouse"),
    )
    integration = cloud.world.integrations[created["id"]]
    changed = await act(
        "update_webhook", webhook_id=created["id"], device_id=registry_id(hass, cloud, "garage")
    )
    assert changed["device_id"] == cloud.world.board("garage").id
    await act("update_webhook", webhook_id=created["id"], remove="device_id")
    assert "deviceID" not in integration.settings


async def test_changes_that_make_no_sense(act: Act, target: Target) -> None:
    """Nothing given, and the same given and removed."""
    created = await act("create_webhook", event="green", url=target.url)
    with pytest.raises(ServiceValidationError, match="nothing to change"):
        await act("update_webhook", webhook_id=created["id"])
    with pytest.raises(ServiceValidationError, match="both changed and removed: headers"):
        await act(
            "update_webhook", webhook_id=created["id"], headers={"X-A": "1"}, remove=["headers"]
        )
    with pytest.raises(ServiceValidationError):
        await act("update_webhook", webhook_id=created["id"], remove=["url"])


# Secrets


async def test_secrets_stay_at_particle(act: Act, target: Target, cloud: SimulatedCloud) -> None:
    """No answer shows them: an automation's trace would keep them on disk."""
    created = await act(
        "create_webhook",
        event="green",
        url=target.url,
        headers={"Authorization": "Bearer hidden-1", "X-Api-Key": "hidden-2", "X-Room": "attic"},
        form={"token": "hidden-3"},
        username="jane",
        password="hidden-4",
    )
    cloud.world.integrations[created["id"]].logs.appendleft(
        {"request": "POST /hook HTTP/1.1\r\nAuthorization: Bearer hidden-5\r\nHost: example.com"}
    )
    answers = [
        created,
        await act("list_webhooks"),
        await act("get_webhook", webhook_id=created["id"]),
        await act("update_webhook", webhook_id=created["id"], name="x"),
    ]
    assert "hidden-" not in str(answers)
    assert "attic" in str(answers)
    assert "Host: example.com" in str(answers)


# Tests


async def test_a_target_that_refuses(act: Act, target: Target) -> None:
    """The answer says why; where nobody reads it, it is an error."""
    target.status = 500
    created = await act("create_webhook", event="green", url=target.url)
    tested = await act("test_webhook", webhook_id=created["id"])
    assert tested["passed"] is False
    assert "error status 500" in tested["error"]
    with pytest.raises(HomeAssistantError, match="error status 500"):
        await act.without_answer("test_webhook", webhook_id=created["id"])
    shown = await act("get_webhook", webhook_id=created["id"])
    assert [entry["type"] for entry in shown["log"]] == ["Error", "Error"]


async def test_a_test_in_the_name_of_a_board(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, target: Target
) -> None:
    """The target sees the board's id."""
    created = await act("create_webhook", event="green", url=target.url)
    await act.without_answer(
        "test_webhook",
        webhook_id=created["id"],
        device_id=registry_id(hass, cloud, "garage"),
    )
    garage = cloud.world.board("garage").id
    assert parse_qs(target.deliveries[0].body)["coreid"] == [garage]
