"""The log of the events card: what it shows, filters and holds back."""

import re

from playwright.async_api import Locator, expect

from .conftest import NewVisit
from .house import House
from .visit import Visit
from .wire import Wire

EVENTS = {"type": "custom:particle-events-card"}
HTML = "<img src=x onerror=\"document.title='pwned'\"><b>bold</b>"


async def open_log(visit: Visit, **options: object) -> Locator:
    """Open a dashboard with the card, and return it as soon as it is live."""
    await visit.open({**EVENTS, **options})
    card = visit.card("events")
    await expect(card.locator(".state")).to_contain_text("Live")
    return card


def names(card: Locator) -> Locator:
    """Return the names of the events that are shown."""
    return card.locator("article .event")


async def test_shows_what_is_published_newest_first(visit: Visit, house: House) -> None:
    card = await open_log(visit)

    await house.cloud.publish("garage", "door/open", "18")
    await house.cloud.publish("greenhouse", "greenhouse/reading", '{"temperature":21.5,"soil":430}')

    first = card.locator("article").first
    await expect(first).to_contain_text("greenhouse/reading")
    await expect(first).to_contain_text("greenhouse · temperature 21.5 soil 430")
    await expect(card.locator("article").nth(1)).to_contain_text("door/open")


async def test_keeps_events_while_nobody_looks(visit: Visit, house: House) -> None:
    await house.cloud.publish("garage", "before/the-page", "1")

    card = await open_log(visit)

    await expect(card).to_contain_text("before/the-page")


async def test_pauses_and_counts_what_is_new(visit: Visit, house: House) -> None:
    card = await open_log(visit)

    await card.get_by_role("button", name="Pause").click()
    await expect(card.locator(".state")).to_have_text("Paused")
    await house.cloud.publish("garage", "pause/1", "1")
    await house.cloud.publish("garage", "pause/2", "2")

    await expect(card.locator(".state")).to_have_text("Paused · 2 new")
    await expect(names(card).filter(has_text="pause/")).to_have_count(0)

    await card.get_by_role("button", name="Show 2 new").click()

    await expect(names(card).filter(has_text="pause/")).to_have_text(["pause/2", "pause/1"])
    await card.get_by_role("button", name="Resume").click()
    await expect(card.locator(".state")).to_have_text("Live")


async def test_filters_by_name_and_by_text(visit: Visit, house: House) -> None:
    card = await open_log(visit)
    for name, data in (("filter/apple", "red"), ("filter/pear", "GREEN"), ("filter/plum", "blue")):
        await house.cloud.publish("garage", name, data)
    await expect(card).to_contain_text("filter/plum")
    field = card.get_by_label("Filter by name or text")

    await field.fill("filter/p")
    await expect(names(card)).to_have_text(["filter/plum", "filter/pear"])
    await expect(card.locator(".state")).to_contain_text("2 of ")

    await field.fill("gREEN")
    await expect(names(card).filter(has_text="filter/")).to_have_text(["filter/pear"])
    await expect(card.locator("article", has_text="filter/").locator("mark")).to_have_text("GREEN")

    await field.fill("no such thing")
    await expect(card).to_contain_text("No event matches")

    await card.get_by_role("button", name="Clear the filter").click()
    await expect(names(card).filter(has_text="filter/")).to_have_count(3)


async def test_filters_by_device(visit: Visit, house: House) -> None:
    card = await open_log(visit)
    await house.cloud.publish("garage", "device/one", "1")
    await house.cloud.publish("greenhouse", "device/two", "2")
    await expect(card).to_contain_text("device/two")
    devices = card.get_by_label("Device")
    assert "jane@example.com" not in await devices.inner_text()

    await devices.select_option("garage")

    await expect(card).to_contain_text("device/one")
    await expect(card.locator("article", has_text="greenhouse")).to_have_count(0)


async def test_hides_system_events(visit: Visit, house: House) -> None:
    card = await open_log(visit)
    async with house.offline("garage"):
        await expect(names(card).first).to_have_text("spark/status")

    await card.get_by_role("button", name="System events").click()

    await expect(names(card).filter(has_text="spark/")).to_have_count(0)


