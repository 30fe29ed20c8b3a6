"""Features of tiles, as people see them."""

from playwright.async_api import Locator, expect
import pytest

from .axe import Axe
from .conftest import NewVisit
from .house import Card, House
from .visit import Visit

ENTITY = "sensor.greenhouse_temperature"
FEATURE = "custom:particle-function-feature"


def tile(*functions: dict[str, object], entity: str = ENTITY) -> Card:
    """Return a tile whose feature runs these functions."""
    return {
        "type": "tile",
        "entity": entity,
        "features": [{"type": FEATURE, "functions": list(functions)}],
    }


def feature(visit: Visit) -> Locator:
    """Return the content of the feature."""
    return visit.page.locator("particle-function-feature-content")


async def paid_calls(house: House) -> int:
    """Return how many function calls Particle has charged."""
    operations = await house.cloud.control("GET", "/operations")
    found: int = operations["by_kind"].get("function", 0)
    return found


async def test_a_button_runs_a_function_once(visit: Visit, house: House) -> None:
    await visit.open(tile({"function": "setTarget", "argument": "24", "label": "Warmer"}))
    button = feature(visit).get_by_role("button", name="Warmer")
    await expect(button).to_have_attribute("aria-disabled", "false")
    before = await paid_calls(house)

    await button.dblclick()

    await expect(feature(visit).get_by_role("status")).to_have_text("Returned 24")
    await expect(button).to_contain_text("Returned 24")
    assert await paid_calls(house) == before + 1
    call = (await house.cloud.calls("greenhouse"))[-1]
    assert (call.name, call.argument) == ("setTarget", "24")


async def test_the_enter_key_runs_it_once_however_long_it_is_held(
    visit: Visit, house: House
) -> None:
    await visit.open(tile({"function": "setTarget", "argument": "25"}))
    button = feature(visit).get_by_role("button", name="setTarget")
    await expect(button).to_have_attribute("aria-disabled", "false")
    before = await paid_calls(house)

    await button.focus()
    for _ in range(5):
        await visit.page.keyboard.down("Enter")
        await visit.page.wait_for_timeout(100)
    await visit.page.keyboard.up("Enter")

    await expect(button).to_contain_text("Returned 25")
    await expect(button).to_be_focused()
    assert await paid_calls(house) == before + 1


async def test_asks_first_where_it_should(visit: Visit, house: House) -> None:
    await visit.open(tile({"function": "pump", "argument": "on", "confirm": True}))
    button = feature(visit).get_by_role("button", name="pump")
    await expect(button).to_have_attribute("aria-disabled", "false")
    before = await paid_calls(house)

    await button.dblclick()

    await expect(button).to_contain_text("Run this function?")
    assert await paid_calls(house) == before

    await button.click()

    await expect(button).to_contain_text("Returned")
    assert await paid_calls(house) == before + 1


async def test_says_why_a_function_failed(visit: Visit, house: House) -> None:
    await visit.open(tile({"function": "pump", "argument": "on"}, {"function": "setMode"}))
    pump = feature(visit).get_by_role("button", name="pump")
    await expect(pump).to_have_attribute("aria-disabled", "false")

    await house.cloud.control("PUT", "/faults/no_answer")
    try:
        await pump.click()
        message = "greenhouse did not respond in time. The request may have been carried out."
        await expect(feature(visit).get_by_role("alert")).to_contain_text(message)
    finally:
        await house.cloud.control("DELETE", "/faults")

    await pump.click()
    await expect(feature(visit).locator("[popover]")).to_be_visible()
    await visit.page.keyboard.press("Escape")

    await expect(pump).to_have_text("pump")
    await expect(feature(visit).get_by_role("button")).to_have_count(2)


async def test_says_why_nothing_can_be_run(visit: Visit, house: House) -> None:
    await visit.open(tile({"function": "pump"}, {"function": "gone"}))
    pump = feature(visit).get_by_role("button", name="pump")
    await expect(pump).to_have_attribute("aria-disabled", "false")
    gone = feature(visit).get_by_role("button", name="gone: The device has no such function")
    await expect(gone).to_have_attribute("aria-disabled", "true")

    async with house.offline("greenhouse"):
        await expect(pump).to_have_attribute("aria-disabled", "true")
        before = await paid_calls(house)
        await pump.click(force=True)
        await expect(feature(visit).get_by_role("status")).to_contain_text("Offline since")
        assert await paid_calls(house) == before

    await expect(pump).to_have_attribute("aria-disabled", "false")


async def test_users_who_may_not_control_the_device_cannot_run_it(
    new_visit: NewVisit, house: House
) -> None:
    visit = await new_visit(tokens=await house.restricted_tokens("system-read-only"))

    await visit.open(tile({"function": "pump"}))

    pump = feature(visit).get_by_role("button")
    await expect(pump).to_have_accessible_name(
        "pump: You can see this device, but you are not allowed to control it."
    )
    await expect(pump).to_have_attribute("aria-disabled", "true")


async def test_a_tile_of_something_else_says_so(visit: Visit) -> None:
    await visit.open(tile({"function": "pump"}, entity="sun.sun"))

    await expect(feature(visit)).to_contain_text("does not belong to a Particle device")


async def test_is_added_in_the_editor(visit: Visit, house: House) -> None:
    await visit.open({"type": "tile", "entity": ENTITY})
    await visit.edit_dashboard()
    await visit.page.locator("hui-card-edit-mode").click()
    editor = visit.page.locator("hui-dialog-edit-card")

    await editor.get_by_text("Features", exact=True).click()
    await editor.get_by_role("button", name="Add feature").click()
    await editor.get_by_text("Particle functions").click()
    await expect(feature(visit).last).to_contain_text("Choose a function")
    await editor.locator(".edit-icon").click()
    await editor.get_by_role("button", name="Add", exact=True).click()
    form = visit.page.locator("dialog-form")
    await expect(form).to_contain_text("uses 1 data operation")
    await form.locator("ha-selector-select").click()
    names = form.get_by_role("dialog", name="Function")
    await names.get_by_text("setTarget").click()
    await expect(names).to_be_hidden()
    await form.locator("ha-selector-text").first.locator("input").fill("21")
    await form.get_by_role("button", name="Add", exact=True).click()
    await editor.get_by_role("button", name="Save").click()

    await expect(editor.locator("ha-dialog")).to_have_count(0)
    assert await house.shown() == [tile({"function": "setTarget", "argument": "21"})]
    await visit.page.get_by_role("button", name="Done").click()
    button = feature(visit).get_by_role("button", name="setTarget")
    await button.click()
    await expect(button).to_contain_text("Returned 21")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["en", "he"])
async def test_is_accessible(new_visit: NewVisit, dark: bool, language: str) -> None:
    visit = await new_visit(dark=dark, language=language, width=320)
    await visit.open(
        tile(
            {"function": "pump", "argument": "on", "label": "Water the plants", "icon": "mdi:pump"},
            {"function": "setTarget", "argument": "24"},
            {"function": "setMode", "icon": "mdi:cog", "confirm": True},
        )
    )
    buttons = feature(visit).get_by_role("button")
    await expect(buttons.first).to_have_attribute("aria-disabled", "false")
    await buttons.last.click()

    result = await (await Axe.load(visit)).examine("particle-function-feature")

    assert result.violations == []
    assert result.passes > 0
    assert await visit.overflow() == 0
