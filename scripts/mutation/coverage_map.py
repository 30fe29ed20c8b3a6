"""Which tests cover which lines: measured once, stored, and still usable after small changes."""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
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
# Coverage records a statement of several lines at its first line.
_LINES_OF_A_STATEMENT = 10
_SAMPLE = 40
_LIKELY = 20
_WORD = re.compile(r"[A-Za-z_]{3,}")
_SAY_NOTHING = {"", "self", "None", "and", "not", "for", "return", "raise", "await", "isinstance"}


class CoverageMap:
    """The tests that cover a line, the most relevant first."""

    def __init__(self, folder: Path) -> None:
        """Read the results of `measure` from a folder."""
        self._folder = folder
        self._database = sqlite3.connect(folder / "coverage.sqlite")
        self._weights: dict[str, int] = defaultdict(int)
        for context, numbits in self._database.execute(
            "select context, numbits from line_bits join context on context.id = context_id"
        ):
            self._weights[_test(context)] += len(numbits_to_nums(numbits))

    def tests(self, path: str, source: str, first_line: int, last_line: int) -> list[str]:
        """Return the IDs of the tests that cover some of these lines of a source.

        A line outside of functions is executed when its module is first imported, by any test. For
        such a line, the tests are those that cover uses of its names, or that contain words of it.
        """
        before = self._path_before(path, source) or path
        text = "\n".join(source.splitlines()[first_line - 1 : last_line])
        place = _place(source, first_line)
        found: set[str] = set()
        if place.function is None:
            for name in place.names:
                found |= self._tests_of_name(name)
            found |= self._tests_that_say(text)
        else:
            # The signature of a function is executed at the import, so its body is used instead.
            body = place.function.body
            if first_line < body[0].lineno:
                first_line, last_line = body[0].lineno, body[-1].end_lineno or 0
            for line in range(first_line, last_line + 1):
                found |= self._tests_of_line(before, source, line)
            line = first_line
            while not found and line > max(1, first_line - _LINES_OF_A_STATEMENT):
                line -= 1
                found = self._tests_of_line(before, source, line)
        if not found:
            found = set().union(*self._lines(before).values())
        if not found:
            # Code that is only executed at the import, such as a decorator, affects all tests.
            found = {test for test in self._weights if test}
        ranked = self._ranked(found)
        words = {*_WORD.findall(text), Path(path).stem, *place.names[:2]} - _SAY_NOTHING
        likely = [
            *_named_after(path, ranked),
            *_named_after(before, ranked),
            *self._that_name(ranked, words),
        ]
        return list(dict.fromkeys([*likely, *ranked]))

    def _that_name(self, tests: list[str], words: set[str]) -> list[str]:
        """Return the tests that contain the rarest of some names, each test with several cases once."""
        cases: dict[str, list[str]] = defaultdict(list)
        for test in tests:
            cases[test.partition("[")[0]].append(test)
        scores: dict[str, float] = defaultdict(float)
        for word in words:
            naming: set[str] = set()
            for name, same in cases.items():
                # The IDs of cases can also contain the names.
                by_id = [test for test in same if word in _WORD.findall(test.partition("[")[2])]
                if by_id or word in self._words(name):
                    naming.add([*by_id, *same][0])
            for test in naming:
                scores[test] += 1 / len(naming)
        return sorted(scores, key=lambda test: -scores[test])[:_LIKELY]

    @cache  # noqa: B019
    def _words(self, test: str) -> frozenset[str]:
        """Return the names in the source of a test."""
        path, _, name = test.partition("::")
        file = self._folder / "sources" / path
        if not file.is_file():
            return frozenset()
        function = re.search(
            rf"^(async )?def {name}\b.*?(?=^\S|\Z)",
            file.read_text(encoding="utf-8").replace("\n)", "\n )"),
            re.DOTALL | re.MULTILINE,
        )
        return frozenset(_WORD.findall(function[0] if function else ""))

    def knows(self, path: str, source: str) -> bool:
        """Return whether a source existed when the tests were measured, possibly under another path."""
        return self._path_before(path, source) is not None

    @cache  # noqa: B019
    def _path_before(self, path: str, source: str) -> str | None:
        """Return the measured path of a source; for a new one, that of a source that shares a third of it."""
        folder = self._folder / "sources"
        if (folder / path).exists():
            return path
        lines = {line for line in source.splitlines() if line.strip()}
        shared = {
            file: len(lines & set(file.read_text(encoding="utf-8").splitlines()))
            for file in sources(folder)
        }
        nearest = max(shared, key=shared.__getitem__)
        if shared[nearest] < len(lines) / 3:
            return None
        return nearest.relative_to(folder).as_posix()

    def some(self) -> list[str]:
        """Return a few tests that together import most modules."""
        return self._ranked([test for test in self._weights if test])[:_SAMPLE]

    def _tests_of_line(self, path: str, source: str, line: int) -> set[str]:
        """Return the tests that cover a line of the current source."""
        before = self._line_before(path, source).get(line)
        return set() if before is None else self._lines(path).get(before, set())

    def _tests_of_name(self, name: str) -> set[str]:
        """Return the tests that cover lines that contain a name."""
        found: set[str] = set()
        word = re.compile(rf"\b{name}\b")
        for file in sources(self._folder / "sources"):
            path = file.relative_to(self._folder / "sources").as_posix()
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                if word.search(line):
                    found |= self._lines(path).get(number, set())
        return found

    def _tests_that_say(self, text: str) -> set[str]:
        """Return the tests whose source contains a rare word of a text."""
        found: set[str] = set()
        for word in set(_WORD.findall(text)) - _SAY_NOTHING:
            saying = {test for test in self._weights if word in self._words(test.partition("[")[0])}
            if len({test.partition("[")[0] for test in saying}) <= _LIKELY:
                found |= saying
        return found

    @cache  # noqa: B019
    def _lines(self, path: str) -> dict[int, set[str]]:
        """Return the tests of each line of the measured source."""
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
        """Return the measured line numbers by the current ones."""
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
        """Sort tests: from all files in turn, first those that cover the fewest lines."""
        files: dict[str, list[str]] = defaultdict(list)
        for test in sorted(tests, key=lambda test: (self._weights[test], test)):
            files[test.partition("::")[0]].append(test)
        rounds = zip_longest(*sorted(files.values(), key=lambda found: self._weights[found[0]]))
        return [test for taken in rounds for test in taken if test is not None]


