"""What Home Assistant, HACS and people who clone the repository rely on, beside the code itself."""

import ast
from collections.abc import Iterator
import json
import os
from pathlib import Path
import re
import struct
from typing import Any, Final

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition, service, trigger
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest

REPOSITORY: Final = Path(__file__).parents[2]
INTEGRATION: Final = REPOSITORY / "custom_components" / "particle"

# The rules of Home Assistant's Integration Quality Scale, as of 2026.10.
QUALITY_RULES: Final = frozenset(
    """
    action-setup appropriate-polling brands common-modules config-flow config-flow-test-coverage
    dependency-transparency docs-actions docs-conditions docs-high-level-description
    docs-installation-instructions docs-removal-instructions docs-triggers entity-event-setup
    entity-unique-id has-entity-name runtime-data test-before-configure test-before-setup
    unique-config-entry

    action-exceptions config-entry-unloading docs-configuration-parameters
    docs-installation-parameters entity-unavailable integration-owner log-when-unavailable
    parallel-updates reauthentication-flow test-coverage

    devices diagnostics discovery discovery-update-info docs-data-update docs-examples
    docs-known-limitations docs-supported-devices docs-supported-functions docs-troubleshooting
    docs-use-cases dynamic-devices entity-category entity-device-class entity-disabled-by-default
    entity-translations exception-translations icon-translations reconfiguration-flow repair-issues
    stale-devices

    async-dependency inject-websession strict-typing
    """.split()  # noqa: SIM905
)

# What HACS accepts in hacs.json; anything else fails its validation.
HACS_KEYS: Final = {
    "content_in_root",
    "country",
    "filename",
    "hacs",
    "hide_default_branch",
    "homeassistant",
    "name",
    "persistent_directory",
    "zip_release",
}

FOLDERS: Final = (
    ".ci",
    ".devcontainer",
    ".github",
    "blueprints",
    "custom_components",
    "docs",
    "frontend",
    "scripts",
    "tests",
)
# Folders in there that tools write.
TOOLS_OWN: Final = {"__pycache__", "dist", "node_modules"}
WORKFLOWS: Final = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))

# Put together here, because they must stand nowhere in the repository, this file included.
PACKAGE_REGISTRIES: Final = tuple(
    "".join(parts)
    for parts in (("py", "pi", ".org"), ("python", "hosted", ".org"), ("npm", "js", ".org"))
)


def load_json(path: Path) -> dict[str, Any]:
    """Return a JSON object that stands in a file."""
    loaded = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def own_files() -> Iterator[Path]:
    """Return the text files that belong to the repository and not to a tool."""
    for path in REPOSITORY.iterdir():
        if path.is_file():
            yield path
    for folder in FOLDERS:
        for path in (REPOSITORY / folder).rglob("*"):
            if path.is_file() and not TOOLS_OWN & set(path.parts) and path.suffix != ".png":
                yield path


def texts(branch: Any) -> Iterator[str]:
    """Return all texts of a branch of the translations."""
    if isinstance(branch, dict):
        for twig in branch.values():
            yield from texts(twig)
    else:
        assert isinstance(branch, str)
        yield branch


@pytest.fixture(scope="module")
def translations() -> dict[str, Any]:
    """The English texts."""
    return load_json(INTEGRATION / "translations" / "en.json")


@pytest.fixture(scope="module")
def icons() -> dict[str, Any]:
    """The icons."""
    return load_json(INTEGRATION / "icons.json")


def test_manifest_has_what_home_assistant_and_hacs_want() -> None:
    manifest = load_json(INTEGRATION / "manifest.json")

    keys = list(manifest)
    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])
    assert {"codeowners", "documentation", "issue_tracker", "version"} <= manifest.keys()
    assert manifest["domain"] == INTEGRATION.name
    assert manifest["codeowners"]
    assert AwesomeVersion(manifest["version"]).strategy is AwesomeVersionStrategy.SEMVER
    assert all("==" in requirement for requirement in manifest["requirements"])


def test_hacs_accepts_its_file() -> None:
    hacs = load_json(REPOSITORY / "hacs.json")

    assert hacs.keys() <= HACS_KEYS
    assert hacs["name"]
    assert AwesomeVersion(hacs["homeassistant"]) >= AwesomeVersion("2026.10.0")
    # With this, HACS installs from releases alone, and from the file of this name.
    # The default branch lacks the built cards.
    assert hacs["zip_release"]
    assert hacs["filename"] == "particle.zip"
    assert hacs["hide_default_branch"]
    # HACS takes one integration from a repository.
    folders = [path for path in INTEGRATION.parent.iterdir() if (path / "manifest.json").is_file()]
    assert folders == [INTEGRATION]


