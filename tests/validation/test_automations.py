"""What people read whose triggers and conditions are not valid."""

from collections.abc import AsyncIterator
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv, issue_registry as ir
from homeassistant.helpers.condition import async_validate_condition_config
from homeassistant.helpers.trigger import async_validate_trigger_config
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

import custom_components.particle as integration
from custom_components.particle.condition import CONDITIONS
from custom_components.particle.trigger import TRIGGERS
from tests.automations import automate, received
from tests.validation.test_actions import JARGON, WRONG

# Beside what no action takes: what the editor lets people write in YAML.
VALUES: Final[list[Any]] = [
    *WRONG,
    True,
    "*x",
    "a b",
    float("inf"),
    10**400,
    [{"nonsense": 1}],
    [{"field": "a"}],
    [{"above": "warm"}],
    [{"below": 10**400}],
    [{"contains": []}],
    {"seconds": -1},
    {"nonsense": 1},
]
TARGET_FIELDS: Final = ["entity_id", "device_id", "area_id", "floor_id", "label_id", "nonsense"]
NAMES: Final = [
    *(("trigger", name) for name in TRIGGERS),
    *(("condition", name) for name in CONDITIONS),
]


def described(kind: str, name: str) -> dict[str, Any]:
    """Return how the editor shows a trigger or a condition."""
    path = Path(integration.__file__).parent / f"{kind}s.yaml"
    found: dict[str, Any] = load_yaml_dict(str(path))[name]
    return found


def written(kind: str, name: str, **parts: Any) -> dict[str, Any]:
    """Return a trigger or a condition as it stands in an automation, valid but for the parts."""
    config: dict[str, Any] = {kind: f"particle.{name}"}
    if kind == "condition" and "target" in described(kind, name):
        config["target"] = {"device_id": "x"}
    if name == "runs_firmware":
        config["options"] = {"device_os": "6.3.0"}
    return config | parts


async def validate(hass: HomeAssistant, kind: str, config: dict[str, Any]) -> None:
    """Validate it as Home Assistant does when an automation is saved."""
    if kind == "trigger":
        await async_validate_trigger_config(hass, cv.TRIGGER_SCHEMA([config]))
    else:
        await async_validate_condition_config(hass, cv.CONDITION_SCHEMA(config))


async def messages(
    hass: HomeAssistant, kind: str, name: str
) -> AsyncIterator[tuple[str, Any, str]]:
    """Yield what is said of each wrong value in each field; the first part of a field is its place."""
    configs: list[tuple[str, Any, dict[str, Any]]] = []
    good = written(kind, name)
    for field in [*described(kind, name).get("fields", {}), "nonsense"]:
        for value in VALUES:
            options = {**good.get("options", {}), field: value}
            configs.append((field, value, {**good, "options": options}))
            # Forgetting "options" is the commonest mistake.
            configs.append((field, value, {**good, field: value}))
    if "target" in described(kind, name):
        for field in TARGET_FIELDS:
            configs += [(field, value, {**good, "target": {field: value}}) for value in VALUES]
    for part in ("options", "target"):
        wrong = [value for value in VALUES if not isinstance(value, dict)]
        configs += [(part, value, {**good, part: value}) for value in wrong]
    for field, value, config in configs:
        try:
            await validate(hass, kind, config)
        except HomeAssistantError as err:
            yield field, value, str(err)


@pytest.mark.parametrize(("kind", "name"), NAMES)
async def test_every_message_is_a_sentence(hass: HomeAssistant, kind: str, name: str) -> None:
    """It names the field, is in nobody's jargon, and nothing else is ever raised.

    No account is set up, as when Home Assistant starts: the automations may be validated first.
    """
    said = [one async for one in messages(hass, kind, name)]
    assert {field for field, _, _ in said} >= {"nonsense", "options", "target"}
    for field, value, message in said:
        assert not JARGON.search(message), (field, value, message)
        assert re.match(r"[A-Z].+ .+", message), message
        assert field in message, (field, value, message)
        assert len(message) < 400


