"""The live log of events."""

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import DOMAIN
from custom_components.particle.dashboard import event_feed
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.device.running import STREAM
from tests.simulator import SimulatedCloud
from tests.waiting import arrived, until

from .card import Card
from .conftest import NewCard


@pytest.fixture(autouse=True)
async def entry(hass: HomeAssistant, set_up: SetUp) -> MockConfigEntry:
    """An account that is set up, with its stream open."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    return entry


async def _names(card: Card) -> list[str]:
    """Return the names of the events in the next message, and confirm it."""
    message = await card.next()
    await card.ask("particle/events/confirm", subscription=card.subscription)
    return [event["event"] for event in message["events"]]


async def test_an_event(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry, new_card: NewCard
) -> None:
    """It comes with its device, its payload as it is, and both times."""
    card = await new_card()
    await card.follow("particle/events/subscribe")
    cloud.world.publish("greenhouse", "greenhouse/reading", '<b>{"soil": 1}</b> \u202e🌱')
    message = await card.next()
    [event] = message["events"]
    assert message["subscription"] == card.subscription
    assert (message["left_out"], message["lost_since"]) == (0, None)
    assert event.pop("received_at")
    assert event.pop("published_at")
    assert event == {
        "config_entry_id": entry.entry_id,
        "device_id": registry_id(hass, cloud, "greenhouse"),
        "event": "greenhouse/reading",
        "data": '<b>{"soil": 1}</b> \u202e🌱',
        "own": True,
        "replayed": False,
        "may_replay": True,
    }


async def test_only_the_devices_that_are_asked_for(
    hass: HomeAssistant, cloud: SimulatedCloud, new_card: NewCard
) -> None:
    card = await new_card()
    await card.follow("particle/events/subscribe", device_ids=[registry_id(hass, cloud, "garage")])
    cloud.world.publish("greenhouse", "other", "")
    cloud.world.publish("garage", "door", "open")
    assert await _names(card) == ["door"]


async def test_what_is_replayed_is_marked(
    hass: HomeAssistant, cloud: SimulatedCloud, new_card: NewCard
) -> None:
    card = await new_card()
    await card.follow("particle/events/subscribe")
    await hass.services.async_call(
        DOMAIN,
        "replay_event",
        {"device_id": registry_id(hass, cloud, "garage"), "event": "door", "data": "open"},
        blocking=True,
    )
    [event] = (await card.next())["events"]
    assert (event["event"], event["replayed"]) == ("door", True)


async def test_a_card_that_is_slow_gets_the_newest_and_a_number(
    hass: HomeAssistant, cloud: SimulatedCloud, new_card: NewCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing piles up for a browser that does not take what was sent."""
    monkeypatch.setattr(event_feed, "MAX_WAITING", 10)
    card = await new_card()
    await card.follow("particle/events/subscribe")
    for number in range(event_feed.MAX_UNDER_WAY):
        cloud.world.publish("garage", f"first {number}", "")
        assert (await card.next())["events"]
    for number in range(30):
        cloud.world.publish("garage", f"later {number}", "")
    await arrived(hass, event_feed.MAX_UNDER_WAY + 30)

    await card.ask("particle/events/confirm", subscription=card.subscription)
    message = await card.next()
    assert [event["event"] for event in message["events"]] == [
        f"later {number}" for number in range(20, 30)
    ]
    assert message["left_out"] == 20


async def test_a_burst_comes_in_few_messages(
    hass: HomeAssistant, cloud: SimulatedCloud, new_card: NewCard
) -> None:
    """A card draws once for many events."""
    card = await new_card()
    await card.follow("particle/events/subscribe")
    for number in range(100):
        cloud.world.publish("garage", f"event {number}", "")
    names: list[str] = []
    while len(names) < 100:
        names += await _names(card)
    assert names == [f"event {number}" for number in range(100)]
    assert len(card.messages) <= 20


async def test_a_confirmation_of_a_log_that_is_closed(
    hass: HomeAssistant, new_card: NewCard
) -> None:
    """Browsers answer late; that is no error."""
    card = await new_card()
    await card.follow("particle/events/subscribe")
    await card.ask("unsubscribe_events", subscription=card.subscription)
    answer = await card.ask("particle/events/confirm", subscription=card.subscription)
    assert answer["success"]


async def test_an_account_that_is_reloaded(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry, new_card: NewCard
) -> None:
    """The log goes on by itself."""
    card = await new_card()
    await card.follow("particle/events/subscribe")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    cloud.world.publish("garage", "door", "open")
    names: list[str] = []
    while "door" not in names:
        names += await _names(card)


async def test_particle_that_cannot_be_reached(
    hass: HomeAssistant, cloud: SimulatedCloud, new_card: NewCard
) -> None:
    """A log into which nothing comes says so, and says when events come again."""
    card = await new_card()
    await card.follow("particle/events/subscribe")
    cloud.faults.set("cloud_down")
    cloud.cut_streams()
    message = await card.next()
    assert message["events"] == []
    assert message["lost_since"] is not None
    await card.ask("particle/events/confirm", subscription=card.subscription)
    cloud.faults.clear()
    assert (await card.next())["lost_since"] is None


async def test_account_that_is_not_loaded(
    hass: HomeAssistant, entry: MockConfigEntry, new_card: NewCard
) -> None:
    """A log into which nothing can come says so, also one that is opened only then."""
    card = await new_card()
    await card.follow("particle/events/subscribe")

    assert await hass.config_entries.async_unload(entry.entry_id)
    message = await card.next()
    assert (message["loaded"], message["lost_since"]) == (False, None)
    await card.ask("particle/events/confirm", subscription=card.subscription)

    other = await new_card()
    await other.follow("particle/events/subscribe")
    assert (await other.next())["loaded"] is False

    assert await hass.config_entries.async_setup(entry.entry_id)
    assert (await card.next())["loaded"] is True
