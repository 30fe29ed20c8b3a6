"""The longest iteration of the event loop, during which nothing else can run."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
import gc
import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from custom_components.particle.const import CONF_PACE, PollingMode

from .bare import Shape
from .cloud import Cloud, cloud_process
from .home import add_account, add_bare, home_assistant
from .measuring import until
from .report import Figure, Report

# The maximum time for which the event loop may be blocked, in milliseconds.
_ALLOWED = 50.0

# A device counts as offline only some seconds after it disconnects, because it often reconnects.
_SETTLING = 5.0

_NO_READS = {CONF_PACE: PollingMode.EVENTS_ONLY}
_ALONE = "Home Assistant with the same number of entities of an integration that does nothing"
_LIMIT = "the limit"

type Longest = dict[str, float]


async def measure(quick: bool) -> Report:
    """Run the benchmark."""
    variables, devices = (1000, 300) if quick else (5000, 1200)
    figures: list[Figure] = []
    async with cloud_process() as cloud:
        for collecting in (False, True):
            with _garbage_collection(on=collecting):
                one = await _one_device(cloud, variables)
                one_alone = await _alone(1, Shape({"sensor": variables}, {}))
                fleet = await _fleet(cloud, devices)
                fleet_alone = await _alone(devices, Shape({"sensor": 4, "binary_sensor": 2}, {}))
            suffix = ", garbage collection on" if collecting else ""
            figures += _figures(f"{variables:,} variables", suffix, one, one_alone)
            figures += _figures(f"{devices:,} devices", suffix, fleet, fleet_alone)
    return Report(
        "longest iteration of the event loop",
        figures,
        [
            "processor time of all callbacks of an iteration, between two polls of sockets and timers",
            "variables: all on one device, each read once; devices: without variables",
            "without garbage collection unless stated otherwise, because it can block at any time",
        ],
    )


def _figures(what: str, suffix: str, ours: Longest, alone: Longest) -> Iterator[Figure]:
    for phase, longest in ours.items():
        label = f"{what}: {phase}{suffix}"
        if phase in alone:
            yield Figure(label, longest * 1e3, "ms", alone[phase] * 1e3, _ALONE)
        else:
            yield Figure(label, longest * 1e3, "ms", _ALLOWED, _LIMIT)


async def _one_device(cloud: Cloud, variables: int) -> Longest:
    """Set up, read, disconnect, reload and remove one device with many variables."""
    await cloud.boards(1, variables)
    found: Longest = {}
    async with home_assistant() as hass:
        async with _longest_turn(found, "set-up"):
            entry = await add_account(hass, cloud.address)
        [device] = entry.runtime_data.devices.values()
        async with _longest_turn(found, "first values"):
            await until(
                lambda: len(device.data.readings) == variables,
                "each variable has a value",
                seconds=900,
                every=0.1,
            )
            await asyncio.sleep(_SETTLING)
        async with _longest_turn(found, "going offline"):
            await cloud.connect(online=False)
            await until(lambda: not device.online, "the device is offline")
            await asyncio.sleep(_SETTLING)
        await _reload_and_remove(hass, entry, found)
    return found


async def _reload_and_remove(hass: HomeAssistant, entry: ConfigEntry, found: Longest) -> None:
    """Measure the reload and the removal of an account."""
    async with _longest_turn(found, "reload"):
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
    async with _longest_turn(found, "removal"):
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()


async def _fleet(cloud: Cloud, devices: int) -> Longest:
    """Set up, reload and remove many devices."""
    await cloud.boards(devices, 0)
    found: Longest = {}
    async with home_assistant() as hass:
        async with _longest_turn(found, "set-up"):
            entry = await add_account(hass, cloud.address, **_NO_READS)
        await _reload_and_remove(hass, entry, found)
    return found


async def _alone(devices: int, shape: Shape) -> Longest:
    """Add and reload the same number of entities without the integration.

    They are not removed, because Home Assistant would log an error for each event beyond ten thousand.
    """
    found: Longest = {}
    async with home_assistant() as hass:
        async with _longest_turn(found, "set-up"):
            entry = await add_bare(hass, devices, shape)
        async with _longest_turn(found, "reload"):
            await hass.config_entries.async_reload(entry.entry_id)
            await hass.async_block_till_done()
    return found


@contextmanager
def _garbage_collection(*, on: bool) -> Iterator[None]:
    if not on:
        gc.disable()
    try:
        yield
    finally:
        gc.enable()


@asynccontextmanager
async def _longest_turn(found: Longest, phase: str) -> AsyncIterator[None]:
    """Record the longest iteration of the event loop in the block, in seconds of processor time."""
    # Garbage of the previous phase must not be collected in this one.
    gc.collect()
    # The event loop has no hook for this, but looks the method up for each iteration.
    loop = asyncio.get_running_loop()
    run_once = loop._run_once  # type: ignore[attr-defined]  # noqa: SLF001
    longest = 0.0

    def timed() -> None:
        nonlocal longest
        start = time.thread_time()
        run_once()
        longest = max(longest, time.thread_time() - start)

    loop._run_once = timed  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        # The iteration in which the block starts does not count, that in which it ends does.
        await asyncio.sleep(0)
        yield
        await asyncio.sleep(0)
    finally:
        loop._run_once = run_once  # type: ignore[attr-defined]  # noqa: SLF001
        found[phase] = longest
