"""The fleet card, as people see it."""

from playwright.async_api import expect

from .visit import Visit

FLEET = {"type": "custom:particle-fleet-card"}


async def test_counts_the_devices_and_shows_problems_first(visit: Visit) -> None:
    await visit.open(FLEET)

    card = visit.card("fleet")
    await expect(card.locator(".summary")).to_contain_text("6 of 8 online")
    await expect(card.locator("li .name").first).to_have_text("old photon")
    await expect(card.locator("li .name").nth(1)).to_have_text("van-4")