async def test_expands_json(visit: Visit, house: House) -> None:
    card = await open_log(visit)
    await house.cloud.publish("garage", "json", '{"a":[1,{"b":"<b>"}],"id":12345678901234567890}')
    line = card.get_by_role("button", name="json")

    await line.click()

    await expect(line).to_have_attribute("aria-expanded", "true")
    await expect(card.locator("pre").first).to_have_text(
        '{\n  "a": [\n    1,\n    {\n      "b": "<b>"\n    }\n  ],\n  "id": 12345678901234567890\n}'
    )
    await visit.page.keyboard.press("Escape")
    await expect(card.locator("pre")).to_have_count(0)


async def test_shows_bytes_as_hexadecimal_digits(visit: Visit, house: House) -> None:
    card = await open_log(visit)
    await house.cloud.publish("garage", "bytes", "data:application/octet-stream;base64,AAEC/w==")
    await expect(card.locator("article").first).to_contain_text("Binary data, 4 bytes")

    await card.get_by_role("button", name="bytes").first.click()

    await expect(card.locator("pre")).to_contain_text("00 01 02 ff")


async def test_payloads_and_names_are_text_whatever_they_contain(
    new_visit: NewVisit, house: House
) -> None:
    visit = await new_visit(width=320)
    card = await open_log(visit)
    payloads = (HTML, "\u202eשלום <b> 1", "🌡️" * 200, "x" * 16_000, f'{{"{"k" * 300}":"<b>"}}')
    for payload in payloads:
        await house.cloud.publish("garage", "\u202e<b>evil", payload)
        line = card.locator("article").first
        await expect(line.locator(".what")).to_contain_text(payload[:9].removeprefix('{"'))

        await line.get_by_role("button").first.click()

        text = await card.locator("pre").text_content()
        assert text is not None
        assert re.sub(r"\s", "", text) == re.sub(r"\s", "", payload)
        await expect(card.locator("img, pre b b")).to_have_count(0)
        assert await visit.overflow() == 0
        await line.get_by_role("button").first.click()
    assert await visit.run("document.title") != "pwned"


async def test_loads_older_events_at_the_end(visit: Visit, house: House) -> None:
    count = 130
    for number in range(count):
        await house.cloud.publish("garage", f"older/{number}", "1")
    card = await open_log(visit)
    await expect(names(card).first).to_have_text(f"older/{count - 1}")
    await card.get_by_label("Filter by name or text").fill("older/")
    await card.locator(".line").first.focus()

    await visit.page.keyboard.press("End")
    await expect(card.locator(".line:focus .event")).to_have_text("older/30")
    await expect(card.locator("article").first).to_have_attribute("aria-setsize", str(count))
    await visit.page.keyboard.press("End")

    await expect(card.locator(f'article[aria-posinset="{count}"] .event')).to_have_text("older/0")


async def test_says_how_many_were_left_out(new_visit: NewVisit, house: House) -> None:
    """A browser that does not take what is sent gets the newest alone, and a number."""
    visit = await new_visit()
    wire = await Wire.tap(visit)
    card = await open_log(visit)
    async with wire.hold("particle/events/confirm"):
        for number in range(3):
            await house.cloud.publish("garage", f"taken/{number}", "1")
            await expect(names(card).first).to_have_text(f"taken/{number}")
        for number in range(520):
            await house.cloud.publish("garage", f"flood/{number}", "1")
        await expect(names(card).first).to_have_text("taken/2")

    await expect(names(card).first).to_have_text("flood/519")
    await card.locator("[data-scroller]").evaluate("(log) => { log.scrollTop = 52 * 495; }")
    await expect(card.locator(".gap")).to_contain_text("20 events were left out: too many at once")


async def test_two_tabs_have_their_own_filter_and_pause(new_visit: NewVisit, house: House) -> None:
    first, second = await new_visit(), await new_visit()
    one, other = await open_log(first), await open_log(second)
    await one.get_by_role("button", name="Pause").click()

    await house.cloud.publish("garage", "two-tabs", "1")

    await expect(one.locator(".state")).to_have_text("Paused · 1 new")
    await expect(names(other).first).to_have_text("two-tabs")
