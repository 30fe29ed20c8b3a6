"""The cards are set up in Home Assistant's own dialog, and the dashboard keeps what was chosen."""

from playwright.async_api import Locator, expect

from .house import Card, House
from .visit import Visit

# Of Home Assistant's own fields and previews: integrations that are not set up here.
EXCUSED = ["Unknown command"]


async def edit(visit: Visit, *cards: Card) -> Locator:
    """Open the dialog with the settings of the first of these cards."""
    visit.excused = EXCUSED
    await visit.open(*cards)
    await expect(visit.page.locator("hui-card").first).to_be_visible()
    await visit.edit_dashboard()
    await visit.page.locator("hui-card-edit-mode").first.click()
    return visit.page.locator("hui-dialog-edit-card")


async def save(editor: Locator) -> None:
    """Press the button, and wait until the dialog is gone."""
    await editor.get_by_role("button", name="Save").click()
    await expect(editor.locator("ha-dialog")).to_have_count(0)


def option(editor: Locator, label: str) -> Locator:
    """Return a switch of the form."""
    return editor.locator("ha-selector-boolean").filter(has_text=label)


def field(editor: Locator, label: str) -> Locator:
    """Return a field for text."""
    return editor.get_by_role("textbox", name=label, exact=True)


async def test_of_a_device(visit: Visit, house: House) -> None:
    config = {
        "type": "custom:particle-device-card",
        "device_id": await house.device_id("greenhouse"),
    }
    editor = await edit(visit, config)

    await expect(editor.locator("ha-selector-device")).to_contain_text("greenhouse")
    await field(editor, "Name").fill("Glass <b>house</b>")
    await option(editor, "Ask before running a function").locator("ha-switch").click()
    await expect(editor.locator("hui-card")).to_contain_text("Glass <b>house</b>")
    await save(editor)

    await expect(visit.card("device").locator(".header")).to_contain_text("Glass <b>house</b>")
    assert await house.shown() == [
        {**config, "name": "Glass <b>house</b>", "confirm_functions": True}
    ]


async def test_of_a_variable(visit: Visit, house: House) -> None:
    config = {"type": "custom:particle-variable-card", "entity": "sensor.garage_position"}
    editor = await edit(visit, config)

    await field(editor, "Name").fill("Door")
    await expect(option(editor, "Show the button to read it now").locator("input")).to_be_checked()
    await option(editor, "Show the button to read it now").locator("ha-switch").click()
    await save(editor)

    await expect(visit.card("variable").locator(".header")).to_contain_text("Door")
    await expect(visit.card("variable").get_by_role("button", name="Read now")).to_have_count(0)
    assert await house.shown() == [{**config, "name": "Door", "read_now": False}]


async def test_of_the_fleet(visit: Visit, house: House) -> None:
    editor = await edit(visit, {"type": "custom:particle-fleet-card"})

    await expect(option(editor, "Show the data operations").locator("input")).to_be_checked()
    await option(editor, "Show the data operations").locator("ha-switch").click()
    await save(editor)

    await expect(visit.card("fleet")).to_contain_text("of 8 online")
    await expect(visit.card("fleet")).not_to_contain_text("Data operations")
    assert await house.shown() == [{"type": "custom:particle-fleet-card", "operations": False}]


async def test_of_events(visit: Visit, house: House) -> None:
    editor = await edit(visit, {"type": "custom:particle-events-card"})

    await field(editor, "Title").fill("What <b>happens</b>")
    await expect(option(editor, "System events").locator("input")).to_be_checked()
    await option(editor, "System events").locator("ha-switch").click()
    await save(editor)

    card = visit.card("events")
    await expect(card.get_by_role("heading")).to_have_text("What <b>happens</b>")
    await expect(card.get_by_role("button", name="System events")).to_have_attribute(
        "aria-pressed", "false"
    )
    assert await house.shown() == [
        {
            "type": "custom:particle-events-card",
            "title": "What <b>happens</b>",
            "system_events": False,
        }
    ]
