"""Write translations/en.json from strings.json, and the tables of fields in docs/ from both.

Home Assistant loads only translations/ of a custom integration. strings.json beside the manifest is
their source: a text that several places share stands once, and the others refer to it as in Home
Assistant's own integrations:

    [%key:component::particle::services::ping::name%]    a text of strings.json
    [%key:common::config_flow::data::password%]          a text of Home Assistant, as installed

The texts under "common" are there to be referred to and are not written to en.json. Other languages
are translated by people; they need all keys and placeholders of en.json.

    scripts/translations              write en.json and the tables
    scripts/translations --check      say what is out of date or missing, and write nothing
"""

import argparse
from collections.abc import Iterator, Mapping
import importlib.util
import json
from pathlib import Path
import re
from string import Formatter
import sys
from typing import Any

from .action_tables import filled

ROOT = Path(__file__).resolve().parent.parent
INTEGRATION = ROOT / "custom_components" / "particle"
DOCS = ROOT / "docs"

OUT_OF_DATE = (
    "translations/en.json is not what strings.json says: "
    "change texts in strings.json, then run scripts/translations"
)

# Part of strings.json alone.
SHARED = "common"

REFERENCE = re.compile(r"\[%key:(?P<key>[^%]+)%\]")

type Texts = dict[str, str]


class TextsError(Exception):
    """The texts cannot be put together; the message says which and why."""


def main() -> int:
    """Read the command line, run, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/translations", description="Write what is made from strings.json."
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    try:
        if arguments.check:
            problems = [*check(INTEGRATION), *check_tables(INTEGRATION, DOCS)]
        else:
            problems = write(INTEGRATION)
            for path, text in filled(INTEGRATION, DOCS).items():
                path.write_text(text, encoding="utf-8")
    except TextsError as error:
        problems = [str(error)]
    for problem in problems:
        print(problem, file=sys.stderr)
    return bool(problems)


def write(integration: Path) -> list[str]:
    """Write en.json, and return what is wrong with the other languages."""
    made = english(integration)
    (integration / "translations" / "en.json").write_text(made, encoding="utf-8")
    return other_languages(integration, made)


def check(integration: Path) -> list[str]:
    """Return what is out of date or missing, a sentence each."""
    made, path = english(integration), integration / "translations" / "en.json"
    problems = other_languages(integration, made)
    if not path.exists() or path.read_text(encoding="utf-8") != made:
        problems.append(OUT_OF_DATE)
    return problems


def check_tables(integration: Path, docs: Path) -> list[str]:
    """Return which tables of fields are out of date, a sentence for each page."""
    return [
        f"{path.name}: a table of fields is out of date: run scripts/translations"
        for path, text in filled(integration, docs).items()
        if path.read_text(encoding="utf-8") != text
    ]


def english(integration: Path) -> str:
    """Return the content of en.json: the texts of strings.json without references.

    Raises:
        TextsError: A reference leads nowhere, or to another reference.
    """
    source = json.loads((integration / "strings.json").read_text(encoding="utf-8"))
    known = {f"component::{integration.name}::{key}": text for key, text in flat(source)}
    known |= home_assistant_texts()
    resolved = {key: resolve(branch, known, key) for key, branch in source.items() if key != SHARED}
    return json.dumps(resolved, ensure_ascii=False, indent=2) + "\n"


def home_assistant_texts() -> Texts:
    """Return the texts that Home Assistant offers to all integrations, by their references."""
    spec = importlib.util.find_spec("homeassistant")
    if spec is None or spec.origin is None:
        raise TextsError("Home Assistant is not installed: run scripts/setup")
    strings = json.loads(Path(spec.origin).with_name("strings.json").read_text(encoding="utf-8"))
    return dict(flat(strings))


def flat(branch: Mapping[str, Any], *above: str) -> Iterator[tuple[str, str]]:
    """Yield all texts, each with its keys joined as in a reference."""
    for key, value in branch.items():
        if isinstance(value, str):
            yield "::".join((*above, key)), value
        else:
            yield from flat(value, *above, key)


def resolve(value: Any, known: Texts, place: str) -> Any:
    """Return a text, or a branch of them, without references.

    Args:
        value: The text or the branch.
        known: All texts that can be referred to.
        place: Where the value stands, for the error.

    Raises:
        TextsError: A reference leads nowhere or to another reference, or is a part of a text.
    """
    if isinstance(value, dict):
        return {key: resolve(inner, known, f"{place}::{key}") for key, inner in value.items()}
    if "[%" not in value:
        return value
    if (reference := REFERENCE.fullmatch(value)) is None:
        raise TextsError(f"{place}: a reference is the whole text, as in [%key:...%]: {value}")
    if (text := known.get(reference["key"])) is None:
        raise TextsError(f"{place}: there is no text {reference['key']}")
    if "[%" in text:
        raise TextsError(f"{place}: refer to {text}, where {reference['key']} leads to")
    return text


def other_languages(integration: Path, made: str) -> list[str]:
    """Return what languages other than English lack or have too much, a sentence each."""
    wanted = dict(flat(json.loads(made)))
    problems: list[str] = []
    for path in sorted((integration / "translations").glob("*.json")):
        if path.name == "en.json":
            continue
        texts = dict(flat(json.loads(path.read_text(encoding="utf-8"))))
        problems += [f"{path.name}: {key} is missing" for key in wanted if key not in texts]
        problems += [f"{path.name}: {key} is not in en.json" for key in texts if key not in wanted]
        problems += [
            f"{path.name}: {key} does not have the placeholders of en.json"
            for key in wanted.keys() & texts.keys()
            if placeholders(texts[key]) != placeholders(wanted[key])
        ]
    return problems


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


if __name__ == "__main__":
    sys.exit(main())
