"""Take pictures of the dashboard cards: `scripts/pictures`, or `scripts/pictures FOLDER` for all of them."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
import sys
import tempfile
from typing import Final

from playwright.async_api import Browser, Locator, async_playwright, expect

from tests.browser.house import DASHBOARD, Card, House
from tests.browser.requirements import find_browser, missing
from tests.browser.visit import Visit

_DOCS: Final = Path(__file__).parents[1] / "docs" / "images"

_WIDTHS: Final = (390, 1280)

# What a device has reported, so that the cards have something to show: device, event, payload.
_EVENTS: Final = (
    ("greenhouse", "greenhouse/reading", '{"temperature":21.5,"humidity":62,"soil":430}'),
    ("garage", "door/opening", "12"),
    ("garage", "door/open", "18"),
    ("greenhouse", "greenhouse/pump", "on"),
    ("boat", "boat/status", '{"battery":12.6,"bilge":false}'),
)

_AREAS: Final = {"Garden": ("greenhouse",), "House": ("garage",), "On the way": ("boat", "van-1")}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a card.

    Attributes:
        card: What the card is about, such as `fleet`.
        width: Width of the window in pixels.
        dark: Whether the theme is dark.
    """

    card: str
    width: int
    dark: bool

    @property
    def name(self) -> str:
        """Name of the file."""
        return f"{self.card}-card-{self.width}-{'dark' if self.dark else 'light'}.png"


def main() -> int:
    """Parse the command line, take the pictures, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/pictures", description="Pictures of the dashboard cards."
    )
    parser.add_argument("folder", type=Path, nargs="?", help="take all pictures, into this folder")
    arguments = parser.parse_args()
    if reason := missing():
        print(f"There are no pictures: {reason}", file=sys.stderr)
        return 1
    asyncio.run(_take(arguments.folder))
    return 0


async def _take(folder: Path | None) -> None:
    """Start everything, and take the pictures."""
    with tempfile.TemporaryDirectory(prefix="particle-pictures-") as name:
        async with House.start(Path(name)) as house, async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=find_browser(), args=["--no-sandbox", "--disable-dev-shm-usage"]
            )
            cards = await _cards(house)
            for picture in _pictures(cards, folder):
                file = (folder or _DOCS) / picture.name
                file.parent.mkdir(parents=True, exist_ok=True)
                await _take_one(house, browser, picture, cards[picture.card], file)
                _report(file)
            await _take_dashboard(house, browser, folder)
            await browser.close()


def _report(file: Path) -> None:
    print(f"{file} ({file.stat().st_size // 1024} kB)")


def _pictures(cards: dict[str, Card], folder: Path | None) -> Iterator[Picture]:
    """Yield all pictures, or those that the documentation uses."""
    for card in cards:
        if folder is None:
            yield Picture(card, _WIDTHS[0], dark=False)
            continue
        for width in _WIDTHS:
            for dark in (False, True):
                yield Picture(card, width, dark)


async def _cards(house: House) -> dict[str, Card]:
    """Return the configuration of each card."""
    greenhouse = await house.device_id("greenhouse")
    return {
        "device": {"type": "custom:particle-device-card", "device_id": greenhouse},
        "variable": {
            "type": "custom:particle-variable-card",
            "entity": "sensor.greenhouse_temperature",
            "hours_to_show": 1,
        },
        "fleet": {"type": "custom:particle-fleet-card"},
        "events": {"type": "custom:particle-events-card"},
        "tile": {
            "type": "tile",
            "entity": "sensor.greenhouse_soil",
            "grid_options": {"columns": 12},
            "features": [
                {
                    "type": "custom:particle-function-feature",
                    "functions": [
                        {
                            "function": "pump",
                            "argument": "on",
                            "label": "Water",
                            "icon": "mdi:water",
                        },
                        {
                            "function": "pump",
                            "argument": "off",
                            "label": "Stop",
                            "icon": "mdi:stop",
                        },
                    ],
                }
            ],
        },
    }


async def _take_one(
    house: House, browser: Browser, picture: Picture, card: Card, file: Path
) -> None:
    """Open a dashboard with the card alone, and take a picture of it."""
    await house.show(card)
    async with _page(house, browser, picture, height=1100) as visit:
        is_tile = picture.card == "tile"
        content = visit.page.locator("hui-tile-card") if is_tile else visit.card(picture.card)
        if is_tile:
            button = (
                content.locator("particle-function-feature-content").get_by_role("button").first
            )
            await button.click()
            await expect(button).to_contain_text("Returned")
            await visit.page.mouse.move(0, 0)
        await expect(content.locator("[aria-busy=true]")).to_have_count(0)
        if picture.card == "events":
            await expect(content).to_contain_text("Live")
        for device, event, payload in _EVENTS:
            await house.cloud.publish(device, event, payload)
        if picture.card == "events":
            await expect(content).to_contain_text(_EVENTS[-1][1])
        await _settled(content)
        await content.screenshot(path=file, animations="disabled")


async def _take_dashboard(house: House, browser: Browser, folder: Path | None) -> None:
    """Take pictures of the dashboard that generates itself, and of badges above a view."""
    for name, devices in _AREAS.items():
        area = await house.command("config/area_registry/create", name=name)
        for device in devices:
            await house.command(
                "config/device_registry/update",
                device_id=await house.device_id(device),
                area_id=area["area_id"],
            )
    badge = {"type": "custom:particle-badge"}
    badges = [{**badge, "device_id": await house.device_id("greenhouse")}, badge]
    views = [{"type": "sections", "badges": badges, "sections": []}]
    for picture in _pictures({"dashboard": {}}, folder or Path()):
        if folder is None and (picture.width, picture.dark) != (_WIDTHS[1], False):
            continue
        file = (folder or _DOCS) / picture.name.replace("-card", "")
        await house.command(
            "lovelace/config/save",
            url_path=DASHBOARD,
            config={"strategy": {"type": "custom:particle"}},
        )
        async with _page(house, browser, picture) as visit:
            await expect(visit.card("fleet")).to_contain_text("online")
            await _settled(visit.card("fleet"))
            await visit.page.screenshot(path=file, animations="disabled")
        _report(file)
    await house.command("lovelace/config/save", url_path=DASHBOARD, config={"views": views})
    async with _page(house, browser, Picture("badge", _WIDTHS[0], dark=False)) as visit:
        shown = visit.page.locator("hui-view-badges")
        await expect(shown).to_contain_text("6 of 8 online")
        file = (folder or _DOCS) / "badges.png"
        await shown.screenshot(path=file, animations="disabled")
        _report(file)


@asynccontextmanager
async def _page(
    house: House, browser: Browser, picture: Picture, height: int = 900
) -> AsyncIterator[Visit]:
    """Open the dashboard as it is."""
    context = await browser.new_context(
        viewport={"width": picture.width, "height": height},
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
        service_workers="block",
    )
    visit = Visit(await context.new_page(), house)
    await visit.log_in(house.tokens, "en")
    await visit.page.goto(f"{house.url}/{DASHBOARD}", wait_until="commit")
    await visit.connected()
    yield visit
    await context.close()


async def _settled(content: Locator) -> None:
    """Wait until the card has not changed its height for a second: charts are loaded later."""
    await content.evaluate(
        """(element) => new Promise((resolve) => {
          let height, since;
          const look = () => {
            const now = performance.now();
            const { offsetHeight } = element;
            if (offsetHeight !== height) [height, since] = [offsetHeight, now];
            if (height && now - since > 1500) resolve();
            else requestAnimationFrame(look);
          };
          look();
        })"""
    )


if __name__ == "__main__":
    sys.exit(main())