@pytest.mark.parametrize(
    ("kind", "name", "parts", "message"),
    [
        (
            "trigger",
            "event_received",
            {"options": {"event": ["a", None]}},
            "The field event is empty. Fill it in, or leave it out if it is optional.",
        ),
        (
            "trigger",
            "event_received",
            {"options": {"event": "a*b"}},
            "The field event is not valid: the asterisk is only allowed at the end: a*b.",
        ),
        (
            "trigger",
            "event_received",
            {"options": {"payload": [{"field": "door"}]}},
            (
                "The field payload is not valid: a comparison needs one of equals, above, below, "
                "contains."
            ),
        ),
        (
            "trigger",
            "event_received",
            {"options": {"payload": [{"field": "t", "over": 30}]}},
            (
                "The field payload.over is not valid: the keys of a comparison are field, equals, "
                "above, below, contains."
            ),
        ),
        (
            "trigger",
            "event_received",
            {"options": {"payload": [{"field": "t", "above": "warm"}]}},
            "The field payload.above is not valid: a number is needed.",
        ),
        (
            "trigger",
            "event_received",
            {"event": "door"},
            "The field event is not valid: it belongs below options.",
        ),
        (
            "trigger",
            "went_offline",
            {"options": {"for": "soon"}},
            "The field for is not valid: a duration is needed, such as 00:05:00 for five minutes.",
        ),
        (
            "trigger",
            "went_offline",
            {"target": {"entity_id": "garage"}},
            (
                "The field entity_id is not valid: entity IDs are needed, such as "
                "binary_sensor.garage_connection."
            ),
        ),
        (
            "trigger",
            "flash_finished",
            {"options": {"result": "perhaps"}},
            "The field result is not valid: it has to be one of succeeded, failed, unknown.",
        ),
        (
            "trigger",
            "stream_lost",
            {"target": {"device_id": "x"}},
            "There is no field target. Possible fields: options.",
        ),
        ("trigger", "event_received", {"options": {"event": ["a", "b/*"]}}, None),
        (
            "condition",
            "is_online",
            {"options": {"behavior": "each"}},
            "The field behavior is not valid: it has to be one of any, all.",
        ),
        (
            "condition",
            "runs_firmware",
            {"options": {"comparison": "is"}},
            (
                "The field options is not valid: a version is needed in device_os or "
                "product_firmware."
            ),
        ),
        (
            "condition",
            "runs_firmware",
            {"options": {"device_os": "new"}},
            ("The field device_os is not valid: a version of Device OS is needed, such as 6.3.0."),
        ),
        (
            "condition",
            "runs_firmware",
            {"options": {"product_firmware": "x"}},
            "The field product_firmware is not valid: a whole number from 0 on is needed.",
        ),
    ],
)
async def test_what_the_editor_shows(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    kind: str,
    name: str,
    parts: dict[str, Any],
    message: str | None,
) -> None:
    """What is wrong, and what is needed instead."""
    assert await async_setup_component(hass, "websocket_api", {})
    client = await hass_ws_client(hass)
    config = written(kind, name, **parts)
    await client.send_json_auto_id({"type": "validate_config", f"{kind}s": [config]})
    answer = (await client.receive_json())["result"][f"{kind}s"]
    assert answer == {"valid": message is None, "error": message}


async def test_a_condition_without_a_target(hass: HomeAssistant) -> None:
    """It has to be said which devices are meant."""
    with pytest.raises(HomeAssistantError, match="The field target is missing"):
        await validate(hass, "condition", {"condition": "particle.is_online"})


@pytest.mark.expect_log("has been disabled: The field event is not valid")
async def test_what_the_repair_issue_shows(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    """The sentence, and nothing around it."""
    await automate(hass, received(event="a*b"))
    (issue,) = issue_registry.issues.values()
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["error"] == (
        "The field event is not valid: the asterisk is only allowed at the end: a*b."
    )
