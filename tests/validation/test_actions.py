"""What people read when the data of an action do not fit."""

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util.yaml import load_yaml_dict
import pytest

import custom_components.particle as integration
from custom_components.particle.const import DOMAIN
from custom_components.particle.validation.fields import TARGET_FIELDS
from tests.actions import Act
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.services.test_permissions import ALL
from tests.simulator import SimulatedCloud

# What no field takes, or takes only by luck; each action is given each of them in each field.
WRONG: Final[list[Any]] = [
    None,
    "",
    "   ",
    [],
    [None],
    {},
    -1,
    10**9,
    10**400,
    float("inf"),
    "perhaps",
    [{"a": [1]}],
    {"a": object()},
    object(),
]
# How a library speaks, not a person.
JARGON: Final = re.compile(
    r"expected|value must|value should|value is None|length of|required key|extra keys|not a valid"
    r"|group of|at least one of|data\[|@|Got|\bNone\b|Invalid|invalid|instance|dict\b|<|object at"
)


def fields() -> dict[str, list[str]]:
    """Return the fields of each action, as people find them in the editor."""
    described = load_yaml_dict(str(Path(integration.__file__).parent / "services.yaml"))
    found = {}
    for action, description in described.items():
        names: list[str] = []
        for name, field in ((description or {}).get("fields") or {}).items():
            names += field.get("fields", [name])
        if description and "target" in description:
            names += TARGET_FIELDS
        found[action] = names
    return found


FIELDS: Final = fields()


def messages(hass: HomeAssistant, action: str) -> Iterator[tuple[str, Any, str]]:
    """Yield what is said of each wrong value in each field of an action."""
    schema = hass.services.async_services_for_domain(DOMAIN)[action].schema
    assert schema is not None
    good = {**ALL[action], **({"device_id": "x"} if "device_id" in ALL[action] else {})}
    for field in [*FIELDS[action], "nonsense"]:
        for value in WRONG:
            try:
                schema({**good, field: value})
            except ServiceValidationError as err:
                yield field, value, str(err)


@pytest.mark.parametrize("action", sorted(ALL))
async def test_every_message_is_a_sentence(hass: HomeAssistant, set_up: SetUp, action: str) -> None:
    """It names the field and is in nobody's jargon; nothing else is ever raised."""
    await set_up()
    said = list(messages(hass, action))
    assert {field for field, _, _ in said} >= {"nonsense"}
    for field, value, message in said:
        assert not JARGON.search(message), (field, value, message)
        assert re.match(r"[A-Z].+", message), message
        assert field in message, (field, value, message)
        assert len(message) < 400


@pytest.mark.parametrize(
    ("action", "data", "message"),
    [
        ("call_function", {"device_id": "x"}, "The field function is missing"),
        (
            "call_function",
            {"device_id": "x", "function": "x", "arguments": 1},
            (
                "There is no field arguments. Possible fields: area_id, argument, device_id, "
                "entity_id, floor_id, function, label_id"
            ),
        ),
        (
            "ping",
            {},
            "No target is set. Select the devices, or areas or labels with devices",
        ),
        (
            "flash",
            {"device_id": "x", "path": [None]},
            "The field path is empty. Fill it in, or leave it out if it is optional",
        ),
        (
            "flash",
            {"device_id": "x", "path": "x", "timeout": 0},
            "The field timeout is not valid: a number from 1 to 7200 is needed",
        ),
        (
            "signal",
            {"device_id": "x", "signaling": "perhaps"},
            "The field signaling is not valid: true or false is needed",
        ),
        (
            "get_vitals",
            {"device_id": "x", "start": "yesterday"},
            (
                "The field start is not valid: a date and a time are needed, such as "
                "2026-11-25 18:30:00"
            ),
        ),
        (
            "create_webhook",
            {"event": "x", "url": "https://x", "request_type": "HEAD"},
            "The field request_type is not valid: it has to be one of GET, POST, PUT, DELETE",
        ),
        (
            "create_webhook",
            {"event": "x", "url": "https://x", "username": "x"},
            "These fields belong together: username, password. Fill in all of them or none",
        ),
        (
            "create_webhook",
            {"event": "x", "url": "https://x", "json": {"a": 1}, "body": "x"},
            "Only one of these fields can be used at a time: json, form, body",
        ),
        (
            "publish_event",
            {"event": "x", "device_id": "x", "product_id": "x"},
            "Only one of these fields can be used at a time: device_id, product_id",
        ),
        (
            "replay_event",
            {},
            "Enter the event to replay: the number of a recent one, or a name",
        ),
        (
            "set_groups",
            {"device_id": "x", "groups": ["A b"]},
            (
                "The field groups is not valid: a group's name consists of lower-case letters, "
                "digits, '-' and '_'"
            ),
        ),
    ],
)
async def test_what_is_said(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    action: str,
    data: dict[str, Any],
    message: str,
) -> None:
    """What is wrong, and what is needed instead."""
    await set_up()
    if "device_id" in data:
        data = {**data, "device_id": registry_id(hass, cloud, "greenhouse")}
    with pytest.raises(ServiceValidationError) as raised:
        await Act(hass)(action, **data)
    assert str(raised.value) == message
