"""A copy of the clone, and test runs in processes that have already loaded Home Assistant."""

import compileall
import contextlib
from dataclasses import dataclass
import importlib
import json
import multiprocessing
from multiprocessing.process import BaseProcess
import os
from pathlib import Path
import py_compile
import shutil
import signal
import subprocess
import sys
import time
from typing import Any

from .faults import Fault

# Modules that can contain a fault must be imported from the copy.
_OF_THE_PROJECT = ("tests", "custom_components", "scripts", "__main__", "_pytest", "pytest")
_FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a test run."""

    ended: bool
    passed: bool
    failed_test: str | None


class Run:
    """A test run in a separate process."""

    def __init__(self, folder: Path, tests: list[str], limit: float) -> None:
        """Start the tests, which are stopped after ``limit`` seconds."""
        self._result = folder / "result.json"
        self._result.unlink(missing_ok=True)
        self._until = time.monotonic() + limit
        self._process: BaseProcess = _FORK.Process(
            target=_child, args=(folder, tests, self._result)
        )
        self._process.start()
        self._verdict: Verdict | None = None

    @property
    def sentinel(self) -> int:
        """Handle that becomes ready when the tests have ended."""
        return self._process.sentinel

    def verdict(self) -> Verdict | None:
        """Return the result; None while the tests run."""
        if self._verdict is None:
            if self._process.exitcode is None and time.monotonic() < self._until:
                return None
            self._verdict = self._end()
        return self._verdict

    def _end(self) -> Verdict:
        """Stop the process and read its result."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            assert self._process.pid is not None
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.join()
        if not self._result.exists():
            return Verdict(ended=False, passed=False, failed_test=None)
        result = json.loads(self._result.read_text())
        # 5: none of these tests exists any more.
        return Verdict(ended=True, passed=result["code"] in (0, 5), failed_test=result["failed"])


class Workshop:
    """A copy of the clone, to which one fault at a time is applied."""

    def __init__(self, root: Path, folder: Path) -> None:
        """Copy the project, with compiled files that detect each changed source."""
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            check=True,
        )
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (root / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, folder / name)
        subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
        compileall.compile_dir(
            folder, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH
        )
        self._fault: Fault | None = None

    def spoil(self, fault: Fault) -> None:
        """Apply a fault."""
        self.repair()
        (self.folder / fault.path).write_text(fault.mutated, encoding="utf-8")
        self._fault = fault

    def repair(self) -> None:
        """Remove the fault."""
        if self._fault is not None:
            (self.folder / self._fault.path).write_text(self._fault.source, encoding="utf-8")
            self._fault = None

    def run(self, tests: list[str], limit: float) -> Run:
        """Start a test run."""
        return Run(self.folder, tests, limit)


def preload(workshop: Workshop, tests: list[str]) -> None:
    """Import the modules of some tests in this process, so that test runs do not have to."""
    run = workshop.run(tests, 300)
    while run.verdict() is None:
        time.sleep(0.1)
    # Home Assistant must be imported before voluptuous, which it replaces.
    for name in ("homeassistant", *json.loads((workshop.folder / "modules.json").read_text())):
        if name.partition(".")[0] not in _OF_THE_PROJECT:
            with contextlib.suppress(Exception):
                importlib.import_module(name)


class _Chosen:
    """A pytest plugin that runs only certain tests, in a given order."""

    def __init__(self, tests: list[str]) -> None:
        self._rank = {test: rank for rank, test in enumerate(tests)}
        self.failed: str | None = None

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Select the tests; those that do not exist any more are skipped."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self._rank),
            key=lambda item: self._rank[item.nodeid],
        )

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Record the test that failed."""
        if report.failed and self.failed is None:
            self.failed = report.nodeid


def _child(folder: Path, tests: list[str], result: Path) -> None:
    """Run tests in the copy and write the result to a file."""
    os.setsid()
    root = str(Path.cwd())
    os.chdir(folder)
    for name in list(sys.modules):
        if name.partition(".")[0] in ("scripts", "tests", "custom_components"):
            del sys.modules[name]
    sys.path[:] = [str(folder), *(entry for entry in sys.path if entry not in ("", root))]
    sys.argv = ["pytest"]
    log = os.open(folder / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    import pytest

    chosen = _Chosen(tests)
    files = dict.fromkeys(test.partition("::")[0] for test in tests)
    code = pytest.main(
        ["-x", "-q", "--timeout=60", "-p", "no:cacheprovider", "--tb=short", "--disable-warnings"]
        + [file for file in files if (folder / file).exists()],
        plugins=[chosen],
    )
    (folder / "modules.json").write_text(json.dumps(list(sys.modules)))
    result.write_text(json.dumps({"code": int(code), "failed": chosen.failed}))
    os._exit(0)
