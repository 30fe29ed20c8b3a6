"""What a measurement found, as a table for people and as JSON for machines."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
import json
import os
from pathlib import Path
import platform
from typing import Any

from homeassistant.const import __version__ as HOME_ASSISTANT


@dataclass(frozen=True, slots=True)
class Figure:
    """One number beside the bare minimum.

    Attributes:
        label: What was measured.
        value: The integration's number.
        unit: Its unit.
        bare: The bare minimum's number, where there is one.
        against: What the bare minimum is.
    """

    label: str
    value: float
    unit: str
    bare: float | None = None
    against: str = ""

    @property
    def ratio(self) -> float | None:
        """The integration's number as a multiple of the bare minimum's."""
        return self.value / self.bare if self.bare else None

    def as_json(self) -> dict[str, Any]:
        """Return the figure with all its digits."""
        return {
            "label": self.label,
            "value": self.value,
            "unit": self.unit,
            "bare": self.bare,
            "against": self.against,
            "ratio": self.ratio,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """What one measurement found.

    Attributes:
        title: What it is about, in words.
        figures: The numbers.
        notes: How they were taken, as far as one must know it to judge them.
        name: The measurement's name on the command line.
        seconds: How long it took.
    """

    title: str
    figures: list[Figure]
    notes: list[str] = field(default_factory=list)
    name: str = ""
    seconds: float = 0.0


def number(value: float | None) -> str:
    """Return a number with three digits that count, and thousands apart."""
    if value is None:
        return ""
    if value and abs(value) < 100:
        return f"{value:.3g}"
    return f"{value:,.0f}"


def share(ratio: float | None) -> str:
    """Return a ratio as people read it: per cent near one, a multiple far from it."""
    if ratio is None:
        return ""
    return (
        f"{ratio:.1f} x"
        if ratio >= 9.95
        else f"{100 * ratio:.3g} %"
        if ratio < 1.5
        else f"{ratio:.2f} x"
    )


def table(reports: Iterable[Report]) -> str:
    """Return the reports as a table of text."""
    heads = ("", "Particle", "bare", "ratio", "the bare minimum is")
    sections = [
        (
            report,
            [
                (
                    f"  {figure.label}",
                    f"{number(figure.value)} {figure.unit}",
                    "" if figure.bare is None else f"{number(figure.bare)} {figure.unit}",
                    share(figure.ratio),
                    figure.against,
                )
                for figure in report.figures
            ],
        )
        for report in reports
    ]
    rows = [heads, *(row for _, rows in sections for row in rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]

    def line(row: tuple[str, ...]) -> str:
        cells = [
            cell.ljust(width) if column in (0, 4) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "  ".join(cells).rstrip()

    lines = [line(heads)]
    for report, section in sections:
        lines += ["", f"{report.name}: {report.title} ({report.seconds:.0f} s)"]
        lines += map(line, section)
        lines += [f"  - {note}" for note in report.notes]
    return "\n".join(lines)


def write_json(path: Path, reports: Iterable[Report], *, quick: bool) -> None:
    """Write the reports, and on what they were taken."""
    path.write_text(
        json.dumps(
            {
                "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "quick": quick,
                "machine": {
                    "system": platform.platform(),
                    "processors": os.cpu_count(),
                    "load": os.getloadavg(),
                },
                "versions": {
                    "python": platform.python_version(),
                    "home_assistant": HOME_ASSISTANT,
                    "aiohttp": version("aiohttp"),
                },
                "measurements": {
                    report.name: {
                        "title": report.title,
                        "seconds": round(report.seconds, 1),
                        "figures": [figure.as_json() for figure in report.figures],
                        "notes": report.notes,
                    }
                    for report in reports
                },
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )
