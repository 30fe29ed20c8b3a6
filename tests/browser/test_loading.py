"""What a card does until all of it is loaded."""

import asyncio

from playwright.async_api import Route, expect
import pytest

from .house import Card, House
from .visit import Visit

# The rest of a card, which it loads after its first picture.
LATER = "**/later-*.js*"


async def test_shows_values_before_the_rest_is_loaded(visit: Visit, house: House) -> None:
    asked: asyncio.Future[Route] = asyncio.Future()

    def hold(route: Route) -> None:
        asked.set_result(route)

    await visit.page.route(LATER, hold)
    await visit.open(
        {
            "type": "custom:particle-device-card",
            "device_id": await house.device_id("greenhouse"),
            "variables": ["temperature"],
        }
    )
    card = visit.card("device")

    await expect(card).to_contain_text("21.5")
    await expect(card).not_to_contain_text("Functions")
    await (await asked).continue_()

    await expect(card).to_contain_text("Functions")


@pytest.mark.parametrize("name", ["device", "variable", "events"])
async def test_says_that_the_rest_cannot_be_loaded(visit: Visit, house: House, name: str) -> None:
    """The files of an older version are gone after an upgrade."""
    cards: dict[str, Card] = {
        "device": {"device_id": await house.device_id("greenhouse")},
        "variable": {"entity": "sensor.greenhouse_temperature"},
        "events": {},
    }
    visit.excused = ["ERR_FAILED"]
    await visit.page.route(LATER, lambda route: route.abort())

    await visit.open({"type": f"custom:particle-{name}-card", **cards[name]})

    card = visit.page.locator(f"particle-{name}-card")
    await expect(card.get_by_role("alert")).to_contain_text("could not be loaded")
    await expect(card.get_by_role("button", name="Reload")).to_be_visible()
