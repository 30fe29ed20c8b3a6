"""Whether a device is connected, when news comes late, twice, in the wrong order, or not at all."""

from datetime import timedelta

from freezegun.api import TickingDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.update_coordinator import REQUEST_REFRESH_DEFAULT_COOLDOWN
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import CONF_SLEEPING_DEVICES
from custom_components.particle.coordinator import RETRY_AFTER
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, pass_time_until, until

from .running import CONNECTION, STREAM, TEMPERATURE, is_available, running, state_of

LISTING = "/v1/devices"
# Longer than "offline" waits for the "online" that may follow it.
A_MOMENT = timedelta(seconds=3)


async def _goes_offline(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    entry: MockConfigEntry,
    clock: TickingDateTimeFactory,
) -> None:
    """Let the greenhouse go, and its "offline" come in."""
    received = entry.runtime_data.hub.received
    cloud.world.set_online("greenhouse", False)
    await until(hass, lambda: entry.runtime_data.hub.received > received)
    await pass_time(hass, clock, A_MOMENT)
    await until(hass, lambda: hass.states.is_state(CONNECTION, STATE_OFF))


async def test_an_answer_that_is_older_than_the_offline_does_not_undo_it(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """The listing was asked for while the device was there, and comes in after its "offline"."""
    entry = await running(hass, set_up, clock)
    one_device.faults.set("held", path=LISTING)
    listing = hass.async_create_background_task(
        entry.runtime_data.account.async_refresh(), "listing"
    )
    await until(hass, lambda: len(one_device.held) == 1)
    received = entry.runtime_data.hub.received

    one_device.world.set_online("greenhouse", False)
    await until(hass, lambda: entry.runtime_data.hub.received > received)
    one_device.faults.clear("held")
    one_device.held.release()
    await listing
    await pass_time(hass, clock, A_MOMENT)

    await until(hass, lambda: hass.states.is_state(CONNECTION, STATE_OFF))
    assert not is_available(hass, TEMPERATURE)


async def test_an_answer_that_is_older_than_the_online_does_not_undo_it(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """The listing was asked for while the device was away, and comes in after its "online"."""
    entry = await running(hass, set_up, clock)
    await _goes_offline(hass, one_device, entry, clock)
    states: list[str] = []
    hass.bus.async_listen(
        "state_changed",
        lambda event: (
            states.append(event.data["new_state"].state)
            if event.data["entity_id"] == CONNECTION
            else None
        ),
    )
    one_device.faults.set("held", path=LISTING)
    listing = hass.async_create_background_task(
        entry.runtime_data.account.async_refresh(), "listing"
    )
    await until(hass, lambda: len(one_device.held) == 1)

    one_device.world.set_online("greenhouse", True)
    await until(hass, lambda: hass.states.is_state(CONNECTION, STATE_ON))
    one_device.faults.clear("held")
    one_device.held.release()
    await listing
    await pass_time(hass, clock, A_MOMENT)
    assert states == [STATE_ON]


async def test_an_offline_dated_in_2099_does_not_outvote_what_comes_later(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """Neither the "online" that follows, nor an event of a device that passes for offline."""
    entry = await running(hass, set_up, clock)
    one_device.faults.set("clock_ahead", event="spark/status", count=1)
    await _goes_offline(hass, one_device, entry, clock)

    # Its "online" is lost.
    one_device.world.board("greenhouse").connect()
    one_device.world.publish("greenhouse", "hello", "")
    await until(hass, lambda: hass.states.is_state(CONNECTION, STATE_ON))

    one_device.faults.set("clock_ahead", event="spark/status", count=1)
    await _goes_offline(hass, one_device, entry, clock)
    one_device.world.set_online("greenhouse", True)
    await until(hass, lambda: hass.states.is_state(CONNECTION, STATE_ON))


async def test_events_that_come_after_the_offline_and_are_older_say_nothing(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """They are late; the cloud is not asked for each of them."""
    entry = await running(hass, set_up, clock)
    await _goes_offline(hass, one_device, entry, clock)
    board = one_device.world.board("greenhouse")
    asked = len(one_device.requests.matching("GET", f"/v1/devices/{board.id}"))
    received = entry.runtime_data.hub.received

    one_device.faults.set("clock_ahead", event="late", seconds=-600)
    for number in range(3):
        board.system_event(f"late/{number}", "")
    await until(hass, lambda: entry.runtime_data.hub.received == received + 3)
    await pass_time(hass, clock, 1)

    assert len(one_device.requests.matching("GET", f"/v1/devices/{board.id}")) == asked
    assert hass.states.is_state(CONNECTION, STATE_OFF)


async def test_an_offline_that_comes_after_a_newer_online(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """It may be out of order or the clock of the cloud may be: the cloud is asked, which is free."""
    entry = await running(hass, set_up, clock)
    board = one_device.world.board("greenhouse")
    await _goes_offline(hass, one_device, entry, clock)
    one_device.world.set_online("greenhouse", True)
    await until(hass, lambda: hass.states.is_state(CONNECTION, STATE_ON))
    await pass_time(hass, clock, A_MOMENT)
    asked = len(one_device.requests.matching("GET", f"/v1/devices/{board.id}"))

    one_device.faults.set("clock_ahead", event="spark/status", count=1, seconds=-600)
    board.system_event("spark/status", "offline")
    await until(
        hass, lambda: len(one_device.requests.matching("GET", f"/v1/devices/{board.id}")) > asked
    )
    await pass_time(hass, clock, A_MOMENT)
    assert hass.states.is_state(CONNECTION, STATE_ON)


async def test_a_session_that_nobody_told_of(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """A listing shows a new handshake: the values of the old session are read again."""
    entry = await running(hass, set_up, clock)
    board = one_device.world.board("greenhouse")
    connection = entry.runtime_data.devices[board.id].data.connection
    before = len(board.reads)
    board.online = False
    board.connect()
    await pass_time_until(
        hass, clock, lambda: entry.runtime_data.devices[board.id].data.connection > connection
    )
    await pass_time_until(hass, clock, lambda: len(board.reads) >= before + len(board.variables))
    assert hass.states.is_state(CONNECTION, STATE_ON)


async def test_a_cloud_that_is_away_for_a_moment(
    hass: HomeAssistant, one_device: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """One listing fails, the next one a minute later does not: nothing was ever unavailable."""
    entry = await running(hass, set_up, clock)
    unavailable: list[str] = []
    hass.bus.async_listen(
        "state_changed",
        lambda event: (
            unavailable.append(event.data["entity_id"])
            if event.data["new_state"].state == STATE_UNAVAILABLE
            else None
        ),
    )
    account = entry.runtime_data.account
    one_device.faults.set("server_error", path=LISTING, status=500)
    account.async_refresh_soon()
    await pass_time(hass, clock, REQUEST_REFRESH_DEFAULT_COOLDOWN)
    await until(hass, lambda: not account.last_update_success)
    one_device.faults.clear()
    # The clock jumps only once: on a slow machine, several jumps would fit into one request.
    await pass_time(hass, clock, RETRY_AFTER)
    await until(hass, lambda: account.last_update_success)
    assert unavailable == []
    assert is_available(hass, TEMPERATURE)


async def test_a_cloud_that_stays_away(
    hass: HomeAssistant,
    one_device: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    config_entry: MockConfigEntry,
) -> None:
    """Everything is unavailable after a while, except what a device that sleeps measured last."""
    greenhouse = one_device.world.board("greenhouse")
    config_entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        config_entry, options={CONF_SLEEPING_DEVICES: [greenhouse.id]}
    )
    one_device.world.set_online("garage", True)
    await hass.config_entries.async_setup(config_entry.entry_id)
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    await pass_time(hass, clock, 2)
    door = "sensor.garage_door"
    await until(hass, lambda: is_available(hass, door) and is_available(hass, TEMPERATURE))
    temperature = state_of(hass, TEMPERATURE)

    one_device.faults.set("server_error", status=500)
    await pass_time_until(hass, clock, lambda: not is_available(hass, door))
    await pass_time(hass, clock, timedelta(minutes=20))
    assert state_of(hass, TEMPERATURE) == temperature
    # Whether it is connected nobody knows.
    assert not is_available(hass, CONNECTION)

    one_device.faults.clear()
    await pass_time_until(hass, clock, lambda: is_available(hass, door))
    await hass.config_entries.async_unload(config_entry.entry_id)
