"""Texts are written once, in strings.json, and reach people through the translations."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.action_tables import ADDED, PAGES, REQUIRED
from scripts.translations import (
    DOCS,
    INTEGRATION,
    OUT_OF_DATE,
    TextsError,
    check,
    check_tables,
    write,
)
from tests.documents import sections


def integration(folder: Path, strings: dict[str, Any], **languages: dict[str, Any]) -> Path:
    """Return an integration that has texts and nothing else."""
    root = folder / "particle"
    (root / "translations").mkdir(parents=True)
    (root / "strings.json").write_text(json.dumps(strings))
    for language, texts in languages.items():
        (root / "translations" / f"{language}.json").write_text(json.dumps(texts))
    return root


def test_translations_are_up_to_date() -> None:
    """Whoever changes a text runs the script, and completes the other languages."""
    assert check(INTEGRATION) == []


def test_tables_of_fields_are_up_to_date() -> None:
    """What only the pages say is about fields that there still are."""
    assert check_tables(INTEGRATION, DOCS) == []
    pages = sections(*PAGES)
    for key, words in (*REQUIRED.items(), *ADDED.items()):
        action, _, field = key.partition(".")
        row = pages[action].tables["Field"][field]
        assert words == row["Required"] or words in row["Description"], key


def test_references_become_texts(tmp_path: Path) -> None:
    """People see no keys: Home Assistant does not resolve references of custom integrations."""
    root = integration(
        tmp_path,
        {
            "common": {"field_pump_name": "Pump"},
            "config": {"password": "[%key:common::config_flow::data::password%]"},
            "services": {
                "start": {"name": "[%key:component::particle::common::field_pump_name%]"},
                "stop": {"name": "Stop {pump}"},
                "restart": {"name": "[%key:component::particle::services::stop::name%]"},
            },
        },
    )

    assert write(root) == []
    assert json.loads((root / "translations" / "en.json").read_text()) == {
        "config": {"password": "Password"},
        "services": {
            "start": {"name": "Pump"},
            "stop": {"name": "Stop {pump}"},
            "restart": {"name": "Stop {pump}"},
        },
    }
    assert check(root) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[%key:component::particle::stop%]", "there is no text component::particle::stop"),
        ("[%key:component::light::title%]", "there is no text component::light::title"),
        ("[%key:component::particle::again%]", "refer to"),
        ("Please [%key:component::particle::start%]", "the whole text"),
    ],
)
def test_references_that_lead_nowhere_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    """So are two rules of Home Assistant: one step to the text, and no text around a reference."""
    root = integration(
        tmp_path,
        {"start": "Start", "again": "[%key:component::particle::start%]", "wrong": text},
    )

    with pytest.raises(TextsError, match=f"^wrong: .*{reason}"):
        write(root)


def test_what_is_out_of_date_or_missing_is_named(tmp_path: Path) -> None:
    """In English, a text that was not written; in other languages, keys and placeholders."""
    root = integration(
        tmp_path,
        {"start": "Start {pump}", "stop": "Stop", "pause": "Pause for {minutes}"},
        en={"start": "Start"},
        de={"start": "Starten", "halt": "Halten", "pause": "{minutes} Minuten Pause"},
    )

    problems = [
        "de.json: stop is missing",
        "de.json: halt is not in en.json",
        "de.json: start does not have the placeholders of en.json",
    ]
    assert check(root) == [*problems, OUT_OF_DATE]
    assert write(root) == problems
    assert check(root) == problems
