"""What each card says and shows in each state of a device, of the account and of the connection."""

from collections.abc import AsyncIterator

from playwright.async_api import Locator, expect
import pytest_asyncio

from . import changes
from .conftest import NewVisit
from .house import House
from .visit import Visit
from .wire import Wire

FLEET = {"type": "custom:particle-fleet-card"}
EVENTS = {"type": "custom:particle-events-card"}
VARIABLE = {"type": "custom:particle-variable-card", "entity": "sensor.garage_position"}


async def open_all(visit: Visit, house: House) -> None:
    """Open a dashboard with all cards, those of a device for the garage."""
    device = {
        "type": "custom:particle-device-card",
        "device_id": await house.device_id("garage"),
        "functions": ["light"],
    }
    await visit.open(device, VARIABLE, FLEET, EVENTS)


@pytest_asyncio.fixture(loop_scope="session")
async def live(visit: Visit, house: House) -> AsyncIterator[Visit]:
    """All cards while all is well; afterwards, all is well again."""
    await open_all(visit, house)
    await expect_live(visit)
    yield visit
    await expect_live(visit)


async def expect_live(visit: Visit) -> None:
    """Wait until the cards show the garage as it is now."""
    await expect(header(visit)).to_contain_text("Online")
    await expect(visit.card("device").locator("ha-card").first).not_to_have_class("stale")
    await expect(visit.card("device").get_by_role("button", name="Run light")).to_be_enabled()
    await expect(visit.card("variable").get_by_role("button", name="Read now")).to_be_enabled()
    await expect(visit.card("fleet").locator(".summary")).to_contain_text("6 of 8 online")
    await expect(events_state(visit)).to_have_text("Live")


def header(visit: Visit, card: str = "device") -> Locator:
    """Return the header of a card about a device."""
    return visit.card(card).locator(".header").first


def row(visit: Visit, device: str = "garage") -> Locator:
    """Return the row of a device in the fleet card."""
    return visit.card("fleet").locator("li").filter(has_text=device)


def events_state(visit: Visit) -> Locator:
    """Return what the events card says of itself."""
    return visit.card("events").locator(".state")


async def expect_last_values(visit: Visit, why: str) -> None:
    """Expect values to be shown as old ones, and functions not to be offered."""
    device = visit.card("device")
    await expect(device.locator("ha-card").first).to_have_class("stale")
    await expect(device).to_contain_text("Last values, ")
    await expect(device.get_by_role("button", name="Run light")).to_be_disabled()
    await expect(device).to_contain_text(f"Functions · {why}")
    await expect(visit.card("variable").locator("ha-card").first).to_have_class("stale")


async def test_loading(new_visit: NewVisit, house: House) -> None:
    visit = await new_visit()
    wire = await Wire.tap(visit)
    async with wire.hold("particle/"):
        await open_all(visit, house)

        for card in ("device", "variable", "fleet", "events"):
            content = visit.card(card)
            loading = content.get_by_label("Loading").or_(content.get_by_text("Loading"))
            await expect(loading.first).to_be_attached()
        await expect(events_state(visit)).to_have_text("")

    await expect_live(visit)


async def test_offline(live: Visit, house: House) -> None:
    async with house.offline("garage"):
        await expect(header(live)).to_contain_text("Offline since ")
        await expect_last_values(live, "can run when the device is online")
        await expect(header(live, "variable")).to_contain_text("garage · Offline since ")
        await expect(live.card("variable")).to_contain_text("Can be read when the device is online")
        await expect(row(live)).to_contain_text("Offline since ")


async def test_asleep(live: Visit, house: House) -> None:
    async with changes.sleeping(house, "garage"):
        await expect(header(live)).to_contain_text("Asleep")
        await expect_last_values(live, "can run when the device is awake")
        await expect(header(live, "variable")).to_contain_text("garage · Asleep")
        await live.card("fleet").get_by_role("button", name="Asleep 1").click()
        await expect(row(live)).to_contain_text("Asleep")
        await live.card("fleet").get_by_role("button", name="All 8").click()


async def test_safe_mode(live: Visit, house: House) -> None:
    async with changes.safe_mode(house, "garage"):
        await expect(header(live)).to_contain_text("Safe mode")
        await expect(live.card("device")).to_contain_text(
            "The firmware of this device does not run."
        )
        await expect_last_values(live, "can run when the firmware runs again")
        await expect(header(live, "variable")).to_contain_text("garage · Safe mode")
        await expect(row(live)).to_contain_text("Safe mode")


async def test_updating(live: Visit, house: House) -> None:
    async with changes.flashing(house, "garage") as succeed:
        await expect(header(live)).to_contain_text("Updating the firmware")
        await expect(live.card("device")).to_contain_text("Step 1 of 3: sending the firmware")
        await expect_last_values(live, "can run after the update")
        await expect(header(live, "variable")).to_contain_text("garage · Updating the firmware")
        await expect(row(live)).to_contain_text("Updating the firmware")

        await succeed()

        await expect(live.card("device")).to_contain_text("Step 2 of 3: restarting")


