"""The documentation of the actions says what the actions take."""

from pathlib import Path
import re
from typing import Final

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.helpers import config_validation as cv, template
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
import pytest
import voluptuous as vol

from custom_components.particle.const import DOMAIN

REPOSITORY: Final = Path(__file__).parents[1]

SECTIONS: Final = {
    found[1]: section
    for document in ("actions.md", "firmware-and-webhooks.md")
    for section in (REPOSITORY / "docs" / document).read_text(encoding="utf-8").split("\n## ")[1:]
    if (found := re.search(r"^`particle\.(\w+)`", section, re.MULTILINE))
}

# What the examples take from the automation around them.
VARIABLES: Final = {"new_password": "a long one", "leaked_token": "5d1e0e5fa9a7c34a"}


@pytest.mark.parametrize(("action", "section"), SECTIONS.items())
async def test_home_assistant_takes_the_example(
    hass: HomeAssistant, action: str, section: str
) -> None:
    """Each field is described, and the example is what the action takes."""
    assert await async_setup_component(hass, DOMAIN, {})
    service = hass.services.async_services_for_domain(DOMAIN)[action]
    assert isinstance(service.schema, vol.Schema)
    described = re.findall(r"^\| `(\w+)` \| .+ \| .+ \|$", section, re.MULTILINE)
    assert set(described) >= {str(key) for key in service.schema.schema}

    [example] = [
        parse_yaml(block) for block in re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    ]
    assert isinstance(example, dict)
    assert example["action"] == f"{DOMAIN}.{action}"
    answers = service.supports_response
    if "response_variable" in example:
        assert answers is not SupportsResponse.NONE
    else:
        assert answers is not SupportsResponse.ONLY
    assert ("**Answer:** None." in section) is (answers is SupportsResponse.NONE)
    data = template.render_complex(cv.template_complex(example["data"]), VARIABLES)
    service.schema(data)


@pytest.mark.parametrize(
    "module",
    [
        "access_tokens",
        "customers",
        "device_settings",
        "devices",
        "firmware",
        "libraries",
        "oauth_clients",
        "product_firmware",
        "products",
        "request",
        "vitals",
        "webhooks",
    ],
)
def test_each_action_of_a_chapter_is_described(module: str) -> None:
    """An action that is added needs a section."""
    services = REPOSITORY / "custom_components" / DOMAIN / "services"
    source = (services / f"{module}.py").read_text(encoding="utf-8")
    actions = set(re.findall(r'^SERVICE_\w+: Final = "(\w+)"', source, re.MULTILINE))
    assert actions
    assert actions <= SECTIONS.keys()
