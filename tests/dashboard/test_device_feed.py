"""What the card of a device is told, over a websocket as the browser opens it."""

from datetime import timedelta
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle import coordinator
from custom_components.particle.const import CONF_SLEEPING_DEVICES, DOMAIN
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.device.conftest import SetClock
from tests.device.running import STREAM
from tests.simulator import SimulatedCloud
from tests.simulator.programs import Program
from tests.waiting import until

from .card import Card
from .conftest import NewCard


@pytest.fixture
async def entry(hass: HomeAssistant, set_up: SetUp) -> MockConfigEntry:
    """An account that is set up, with its stream open and the variables read.

    The time is the real one: neither logins nor the log of the web server stand one that jumps.
    """
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    devices = entry.runtime_data.devices.values()
    await until(
        hass,
        lambda: all(
            one.data.readings.keys() == one.data.variables.keys() for one in devices if one.online
        ),
    )
    return entry


@pytest.fixture
async def card(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry, new_card: NewCard
) -> Card:
    """The card of the greenhouse."""
    card = await new_card()
    answer = await card.follow(
        "particle/device/subscribe", device_id=registry_id(hass, cloud, "greenhouse")
    )
    assert answer["success"]
    await card.until(lambda shown: shown["status"]["state"] == "online")
    return card


async def test_time_of_home_assistant(card: Card) -> None:
    """The clock of a browser may be wrong, so each message says what time it is."""
    [*times] = [dt_util.parse_datetime(message["now"]) for message in card.messages]
    assert all(time and abs(dt_util.utcnow() - time) < timedelta(seconds=30) for time in times)


async def test_what_a_card_shows_at_first(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry, card: Card
) -> None:
    """Everything that is known, with the age of each value and the entity that shows it."""
    shown = card.shown
    assert shown["device"] == {
        "particle_id": cloud.world.board("greenhouse").id,
        "config_entry_id": entry.entry_id,
        "name": "greenhouse",
    }
    assert shown["firmware"]["model"] == "Photon 2 / P2"
    soil = shown["variables"]["soil"]
    assert soil["value"] == cloud.world.board("greenhouse").program.values["soil"]
    assert soil["type"] == "int32"
    assert soil["live"] is True
    assert soil["source"] == "poll"
    assert soil["entity_id"] == "sensor.greenhouse_soil"
    read_at = dt_util.parse_datetime(soil["read_at"], raise_on_error=True)
    assert timedelta(0) <= dt_util.utcnow() - read_at < timedelta(minutes=1)
    assert soil["icon"] == "mdi:water-percent"
    assert list(shown["variables"]) == list(cloud.world.board("greenhouse").program.values)
    assert set(shown["functions"]) == {"pump", "setMode", "setTarget"}
    assert shown["functions"]["pump"] == {"entity_id": "button.greenhouse_pump"}
    assert shown["access"] == {"control": True, "administer": True}


async def test_the_unit_of_a_value_that_no_entity_shows(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry, new_card: NewCard
) -> None:
    """The entity of an offline device shows nothing, so the card says the unit itself."""
    cloud.world.add_board("tank", variables={"temp_c": 21.5})
    await entry.runtime_data.account.async_refresh()
    card = await new_card()
    await card.follow("particle/device/subscribe", device_id=registry_id(hass, cloud, "tank"))
    await card.until(lambda shown: "temp_c" in shown["variables"])
    assert card.shown["variables"]["temp_c"]["unit"] == "°C"


async def test_looking_costs_nothing(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry, new_card: NewCard
) -> None:
    """Ten cards that are opened make no request at all."""
    await hass.async_block_till_done()
    requests, paid = len(cloud.requests), cloud.operations.total
    for _ in range(10):
        card = await new_card()
        await card.follow(
            "particle/device/subscribe", device_id=registry_id(hass, cloud, "greenhouse")
        )
        await card.until(lambda shown: "soil" in shown["variables"])
    await hass.async_block_till_done()
    assert len(cloud.requests) == requests
    assert cloud.operations.total == paid