async def test_does_not_respond(live: Visit, house: House) -> None:
    async with changes.fault(house, "no_answer", device=house.cloud.boards["garage"]):
        await live.card("variable").get_by_role("button", name="Read now").click()

        note = live.card("variable").get_by_role("alert")
        await expect(note).to_contain_text("garage did not respond in time.")
        await expect(header(live)).to_contain_text("Online, but does not respond")
        await expect(live.card("device")).to_contain_text("Last values, ")
        await expect(header(live, "variable")).to_contain_text("garage · Online, but does not")
        await expect(row(live)).to_contain_text("Online, but does not respond")
        await expect(live.card("fleet")).to_contain_text("Problems 3")
    # It is active again.
    await house.cloud.publish("garage", "door/closed", "0")
    await expect(header(live)).to_contain_text("heard now")


async def test_cloud_that_cannot_be_reached(live: Visit, house: House) -> None:
    async with changes.unreachable_cloud(house):
        lost = "Particle cannot be reached since "
        await expect(header(live)).to_contain_text(lost)
        await expect_last_values(live, "Particle cannot be reached")
        await expect(header(live, "variable")).to_contain_text(f"garage · {lost}")
        await expect(row(live)).to_contain_text(lost)
        await expect(live.card("fleet").locator(".summary")).to_contain_text("– of 8 online")
        await expect(live.card("fleet").locator(".summary")).to_contain_text(lost)
        await expect(events_state(live)).to_contain_text(lost)


async def test_device_that_particle_does_not_list(live: Visit, house: House) -> None:
    async with changes.unlisted_devices(house):
        refused = "Particle refuses access to this device"
        await expect(header(live)).to_contain_text(refused)
        await expect_last_values(live, refused)
        await expect(header(live, "variable")).to_contain_text(f"garage · {refused}")
        await expect(row(live)).to_contain_text(refused)
        await expect(row(live, "van-1")).to_contain_text("Online")


async def test_account_that_is_disabled_while_the_page_is_open(live: Visit, house: House) -> None:
    async with changes.disabled_account(house):
        await expect(header(live)).to_contain_text("The Particle account is not loaded")
        await expect(live.card("device").locator(".foot")).to_have_count(0)
        await expect(live.card("variable")).to_contain_text(
            "There is no entity sensor.garage_position. It may be renamed, disabled or removed."
        )
        await expect(live.card("fleet")).to_contain_text("No Particle account is set up")
        await expect(events_state(live)).to_have_text("No Particle account is loaded")


async def test_home_assistant_that_does_not_respond(new_visit: NewVisit, house: House) -> None:
    visit = await new_visit()
    # The frontend's own words about subscriptions of the connection before, and the dialogs that it loads.
    visit.excused = ["Subscription not found", '{"code":3}', "WebSocket"]
    wire = await Wire.tap(visit)
    await open_all(visit, house)
    await expect_live(visit)

    async with wire.cut():
        lost = "Home Assistant does not respond"
        await expect(header(visit)).to_contain_text(lost)
        await expect_last_values(visit, lost)
        await expect(header(visit, "variable")).to_contain_text(f"garage · {lost}")
        await expect(visit.card("fleet").locator(".summary")).to_contain_text(lost)
        await expect(row(visit)).to_contain_text(lost)
        await expect(events_state(visit)).to_have_text("Not connected")
        await house.cloud.publish("garage", "meanwhile", "1")

    await expect_live(visit)
    await expect(visit.card("events")).to_contain_text("meanwhile")


async def test_device_that_is_renamed(live: Visit, house: House) -> None:
    name = "Garage <b>& co</b>"
    async with changes.device_called(house, await house.device_id("garage"), name):
        await expect(header(live).locator(".name")).to_have_text(name)
        await expect(header(live, "variable")).to_contain_text(name)
        await expect(row(live, name)).to_contain_text("Online")
    await expect(header(live).locator(".name")).to_have_text("garage")


async def test_device_that_is_removed_while_the_page_is_open(visit: Visit, house: House) -> None:
    async with changes.new_device(house, "short-lived", variables={"level": 3}) as device_id:
        await visit.open(
            {"type": "custom:particle-device-card", "device_id": device_id},
            {"type": "custom:particle-variable-card", "entity": "sensor.short_lived_level"},
            FLEET,
            {**EVENTS, "devices": [device_id]},
        )
        await expect(header(visit)).to_contain_text("Online")
        await expect(header(visit, "variable")).to_contain_text("short-lived")
        await expect(visit.card("fleet").locator(".summary")).to_contain_text("7 of 9 online")
        await expect(events_state(visit)).to_have_text("Live")

    await expect(visit.card("device")).to_contain_text("This device no longer exists.")
    await expect(visit.card("variable")).to_contain_text("There is no entity")
    await expect(visit.card("fleet").locator(".summary")).to_contain_text("6 of 8 online")
    await expect(visit.card("events")).to_contain_text("The devices of this card no longer exist.")


async def test_clock_of_the_computer_that_is_wrong(new_visit: NewVisit, house: House) -> None:
    """Ages count from the time of Home Assistant."""
    day = 86_400
    for seconds in (-day, day):
        visit = await new_visit()
        await visit.shift_clock(seconds)
        await open_all(visit, house)
        await house.cloud.publish("garage", "now", "1")

        await expect(header(visit)).to_contain_text("heard now")
        await expect(visit.card("variable").locator(".age")).to_contain_text("ago")
        await expect(visit.card("variable").locator(".age")).not_to_contain_text("day")
        await expect(row(visit)).to_contain_text("heard now")
        await expect(visit.card("events")).to_contain_text("now")
        await visit.close()
