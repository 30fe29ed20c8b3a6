"""Waiting for what comes over real sockets."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant

from custom_components.particle.const import DOMAIN
from custom_components.particle.events.hub import EventHub

# Real seconds; only a test that fails waits so long.
MAX_WAIT = 10.0


async def until(hass: HomeAssistant, condition: Callable[[], object]) -> None:
    """Wait until a condition holds.

    Raises:
        AssertionError: It does not hold in time.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + MAX_WAIT
    while not condition():
        assert loop.time() < end, "What the test waits for did not happen"
        await asyncio.sleep(0.005)
        await hass.async_block_till_done()


async def delivered(hass: HomeAssistant, hub: EventHub) -> None:
    """Wait until every event that has come in has reached its listeners.

    One turn of the event loop delivers as many events as fit into a few milliseconds, on a loaded
    machine perhaps a single one.

    Raises:
        AssertionError: A turn has delivered nothing.
    """
    for _ in range(hub.waiting + 1):
        await asyncio.sleep(0)
    assert not hub.waiting, "The hub does not deliver what waits"
    await hass.async_block_till_done()


async def arrived(hass: HomeAssistant, number: int) -> None:
    """Wait until so many events have come in since the only account was set up, and are handled."""
    [entry] = hass.config_entries.async_entries(DOMAIN)
    hub: EventHub = entry.runtime_data.hub
    await until(hass, lambda: hub.received >= number)
    await delivered(hass, hub)


async def pass_time(
    hass: HomeAssistant, clock: TickingDateTimeFactory, by: timedelta | float
) -> None:
    """Let the clock jump, and let what is due then begin."""
    clock.tick(by)
    await asyncio.sleep(0.02)
    await hass.async_block_till_done()


async def pass_time_until(
    hass: HomeAssistant,
    clock: TickingDateTimeFactory,
    condition: Callable[[], object],
    *,
    step: timedelta = timedelta(minutes=1),
    at_most: timedelta = timedelta(hours=1),
) -> None:
    """Let the clock jump again and again until a condition holds.

    Raises:
        AssertionError: It does not hold after so much time.
    """
    passed = timedelta()
    while not condition():
        assert passed < at_most, "What the test waits for did not happen"
        passed += step
        await pass_time(hass, clock, step)
        # Answers come over real sockets.
        await asyncio.sleep(0.05)
        await hass.async_block_till_done()
