"""The device card, as people see and use it."""

from playwright.async_api import Locator, expect
import pytest

from . import changes
from .conftest import NewVisit
from .house import NOBODY, Card, House
from .visit import Visit

HTML = "<img src=x onerror=\"document.title='pwned'\"><b>bold</b>"


async def device(house: House, name: str, **options: object) -> Card:
    """Return a configuration of the card."""
    return {
        "type": "custom:particle-device-card",
        "device_id": await house.device_id(name),
        **options,
    }


async def run(card: Locator, function: str, argument: str) -> None:
    """Run a function as people do."""
    await card.get_by_label(f"Argument of {function}").fill(argument)
    await card.get_by_role("button", name=f"Run {function}").click()


async def test_shows_values_with_their_age_and_where_they_came_from(
    visit: Visit, house: House
) -> None:
    await visit.open(await device(house, "greenhouse"))

    card = visit.card("device")
    await expect(card.locator(".hero").first).to_contain_text("temperature")
    await expect(card.locator(".hero").first).to_contain_text("21.5")
    await expect(card.locator(".hero").first).to_contain_text("ago · polled")
    await expect(card.locator("button.row", has_text="mode")).to_contain_text("auto")
    await expect(card.locator(".foot")).to_contain_text("Device OS 5.8.0")


async def test_shows_what_a_device_publishes(visit: Visit, house: House) -> None:
    await visit.open(await device(house, "garage"))
    card = visit.card("device")
    await expect(card).to_contain_text("Online")

    await house.cloud.publish("garage", "door/open", "18")

    await expect(card.locator(".event").first).to_contain_text("door/open")
    await expect(card.locator(".event").first).to_contain_text("18")


async def test_runs_a_function_and_shows_what_it_returned(visit: Visit, house: House) -> None:
    await visit.open(await device(house, "greenhouse"))
    card = visit.card("device")
    calls = len(await house.cloud.calls("greenhouse"))
    path = f"/v1/devices/{house.cloud.boards['greenhouse']}/setTarget"
    async with changes.fault(house, "held", path=path, method="POST", count=1):
        await run(card, "setTarget", "23")

        await expect(card.get_by_role("status").or_(card.locator(".say"))).to_contain_text(
            ["Running…"]
        )
        await expect(card.locator(".spinner")).to_be_visible()
        for function in ("setTarget", "pump", "setMode"):
            await expect(card.get_by_role("button", name=f"Run {function}")).to_be_disabled()
        await house.release()

    await expect(card.locator(".function").first).to_contain_text("Returned 23 · now")
    await expect(card.locator(".spinner")).to_have_count(0)
    await expect(card.get_by_role("button", name="Run pump")).to_be_enabled()
    called = (await house.cloud.calls("greenhouse"))[calls:]
    assert [(call.name, call.argument) for call in called] == [("setTarget", "23")]


async def test_says_why_a_function_failed_and_tries_again_when_told_to(
    visit: Visit, house: House
) -> None:
    await visit.open(await device(house, "greenhouse"))
    card = visit.card("device")
    async with changes.fault(house, "function_not_ok", error=HTML):
        await run(card, "setMode", "manual")

        note = card.get_by_role("alert")
        await expect(note).to_contain_text(f"the call of setMode was refused: {HTML}")
        await expect(card.locator(".function", has_text="setMode")).not_to_contain_text("Returned")

    await note.get_by_role("button", name="Try again").click()

    await expect(note).to_have_count(0)
    await expect(card.locator(".function", has_text="setMode")).to_contain_text("Returned 0")


async def test_asks_before_a_function_runs_where_that_is_wanted(visit: Visit, house: House) -> None:
    await visit.open(await device(house, "garage", confirm_functions=True))
    card = visit.card("device")
    calls = len(await house.cloud.calls("garage"))
    question = card.get_by_role("alertdialog")

    await run(card, "light", "on")
    await expect(question).to_contain_text("light(on) · uses 1 data operation")
    await question.get_by_role("button", name="Cancel").click()
    await expect(question).to_have_count(0)
    assert len(await house.cloud.calls("garage")) == calls

    await run(card, "light", "on")
    await question.get_by_role("button", name="Run").click()

    await expect(card.locator(".function", has_text="light")).to_contain_text("Returned 1")
    assert len(await house.cloud.calls("garage")) == calls + 1


