"""Run the benchmarks: `scripts/bench`."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
import sys
import time

from . import burst, event_log, latency, many, memory, setup_time, simulated_day, throughput, turns
from .cards.measure import measure as measure_cards
from .report import Report, table, write_json

_MEASUREMENTS: dict[str, Callable[[bool], Awaitable[Report]]] = {
    "throughput": throughput.measure,
    "latency": latency.measure,
    "setup": setup_time.measure,
    "day": simulated_day.measure,
    "memory": memory.measure,
    "burst": burst.measure,
    "turns": turns.measure,
    "triggers": many.measure_triggers,
    "names": many.measure_names,
    "event_log": event_log.measure,
    "cards": measure_cards,
}


def main() -> None:
    """Parse the command line and run the benchmarks."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument(
        "--only",
        action="append",
        choices=_MEASUREMENTS,
        metavar="NAME",
        help=f"run only this one; can be repeated: {', '.join(_MEASUREMENTS)}",
    )
    parser.add_argument("--quick", action="store_true", help="smaller loads, fewer rounds")
    parser.add_argument(
        "--json", type=Path, default=Path("bench.json"), metavar="FILE", help="default: bench.json"
    )
    arguments = parser.parse_args()
    reports = []
    for name, measure in _MEASUREMENTS.items():
        if arguments.only and name not in arguments.only:
            continue
        print(f"[bench] {name} …", file=sys.stderr, flush=True)
        started = time.monotonic()
        report = asyncio.run(_run(measure, arguments.quick))
        reports.append(replace(report, name=name, seconds=time.monotonic() - started))
    print(table(reports))
    write_json(arguments.json, reports, quick=arguments.quick)
    print(f"\nWritten to {arguments.json}")


async def _run(measure: Callable[[bool], Awaitable[Report]], quick: bool) -> Report:
    return await measure(quick)


if __name__ == "__main__":
    main()
