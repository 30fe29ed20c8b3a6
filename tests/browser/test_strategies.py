"""The dashboard that generates itself, what is suggested for entities, and the badge."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import expect
import pytest

from .axe import Axe
from .conftest import NewVisit
from .house import DASHBOARD, Card, House
from .visit import Visit

# The previews of Home Assistant's own cards: pictures of the internet, integrations that are not set up.
_PREVIEWS = ("demo.home-assistant.io", "Unknown command")


@asynccontextmanager
async def _generated(visit: Visit, house: House, **options: Any) -> AsyncIterator[str]:
    """Make the dashboard one that generates itself, while it is looked at; yields its address."""
    config = {"strategy": {"type": "custom:particle", **options}}
    await house.command("lovelace/config/save", url_path=DASHBOARD, config=config)
    try:
        yield f"{house.url}/{DASHBOARD}"
    finally:
        # The frontend does not expect the view that it shows to go. The page instead has no icon.
        visit.excused.append("favicon.ico")
        await visit.page.goto(f"{house.url}/manifest.json")
        await house.show()


async def _open(visit: Visit, address: str) -> None:
    await visit.page.goto(address, wait_until="commit")
    await visit.connected()


async def test_is_added_with_a_few_clicks(visit: Visit, house: House) -> None:
    """Nothing has to be typed: the name and the icon are suggested."""
    visit.excused = [*_PREVIEWS]
    page = visit.page
    await _open(visit, f"{house.url}/config/lovelace/dashboards")

    await page.get_by_role("button", name="Add dashboard").click()
    await page.locator("dashboard-card").filter(has_text="All Particle devices").click()
    await (
        page.locator("dialog-lovelace-dashboard-detail")
        .get_by_role("button", name="Create")
        .click()
    )
    await expect(page.locator("dialog-lovelace-dashboard-detail ha-dialog")).to_have_count(0)

    dashboards = await house.command("lovelace/dashboards/list")
    added = next(one for one in dashboards if one["title"] == "Particle")
    assert added["icon"] == "mdi:developer-board"
    await _open(visit, f"{house.url}/{added['url_path']}")
    await expect(visit.card("fleet")).to_contain_text("6 of 8 online")
    await house.command("lovelace/dashboards/delete", dashboard_id=added["id"])


async def test_shows_every_device_in_a_view_of_its_own(visit: Visit, house: House) -> None:
    async with _generated(visit, house) as address:
        await _open(visit, address)
        await expect(visit.card("device").filter(has_text="greenhouse")).to_contain_text("Online")

        await visit.card("fleet").get_by_role("button", name="greenhouse").click()

        greenhouse = await house.device_id("greenhouse")
        await expect(visit.page).to_have_url(f"{address}/device-{greenhouse}")
        await expect(visit.card("device")).to_contain_text("setTarget")
        await expect(visit.card("events")).to_contain_text("Live")


async def test_leads_users_to_a_device_who_are_no_administrators(
    new_visit: NewVisit, house: House
) -> None:
    """They may not open its page in the settings, but its view."""
    visit = await new_visit(tokens=await house.restricted_tokens())
    async with _generated(visit, house) as address:
        await _open(visit, address)

        await visit.card("device").filter(has_text="garage").get_by_role("link").click()

        await expect(visit.page).to_have_url(f"{address}/device-{await house.device_id('garage')}")
        await expect(visit.card("device")).to_contain_text("door")


async def test_groups_many_devices_by_area(visit: Visit, house: House) -> None:
    area = (await house.command("config/area_registry/create", name="Field"))["area_id"]
    async with house.more_devices(*(f"probe {number}" for number in range(1, 13))):
        for number in range(1, 13):
            device_id = await house.device_id(f"probe {number}")
            await house.command("config/device_registry/update", device_id=device_id, area_id=area)
        async with _generated(visit, house) as address:
            await _open(visit, address)
            tabs = visit.page.locator("hui-root ha-tab-group-tab").filter(visible=True)
            await expect(tabs).to_have_text(["Overview", "Field", "Other devices", "Events"])

            await tabs.filter(has_text="Field").click()

            await expect(visit.card("fleet")).to_contain_text("12 of 12 online")
            await expect(visit.card("device")).to_have_count(12)
            await visit.card("device").filter(has_text="probe 7").get_by_role("link").click()
            await expect(visit.card("events")).to_be_visible()
    await house.command("config/area_registry/delete", area_id=area)


async def test_follows_a_device_that_gets_another_name(visit: Visit, house: House) -> None:
    device_id = await house.device_id("garage")
    async with _generated(visit, house) as address:
        await _open(visit, address)
        tab = visit.page.locator("hui-root ha-tab-group-tab")
        await expect(tab.filter(has_text="garage")).to_be_visible()

        for name in ("Barn", None):
            await house.command(
                "config/device_registry/update", device_id=device_id, name_by_user=name
            )
            await expect(tab.filter(has_text=name or "garage")).to_be_visible()


async def test_says_what_to_do_without_a_device(visit: Visit, house: House) -> None:
    async with _generated(visit, house, areas=["nowhere"]) as address:
        await _open(visit, address)

        await expect(visit.card("fleet")).to_contain_text("No device matches")


@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("dark", [False, True])
async def test_badges_say_how_it_is(
    new_visit: NewVisit, house: House, dark: bool, language: str
) -> None:
    visit = await new_visit(dark=dark, language=language)
    greenhouse = await house.device_id("greenhouse")
    badges: list[Card] = [
        {"type": "custom:particle-badge", "device_id": greenhouse},
        {"type": "custom:particle-badge"},
        {"type": "custom:particle-badge", "device_id": "0123456789abcdef"},
    ]
    view = {"type": "sections", "badges": badges, "sections": []}
    await house.command("lovelace/config/save", url_path=DASHBOARD, config={"views": [view]})
    await _open(visit, f"{house.url}/{DASHBOARD}")
    shown = visit.page.locator("particle-badge-content")

    await expect(shown.nth(0)).to_contain_text("Online")
    await expect(shown.nth(1)).to_contain_text("6 of 8 online")
    await expect(shown.nth(2)).to_contain_text("Not in the account any more")
    result = await (await Axe.load(visit)).examine("particle-badge-content")
    assert result.violations == []
    assert result.passes
    async with house.offline("greenhouse"):
        await expect(shown.nth(0)).to_contain_text("Offline")
        await expect(shown.nth(1)).to_contain_text("5 of 8 online")


async def test_cards_are_suggested_for_entities_of_ours_alone(visit: Visit, house: House) -> None:
    """What Home Assistant asks each custom card when an entity is chosen in the card picker."""
    await visit.open({"type": "custom:particle-fleet-card"})
    await expect(visit.card("fleet")).to_contain_text("6 of 8 online")

    suggested = await visit.run(
        """() => {
          const { hass } = document.querySelector("home-assistant");
          const of = (list, id) => list.flatMap(({ getEntitySuggestion }) =>
            getEntitySuggestion?.(hass, id)?.config.type ?? []);
          return Object.entries(hass.entities).map(([id, { platform }]) =>
            [id, platform, of(window.customCards, id), of(window.customBadges, id)]);
        }"""
    )

    ours = {
        entity: (cards, badges)
        for entity, platform, cards, badges in suggested
        if platform == "particle"
    }
    others = [cards + badges for _, platform, cards, badges in suggested if platform != "particle"]
    assert ours["sensor.greenhouse_temperature"] == (
        ["custom:particle-device-card", "custom:particle-variable-card"],
        ["custom:particle-badge"],
    )
    assert others
    assert not any(others)
