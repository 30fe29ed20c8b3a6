"""Latency from the bytes on the socket to the action of an automation."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import time

import aiohttp

from .cloud import Address, cloud_process
from .home import add_account, automation, home_assistant, register_note, set_automations
from .measuring import percentile, until
from .plain import access_token
from .report import Figure, Report

_PAUSE = 0.005

_OURS = automation(
    "ours",
    {"trigger": "particle.event_received", "options": {"event": "bench/stamp"}},
    "{{ trigger.data }}",
)
_PLAIN = automation(
    "plain", {"trigger": "event", "event_type": "bench_stamp"}, "{{ trigger.event.data.sent }}"
)


class Samples:
    """The ages of the timestamps at their arrival, in milliseconds."""

    def __init__(self) -> None:
        """Initialize without samples."""
        self.ages: list[float] = []
        self._arrived = asyncio.Event()

    def note(self, sent: int) -> None:
        """Record a timestamp, in nanoseconds of the clock that all processes share."""
        self.ages.append((time.monotonic_ns() - int(sent)) / 1e6)
        self._arrived.set()

    async def arrival(self) -> float:
        """Wait for the next timestamp and return its age."""
        async with asyncio.timeout(10):
            await self._arrived.wait()
        self._arrived.clear()
        await asyncio.sleep(_PAUSE)
        return self.ages[-1]


@asynccontextmanager
async def _bare_reader(address: Address, samples: Samples) -> AsyncIterator[None]:
    """Read the event stream without the integration."""
    async with aiohttp.ClientSession(base_url=address.base_url) as session:
        token = await access_token(session, address)
        opened = asyncio.Event()

        async def read() -> None:
            async with session.get(
                "/v1/devices/events", headers={"Authorization": f"Bearer {token}"}
            ) as response:
                async for chunk in response.content.iter_any():
                    opened.set()
                    _, found, rest = chunk.partition(b'"data":"')
                    if found:
                        samples.note(int(rest.partition(b'"')[0]))

        task = asyncio.create_task(read())
        await opened.wait()
        try:
            yield
        finally:
            task.cancel()


async def measure(quick: bool) -> Report:
    """Run the benchmark."""
    count = 100 if quick else 1000
    async with cloud_process() as cloud, home_assistant() as hass:
        await cloud.boards(1, 1)
        samples = Samples()

        async def stamped() -> float:
            await cloud.stamp()
            return await samples.arrival()

        async def fired() -> float:
            hass.bus.async_fire("bench_stamp", {"sent": time.monotonic_ns()})
            return await samples.arrival()

        async with _bare_reader(cloud.address, samples):
            by_socket = [await stamped() for _ in range(count)]
        account = await add_account(hass, cloud.address)
        register_note(hass, samples.note)
        await set_automations(hass, [_OURS, _PLAIN])
        await until(lambda: account.runtime_data.streams[0].state.connected, "the stream is open")
        for _ in range(10):
            await stamped()
            await fired()
        by_particle, by_bus = [], []
        for _ in range(count):
            by_particle.append(await stamped())
            by_bus.append(await fired())
    figures = []
    for percent in (50, 99):
        ours, bus, socket = (percentile(ages, percent) for ages in (by_particle, by_bus, by_socket))
        figures += [
            Figure(f"p{percent}", ours, "ms", bus, "an event trigger, from the bus to the action"),
            Figure(
                f"p{percent}", ours, "ms", bus + socket, "the same, plus reading the event stream"
            ),
        ]
    return Report(
        "latency from the bytes on the socket to the action of an automation",
        figures,
        [f"{count:,} single events {_PAUSE * 1000:.0f} ms apart, alternating with the bus"],
    )