async def test_a_value_that_changes(hass: HomeAssistant, cloud: SimulatedCloud, card: Card) -> None:
    """Only what has changed is sent."""
    cloud.world.board("greenhouse").program.values["soil"] = 640
    await hass.services.async_call(
        DOMAIN,
        "read_variable",
        {"device_id": registry_id(hass, cloud, "greenhouse"), "variable": "soil"},
        blocking=True,
        return_response=True,
    )
    before = len(card.messages)
    await card.until(lambda shown: shown["variables"]["soil"]["value"] == 640)
    assert card.shown["variables"]["soil"]["source"] == "action"
    [message] = card.messages[before:]
    assert set(message["patch"]) <= {"variables", "status"}
    assert set(message["patch"]["variables"]) == {"soil"}


async def test_an_event_and_a_call(hass: HomeAssistant, cloud: SimulatedCloud, card: Card) -> None:
    """The latest event of each name, and what a function has returned."""
    cloud.world.publish("greenhouse", "greenhouse/reading", '{"soil": 1}')
    await card.until(lambda shown: "greenhouse/reading" in shown.get("events", {}))
    event = card.shown["events"]["greenhouse/reading"]
    assert (event["data"], event["cut"], event["count"]) == ('{"soil": 1}', False, 1)

    await hass.services.async_call(
        DOMAIN,
        "call_function",
        {
            "device_id": registry_id(hass, cloud, "greenhouse"),
            "function": "setTarget",
            "argument": "24",
        },
        blocking=True,
    )
    await card.until(lambda shown: "return_value" in shown["functions"]["setTarget"])
    call = card.shown["functions"]["setTarget"]
    assert (call["argument"], call["return_value"]) == ("24", 24)


async def test_a_long_payload_is_cut(
    hass: HomeAssistant, cloud: SimulatedCloud, card: Card
) -> None:
    """A line of a card has no room for 16 KB."""
    cloud.world.publish("greenhouse", "picture", "x" * 16_000)
    await card.until(lambda shown: "picture" in shown.get("events", {}))
    event = card.shown["events"]["picture"]
    assert (len(event["data"]), event["cut"]) == (500, True)


async def test_a_device_that_goes_offline(
    hass: HomeAssistant, cloud: SimulatedCloud, card: Card
) -> None:
    """Its last values stay, and none of them passes for live."""
    cloud.world.board("greenhouse").go_offline()
    await card.until(lambda shown: shown["status"]["state"] == "offline")
    assert card.shown["variables"]["soil"]["value"] == 430
    assert not any(one["live"] for one in card.shown["variables"].values())


