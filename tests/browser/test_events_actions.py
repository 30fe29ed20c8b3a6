"""What people do with events: copy, replay, automate, download and publish."""

import asyncio
import json

from playwright.async_api import Locator, expect

from . import changes
from .conftest import NewVisit
from .house import House
from .test_events_card import names, open_log
from .visit import Visit


async def open_event(visit: Visit, house: House, name: str, data: str) -> Locator:
    """Let the garage publish an event, and open it in the log."""
    card = await open_log(visit)
    await house.cloud.publish("garage", name, data)
    await expect(names(card).first).to_have_text(name)
    await card.locator(".line").first.click()
    return card


async def test_copies_the_data(visit: Visit, house: House) -> None:
    await visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    card = await open_event(visit, house, "copy/me", '{"a":1,"b":"<b>"}')

    await card.get_by_role("button", name="Copy the data").click()

    await expect(card.get_by_role("button", name="Copied")).to_be_visible()
    assert await visit.run("navigator.clipboard.readText()") == '{"a":1,"b":"<b>"}'


async def test_replays_an_event_inside_home_assistant(visit: Visit, house: House) -> None:
    card = await open_event(visit, house, "replay/me", "7")

    await card.get_by_role("button", name="Replay", exact=True).click()

    await expect(card).to_contain_text("Replayed inside Home Assistant. Nothing was sent")
    await card.get_by_role("button", name="1 new").click()
    await expect(card.locator("article").first).to_contain_text("garage · Replayed 7")


async def test_makes_an_automation_with_the_trigger_filled_in(visit: Visit, house: House) -> None:
    # The frontend's own, of integrations that are not set up here.
    visit.excused = ["Unknown command"]
    card = await open_event(visit, house, "automate/me", "1")

    await card.get_by_role("button", name="Make an automation").click()

    await visit.page.wait_for_url("**/config/automation/edit/new**")
    trigger = visit.page.locator("ha-automation-trigger-row").first
    await expect(trigger).to_contain_text("When garage publishes automate/me")


async def test_downloads_what_the_filter_matches(visit: Visit, house: House) -> None:
    card = await open_log(visit)
    for number in range(3):
        await house.cloud.publish("garage", f"download/{number}", f'{{"number":{number}}}')
    await expect(names(card).first).to_have_text("download/2")
    await card.get_by_label("Filter by name or text").fill("download/")
    await expect(names(card)).to_have_count(3)

    async with visit.page.expect_download() as downloading:
        await card.get_by_role("button", name="Download the stored events").click()

    download = await downloading.value
    assert download.suggested_filename == "particle-events.jsonl"
    text = await asyncio.to_thread((await download.path()).read_text, encoding="utf-8")
    assert [json.loads(line)["event"] for line in text.splitlines()] == [
        f"download/{n}" for n in (2, 1, 0)
    ]


async def test_publishes_an_event(visit: Visit) -> None:
    card = await open_log(visit)

    await card.get_by_role("button", name="Publish an event").click()
    form = card.locator("particle-publish-form")
    await form.get_by_label("Event name").fill("from/the-card")
    await form.get_by_label("Data").fill("<b>hello</b>")
    await form.get_by_role("button", name="Publish an event").click()

    await expect(form).to_contain_text("Published from/the-card.")
    await expect(card.locator("article", has_text="from/the-card").first).to_contain_text(
        "<b>hello</b>"
    )
    await form.get_by_role("button", name="Close").click()
    await expect(form).to_have_count(0)


async def test_says_why_an_event_was_not_published(visit: Visit, house: House) -> None:
    card = await open_log(visit)
    await card.get_by_role("button", name="Publish an event").click()
    form = card.locator("particle-publish-form")
    await form.get_by_label("Event name").fill("refused")

    async with changes.fault(house, "rate_limited", path="/v1/devices/events", method="POST"):
        await form.get_by_role("button", name="Publish an event").click()

        await expect(form.get_by_role("alert")).not_to_be_empty()
    await expect(form).not_to_contain_text("Published")


async def test_who_is_no_administrator_can_neither_publish_nor_automate(
    new_visit: NewVisit, house: House
) -> None:
    visit = await new_visit(tokens=await house.restricted_tokens())
    card = await open_event(visit, house, "for/a-guest", "1")

    await expect(card.get_by_role("button", name="Replay", exact=True)).to_be_visible()
    await expect(card.get_by_role("button", name="Publish an event")).to_have_count(0)
    await expect(card.get_by_role("button", name="Make an automation")).to_have_count(0)


async def test_who_may_not_control_cannot_replay(new_visit: NewVisit, house: House) -> None:
    visit = await new_visit(tokens=await house.restricted_tokens("system-read-only"))
    card = await open_event(visit, house, "for/a-viewer", "1")

    await expect(card.locator("pre")).to_have_text("1")
    await expect(card.get_by_role("button", name="Replay", exact=True)).to_have_count(0)
