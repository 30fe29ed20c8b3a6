"""The fleet card, as people see it."""

from playwright.async_api import expect

from .conftest import NewVisit
from .house import House
from .visit import Visit

FLEET = {"type": "custom:particle-fleet-card"}


async def test_counts_the_devices_and_shows_problems_first(visit: Visit) -> None:
    await visit.open(FLEET)

    card = visit.card("fleet")
    await expect(card.locator(".summary")).to_contain_text("6 of 8 online")
    await expect(card.locator("li .name")).to_have_text(
        ["old photon", "van-4", "boat", "garage", "greenhouse", "van-1"]
    )
    await expect(card.locator("li").first).to_contain_text("Offline")


async def test_chips_choose_which_devices_are_shown(visit: Visit) -> None:
    await visit.open(FLEET)
    card = visit.card("fleet")

    problems = card.get_by_role("button", name="Problems 2")
    await problems.click()

    await expect(problems).to_have_attribute("aria-pressed", "true")
    await expect(card.locator("li .name")).to_have_text(["old photon", "van-4"])

    await card.get_by_role("button", name="All 8").click()

    await expect(problems).to_have_attribute("aria-pressed", "false")
    await expect(card.locator("li")).to_have_count(6)


async def test_shows_more_devices_when_asked(visit: Visit) -> None:
    await visit.open(FLEET)
    card = visit.card("fleet")

    await card.get_by_role("button", name="Show 2 more").click()

    await expect(card.locator("li")).to_have_count(8)
    await expect(card.get_by_role("button", name="Show")).to_have_count(0)


async def test_follows_a_device_that_goes_offline(visit: Visit, house: House) -> None:
    await visit.open(FLEET)
    card = visit.card("fleet")
    await expect(card.locator(".summary")).to_contain_text("6 of 8 online")

    async with house.offline("garage"):
        await expect(card.locator(".summary")).to_contain_text("5 of 8 online")
        await expect(card.locator("li .name").first).to_have_text("garage")
        await expect(card.locator("li").first).to_contain_text("Offline since")

    await expect(card.locator(".summary")).to_contain_text("6 of 8 online")


async def test_leads_administrators_to_the_page_of_a_device(visit: Visit, house: House) -> None:
    await visit.open(FLEET)

    await visit.card("fleet").get_by_role("button", name="garage").click()

    await visit.page.wait_for_url(f"**/config/devices/device/{await house.device_id('garage')}")


async def test_leads_nobody_else_there(new_visit: NewVisit, house: House) -> None:
    visit = await new_visit(tokens=await house.restricted_tokens())

    await visit.open(FLEET)

    card = visit.card("fleet")
    await expect(card.locator("li").first).to_contain_text("old photon")
    await expect(card.get_by_role("button", name="old photon")).to_have_count(0)


async def test_names_are_text_whatever_they_contain(visit: Visit, house: House) -> None:
    html = "<img src=x onerror=\"document.title='pwned'\"><b>bold</b>"
    right_to_left = "\u202eחממה <b> 1"
    long = "Z" * 200
    async with house.more_devices(html, right_to_left, long):
        await visit.open(FLEET)
        card = visit.card("fleet")
        await expect(card.locator(".summary")).to_contain_text("9 of 11 online")

        for name in (html, right_to_left, long):
            await card.get_by_role("searchbox").fill(name)
            await expect(card.locator("li .name")).to_have_text([name])

        await expect(card.locator("img, b")).to_have_count(0)
        assert await visit.run("document.title") != "pwned"
        assert await visit.overflow() == 0
