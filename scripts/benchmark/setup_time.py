"""Duration of the set-up of an account, and the number of requests."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import itertools

from custom_components.particle.const import CONF_PACE, PollingMode

from .bare import Shape
from .cloud import Cloud, cloud_process
from .home import add_account, add_bare, home_assistant, shape_of
from .measuring import Stopwatch, in_turns, middle, stopwatch, until
from .plain import log_in_list_listen
from .report import Figure, Report

_VARIABLES = 10

# Seconds between the function calls of a user during the first reads of variables.
_PAUSE = 0.5

# Variables are read after the set-up, which is measured separately.
_NO_READS = {CONF_PACE: PollingMode.EVENTS_ONLY}

_MINIMUM = {"POST /oauth/token": 1, "GET /v1/devices": 1, "GET /v1/devices/events": 1}


async def measure(quick: bool) -> Report:
    """Run the benchmark."""
    boards, rounds = (20, 1) if quick else (100, 3)
    async with cloud_process() as cloud:
        calls, shape = await _look(cloud, boards)
        first, again, requests, alone, alone_again = map(
            middle, await in_turns(rounds, *_sides(cloud, boards, shape))
        )
        more = 4 * boards
        [many, many_again] = map(middle, await in_turns(1, *_sides(cloud, more, shape)[:2]))
        values = await _first_values(cloud, boards)
    against = (
        "token, listing and stream with aiohttp, and the same entities without the integration"
    )
    entities = sum(shape.enabled.values()) + sum(shape.disabled.values())
    return Report(
        f"set-up of {boards} devices with {_VARIABLES} variables each",
        [
            Figure(
                "first set-up",
                first.wall * 1e3,
                "ms",
                (requests.wall + alone.wall) * 1e3,
                against,
            ),
            Figure(
                "first set-up, processor time",
                first.processor * 1e3,
                "ms",
                (requests.processor + alone.processor) * 1e3,
                against,
            ),
            Figure(
                "second set-up, with all entities registered",
                again.wall * 1e3,
                "ms",
                (requests.wall + alone_again.wall) * 1e3,
                against,
            ),
            Figure(
                "second set-up, processor time",
                again.processor * 1e3,
                "ms",
                (requests.processor + alone_again.processor) * 1e3,
                against,
            ),
            Figure(
                "calls",
                sum(calls.values()),
                "",
                sum(_MINIMUM.values()),
                "one token, one listing, one stream",
            ),
            Figure(
                f"first set-up, processor time per device with {more} devices",
                many.processor / more * 1e3,
                "ms",
                first.processor / boards * 1e3,
                f"the same with {boards} devices",
            ),
            Figure(
                f"second set-up, processor time per device with {more} devices",
                many_again.processor / more * 1e3,
                "ms",
                again.processor / boards * 1e3,
                f"the same with {boards} devices",
            ),
            Figure("first reads of all variables", values.seconds, "s"),
            Figure(
                "paid calls for the first reads",
                values.reads,
                "",
                boards * _VARIABLES,
                "one for each variable",
            ),
            Figure(
                "slowest function call during the first reads",
                values.meanwhile * 1e3,
                "ms",
                values.idle * 1e3,
                "a function call when nothing is read",
            ),
        ],
        [
            f"calls: {_listed(calls)}",
            f"calls afterwards, in the background: {_listed(values.calls)}",
            f"{entities} entities per device, {sum(shape.disabled.values())} disabled by default",
            f"median of {rounds} alternating rounds",
        ],
    )


def _listed(calls: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {path}" for path, count in sorted(calls.items()))


async def _look(cloud: Cloud, boards: int) -> tuple[dict[str, int], Shape]:
    """Set up once; return the requests and the entities of each device."""
    await cloud.boards(boards, _VARIABLES)
    await cloud.requests()
    async with home_assistant() as hass:
        entry = await add_account(hass, cloud.address)
        await until(lambda: entry.runtime_data.streams[0].state.connected, "the stream is open")
        calls = await cloud.requests()
        # Requests about single devices follow after the set-up, in the background.
        calls = {path: count for path, count in calls.items() if "/ID" not in path}
        return calls, shape_of(hass, entry)


def _sides(cloud: Cloud, boards: int, shape: Shape) -> list[Callable[[], Awaitable[Stopwatch]]]:
    """Return the sides to measure: set-up, second set-up, requests alone, entities alone twice."""
    renewed = Stopwatch()
    alone_renewed = Stopwatch()

    async def ours() -> Stopwatch:
        nonlocal renewed
        await cloud.boards(boards, _VARIABLES)
        async with home_assistant() as hass:
            with stopwatch() as watch:
                entry = await add_account(hass, cloud.address, **_NO_READS)
            with stopwatch() as renewed:
                await hass.config_entries.async_reload(entry.entry_id)
                await hass.async_block_till_done()
        return watch

    async def ours_again() -> Stopwatch:
        return renewed

    async def requests() -> Stopwatch:
        with stopwatch() as watch:
            assert await log_in_list_listen(cloud.address) == boards
        return watch

    async def alone() -> Stopwatch:
        nonlocal alone_renewed
        async with home_assistant() as hass:
            with stopwatch() as watch:
                entry = await add_bare(hass, boards, shape)
            with stopwatch() as alone_renewed:
                await hass.config_entries.async_reload(entry.entry_id)
                await hass.async_block_till_done()
        return watch

    async def alone_again() -> Stopwatch:
        return alone_renewed

    return [ours, ours_again, requests, alone, alone_again]


@dataclass(frozen=True, slots=True)
class _FirstValues:
    """The first reads of all variables.

    Attributes:
        seconds: Duration.
        reads: Number of paid calls.
        calls: Requests about single devices, by kind.
        meanwhile: Longest duration of a function call during the reads, in seconds.
        idle: Duration of a function call afterwards, in seconds.
    """

    seconds: float
    reads: int
    calls: dict[str, int]
    meanwhile: float
    idle: float


async def _first_values(cloud: Cloud, boards: int) -> _FirstValues:
    """Set up with default options, and call functions while the variables are first read."""
    await cloud.boards(boards, _VARIABLES)
    await cloud.requests()
    before = await cloud.paid()
    async with home_assistant() as hass:
        took: list[float] = []
        with stopwatch() as watch:
            entry = await add_account(hass, cloud.address)
            coordinators = list(entry.runtime_data.devices.values())

            async def call_functions() -> None:
                for board in itertools.cycle(coordinators):
                    await asyncio.sleep(_PAUSE)
                    with stopwatch() as call:
                        await board.async_call_function("switch", "on")
                    took.append(call.wall)

            user = asyncio.create_task(call_functions())
            await until(
                lambda: all(len(one.data.readings) == _VARIABLES for one in coordinators),
                "each variable has a value",
                every=0.1,
            )
        user.cancel()
        with stopwatch() as idle:
            await coordinators[0].async_call_function("switch", "off")
        calls = {path: count for path, count in (await cloud.requests()).items() if "/ID" in path}
        # A call that was cancelled can have been counted.
        reads = calls["GET /v1/devices/ID/VARIABLE"]
        assert await cloud.paid() - before >= reads
        return _FirstValues(watch.wall, reads, calls, max(took, default=0.0), idle.wall)
