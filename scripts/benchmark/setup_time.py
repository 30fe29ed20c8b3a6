"""How long it takes until an account's boards are there, and how many calls that needs."""

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

# Seconds between the function calls of a user who does not wait for the first values.
_PAUSE = 0.5

# Variables are read after the set-up, at a pace of their own; that is measured apart.
_NO_READS = {CONF_PACE: PollingMode.EVENTS_ONLY}

_MINIMUM = {"POST /oauth/token": 1, "GET /v1/devices": 1, "GET /v1/devices/events": 1}


async def measure(quick: bool) -> Report:
    """Measure."""
    boards, rounds = (20, 1) if quick else (100, 3)
    async with cloud_process() as cloud:
        calls, shape = await _look(cloud, boards)
        first, again, requests, alone, alone_again = map(
            middle, await in_turns(rounds, *_sides(cloud, boards, shape))
        )
        more = 4 * boards
        [many, many_again] = map(middle, await in_turns(1, *_sides(cloud, more, shape)[:2]))
        values = await _first_values(cloud, boards)
    against = "token, listing and stream by aiohttp, and Home Assistant adding such entities"
    entities = sum(shape.enabled.values()) + sum(shape.disabled.values())
    return Report(
        f"setting up {boards} boards with {_VARIABLES} variables each",
        [
            Figure(
                "until all entities are there",
                first.wall * 1e3,
                "ms",
                (requests.wall + alone.wall) * 1e3,
                against,
            ),
            Figure(
                "processor time of it",
                first.processor * 1e3,
                "ms",
                (requests.processor + alone.processor) * 1e3,
                against,
            ),
            Figure(
                "once more, with all entities registered",
                again.wall * 1e3,
                "ms",
                (requests.wall + alone_again.wall) * 1e3,
                against,
            ),
            Figure(
                "processor time of it",
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
                f"processor time for a board at {more} boards",
                many.processor / more * 1e3,
                "ms",
                first.processor / boards * 1e3,
                f"the same at {boards} boards",
            ),
            Figure(
                "the same, with all entities registered",
                many_again.processor / more * 1e3,
                "ms",
                again.processor / boards * 1e3,
                f"the same at {boards} boards",
            ),
            Figure("until each variable has its first value", values.seconds, "s"),
            Figure(
                "paid calls for it", values.reads, "", boards * _VARIABLES, "one for each variable"
            ),
            Figure(
                "slowest function call meanwhile",
                values.meanwhile * 1e3,
                "ms",
                values.idle * 1e3,
                "one when nothing is read",
            ),
        ],
        [
            f"calls: {_listed(calls)}",
            f"afterwards, in the background: {_listed(values.calls)}",
            f"{entities} entities for a board, {sum(shape.disabled.values())} disabled by default",
            f"median of {rounds} in turns",
        ],
    )


def _listed(calls: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {path}" for path, count in sorted(calls.items()))


async def _look(cloud: Cloud, boards: int) -> tuple[dict[str, int], Shape]:
    """Set up once; return the calls that it took and what each board has."""
    await cloud.boards(boards, _VARIABLES)
    await cloud.requests()
    async with home_assistant() as hass:
        entry = await add_account(hass, cloud.address)
        await until(lambda: entry.runtime_data.streams[0].state.connected, "the stream is open")
        calls = await cloud.requests()
        # What is asked of single boards comes after the set-up, in the background.
        calls = {path: count for path, count in calls.items() if "/ID" not in path}
        return calls, shape_of(hass, entry)


def _sides(cloud: Cloud, boards: int, shape: Shape) -> list[Callable[[], Awaitable[Stopwatch]]]:
    """Return what is measured in turns: ours, ours again, requests alone, entities alone, again."""
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
    """How each variable got its first value.

    Attributes:
        seconds: How long it took.
        reads: Paid calls for it.
        calls: What was asked of single boards, by kind.
        meanwhile: The longest time that a function call took in that time, seconds.
        idle: How long one took afterwards, seconds.
    """

    seconds: float
    reads: int
    calls: dict[str, int]
    meanwhile: float
    idle: float


async def _first_values(cloud: Cloud, boards: int) -> _FirstValues:
    """Set up with the defaults, and let a user call functions while the variables are first read."""
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
        # A call that was cancelled may have been counted.
        reads = calls["GET /v1/devices/ID/VARIABLE"]
        assert await cloud.paid() - before >= reads
        return _FirstValues(watch.wall, reads, calls, max(took, default=0.0), idle.wall)