async def test_who_may_not_control_cannot_run_functions_and_reads_why(
    new_visit: NewVisit, house: House
) -> None:
    visit = await new_visit(tokens=await house.restricted_tokens("system-read-only"))

    await visit.open(await device(house, "greenhouse"))

    card = visit.card("device")
    await expect(card).to_contain_text("21.5")
    await expect(card).to_contain_text(
        "You can see this device, but you are not allowed to control it."
    )
    await expect(card.locator(".function")).to_have_count(3)
    await expect(card.get_by_role("textbox")).to_have_count(0)
    await expect(card.get_by_role("link")).to_have_count(0)


async def test_who_may_see_nothing_reads_so(new_visit: NewVisit, house: House) -> None:
    visit = await new_visit(tokens=await house.restricted_tokens(NOBODY))

    await visit.open(
        await device(house, "greenhouse"),
        {"type": "custom:particle-variable-card", "entity": "sensor.greenhouse_temperature"},
        {"type": "custom:particle-fleet-card"},
        {"type": "custom:particle-events-card"},
    )

    for name in ("device", "variable"):
        await expect(visit.card(name)).to_contain_text("You are not allowed to see this device.")
    await expect(visit.card("fleet")).to_contain_text("There are no devices that you may see.")
    await expect(visit.card("events")).to_contain_text("You are not allowed to see these events")


async def test_shows_chosen_variables_and_functions_alone_in_their_order(
    visit: Visit, house: House
) -> None:
    await visit.open(
        await device(house, "greenhouse", variables=["mode", "soil"], functions=["setMode"])
    )

    card = visit.card("device")
    await expect(card.locator(".hero .label")).to_have_text(["soil"])
    await expect(card.locator(".row .name")).to_have_text(["mode", "setMode"])


async def test_is_half_as_wide_when_compact(visit: Visit, house: House) -> None:
    await visit.open(await device(house, "greenhouse", compact=True))

    card = visit.card("device")
    await expect(card).to_contain_text("21.5")
    await expect(card).not_to_contain_text("humidity")
    await expect(card.get_by_role("textbox")).to_have_count(0)


async def test_has_two_columns_where_there_is_room(visit: Visit, house: House) -> None:
    card = visit.card("device")
    tops = "(card) => ['.hero', '.function'].map((part) => card.shadowRoot.querySelector(part).offsetTop)"

    await visit.open({**await device(house, "greenhouse"), "grid_options": {"columns": "full"}})
    await expect(card.locator(".function").first).to_be_visible()
    hero, function = await card.evaluate(tops)
    assert function > hero + 100

    await visit.open(
        {**await device(house, "greenhouse"), "grid_options": {"columns": "full"}}, columns=3
    )
    await expect(card.locator(".function").first).to_be_visible()
    hero, function = await card.evaluate(tops)
    assert function < hero + 100


async def test_leads_to_the_page_of_the_device(visit: Visit, house: House) -> None:
    await visit.open(await device(house, "garage"))

    await visit.card("device").get_by_role("link", name="Device page").click()

    await visit.page.wait_for_url(f"**/config/devices/device/{await house.device_id('garage')}")


@pytest.mark.parametrize("width", [320, 1280])
async def test_names_and_values_are_text_whatever_they_contain(
    new_visit: NewVisit, house: House, width: int
) -> None:
    visit = await new_visit(width=width)
    variables = {HTML: 1, "\u202eחממה <b>": "\u202eשלום " + "x" * 600, "🌡️" * 30: 2.5, "text": HTML}
    functions = {HTML: 1, "🚀" * 40: 2}
    board = {"variables": variables, "functions": functions}
    async with changes.new_device(house, HTML, **board) as device_id:
        await house.cloud.publish(house.cloud.boards[HTML], f"\u202eevent {HTML}", "y" * 16_000)
        await visit.open({"type": "custom:particle-device-card", "device_id": device_id})
        card = visit.card("device")

        await expect(card.locator(".header .name")).to_have_text(HTML)
        await expect(card.locator(".row .value").filter(has_text=HTML)).to_have_text(HTML)
        await expect(card.locator(".function .name")).to_have_text([*functions])
        await expect(card.locator(".event").first).to_contain_text("yyyy")
        await expect(card.locator("img, b")).to_have_count(0)
        assert await visit.run("document.title") != "pwned"
        assert await visit.overflow() == 0
