"""Apply small faults to the code, one at a time, and print those that no test detects."""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
import multiprocessing.connection
from pathlib import Path
import random
import subprocess
import sys
import tempfile
import time

from .coverage_map import CoverageMap, measure, sources
from .faults import Fault, faults
from .workshop import Run, Verdict, Workshop, preload

ROOT = Path(__file__).resolve().parents[2]
MAP = ROOT / ".tools" / "mutants"

# The tests that are most likely to fail run first; if they pass, the others run in portions.
_FIRST = 50
_PORTION = 150


@dataclass(slots=True)
class Outcome:
    """The outcome of a fault."""

    fault: Fault
    tests: int
    verdict: Verdict
    seconds: float
    by_mypy: bool = False

    @property
    def word(self) -> str:
        """Word for the outcome in the report."""
        if not self.verdict.ended:
            return "timed out"
        if not self.verdict.passed:
            return "detected"
        return "by mypy" if self.by_mypy else "survived"


class Bench:
    """A copy of the clone that tests one fault after the other."""

    def __init__(self, workshop: Workshop, known: CoverageMap, limit: float) -> None:
        """Initialize without a fault."""
        self._workshop, self._known, self._limit = workshop, known, limit
        self._steps: Iterator[Run] | None = None
        self._flaky: dict[str, bool] = {}
        self.run: Run | None = None
        self.outcome: Outcome | None = None

    def begin(self, fault: Fault) -> None:
        """Start to test a fault."""
        self.outcome = None
        self._steps = self._work(fault)
        self.run = next(self._steps, None)

    def proceed(self) -> bool:
        """Continue if the current run has ended; return whether the fault has a verdict."""
        assert self._steps is not None
        if self.run is not None and self.run.verdict() is not None:
            self.run = next(self._steps, None)
        return self.run is None

    def _work(self, fault: Fault) -> Iterator[Run]:
        """Run the tests that cover the changed lines: first a few, then all others."""
        begun = time.monotonic()
        tests = self._known.tests(fault.path, fault.source, fault.first_line, fault.last_line)
        verdict = Verdict(ended=True, passed=True, failed_test=None)
        for part in (tests[:_FIRST], *batched(tests[_FIRST:], _PORTION, strict=False)):
            while part and verdict.passed:
                self._workshop.spoil(fault)
                run = self._workshop.run(list(part), self._limit)
                yield run
                verdict = _verdict(run)
                failed = verdict.failed_test
                self._workshop.repair()
                if failed is None:
                    break
                if failed not in self._flaky:
                    # Check if the test also fails without the fault.
                    run = self._workshop.run([failed], self._limit)
                    yield run
                    self._flaky[failed] = not _verdict(run).passed
                if not self._flaky[failed]:
                    break
                part = tuple(test for test in part if test != failed)
                verdict = Verdict(ended=True, passed=True, failed_test=None)
        self.outcome = Outcome(fault, len(tests), verdict, time.monotonic() - begun)


def _verdict(run: Run) -> Verdict:
    """Return the verdict of a run that has ended."""
    verdict = run.verdict()
    assert verdict is not None
    return verdict


def pick(parts: list[str], number: int, seed: int) -> list[Fault]:
    """Select random faults, at most one per line."""
    found = [
        fault
        for file in sources(ROOT, parts)
        for fault in faults(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
    ]
    random.Random(seed).shuffle(found)
    by_line = {(fault.path, fault.first_line): fault for fault in reversed(found)}
    return list(reversed(by_line.values()))[:number]


def work(benches: list[Bench], chosen: list[Fault]) -> Iterator[Outcome]:
    """Test faults in parallel, one per copy; yield their outcomes."""
    waiting = list(reversed(chosen))
    busy: list[Bench] = []
    idle = list(benches)
    while waiting or busy:
        while waiting and idle:
            bench = idle.pop()
            bench.begin(waiting.pop())
            busy.append(bench)
        multiprocessing.connection.wait([bench.run.sentinel for bench in busy if bench.run], 0.5)
        for bench in list(busy):
            if bench.proceed():
                busy.remove(bench)
                idle.append(bench)
                assert bench.outcome is not None
                yield bench.outcome


def judged_by_mypy(workshop: Workshop, fault: Fault) -> bool:
    """Return whether mypy reports a fault."""
    workshop.spoil(fault)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", f"--cache-dir={MAP / 'mypy'}"],
        cwd=workshop.folder,
        capture_output=True,
        check=False,
    )
    workshop.repair()
    return done.returncode != 0


def report(outcomes: list[Outcome], seed: int) -> None:
    """Print the faults that survived, and a summary."""
    for outcome in outcomes:
        if outcome.word == "survived":
            print(f"\nSurvived {outcome.tests} tests ({outcome.fault.kind}):")
            print(outcome.fault.diff)
    words = Counter(outcome.word for outcome in outcomes)
    noticed = len(outcomes) - words["survived"]
    print(f"\nSeed {seed}: {noticed} of {len(outcomes)} detected", end="")
    print(f" ({100 * noticed / max(1, len(outcomes)):.0f} %): ", end="")
    print(", ".join(f"{number} {word}" for word, number in words.most_common()))


def main() -> int:
    """Parse the command line and test faults."""
    parser = argparse.ArgumentParser(prog="scripts/mutants", description=__doc__)
    parser.add_argument("parts", nargs="*", default=["custom_components/particle"])
    parser.add_argument("--number", type=int, default=60, help="number of faults")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random selection")
    parser.add_argument("--jobs", type=int, default=1, help="number of faults to test in parallel")
    parser.add_argument(
        "--limit", type=float, default=600, help="time limit for a portion of the tests, in seconds"
    )
    parser.add_argument("--mypy", action="store_true", help="also run mypy for faults that survive")
    parser.add_argument(
        "--measure", action="store_true", help="measure the coverage of each test again"
    )
    arguments = parser.parse_args()
    if arguments.measure or not (MAP / "coverage.sqlite").exists():
        print("Running all tests once, to measure which lines each of them covers", flush=True)
        measure(ROOT, MAP)
    known = CoverageMap(MAP)
    chosen = pick(arguments.parts, arguments.number, arguments.seed)
    new = [fault for fault in chosen if not known.knows(fault.path, fault.source)]
    for path in sorted({fault.path for fault in new}):
        print(f"Skipped: {path} is newer than the measured coverage; see --measure")
    chosen = [fault for fault in chosen if fault not in new]
    with tempfile.TemporaryDirectory(
        prefix="particle-mutants-", ignore_cleanup_errors=True
    ) as name:
        workshops = [Workshop(ROOT, Path(name) / str(job)) for job in range(arguments.jobs)]
        preload(workshops[0], known.some())
        outcomes = []
        benches = [Bench(workshop, known, arguments.limit) for workshop in workshops]
        for outcome in work(benches, chosen):
            outcomes.append(outcome)
            fault = outcome.fault
            print(
                f"{len(outcomes):3} {outcome.word:11} {outcome.seconds:5.1f} s "
                f"{fault.path}:{fault.first_line} ({fault.kind}) "
                f"{outcome.verdict.failed_test or ''}",
                flush=True,
            )
        if arguments.mypy:
            # Only after all tests in this copy have ended.
            for outcome in outcomes:
                if outcome.word == "survived":
                    outcome.by_mypy = judged_by_mypy(workshops[0], outcome.fault)
    report(outcomes, arguments.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
