"""Whether all that a flow shows has a text whose placeholders are filled."""

from collections.abc import Mapping
import json
from pathlib import Path
from string import Formatter
from typing import Any

from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.helpers import config_validation as cv
import probatio

from custom_components.particle import const

type Result = dict[str, Any]

TEXTS: dict[str, Any] = json.loads(
    (Path(const.__file__).parent / "translations/en.json").read_text()
)


def placeholders_of(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def check_texts(result: Result, flow: str) -> Result:
    """Assert that people see no bare key and no empty brace.

    Args:
        result: What a step returned.
        flow: ``config`` or ``options``.
    """
    texts = TEXTS[flow]
    given = set(result.get("description_placeholders") or ())
    match result["type"]:
        case FlowResultType.ABORT:
            if result.get("translation_domain") in (None, const.DOMAIN):
                assert placeholders_of(texts["abort"][result["reason"]]) <= given
        case FlowResultType.MENU:
            step = texts["step"][result["step_id"]]
            assert set(result["menu_options"]) <= set(step["menu_options"])
            _check_step(step, given)
        case FlowResultType.FORM:
            step = texts["step"][result["step_id"]]
            assert set((result["errors"] or {}).values()) <= set(texts["error"])
            _check_step(step, given)
            if (schema := result["data_schema"]) is not None:
                _check_fields(schema.schema, step)
                # What the frontend gets.
                json.dumps(probatio.to_field_list(schema, custom_serializer=cv.custom_serializer))
    return result


def _check_step(step: dict[str, Any], given: set[str]) -> None:
    assert step["title"]
    for form in (step, *step.get("sections", {}).values()):
        texts = [form.get(key, "") for key in ("title", "name", "description")]
        texts += [*form.get("data", {}).values(), *form.get("data_description", {}).values()]
        for text in texts:
            assert placeholders_of(text) <= given, text


def _check_fields(fields: Mapping[Any, Any], form: dict[str, Any]) -> None:
    for name, field in fields.items():
        if isinstance(field, section):
            assert form["sections"][str(name)]["name"]
            _check_fields(field.schema.schema, form["sections"][str(name)])
        else:
            assert form["data"][str(name)]
            assert form["data_description"][str(name)]