async def test_particle_that_cannot_be_reached(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    entry: MockConfigEntry,
    card: Card,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The card says since when, until it can be reached again."""
    monkeypatch.setattr(coordinator, "GRACE", 0.0)
    before = dt_util.utcnow()
    cloud.faults.set("cloud_down")
    await entry.runtime_data.account.async_refresh()
    await card.until(lambda shown: shown["status"]["state"] == "cloud_lost")
    lost_since = dt_util.parse_datetime(card.shown["status"]["lost_since"], raise_on_error=True)
    assert before <= lost_since <= dt_util.utcnow()
    assert not any(one["live"] for one in card.shown["variables"].values())

    cloud.faults.clear()
    await entry.runtime_data.account.async_refresh()
    await card.until(lambda shown: shown["status"]["state"] == "online")
    assert card.shown["status"].get("lost_since") is None


async def test_a_device_that_sleeps(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    entry: MockConfigEntry,
    card: Card,
    set_clock: SetClock,
) -> None:
    """After it has published a few times at intervals, the card says when it is likely to be back."""
    board = cloud.world.board("greenhouse")
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, CONF_SLEEPING_DEVICES: [board.id]}
    )
    await hass.async_block_till_done()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    now = dt_util.utcnow()
    for number in range(3):
        set_clock(timedelta(minutes=20 * number))
        cloud.world.publish("greenhouse", "awake", str(number))
        await card.until(partial(_has_count, "awake", number + 1))
    board.go_offline()
    await card.until(lambda shown: shown["status"]["state"] == "asleep")
    back_at = dt_util.parse_datetime(card.shown["status"]["back_at"], raise_on_error=True)
    assert abs(back_at - now - timedelta(minutes=60)) < timedelta(minutes=1)


def _has_count(event: str, count: int, shown: dict[str, Any]) -> bool:
    return bool(shown.get("events", {}).get(event, {}).get("count") == count)


async def test_a_flash(hass: HomeAssistant, cloud: SimulatedCloud, card: Card) -> None:
    """The card says what the device is waited for, and that it is over."""
    board = cloud.world.board("greenhouse")
    board.system_event("spark/flash/status", "started blink.bin")
    await card.until(lambda shown: shown["status"]["state"] == "updating")
    assert card.shown["status"]["flash_step"] == "transfer"
    board.system_event("spark/flash/status", "success ")
    await card.until(lambda shown: shown["status"].get("flash_step") == "restart")


async def test_a_device_in_safe_mode(
    hass: HomeAssistant, cloud: SimulatedCloud, card: Card
) -> None:
    """Its values are not live: the application that has them does not run."""
    board = cloud.world.board("greenhouse")
    board.safe_mode = True
    board.system_event("spark/status/safe-mode", "{}")
    await card.until(lambda shown: shown["status"]["state"] == "safe_mode")
    assert not any(one["live"] for one in card.shown["variables"].values())


async def test_new_firmware(hass: HomeAssistant, cloud: SimulatedCloud, card: Card) -> None:
    """Variables and functions that are gone are gone from the card too."""
    board = cloud.world.board("greenhouse")
    board.install(Program({"lux": 300}, {"blink": lambda _argument: 0}))
    board.system_event("spark/device/app-hash", "ab" * 32)
    await card.until(lambda shown: set(shown["functions"]) == {"blink"})
    assert set(card.shown["variables"]) == {"lux"}


async def test_the_account_is_reloaded(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry, card: Card
) -> None:
    """The card says so, and comes back by itself."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    await card.until(lambda shown: shown["status"]["state"] == "not_loaded")
    assert "variables" not in card.shown
    assert await hass.config_entries.async_setup(entry.entry_id)
    await card.until(lambda shown: shown["status"]["state"] == "online")
    assert "soil" in card.shown["variables"]


async def test_the_device_is_removed(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry, card: Card
) -> None:
    """The card says that there is no such device any more."""
    page = registry_id(hass, cloud, "greenhouse")
    del cloud.world.boards[cloud.world.board("greenhouse").id]
    await entry.runtime_data.account.async_refresh()
    await hass.async_block_till_done()
    assert dr.async_get(hass).async_get(page) is None
    await card.until(lambda shown: shown["status"]["state"] == "gone")


async def test_an_entity_that_is_renamed_or_disabled(
    hass: HomeAssistant, card: Card, entity_registry: er.EntityRegistry
) -> None:
    """The card finds it under its new name, and not at all when it is disabled."""
    entity_registry.async_update_entity("sensor.greenhouse_soil", new_entity_id="sensor.earth")
    await card.until(lambda shown: shown["variables"]["soil"].get("entity_id") == "sensor.earth")
    entity_registry.async_update_entity("sensor.earth", disabled_by=er.RegistryEntryDisabler.USER)
    await card.until(lambda shown: "entity_id" not in shown["variables"]["soil"])


async def test_a_device_of_nobody(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    new_card: NewCard,
    device_registry: dr.DeviceRegistry,
) -> None:
    """Devices of others, the account's own page and ids that never were are refused in words."""
    account = device_registry.async_get_device_by_identifier(
        (DOMAIN, entry.unique_id or ""), entry.entry_id
    )
    assert account is not None
    card = await new_card()
    for device_id in ("0123", account.id):
        answer = await card.follow("particle/device/subscribe", device_id=device_id)
        assert answer["error"]["code"] == "not_found"


async def test_a_card_that_is_closed_leaves_nothing_behind(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry, card: Card
) -> None:
    """Nothing is built for it any more."""
    device = entry.runtime_data.devices[cloud.world.board("greenhouse").id]
    listeners = len(device._listeners)
    answer = await card.ask("unsubscribe_events", subscription=card.subscription)
    assert answer["success"]
    assert len(device._listeners) == listeners - 1
    assert entry.state is ConfigEntryState.LOADED
