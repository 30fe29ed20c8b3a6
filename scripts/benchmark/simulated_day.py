"""The number of paid calls in a day with default options."""

import asyncio
from datetime import UTC, datetime, timedelta

from tests.simulator import Clock, SimulatedCloud

from .cloud import Address
from .cloud_process import paid_by_callers, replace_boards
from .home import add_account, home_assistant
from .report import Figure, Report
from .virtual_time import VirtualTimeLoop, calendar

_BOARDS = 3
_VARIABLES = 4
_DAY = timedelta(days=1)
_START = datetime(2027, 3, 1, tzinfo=UTC)
_NAIVE_INTERVAL = timedelta(seconds=30)


async def measure(quick: bool) -> Report:
    """Run the benchmark, with a whole day even if `quick` is set."""
    # A separate event loop with virtual time.
    return await asyncio.to_thread(_in_virtual_time)


def _in_virtual_time() -> Report:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(_day())


async def _day() -> Report:
    with calendar(_START):
        async with SimulatedCloud(clock=Clock(start=_START)) as cloud, home_assistant() as hass:
            replace_boards(cloud, _BOARDS, _VARIABLES)
            cloud.requests.clear()
            entry = await add_account(hass, Address.of(cloud))
            await asyncio.sleep(_DAY.total_seconds())
            paid = paid_by_callers(cloud)
            free = len(cloud.requests) - paid
            runtime = entry.runtime_data
            fresh = sum(len(board.data.readings) for board in runtime.devices.values())
            counted, forecast, allowance = (
                runtime.operations.used,
                runtime.operations.forecast,
                runtime.operations.allowance,
            )
    if fresh != _BOARDS * _VARIABLES or counted != paid:
        raise RuntimeError(f"{fresh} variables have values; paid {paid}, counted {counted}")
    return Report(
        f"a simulated day with {_BOARDS} devices with {_VARIABLES} variables each, default options",
        [
            Figure(
                "paid calls",
                paid,
                "",
                _BOARDS * _VARIABLES * (_DAY / _NAIVE_INTERVAL),
                f"polling every {_NAIVE_INTERVAL.seconds} s",
            ),
            Figure(
                "forecast for the month",
                forecast,
                "",
                allowance,
                "the allowance of the free plan",
            ),
            Figure("free calls", free, ""),
        ],
        [
            f"the counts of the integration and the cloud agree; virtual time from {_START:%Y-%m-%d}",
        ],
    )
