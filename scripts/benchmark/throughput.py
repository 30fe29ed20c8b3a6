"""Throughput of events, from the socket to the event entity and the action of an automation."""

import asyncio
import contextlib
from datetime import UTC, datetime
import itertools
import time

from homeassistant.core import HomeAssistant

from .bare import BareConfigEntry, Shape
from .bare.event import BareEvent
from .cloud import Cloud, cloud_process
from .home import add_account, add_bare, automation, home_assistant, register_note, set_automations
from .measuring import Stopwatch, in_turns, middle, stopwatch, until
from .report import Figure, Report

_BOARDS = 10

# Seconds without an event after which no more events are expected.
_SILENCE = 5.0

# The baseline yields to the event loop as often as the integration does.
_SLICE = 0.01


class Arrivals:
    """The events that the automations have recorded."""

    def __init__(self) -> None:
        """Initialize without expected events."""
        self._expected: list[int] = []
        self._noted: list[int] = []
        self._complete = asyncio.Event()

    def expect(self, numbers: range) -> None:
        """Expect these numbers, in this order."""
        self._expected = list(numbers)
        self._noted.clear()
        self._complete.clear()

    def note(self, number: int) -> None:
        """Record an event from the action of an automation."""
        self._noted.append(number)
        if len(self._noted) == len(self._expected):
            self._complete.set()

    async def lost(self) -> int:
        """Wait until all events have arrived, or no more arrive; return how many are missing.

        Raises:
            RuntimeError: They arrived in the wrong order.
        """
        seen = -1
        while not self._complete.is_set() and len(self._noted) > seen:
            seen = len(self._noted)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SILENCE):
                    await self._complete.wait()
        if self._noted != sorted(self._noted):
            raise RuntimeError("The events arrived in the wrong order")
        return len(self._expected) - len(self._noted)

    async def complete(self) -> None:
        """Wait for all events.

        Raises:
            RuntimeError: Some did not arrive, or in the wrong order.
        """
        if lost := await self.lost():
            raise RuntimeError(f"{lost} of {len(self._expected)} events did not arrive")


OURS = automation(
    "ours",
    {"trigger": "particle.event_received", "options": {"event": "bench/reading"}},
    "{{ trigger.json.n }}",
)
PLAIN = automation(
    "plain", {"trigger": "event", "event_type": "bench_reading"}, "{{ trigger.event.data.n }}"
)


async def write_alone(hass: HomeAssistant, entry: BareConfigEntry, numbers: range) -> None:
    """Write the states and trigger the automation as the events of devices would."""
    entities = [one for one in entry.runtime_data.entities["event"] if isinstance(one, BareEvent)]
    slice_ends = time.monotonic() + _SLICE
    for number in numbers:
        entities[number % len(entities)].write(
            "bench/reading",
            {
                "name": "bench/reading",
                "data": {"n": number},
                "published_at": datetime.now(UTC).isoformat(),
            },
        )
        hass.bus.async_fire("bench_reading", {"n": number})
        if time.monotonic() >= slice_ends:
            await asyncio.sleep(0)
            slice_ends = time.monotonic() + _SLICE


async def prepare(hass: HomeAssistant, cloud: Cloud, arrivals: Arrivals) -> BareConfigEntry:
    """Set up the account, the same number of bare event entities, and two automations."""
    await cloud.boards(_BOARDS, 1)
    account = await add_account(hass, cloud.address)
    entry = await add_bare(hass, _BOARDS, Shape({"event": 1}, {}))
    register_note(hass, arrivals.note)
    await set_automations(hass, [OURS, PLAIN])
    await until(lambda: account.runtime_data.streams[0].state.connected, "the stream is open")
    return entry


async def measure(quick: bool) -> Report:
    """Run the benchmark."""
    events, rounds = (1000, 3) if quick else (5000, 5)
    first = itertools.count(0, events)
    async with cloud_process() as cloud, home_assistant() as hass:
        arrivals = Arrivals()
        entry = await prepare(hass, cloud, arrivals)

        async def ours() -> Stopwatch:
            numbers = range(start := next(first), start + events)
            arrivals.expect(numbers)
            await cloud.publish(events, first=start)
            with stopwatch() as watch:
                await arrivals.complete()
            return watch

        async def alone() -> Stopwatch:
            numbers = range(start := next(first), start + events)
            arrivals.expect(numbers)
            with stopwatch() as watch:
                await write_alone(hass, entry, numbers)
                await arrivals.complete()
            return watch

        by_particle, by_nothing = map(middle, await in_turns(rounds, ours, alone))
    against = "Home Assistant writing the states and triggering the automation from its event bus"
    return Report(
        "from the socket to event entity and automation",
        [
            Figure(
                "events per second",
                events / by_particle.wall,
                "/s",
                events / by_nothing.wall,
                against,
            ),
            Figure(
                "processor time per event",
                by_particle.processor / events * 1e6,
                "µs",
                by_nothing.processor / events * 1e6,
                against,
            ),
        ],
        [
            f"bursts of {events:,} events of {_BOARDS} devices, median of {rounds} alternating rounds",
            "all events arrived in order; the simulated cloud runs in a separate process",
            f"this process was busy {by_particle.processor / by_particle.wall:.0%} of the time",
        ],
    )