def test_quality_scale_says_something_about_each_rule() -> None:
    rules = load_yaml_dict(str(INTEGRATION / "quality_scale.yaml"))["rules"]

    assert rules.keys() == QUALITY_RULES
    for rule, claim in rules.items():
        status = claim if isinstance(claim, str) else claim["status"]
        assert status in {"done", "exempt", "todo"}, rule
        # Who leaves a rule out says why.
        assert status != "exempt" or claim["comment"], rule


@pytest.mark.parametrize(
    ("name", "width", "height"),
    [
        ("icon.png", 256, 256),
        ("icon@2x.png", 512, 512),
        ("logo.png", None, 128),
        ("logo@2x.png", None, 256),
        ("dark_logo.png", None, 128),
        ("dark_logo@2x.png", None, 256),
    ],
)
def test_brand_images_have_the_sizes_that_home_assistant_shows(
    name: str, width: int | None, height: int
) -> None:
    image = (INTEGRATION / "brand" / name).read_bytes()

    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    real_width, real_height = struct.unpack(">II", image[16:24])
    assert real_height == height
    assert width is None or real_width == width


def test_each_action_and_its_fields_have_texts_and_an_icon(
    translations: dict[str, Any], icons: dict[str, Any]
) -> None:
    # No key with a dot among them: hassfest takes such templates in Home Assistant's own integrations alone.
    actions = load_yaml_dict(str(INTEGRATION / "services.yaml"))

    assert translations["services"].keys() == actions.keys()
    assert icons["services"].keys() == actions.keys()
    for name, action in actions.items():
        described = translations["services"][name]
        assert described["name"]
        assert described["description"]
        assert icons["services"][name]["service"].startswith("mdi:")
        fields = dict((action or {}).get("fields", {}))
        sections = {key: field for key, field in fields.items() if "fields" in field}
        for key, section in sections.items():
            assert described["sections"][key]["name"]
            del fields[key]
            fields |= section["fields"]
        assert described.get("fields", {}).keys() == fields.keys(), name
        assert described.get("sections", {}).keys() == sections.keys(), name
        for field in described.get("fields", {}).values():
            assert field["name"]
            assert field["description"]


@pytest.mark.parametrize("kind", ["trigger", "condition"])
def test_each_trigger_and_condition_has_texts_and_an_icon(
    translations: dict[str, Any], icons: dict[str, Any], kind: str
) -> None:
    declared = load_yaml_dict(str(INTEGRATION / f"{kind}s.yaml"))
    declared = {name: one for name, one in declared.items() if not name.startswith(".")}

    assert translations[f"{kind}s"].keys() == declared.keys()
    assert icons[f"{kind}s"].keys() == declared.keys()
    for name, one in declared.items():
        described = translations[f"{kind}s"][name]
        assert described["name"]
        assert described["description"]
        assert icons[f"{kind}s"][name][kind].startswith("mdi:")
        assert described.get("fields", {}).keys() == (one or {}).get("fields", {}).keys(), name


def test_icons_belong_to_entities_that_have_names(
    translations: dict[str, Any], icons: dict[str, Any]
) -> None:
    for platform, entities in icons["entity"].items():
        for key in entities:
            assert translations["entity"][platform][key]["name"], f"{platform}.{key}"


def test_texts_hold_neither_markup_nor_addresses(translations: dict[str, Any]) -> None:
    # Home Assistant's validation refuses both; addresses come as placeholders.
    for text in texts(translations):
        assert "://" not in text
        assert not re.search(r"</?[a-z]", text)


def test_each_error_and_repair_that_the_code_names_has_a_text(
    translations: dict[str, Any],
) -> None:
    named: dict[str, set[str]] = {"exceptions": set(), "issues": set()}
    for path in INTEGRATION.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            function = ast.unparse(node.func).rpartition(".")[2]
            if function == "async_create_issue":
                kind = "issues"
            elif function.endswith(("Error", "Failed", "NotReady")):
                kind = "exceptions"
            else:
                continue
            named[kind] |= {
                keyword.value.value
                for keyword in node.keywords
                if keyword.arg == "translation_key"
                and isinstance(keyword.value, ast.Constant)
                and isinstance(keyword.value.value, str)
            }

    assert named["exceptions"]
    for kind, keys in named.items():
        assert keys <= translations[kind].keys()


