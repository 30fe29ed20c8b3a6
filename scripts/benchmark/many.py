"""The cost of an event with many triggers that do not match, and with many known event names."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
import itertools
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.particle.api import CloudEvent
from custom_components.particle.events.hub import EventHub

from .cloud import Cloud, cloud_process
from .home import add_account, automation, home_assistant, register_note, set_automations
from .measuring import Stopwatch, in_turns, middle, stopwatch
from .report import Figure, Report
from .throughput import Arrivals

# Numbers make every event another one.
_NUMBERS = itertools.count()

type Side = Callable[[], Awaitable[Stopwatch]]


class House:
    """A Home Assistant with an account with one board, and automations that record events."""

    def __init__(self, hass: HomeAssistant, hub: EventHub, board: str) -> None:
        """Initialize and register the action of the automations."""
        self._hass = hass
        self._hub = hub
        self._board = board
        self._arrivals = Arrivals()
        register_note(hass, self._arrivals.note)

    @classmethod
    async def open(cls, stack: AsyncExitStack, cloud: Cloud) -> House:
        """Run a Home Assistant with the account of the cloud's only board."""
        [board] = await cloud.boards(1, 1)
        hass = await stack.enter_async_context(home_assistant())
        entry = await add_account(hass, cloud.address)
        return cls(hass, entry.runtime_data.hub, board)

    def receive(self, name: str, number: int) -> None:
        """Pass an event to the hub, as the event stream does."""
        payload = {
            "data": f'{{"n": {number}}}',
            "ttl": 60,
            "published_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "coreid": self._board,
        }
        self._hub.receive(CloudEvent.from_json(name, payload))

    async def automate(self, triggers: int) -> None:
        """Set automations of each kind, with triggers of which one matches."""
        automations: list[dict[str, Any]] = []
        for number in range(triggers):
            event = f"bench/{number}"
            automations += [
                automation(
                    f"ours {number}",
                    {"trigger": "particle.event_received", "options": {"event": event}},
                    "{{ trigger.json.n }}",
                ),
                automation(
                    f"plain {number}",
                    {
                        "trigger": "event",
                        "event_type": "bench_event",
                        "event_data": {"name": event},
                    },
                    "{{ trigger.event.data.n }}",
                ),
            ]
        await set_automations(self._hass, automations)

    def ours(self, events: int) -> Side:
        """Return a function that sends events to a trigger through the hub."""

        async def run() -> Stopwatch:
            numbers = self._expect(events)
            with stopwatch() as watch:
                for number in numbers:
                    self.receive("bench/0", number)
                await self._arrivals.complete()
            return watch

        return run

    def plain(self, events: int) -> Side:
        """Return a function that sends events to a trigger over Home Assistant's event bus."""

        async def run() -> Stopwatch:
            numbers = self._expect(events)
            with stopwatch() as watch:
                for number in numbers:
                    self._hass.bus.async_fire("bench_event", {"name": "bench/0", "n": number})
                await self._arrivals.complete()
            return watch

        return run

    def _expect(self, events: int) -> range:
        start = next(_NUMBERS) * events
        numbers = range(start, start + events)
        self._arrivals.expect(numbers)
        return numbers


async def measure_triggers(quick: bool) -> Report:
    """Measure the cost of triggers that do not match."""
    many, events, rounds = (100, 200, 3) if quick else (1000, 1000, 5)
    async with cloud_process() as cloud, AsyncExitStack() as stack:
        one = await House.open(stack, cloud)
        crowd = await House.open(stack, cloud)
        await one.automate(1)
        await crowd.automate(many)
        ours_one, ours_many = map(
            middle, await in_turns(rounds, one.ours(events), crowd.ours(events))
        )
        # Event triggers cost much more, so fewer events are sufficient.
        fewer = events // 10
        plain_one, plain_many = map(
            middle, await in_turns(rounds, one.plain(fewer), crowd.plain(fewer))
        )
    return Report(
        f"{many:,} triggers, of which one matches",
        [
            Figure(
                "processor time per event",
                ours_many.processor / events * 1e6,
                "µs",
                ours_one.processor / events * 1e6,
                "the same with only the matching trigger",
            ),
            Figure(
                "processor time per event, with event triggers",
                plain_many.processor / fewer * 1e6,
                "µs",
                plain_one.processor / fewer * 1e6,
                "the same with only the matching trigger",
            ),
        ],
        [f"{events:,} events from the hub to the action, median of {rounds} alternating rounds"],
    )


async def measure_names(quick: bool) -> Report:
    """Measure the cost of known event names."""
    names, events, rounds = (1000, 500, 3) if quick else (10_000, 2000, 5)
    async with cloud_process() as cloud, AsyncExitStack() as stack:
        fresh = await House.open(stack, cloud)
        learned = await House.open(stack, cloud)
        await fresh.automate(1)
        await learned.automate(1)
        with stopwatch() as learning:
            for number in range(names):
                learned.receive(f"name/{number}", number)
            await learned.ours(1)()
        fresh_cost, learned_cost = map(
            middle, await in_turns(rounds, fresh.ours(events), learned.ours(events))
        )
    return Report(
        f"{names:,} known event names of one device",
        [
            Figure(
                "processor time per event",
                learned_cost.processor / events * 1e6,
                "µs",
                fresh_cost.processor / events * 1e6,
                "the same for a device with one name",
            ),
            Figure(
                "processor time per new name",
                learning.processor / names * 1e6,
                "µs",
                fresh_cost.processor / events * 1e6,
                "an event with a known name, including the automation",
            ),
        ],
        [
            f"{events:,} events from the hub to entity and action, median of {rounds} alternating rounds"
        ],
    )
