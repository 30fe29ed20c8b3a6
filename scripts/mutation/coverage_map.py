"""Which tests run which lines: measured once, kept, and good for sources that changed a little since."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
import difflib
from functools import cache
from itertools import zip_longest
from pathlib import Path
import re
import shutil
import sqlite3
import subprocess
import sys

from coverage.numbits import numbits_to_nums

PARTS = ("custom_components/particle", "tests/simulator")
# A statement of several lines is counted at its first line.
_LINES_OF_A_STATEMENT = 10
_SAMPLE = 40
_LIKELY = 20


class CoverageMap:
    """The tests that run a line, the most telling first."""

    def __init__(self, folder: Path) -> None:
        """Read what `measure` left in a folder."""
        self._folder = folder
        self._database = sqlite3.connect(folder / "coverage.sqlite")
        self._weights: dict[str, int] = defaultdict(int)
        for context, numbits in self._database.execute(
            "select context, numbits from line_bits join context on context.id = context_id"
        ):
            self._weights[_test(context)] += len(numbits_to_nums(numbits))

    def tests(self, path: str, source: str, first_line: int, last_line: int) -> list[str]:
        """Return the ids of the tests that run some of these lines of a source.

        A line that runs when its module is imported, such as that of a constant, is followed to the
        lines that name what it defines.
        """
        found: set[str] = set()
        for line in range(first_line, last_line + 1):
            found |= self._tests_of_line(path, source, line)
        line = first_line
        while not found and line > max(1, first_line - _LINES_OF_A_STATEMENT):
            line -= 1
            found = self._tests_of_line(path, source, line)
        if not found:
            found = self._tests_of_name(source.splitlines()[first_line - 1])
        if not found:
            found = set().union(*self._lines(path).values())
        ranked = self._ranked(found)
        likely = self._that_name(ranked, "\n".join(source.splitlines()[first_line - 1 : last_line]))
        return list(dict.fromkeys([*likely, *ranked]))

    def _that_name(self, tests: list[str], text: str) -> list[str]:
        """Return those tests in which the rarest of the names in a piece of source stand."""
        scores: dict[str, float] = defaultdict(float)
        for word in set(re.findall(r"[A-Za-z_]{3,}", text)):
            naming = [test for test in tests if word in self._words(test.partition("[")[0])]
            for test in naming:
                scores[test] += 1 / len(naming)
        return sorted(scores, key=lambda test: -scores[test])[:_LIKELY]

    @cache  # noqa: B019
    def _words(self, test: str) -> frozenset[str]:
        """Return the names in the source of a test."""
        path, _, name = test.partition("::")
        file = self._folder / "sources" / path
        if not file.exists():
            return frozenset()
        function = re.search(
            rf"^(async )?def {name}\b.*?(?=^\S|\Z)",
            file.read_text(encoding="utf-8").replace("\n)", "\n )"),
            re.DOTALL | re.MULTILINE,
        )
        return frozenset(re.findall(r"[A-Za-z_]{3,}", function[0] if function else ""))

    def knows(self, path: str) -> bool:
        """Whether a source was there when the tests were measured."""
        return (self._folder / "sources" / path).exists()

    def some(self) -> list[str]:
        """Return a few tests that together load most of what any test needs."""
        return self._ranked([test for test in self._weights if test])[:_SAMPLE]

    def _tests_of_line(self, path: str, source: str, line: int) -> set[str]:
        """Return the tests that run one line as it is now."""
        before = self._line_before(path, source).get(line)
        return set() if before is None else self._lines(path).get(before, set())

    def _tests_of_name(self, text: str) -> set[str]:
        """Return the tests that run lines which name what a line defines."""
        found: set[str] = set()
        if name := re.match(r"\s*(\w+)\s*[:=]", text):
            word = re.compile(rf"\b{name[1]}\b")
            for file in sources(self._folder / "sources"):
                path = file.relative_to(self._folder / "sources").as_posix()
                for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                    if word.search(line):
                        found |= self._lines(path).get(number, set())
        return found

    @cache  # noqa: B019
    def _lines(self, path: str) -> dict[int, set[str]]:
        """Return the tests of each line, as it was when it was measured."""
        found: dict[int, set[str]] = defaultdict(set)
        for context, numbits in self._database.execute(
            "select context, numbits from line_bits join context on context.id = context_id"
            " join file on file.id = file_id where file.path like ?",
            (f"%/{path}",),
        ):
            if test := _test(context):
                for line in numbits_to_nums(numbits):
                    found[line].add(test)
        return found

    @cache  # noqa: B019
    def _line_before(self, path: str, source: str) -> dict[int, int]:
        """Return the numbers of lines by those that they have now."""
        measured = self._folder / "sources" / path
        if not measured.exists():
            return {}
        old = measured.read_text(encoding="utf-8").splitlines()
        matcher = difflib.SequenceMatcher(None, old, source.splitlines(), autojunk=False)
        return {
            block.b + index + 1: block.a + index + 1
            for block in matcher.get_matching_blocks()
            for index in range(block.size)
        }

    def _ranked(self, tests: Collection[str]) -> list[str]:
        """Take from each test file in turn, first those of its tests that run least else."""
        files: dict[str, list[str]] = defaultdict(list)
        for test in sorted(tests, key=lambda test: (self._weights[test], test)):
            files[test.partition("::")[0]].append(test)
        rounds = zip_longest(*sorted(files.values(), key=lambda found: self._weights[found[0]]))
        return [test for taken in rounds for test in taken if test is not None]


def _test(context: str) -> str:
    """Return the id of the test in a context such as ``tests/test_x.py::test_y|run``."""
    return context.rpartition("|")[0]


def sources(root: Path, parts: Iterable[str] = PARTS) -> Iterator[Path]:
    """Yield the Python files of some parts of the project."""
    for part in parts:
        whole = root / part
        yield from sorted(whole.rglob("*.py")) if whole.is_dir() else [whole]


def measure(root: Path, folder: Path) -> None:
    """Run all tests once and keep which lines each of them runs.

    Args:
        root: The checkout.
        folder: Where the answer is kept; what lies there is replaced.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in sources(root, (*PARTS, "tests")):
        copy = folder / "sources" / file.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    settings = folder / "coveragerc"
    settings.write_text(f"[run]\ncore = ctrace\ndata_file = {folder / 'coverage.sqlite'}\n")
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--numprocesses=auto", f"--cov-config={settings}"]
        + [f"--cov={part}" for part in PARTS]
        + ["--cov-context=test", "--cov-report="],
        cwd=root,
        check=False,
    )