def _test(context: str) -> str:
    """Return the ID of the test in a context such as ``tests/test_x.py::test_y|run``."""
    return context.rpartition("|")[0]


@dataclass(frozen=True, slots=True)
class _Place:
    """The position of a line: the innermost function, and the enclosing names from the inside out."""

    function: ast.FunctionDef | ast.AsyncFunctionDef | None
    names: list[str]


def _place(source: str, line: int) -> _Place:
    """Return the position of a line in a source."""
    function = None
    names: list[str] = []
    # The tree is walked from the outside in.
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.stmt) or not node.lineno <= line <= (node.end_lineno or 0):
            continue
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                function = node
                names.insert(0, node.name)
            case ast.ClassDef():
                function = None
                names.insert(0, node.name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if function is None:
                    names.insert(0, name)
    return _Place(function, names)


def _named_after(path: str, tests: list[str]) -> list[str]:
    """Return one case of each test whose file is named after a module."""
    module = Path(path).stem.strip("_")
    files = (f"test_{module}.py", f"test_{Path(path).parent.name}_{module}.py")
    first: dict[str, str] = {}
    for test in tests:
        name = test.partition("[")[0]
        if Path(name.partition("::")[0]).name in files:
            first.setdefault(name, test)
    return list(first.values())


def sources(root: Path, parts: Iterable[str] = PARTS) -> Iterator[Path]:
    """Yield the Python files in some paths of the project."""
    for part in parts:
        whole = root / part
        yield from sorted(whole.rglob("*.py")) if whole.is_dir() else [whole]


def measure(root: Path, folder: Path) -> None:
    """Run all tests once and store which lines each of them covers.

    Args:
        root: The clone.
        folder: Folder for the results, whose content is replaced.
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
