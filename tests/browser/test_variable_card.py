"""The variable card, as people see and use it."""

from playwright.async_api import expect

from . import changes
from .conftest import NewVisit
from .house import Card, House
from .visit import Visit

TEMPERATURE = "sensor.greenhouse_temperature"


def variable(entity: str = TEMPERATURE, **options: object) -> Card:
    """Return a configuration of the card."""
    return {"type": "custom:particle-variable-card", "entity": entity, **options}


async def test_shows_the_value_large_with_age_and_device(visit: Visit) -> None:
    await visit.open(variable())

    card = visit.card("variable")
    await expect(card.locator(".header")).to_contain_text("temperature")
    await expect(card.locator(".header")).to_contain_text("greenhouse")
    await expect(card.locator(".number")).to_have_text("21.5")
    await expect(card.locator(".age")).to_contain_text("polled")


async def test_shows_the_history_of_an_hour_a_day_or_a_week(visit: Visit) -> None:
    await visit.open(variable(hours_to_show=1))
    card = visit.card("variable")
    await expect(card.get_by_role("button", name="1 h")).to_have_attribute("aria-pressed", "true")
    await expect(card.locator("hui-history-graph-card")).to_be_visible()

    await card.get_by_role("button", name="7 d").click()

    await expect(card.get_by_role("button", name="7 d")).to_have_attribute("aria-pressed", "true")
    await expect(card.locator("hui-statistics-graph-card")).to_be_visible()


async def test_reads_the_value_when_told_to_and_says_what_that_costs(
    visit: Visit, house: House
) -> None:
    await visit.open(variable("sensor.garage_cycles"))
    card = visit.card("variable")
    await expect(card.locator(".number")).to_have_text("0")
    await expect(card.locator(".foot")).to_contain_text("Uses 1 data operation")
    await house.cloud.set_variable("garage", "cycles", 7)
    path = f"/v1/devices/{house.cloud.boards['garage']}/cycles"

    async with changes.fault(house, "held", path=path, count=1):
        await card.get_by_role("button", name="Read now").click()
        await expect(card.locator(".foot")).to_contain_text("Reading…")
        await expect(card.locator(".spinner")).to_be_visible()
        await house.release()

    await expect(card.locator(".number")).to_have_text("7")
    await expect(card.locator(".age")).to_contain_text("read on request")


async def test_says_what_it_means_that_a_value_is_beyond_a_threshold(visit: Visit) -> None:
    label = "<b>Too warm</b>"
    await visit.open(variable(thresholds=[{"above": 20, "label": label, "color": "red"}]))

    card = visit.card("variable")
    await expect(card.locator(".beside")).to_contain_text(label)
    await expect(card.locator("b")).to_have_count(0)


async def test_who_may_not_control_sees_the_value_alone(new_visit: NewVisit, house: House) -> None:
    visit = await new_visit(tokens=await house.restricted_tokens("system-read-only"))

    await visit.open(variable())

    card = visit.card("variable")
    await expect(card.locator(".number")).to_have_text("21.5")
    await expect(card.get_by_role("button", name="Read now")).to_have_count(0)


async def test_says_that_its_entity_is_renamed(visit: Visit, house: House) -> None:
    await visit.open(variable())
    card = visit.card("variable")
    await expect(card.locator(".number")).to_have_text("21.5")

    async with changes.entity_called(house, TEMPERATURE, "sensor.warmth"):
        await expect(card).to_contain_text(f"There is no entity {TEMPERATURE}. It may be renamed")

    await expect(card.locator(".number")).to_have_text("21.5")


async def test_says_that_its_entity_is_disabled(visit: Visit, house: House) -> None:
    """The device card goes on with the value that the device has sent."""
    entity = "sensor.garage_position"
    device = {
        "type": "custom:particle-device-card",
        "device_id": await house.device_id("garage"),
        "variables": ["position"],
    }
    await visit.open(variable(entity), device)
    card = visit.card("variable")
    await expect(card.locator(".number")).to_have_text("0")

    async with changes.disabled_entity(house, entity):
        await expect(card).to_contain_text("It may be renamed, disabled or removed.")
        await expect(visit.card("device").locator(".hero")).to_contain_text("position")
        await expect(visit.card("device").get_by_role("button", name="position")).to_have_count(0)

    await expect(card.locator(".number")).to_have_text("0")


async def test_says_that_an_entity_shows_no_variable(visit: Visit) -> None:
    await visit.open(variable("binary_sensor.greenhouse_connection"))

    await expect(visit.card("variable")).to_contain_text(
        "binary_sensor.greenhouse_connection does not show a variable of the device."
    )


async def test_asks_for_a_variable_where_none_is_chosen(visit: Visit) -> None:
    await visit.open({"type": "custom:particle-variable-card"})

    await expect(visit.card("variable")).to_contain_text("Choose a variable in the settings")


async def test_values_are_text_whatever_they_contain(visit: Visit, house: House) -> None:
    html = "<img src=x onerror=\"document.title='pwned'\"><b>bold</b>"
    for value in (html, "\u202eשלום <b> 1", "🌡️" * 60):
        async with changes.new_device(house, "writer", variables={"words": value}):
            await visit.open(variable("sensor.writer_words"))

            await expect(visit.card("variable").locator(".number")).to_have_text(value)
            await expect(visit.card("variable").locator("img, b")).to_have_count(0)
            assert await visit.run("document.title") != "pwned"
            assert await visit.overflow() == 0
