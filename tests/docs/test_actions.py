"""The documentation of the actions says what the actions take."""

import json
from typing import Any, Final

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
import voluptuous as vol

from custom_components.particle.const import DOMAIN
from custom_components.particle.validation.fields import TARGET_FIELDS
from tests.documents import REPOSITORY, sections
from tests.services.test_permissions import ACTS, ADMINISTERS, READS

INTEGRATION: Final = REPOSITORY / "custom_components" / DOMAIN

ACTIONS: Final = list(load_yaml_dict(str(INTEGRATION / "services.yaml")))
SECTIONS: Final = sections("actions.md", "firmware-and-webhooks.md")
TEXTS: Final[dict[str, Any]] = json.loads(
    (INTEGRATION / "translations/en.json").read_text(encoding="utf-8")
)["services"]
PERMISSIONS: Final = {
    **dict.fromkeys(READS, "read permission"),
    **dict.fromkeys(ACTS, "control permission"),
    **dict.fromkeys(ADMINISTERS, "administrators"),
}


def test_every_action_has_a_section() -> None:
    assert list(SECTIONS.keys() ^ set(ACTIONS)) == []


@pytest.mark.parametrize("action", ACTIONS)
async def test_the_section_of_an_action(hass: HomeAssistant, action: str) -> None:
    """It names each field, shows how to use the action, and says what it answers and to whom."""
    assert await async_setup_component(hass, DOMAIN, {})
    service = hass.services.async_services_for_domain(DOMAIN)[action]
    assert isinstance(service.schema, vol.Schema)
    section, texts = SECTIONS[action], TEXTS[action]
    description = (await async_get_all_descriptions(hass))[DOMAIN][action]
    described = description["fields"]
    flat = {
        key: field
        for name, one in described.items()
        for key, field in one.get("fields", {name: one}).items()
    }

    assert section.heading == texts["name"]
    who = section.text.strip().splitlines()[0].split(" · ")[1]
    assert who == PERMISSIONS[action]
    assert f"**Particle: {texts['name']}**" in section.part("In the UI")
    fields = dict(section.tables.get("Field", {}))
    known = {str(key) for key in service.schema.schema}
    if "target" in description:
        assert known >= {*TARGET_FIELDS}
        known -= {*TARGET_FIELDS}
        target = fields.pop("target")
        assert (target["In the UI"], target["Required"]) == ("Target", "yes")
        assert "target" in section.examples[0]
    assert fields.keys() == known == flat.keys()
    for key, row in fields.items():
        assert row["In the UI"] == texts["fields"][key]["name"]
        assert (row["Required"] == "yes") is flat[key].get("required", False), key
    [example] = section.examples
    assert example["action"] == f"{DOMAIN}.{action}"
    assert "```yaml" in section.part("In YAML")

    answers = service.supports_response
    if "response_variable" in example:
        assert answers is not SupportsResponse.NONE
    else:
        assert answers is not SupportsResponse.ONLY
    assert (section.part("Response") == "None.") is (answers is SupportsResponse.NONE)
