"""Write translations/en.json from strings.json, and the tables of fields in docs/.

Home Assistant only loads translations/ of a custom integration. strings.json is their source: shared
texts are contained once, and other keys refer to them, as in Home Assistant's own integrations:

    [%key:component::particle::services::ping::name%]    a text of strings.json
    [%key:common::config_flow::data::password%]          a text of the installed Home Assistant

The texts under "common" are only for references and are not written to en.json. Other languages are
translated manually; they must have all keys and placeholders of en.json.

    scripts/translations              write en.json and the tables
    scripts/translations --check      print what is out of date or missing, without writing
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
    "translations/en.json does not match strings.json: "
    "change texts in strings.json, then run scripts/translations"
)

# Key that is only in strings.json.
SHARED = "common"

REFERENCE = re.compile(r"\[%key:(?P<key>[^%]+)%\]")

type Texts = dict[str, str]


class TextsError(Exception):
    """The texts are invalid; the message says why."""


def main() -> int:
    """Parse the command line, run, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/translations",
        description="Write the files that are generated from strings.json.",
    )
    parser.add_argument("--check", action="store_true", help="only check")
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
    """Write en.json, and return the problems of other languages."""
    made = english(integration)
    (integration / "translations" / "en.json").write_text(made, encoding="utf-8")
    return other_languages(integration, made)


def check(integration: Path) -> list[str]:
    """Return messages about what is out of date or missing."""
    made, path = english(integration), integration / "translations" / "en.json"
    problems = other_languages(integration, made)
    if not path.exists() or path.read_text(encoding="utf-8") != made:
        problems.append(OUT_OF_DATE)
    return problems


def check_tables(integration: Path, docs: Path) -> list[str]:
    """Return a message for each page whose tables are out of date."""
    return [
        f"{path.name}: a table of fields is out of date: run scripts/translations"
        for path, text in filled(integration, docs).items()
        if path.read_text(encoding="utf-8") != text
    ]


def english(integration: Path) -> str:
    """Return the content of en.json: the texts of strings.json without references.

    Raises:
        TextsError: The target of a reference does not exist, or is a reference itself.
    """
    source = json.loads((integration / "strings.json").read_text(encoding="utf-8"))
    known = {f"component::{integration.name}::{key}": text for key, text in flat(source)}
    known |= home_assistant_texts()
    resolved = {key: resolve(branch, known, key) for key, branch in source.items() if key != SHARED}
    return json.dumps(resolved, ensure_ascii=False, indent=2) + "\n"


def home_assistant_texts() -> Texts:
    """Return Home Assistant's common texts, by their keys."""
    spec = importlib.util.find_spec("homeassistant")
    if spec is None or spec.origin is None:
        raise TextsError("Home Assistant is not installed: run scripts/setup")
    strings = json.loads(Path(spec.origin).with_name("strings.json").read_text(encoding="utf-8"))
    return dict(flat(strings))


def flat(branch: Mapping[str, Any], *above: str) -> Iterator[tuple[str, str]]:
    """Yield all texts, with their keys in the format of references."""
    for key, value in branch.items():
        if isinstance(value, str):
            yield "::".join((*above, key)), value
        else:
            yield from flat(value, *above, key)


def resolve(value: Any, known: Texts, place: str) -> Any:
    """Resolve the references in a text, or in a branch of texts.

    Args:
        value: The text or the branch.
        known: All texts that can be referred to.
        place: Key of the value, for error messages.

    Raises:
        TextsError: A reference is only a part of a text, its target does not exist, or is a reference.
    """
    if isinstance(value, dict):
        return {key: resolve(inner, known, f"{place}::{key}") for key, inner in value.items()}
    if "[%" not in value:
        return value
    if (reference := REFERENCE.fullmatch(value)) is None:
        raise TextsError(f"{place}: a reference must be the whole text, as in [%key:...%]: {value}")
    if (text := known.get(reference["key"])) is None:
        raise TextsError(f"{place}: there is no text {reference['key']}")
    if "[%" in text:
        raise TextsError(f"{place}: refer to {text}, which {reference['key']} refers to")
    return text


def other_languages(integration: Path, made: str) -> list[str]:
    """Return messages about missing and extra keys of languages other than English."""
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
    """Return the names of placeholders."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


if __name__ == "__main__":
    sys.exit(main())