async def test_home_assistant_reads_the_descriptions_of_what_automations_are_made_of(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    await async_setup_component(hass, "particle", {})
    await async_setup_component(hass, "automation", {})
    await hass.async_block_till_done()

    actions = (await service.async_get_all_descriptions(hass))["particle"]
    triggers = await trigger.async_get_all_descriptions(hass)
    conditions = await condition.async_get_all_descriptions(hass)

    icons = load_json(INTEGRATION / "icons.json")
    assert actions.keys() == icons["services"].keys()
    for name, action in actions.items():
        assert action["fields"] or action["target"], name
    for kind, descriptions in (("triggers", triggers), ("conditions", conditions)):
        for name in icons[kind]:
            assert descriptions[f"particle.{name}"], name
    reported = [
        record.getMessage()
        for record in caplog.records
        if record.levelname in {"WARNING", "ERROR"}
        and "has not been tested by Home Assistant" not in record.getMessage()
    ]
    assert not reported


def test_no_file_names_a_package_registry() -> None:
    for path in own_files():
        content = path.read_bytes()
        for host in PACKAGE_REGISTRIES:
            assert host.encode() not in content, path


def test_packages_of_the_cards_are_pinned_and_come_from_any_registry() -> None:
    """Each machine asks the registry that it is set up for, and checks what it gets."""
    package = load_json(REPOSITORY / "frontend" / "package.json")
    lock = load_json(REPOSITORY / "frontend" / "package-lock.json")

    assert list(package["dependencies"]) == ["lit"]
    for name, version in (package["dependencies"] | package["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
    for name, locked in lock["packages"].items():
        assert "resolved" not in locked, name
        assert not name or locked["integrity"].startswith("sha512-"), name


def test_programs_can_be_started() -> None:
    programs = [path for path in own_files() if path.read_bytes().startswith(b"#!")]

    assert {"setup", "demo", "test", "lint", "cards", "package", "run"} <= {
        path.name for path in programs
    }
    for path in programs:
        assert os.access(path, os.X_OK), path


def workflow_steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the steps of all jobs of a workflow."""
    for job in workflow["jobs"].values():
        yield from job.get("steps", ())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_may_do_no_more_than_they_need(path: Path) -> None:
    workflow = load_yaml_dict(str(path))

    assert workflow["permissions"] == {}
    # github.workflow would be the caller's name where one workflow calls another, and both would wait.
    assert re.fullmatch(r"[a-z]+-\$\{\{ github\.ref \}\}", workflow["concurrency"]["group"])
    for name, job in workflow["jobs"].items():
        assert "timeout-minutes" in job or "uses" in job, name
        writes = {what for what, access in job["permissions"].items() if access != "read"}
        assert writes == ({"contents"} if (path.stem, name) == ("release", "release") else set())
    for step in workflow_steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_name_actions_by_commit(path: Path) -> None:
    # A tag can be moved to other code; the comment says which one the commit had.
    for action in re.findall(r"uses: (\S.*)", path.read_text(encoding="utf-8")):
        assert action.startswith("./") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # \S.*", action)


def test_commits_are_checked_as_the_lint_does() -> None:
    lint = (REPOSITORY / "scripts" / "lint").read_text(encoding="utf-8")
    [local] = load_yaml_dict(str(REPOSITORY / ".pre-commit-config.yaml"))["repos"]

    checks = list(dict.fromkeys(re.findall(r"^ *check ([\w-]+)", lint, re.MULTILINE)))
    assert [hook["id"] for hook in local["hooks"]] == checks
    for hook in local["hooks"]:
        assert hook["entry"] == f"scripts/lint {hook['id']}"
        assert hook["language"] == "system"


def test_readers_of_the_pages_beside_the_readme_find_what_they_link_to() -> None:
    for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"):
        page = (REPOSITORY / name).read_text(encoding="utf-8")
        for link in re.findall(r"\]\((?!https?:)([^)\s#]+)\)", page):
            assert (REPOSITORY / link).exists(), link


def test_changelog_has_a_place_for_the_next_release() -> None:
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")

    first, *released = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    assert first == "[Unreleased]"
    for heading in released:
        assert re.fullmatch(r"\[\d+\.\d+\.\d+(-[\w.]+)?\] - \d{4}-\d\d-\d\d", heading)


def test_forms_ask_for_what_has_a_name() -> None:
    forms = sorted((REPOSITORY / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))

    assert len(forms) == 3
    for path in forms:
        form = load_yaml_dict(str(path))
        if path.name == "config.yml":
            continue
        assert form["name"]
        assert form["description"]
        questions = [field for field in form["body"] if field["type"] != "markdown"]
        assert len({field["id"] for field in questions}) == len(questions)
        assert all(field["attributes"]["label"] for field in questions)
