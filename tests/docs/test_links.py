"""The documentation: its links lead somewhere, and Home Assistant takes its examples."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from homeassistant.components.logger import CONFIG_SCHEMA as LOGGER_SCHEMA
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, template
from homeassistant.setup import async_setup_component
import pytest
import voluptuous as vol

from custom_components.particle.const import DOMAIN
from tests.documents import PAGES, README, REPOSITORY, anchors, examples, links, read

REPOSITORY_URL = "https://github.com/particle-home-assistant/particle"
BLUEPRINTS = REPOSITORY / "blueprints" / "automation" / "particle"

TEXTS: dict[str, Any] = json.loads(
    read(REPOSITORY / "custom_components" / DOMAIN / "translations" / "en.json")
)

# What the examples take from the automation around them.
VARIABLES = {
    "answer": {"return_value": 0},
    "leaked_token": "5d1e0e5fa9a7c34a",
    "new_password": "a long one",
    "trigger": {"device_id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "device_name": "greenhouse"},
}

by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@by_page
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(read(page)):
        if link.startswith(("http:", "https:")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(read(target)), link


def test_every_page_and_picture_is_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    reached = [README]
    while reached:
        page = reached.pop()
        seen.add(page)
        if page.suffix == ".md":
            found = (link.partition("#")[0] for link in links(read(page)) if "://" not in link)
            reached += {(page.parent / name).resolve() for name in found if name} - seen
    assert {path for path in (REPOSITORY / "docs").rglob("*") if path.is_file()} <= seen


def my_links(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Return the names and the parameters of the My links of a text."""
    for link in links(text):
        url = urlsplit(link)
        if url.netloc == "my.home-assistant.io" and url.path.startswith("/redirect/"):
            name = url.path.removeprefix("/redirect/").strip("/")
            yield name, {key: value for key, [value] in parse_qs(url.query).items()}


def test_my_links_open_what_they_promise() -> None:
    found = list(my_links(read(README)))
    owner, repository = REPOSITORY_URL.split("/")[-2:]
    assert (
        "hacs_repository",
        {"owner": owner, "repository": repository, "category": "integration"},
    ) in found
    assert ("config_flow_start", {"domain": DOMAIN}) in found


def test_each_blueprint_can_be_imported_by_a_link() -> None:
    imported = {
        parameters["blueprint_url"]
        for name, parameters in my_links(read(README))
        if name == "blueprint_import"
    }
    assert imported == {
        f"{REPOSITORY_URL}/blob/main/{path.relative_to(REPOSITORY)}"
        for path in BLUEPRINTS.glob("*.yaml")
    }


def actions_in(example: Any) -> Iterator[dict[str, Any]]:
    """Return the integration's actions in an example, wherever they stand."""
    if isinstance(example, list):
        for one in example:
            yield from actions_in(one)
    elif isinstance(example, dict):
        if str(example.get("action", "")).startswith(f"{DOMAIN}."):
            yield example
        for one in example.values():
            yield from actions_in(one)


@by_page
async def test_home_assistant_takes_the_examples(hass: HomeAssistant, page: Path) -> None:
    """An automation runs, an action is valid with its data, and so is a piece of configuration."""
    automations: list[dict[str, Any]] = []
    pieces: list[dict[str, Any]] = []
    for example in examples(read(page)):
        if "triggers" in example:
            automations.append(example)
        elif "action" in example:
            automations.append({"alias": "One action", "triggers": [], "actions": [example]})
        else:
            pieces.append(example)

    await async_setup_component(hass, DOMAIN, {})
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()

    # One that it does not take is unavailable.
    states = hass.states.async_all("automation")
    assert [state.state for state in states] == [STATE_ON] * len(automations)
    services = hass.services.async_services_for_domain(DOMAIN)
    for action in actions_in(automations):
        schema = services[action["action"].partition(".")[2]].schema
        assert isinstance(schema, vol.Schema)
        written = action.get("data", {}) | action.get("target", {})
        data = template.render_complex(cv.template_complex(written), VARIABLES)
        schema(data)
    for piece in pieces:
        assert LOGGER_SCHEMA(piece)

    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)


@by_page
def test_examples_say_what_they_do(page: Path) -> None:
    for example in examples(read(page)):
        assert "triggers" not in example or example["alias"]


def test_the_first_example_shows_a_trigger_a_condition_and_an_action() -> None:
    example, *_ = examples(read(README))
    for kind, key in (("triggers", "trigger"), ("conditions", "condition"), ("actions", "action")):
        assert any(str(one.get(key)).startswith(f"{DOMAIN}.") for one in example[kind])


def test_the_first_screen_shows_the_product_and_how_to_try_it() -> None:
    first = read(README).partition("## ")[0]
    assert "docs/images/dashboard-1280-light.png" in links(first)
    [commands] = re.findall(r"```sh\n(.*?)```", first, re.DOTALL)
    programs = [line.partition(" ")[0] for line in commands.strip().splitlines()]
    assert programs == ["scripts/demo", "scripts/test"]
    for program in programs:
        assert (REPOSITORY / program).is_file()


def bold(page: str) -> set[str]:
    """Return what a page of the folder docs sets in bold."""
    return set(re.findall(r"\*\*(.+?)\*\*", read(REPOSITORY / "docs" / page)))


def test_each_option_is_described() -> None:
    steps = TEXTS["options"]["step"].values()
    forms = [form for step in steps for form in (step, *step.get("sections", {}).values())]
    assert {name for form in forms for name in form.get("data", {}).values()} <= bold("options.md")


def test_each_entity_is_described() -> None:
    names = {
        entity["name"] for platform in TEXTS["entity"].values() for entity in platform.values()
    }
    # There is one for each product.
    assert names - bold("entities.md") == {
        TEXTS["entity"]["binary_sensor"]["product_event_stream"]["name"]
    }


def test_installation_names_the_oldest_home_assistant() -> None:
    found = re.search(r'"homeassistant": "(\d+\.\d+)', read(REPOSITORY / "hacs.json"))
    assert found is not None
    assert f"Home Assistant {found[1]} or later" in read(README)
