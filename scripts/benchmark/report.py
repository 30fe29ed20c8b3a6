"""Results of the benchmarks, as a table and as JSON."""

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
    """A result, compared to a baseline.

    Attributes:
        label: What was measured.
        value: The value of the integration.
        unit: Its unit.
        bare: The value of the baseline, if there is one.
        against: Description of the baseline.
    """

    label: str
    value: float
    unit: str
    bare: float | None = None
    against: str = ""

    @property
    def ratio(self) -> float | None:
        """Ratio of the value to the baseline."""
        return self.value / self.bare if self.bare else None

    def as_json(self) -> dict[str, Any]:
        """Return the result with all digits."""
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
    """The results of a benchmark.

    Attributes:
        title: Description of the benchmark.
        figures: The results.
        notes: How the results were measured.
        name: Name of the benchmark on the command line.
        seconds: Duration of the benchmark.
    """

    title: str
    figures: list[Figure]
    notes: list[str] = field(default_factory=list)
    name: str = ""
    seconds: float = 0.0


def number(value: float | None) -> str:
    """Format a number with three significant digits and thousands separators."""
    if value is None:
        return ""
    if value and abs(value) < 100:
        return f"{value:.3g}"
    return f"{value:,.0f}"


def share(ratio: float | None) -> str:
    """Format a ratio: as a percentage if it is small, otherwise as a multiple."""
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
    """Format the reports as a text table."""
    heads = ("", "Particle", "baseline", "ratio", "baseline is")
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
    """Write the reports and the environment as JSON."""
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
