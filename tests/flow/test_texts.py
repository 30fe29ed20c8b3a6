"""Every step, error and choice of the flows has a text, and no text is left over."""

import ast
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.particle import api
from custom_components.particle.api import ParticleError
from custom_components.particle.config_flow import ParticleConfigFlow
from custom_components.particle.const import Login, PollingMode
from custom_components.particle.data_operations.issue import LEVELS
from custom_components.particle.exceptions import rule_for
from custom_components.particle.flow import texts
from custom_components.particle.flow.login_forms import FIELDS
from custom_components.particle.flow.options import ParticleOptionsFlow
from custom_components.particle.flow.permissions import Permission
from tests.flow_texts import TEXTS, placeholders_of

CONFIG, OPTIONS = TEXTS["config"], TEXTS["options"]

# Steps that show nothing themselves: they lead to another one.
SILENT = {"go_on", "reauth", "save"}


def steps_of(flow: type) -> set[str]:
    """Return the steps that a flow has and that show something."""
    names = [name for name in vars(flow) if name.startswith("async_step_")]
    return {name.removeprefix("async_step_") for name in names} - SILENT


def returned_keys() -> set[str]:
    """Return the keys of all errors that forms can show, beside those of single fields."""
    code = ast.parse(Path(texts.__file__).read_text())
    [function] = [
        node
        for node in code.body
        if isinstance(node, ast.FunctionDef) and node.name == "_error_key"
    ]
    returned = {
        node.value.value
        for node in ast.walk(function)
        if isinstance(node, ast.Return)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }
    return returned | {
        key
        for kind in vars(api).values()
        if isinstance(kind, type) and issubclass(kind, ParticleError)
        if (key := rule_for(kind.__new__(kind)).form) is not None
    }


@pytest.mark.parametrize(
    ("flow", "texts"), [(ParticleConfigFlow, CONFIG), (ParticleOptionsFlow, OPTIONS)]
)
def test_every_step_has_a_page(flow: type, texts: dict[str, Any]) -> None:
    """A step without texts is a blank one."""
    assert steps_of(flow) == set(texts["step"])


def test_every_error_has_a_text() -> None:
    """Also those that tests cannot provoke."""
    fields = set(texts.FIELD_ERRORS.values())
    assert returned_keys() | fields | {"nothing_chosen"} == set(CONFIG["error"])
    assert set(OPTIONS["error"]) == {"nothing_chosen", "interval_out_of_range"}


def test_every_end_has_a_text() -> None:
    """Also those that Home Assistant itself gives."""
    assert set(CONFIG["abort"]) == {
        "already_configured",
        "already_in_progress",
        "reauth_successful",
        "reconfigure_successful",
        "unique_id_mismatch",
    }


def test_every_field_has_a_text_and_a_description() -> None:
    """In each step and section; logging in again shows the fields of all ways."""
    for flow in (CONFIG, OPTIONS):
        for step in flow["step"].values():
            for form in (step, *step.get("sections", {}).values()):
                assert set(form.get("data", {})) == set(form.get("data_description", {}))
    fields = {str(field) for login in Login for field in FIELDS[login]}
    assert set(CONFIG["step"]["reauth_confirm"]["data"]) == fields


def test_every_choice_has_a_text() -> None:
    """The ways to log in are form_errors too."""
    for step in ("user", "reconfigure"):
        assert set(CONFIG["step"][step]["menu_options"]) == set(Login)
        assert set(CONFIG["step"][step]["menu_option_descriptions"]) == set(Login)
    assert set(TEXTS["selector"]["pace"]["options"]) == set(PollingMode)
    assert set(TEXTS["selector"]["permission"]["options"]) == set(Permission)


async def test_a_phrase_that_is_missing_is_noticed(hass: HomeAssistant) -> None:
    """Phrases that a text is put together from come from the translations."""
    assert await texts.async_phrase(hass, "permission", Permission.PING)
    with pytest.raises(KeyError):
        await texts.async_phrase(hass, "permission", "fly")


def test_every_level_of_usage_has_an_issue() -> None:
    """With the cause and the way out; of others only where they are known."""
    known = {"reads", "calls", "device", "next_month"}
    for level in LEVELS:
        for key, extra in (
            (f"data_operations_{level}", {"others"}),
            (f"data_operations_{level}_own", set[str]()),
        ):
            text = TEXTS["issues"][key]["description"]
            assert known | extra <= placeholders_of(text)
            assert ("others" in placeholders_of(text)) is bool(extra)
            assert "To use fewer" in text
    refused = TEXTS["issues"]["data_operations_refused"]["description"]
    assert {"reason", "since", "used", "allowance", "next_month"} <= placeholders_of(refused)


@pytest.mark.parametrize("texts", [CONFIG, OPTIONS], ids=["config", "options"])
def test_no_text_holds_an_address_or_markup(texts: dict[str, Any]) -> None:
    """Addresses come as placeholders; the frontend shows no HTML."""
    assert not re.search(r"https?://|www\.|</?[a-z]+>", json.dumps(texts))
