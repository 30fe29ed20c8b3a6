"""What holds for each card: it loads, fits, comes back by itself, and can be set up by hand."""

from playwright.async_api import expect
import pytest

from .axe import Axe
from .conftest import NewVisit
from .house import Card, House
from .visit import Visit

# Each other test is one more.
COLD_LOADS = 6


async def all_cards(house: House) -> list[Card]:
    """Return a configuration of each card."""
    return [
        {"type": "custom:particle-device-card", "device_id": await house.device_id("greenhouse")},
        {"type": "custom:particle-variable-card", "entity": "sensor.greenhouse_temperature"},
        {"type": "custom:particle-fleet-card"},
        {"type": "custom:particle-events-card"},
    ]


async def expect_all(visit: Visit) -> None:
    """Wait until each card shows what it is about."""
    await expect(visit.card("device")).to_contain_text("Online")
    await expect(visit.card("variable")).to_contain_text("21.5")
    await expect(visit.card("fleet")).to_contain_text("6 of 8 online")
    await expect(visit.card("events")).to_contain_text("Live")


async def test_show_their_devices(visit: Visit, house: House) -> None:
    await visit.open(*await all_cards(house))

    await expect_all(visit)


async def test_load_each_time(new_visit: NewVisit, house: House) -> None:
    """With an empty cache, the cards are defined later than the dashboard wants them."""
    cards = await all_cards(house)
    for _ in range(COLD_LOADS):
        visit = await new_visit()
        await visit.open(*cards)
        await expect_all(visit)
        await visit.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_fit_into_the_window(new_visit: NewVisit, house: House, width: int) -> None:
    visit = await new_visit(width=width)

    await visit.open(*await all_cards(house))

    await expect_all(visit)
    assert await visit.overflow() == 0


async def test_come_back_after_home_assistant_has_restarted(visit: Visit, house: House) -> None:
    # The frontend itself: it tries to connect, to load dialogs, and to end subscriptions of the time before,
    # and does not catch that a question of its own was cut off (3: the connection is lost).
    visit.excused = [
        "ERR_CONNECTION",
        "/frontend_latest/",
        "Subscription not found",
        "rejected: 3",
    ]
    await visit.open(*await all_cards(house))
    await expect_all(visit)

    await house.stop_home_assistant()
    await expect(visit.card("fleet").locator(".summary")).to_contain_text(
        "Home Assistant does not respond"
    )
    await house.start_home_assistant()

    await expect_all(visit)


async def test_come_back_after_the_account_was_reloaded(visit: Visit, house: House) -> None:
    await visit.open(*await all_cards(house))
    await expect_all(visit)

    await house.reload_account()
    async with house.offline("garage"):
        await expect(visit.card("fleet")).to_contain_text("5 of 8 online")

    await expect_all(visit)


async def test_say_that_a_device_does_not_exist(visit: Visit) -> None:
    await visit.open({"type": "custom:particle-device-card", "device_id": "0123456789abcdef"})

    await expect(visit.card("device")).to_contain_text("This device no longer exists")


async def test_are_offered_when_a_card_is_added(visit: Visit) -> None:
    # Previews of Home Assistant's own cards: pictures of the internet, integrations that are not set up.
    visit.excused = ["demo.home-assistant.io", "Unknown command"]
    await visit.open()
    await visit.edit_dashboard()

    await visit.page.get_by_role("button", name="Add card").first.click()
    await visit.page.get_by_text("By card", exact=True).click()
    picker = visit.page.locator("hui-card-picker")
    await picker.locator("input").first.fill("Particle")

    for name in ("Particle device", "Particle variable", "Particle fleet", "Particle events"):
        await expect(picker.get_by_text(name, exact=True)).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["en", "he"])
async def test_are_accessible(new_visit: NewVisit, house: House, dark: bool, language: str) -> None:
    visit = await new_visit(dark=dark, language=language)
    await visit.open(*await all_cards(house))
    await expect(visit.card("fleet").locator("li")).to_have_count(6)
    direction = "rtl" if language == "he" else "ltr"
    await expect(visit.page.locator("html")).to_have_attribute("dir", direction)

    axe = await Axe.load(visit)
    for card in ("device", "variable", "fleet", "events"):
        result = await axe.examine(f"particle-{card}-card")
        assert result.violations == []
        assert result.passes > 0


async def test_mistakes_in_their_shadow_roots_are_found(visit: Visit) -> None:
    """Otherwise, that axe-core finds none would mean nothing."""
    await visit.open({"type": "custom:particle-fleet-card"})
    await expect(visit.card("fleet").locator("li")).to_have_count(6)
    await (
        visit.card("fleet")
        .locator("ul")
        .evaluate("(list) => list.firstElementChild.append(document.createElement('button'))")
    )

    result = await (await Axe.load(visit)).examine("particle-fleet-card")

    assert result.violations == ["button-name: <button></button>"]
    assert result.passes > 100


async def test_mistakes_of_one_card_are_not_those_of_the_next(visit: Visit) -> None:
    await visit.open(
        {"type": "tile", "entity": "sensor.greenhouse_temperature"},
        {"type": "custom:particle-fleet-card"},
    )
    await expect(visit.card("fleet").locator("li")).to_have_count(6)
    await visit.page.locator("hui-tile-card").evaluate(
        "(tile) => tile.shadowRoot.append(document.createElement('button'))"
    )
    axe = await Axe.load(visit)

    tile = await axe.examine("hui-tile-card")
    fleet = await axe.examine("particle-fleet-card")

    assert "button-name: <button></button>" in tile.violations
    assert fleet.violations == []
