"""The pages of the documentation, as the tests read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.util.yaml import parse_yaml

REPOSITORY: Final = Path(__file__).parents[1]

README: Final = REPOSITORY / "README.md"

# The table of the API's endpoints is made from the code.
PAGES: Final = (
    README,
    *sorted(page for page in (REPOSITORY / "docs").glob("*.md") if page.name != "api-coverage.md"),
)

_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
_EXAMPLE: Final = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
_TABLE: Final = re.compile(r"^\| .+ \|\n\|[-|]+\|\n(?:\| .+ \|\n?)+", re.MULTILINE)


def read(page: Path) -> str:
    """Return the text of a page."""
    return page.read_text(encoding="utf-8")


def examples(text: str) -> list[Any]:
    """Return the YAML examples of a text."""
    return [parse_yaml(block) for block in _EXAMPLE.findall(text)]


def links(text: str) -> list[str]:
    """Return what a text links to."""
    return _LINK.findall(text)


def anchors(text: str) -> set[str]:
    """Return what GitHub makes of the headings of a page."""
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }


@dataclass(frozen=True)
class Section:
    """What a page says about one trigger, condition or action.

    Attributes:
        key: Its key, without the domain.
        heading: Its heading.
        text: Everything below the heading.
    """

    key: str
    heading: str
    text: str

    @property
    def examples(self) -> list[Any]:
        """Its YAML examples."""
        return examples(self.text)

    @cached_property
    def tables(self) -> dict[str, dict[str, dict[str, str]]]:
        """Its tables by the heading of the first column, their rows by the key in that column."""
        return dict(_tables(self.text))

    def part(self, label: str) -> str:
        """Return the paragraphs from one bold label to the next; empty where it has none."""
        found = re.search(
            rf"^\*\*{re.escape(label)}:\*\*(.*?)(?=^\*\*|\Z)", self.text, re.MULTILINE | re.DOTALL
        )
        return found[1].strip() if found else ""


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split(" | ")]


def _tables(text: str) -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
    for table in _TABLE.findall(text):
        header, _, *rows = table.strip().splitlines()
        columns = _cells(header)
        yield (
            columns[0],
            {
                cells[0].strip("`"): dict(zip(columns[1:], cells[1:], strict=True))
                for cells in map(_cells, rows)
            },
        )


def tables(page: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Return the tables of a page as those of a section."""
    return dict(_tables(read(page)))


def sections(*names: str) -> dict[str, Section]:
    """Return the sections about triggers, conditions or actions in files of the folder docs.

    Args:
        names: The files.
    """
    found: dict[str, Section] = {}
    for name in names:
        page = REPOSITORY / "docs" / name
        if not page.exists():
            continue
        for section in re.split(r"^## ", read(page), flags=re.MULTILINE)[1:]:
            heading, _, text = section.partition("\n")
            if key := re.match(r"\s*`particle\.(\w+)`", text):
                assert key[1] not in found
                found[key[1]] = Section(key[1], heading, text)
    return found
