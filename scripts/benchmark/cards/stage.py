"""What the cards are measured on: a house with many devices, and a browser."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
import json
from pathlib import Path
import tempfile
from typing import Any, Final

from playwright.async_api import Browser, CDPSession, async_playwright

from tests.browser.house import DASHBOARD, Card, House
from tests.browser.requirements import find_browser
from tests.browser.visit import Visit

from .console import Console
from .pairs import DEVICE, GREETING, PUBLISHED, ShownCard

_PROBE: Final = Path(__file__).parent / "probe.js"
_WINDOW: Final = {"width": 1280, "height": 1100}

# Seconds that a Home Assistant with hundreds of new devices may take.
_TIME_TO_SET_UP: Final = 300.0

# Seconds in which a page shows what is waited for, even on a machine that does much else.
_TIME_TO_ANSWER: Final = 60.0


class Tab:
    """A tab with an empty cache.

    Attributes:
        visit: The visit of the administrator.
        cdp: The browser's debugger of this page.
    """

    def __init__(self, visit: Visit, cdp: CDPSession) -> None:
        """Initialize with a page that is still empty, see `Stage.tab`."""
        self.visit = visit
        self.cdp = cdp

    async def open(self) -> None:
        """Open the dashboard."""
        await self.visit.page.goto(f"{self.visit.house.url}/{DASHBOARD}/0", wait_until="commit")

    async def shown(self, card: ShownCard, place: int = 0) -> float:
        """Wait until a card is painted; return when, in milliseconds since the page was asked for.

        Args:
            card: The card.
            place: Its place among all cards of this type.
        """
        times: list[float] = await self.run(
            "(marks) => particleBench.watch(marks)", [[card.element, card.pattern, place]]
        )
        return times[0]

    async def watch(self, *cards: tuple[ShownCard, int]) -> None:
        """Note when cards are painted, from the beginning of the page on; see `painted`."""
        marks = [[card.element, card.pattern, place] for card, place in cards]
        await self.visit.page.add_init_script(
            f"particleBench.marks = particleBench.watch({json.dumps(marks)})"
        )

    async def painted(self) -> list[float]:
        """Return when the cards were painted, in milliseconds since the page was asked for."""
        times: list[float] = await self.run("() => particleBench.marks")
        return times

    async def reveal(self, card: ShownCard) -> None:
        """Scroll to a card, as soon as it is there."""
        await self.run(
            """async (name) => {
              await particleBench.painted(() => particleBench.all(name).length);
              particleBench.all(name)[0].scrollIntoView();
            }""",
            card.element,
        )

    async def run(self, script: str, argument: Any = None) -> Any:
        """Return the result of a JavaScript function in the page.

        Raises:
            TimeoutError: The page did not come to an end with it.
        """
        async with asyncio.timeout(_TIME_TO_ANSWER):
            return await self.visit.run(script, argument)

    async def throttle(self, rate: int) -> None:
        """Make the processor appear slower."""
        await self.cdp.send("Emulation.setCPUThrottlingRate", {"rate": rate})

    async def heap(self) -> float:
        """Return the bytes that the page still uses after all garbage is collected."""
        for _ in range(2):
            await self.cdp.send("HeapProfiler.collectGarbage")
        return await self._metric("JSHeapUsedSize")

    async def busy(self) -> float:
        """Return the processor time of the page in seconds, which other programs do not lengthen."""
        return await self._metric("ThreadTime")

    async def _metric(self, name: str) -> float:
        await self.cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        metrics = (await self.cdp.send("Performance.getMetrics"))["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == name))


class Stage:
    """A house and a browser.

    Attributes:
        house: Home Assistant and the simulated cloud.
        boards: Names of the simulated devices that only publish.
    """

    def __init__(self, house: House, browser: Browser, console: Console) -> None:
        """Initialize with the devices that each house has."""
        self.house = house
        self.boards: list[str] = []
        self._browser = browser
        self._console = console

    async def grow(self, devices: int) -> None:
        """Add devices until there are so many, and wait until their entities are there.

        Raises:
            TimeoutError: They did not come.
        """
        present = await self.entities("binary_sensor", "_connection")
        for number in range(len(present), devices):
            name = f"device {number:03}"
            await self.house.cloud.control("POST", "/boards", {"name": name})
            self.boards.append(name)
        await self.house.reload_account()
        async with asyncio.timeout(_TIME_TO_SET_UP):
            while len(await self.entities("binary_sensor", "_connection")) < devices:
                await asyncio.sleep(0.5)

    async def entities(self, domain: str, end: str) -> list[str]:
        """Return the IDs of the entities of devices that begin and end alike."""
        return [
            entity_id
            for state in await self.house.command("get_states")
            if (entity_id := str(state["entity_id"])).startswith(f"{domain}.")
            and entity_id.endswith(end)
        ]

    async def greet(self) -> None:
        """Publish an event and read a variable, so that each card has something to show.

        Raises:
            TimeoutError: Home Assistant did not receive the event.
        """
        await self.house.cloud.publish(DEVICE, GREETING, '{"n":0}')
        await self.set_variable(21.5)
        async with asyncio.timeout(_TIME_TO_SET_UP):
            while (
                next(
                    state["attributes"].get("event_type")
                    for state in await self.house.command("get_states")
                    if state["entity_id"] == PUBLISHED
                )
                != GREETING
            ):
                await asyncio.sleep(0.1)

    async def set_variable(self, value: float) -> None:
        """Change a variable of the device, and let Home Assistant read it."""
        await self.house.cloud.set_variable(DEVICE, "temperature", value)
        await self.house.command(
            "call_service",
            domain="particle",
            service="read_variable",
            service_data={
                "device_id": [await self.house.device_id(DEVICE)],
                "variable": "temperature",
            },
            return_response=True,
        )

    async def show(self, *cards: Card) -> None:
        """Make the dashboard consist of these cards."""
        await self.house.show(*cards)

    @asynccontextmanager
    async def tab(self, *, dark: bool = False, language: str = "en") -> AsyncIterator[Tab]:
        """Open a tab of a browser that has never seen this Home Assistant."""
        context = await self._browser.new_context(
            viewport={"width": _WINDOW["width"], "height": _WINDOW["height"]},
            color_scheme="dark" if dark else "light",
            # It would load the whole frontend in the background.
            service_workers="block",
        )
        try:
            page = await context.new_page()
            self._console.listen(page)
            visit = Visit(page, self.house)
            # The page renews a token that has expired; the one of the house may be old.
            await visit.log_in({**self.house.tokens, "expires": 0}, language)
            await page.add_init_script(path=_PROBE)
            yield Tab(visit, await context.new_cdp_session(page))
        finally:
            await context.close()


@asynccontextmanager
async def stage(console: Console, devices: int) -> AsyncIterator[Stage]:
    """Start a house with so many devices, and a browser."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="particle-bench-"))
        house = await stack.enter_async_context(House.start(Path(folder)))
        playwright = await stack.enter_async_context(async_playwright())
        # The sandbox does not work for root, and the only pages are ours.
        browser = await playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        stack.push_async_callback(browser.close)
        started = Stage(house, browser, console)
        await started.grow(devices)
        await started.greet()
        yield started


def configs(cards: Sequence[ShownCard]) -> list[Card]:
    """Return the configurations of cards."""
    return [card.config for card in cards]
