"""What Device OS and the cloud report by themselves, as users see it. None of it costs anything."""

from datetime import timedelta
from functools import partial
import json

from freezegun.api import TickingDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import CONF_FIXED_INTERVAL, CONF_PACE, PollingMode
from custom_components.particle.firmware.story import PATIENCE, FlashStep
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.simulator.world import Board
from tests.waiting import arrived, pass_time, until

STREAM = "binary_sensor.jane_example_com_event_stream"
SAFE_MODE = "binary_sensor.greenhouse_safe_mode"
FUNCTION = "button.greenhouse_pump"
LAST_RESET = "sensor.greenhouse_last_reset"

VITALS = {
    "device": {
        "network": {
            "signal": {
                "at": "Wi-Fi",
                "strength": 74,
                "strengthv": -61,
                "strengthv_units": "dBm",
                "quality": 67.5,
            }
        },
        "cloud": {"coap": {"round_trip": 350}},
        "power": {"battery": {"charge": 87.1, "state": "charging"}},
        "system": {"uptime": 98765, "memory": {"used": 73976, "total": 167688}},
    }
}


@pytest.fixture
async def greenhouse(hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp) -> Board:
    """The greenhouse's board, with the stream open."""
    await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    return cloud.world.board("greenhouse")


def _state(hass: HomeAssistant, entity_id: str) -> State:
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state


def _tells(hass: HomeAssistant, story: str, event_type: str) -> bool:
    return bool(_state(hass, story).attributes["event_type"] == event_type)


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_safe_mode(hass: HomeAssistant, greenhouse: Board) -> None:
    """The device is connected, but its application does not run: no values, and no functions."""
    await until(
        hass, lambda: not hass.states.is_state("sensor.greenhouse_temperature", STATE_UNAVAILABLE)
    )
    assert _state(hass, SAFE_MODE).state == STATE_OFF
    assert _state(hass, FUNCTION).state != STATE_UNAVAILABLE

    greenhouse.safe_mode = True
    greenhouse.system_event(
        "spark/status/safe-mode",
        json.dumps({"p": 32, "m": [{"f": "s", "n": "1", "v": 5800, "l": "m"}]}),
    )
    await until(hass, lambda: _state(hass, SAFE_MODE).state == STATE_ON)

    assert _state(hass, SAFE_MODE).attributes["modules"] == [
        {"function": "s", "name": "1", "version": 5800}
    ]
    assert _state(hass, "sensor.greenhouse_temperature").state == STATE_UNAVAILABLE
    assert _state(hass, FUNCTION).state == STATE_UNAVAILABLE
    assert _state(hass, "binary_sensor.greenhouse_connection").state == STATE_ON

    greenhouse.safe_mode = False
    greenhouse.go_offline()
    greenhouse.go_online()
    await until(hass, lambda: _state(hass, SAFE_MODE).state == STATE_OFF)
    assert _state(hass, FUNCTION).state != STATE_UNAVAILABLE


@pytest.mark.parametrize(
    ("data", "reason", "panic"),
    [
        ("power_brownout", "power_brownout", None),
        ("panic, hard_fault", "panic", "hard_fault"),
        ("130, 13", "panic", "stack_overflow"),
        ("60", "watchdog", None),
        ("quantum_flip", "other", None),
        ("unknown", STATE_UNKNOWN, None),
    ],
)
async def test_last_reset(
    hass: HomeAssistant, greenhouse: Board, data: str, reason: str, panic: str | None
) -> None:
    """Words or numbers, with what went wrong; what is newer than we are is other."""
    greenhouse.system_event("spark/device/last_reset", data)
    await until(hass, lambda: "panic" in _state(hass, LAST_RESET).attributes)
    assert _state(hass, LAST_RESET).state == reason
    assert _state(hass, LAST_RESET).attributes["panic"] == panic


async def test_vitals(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    greenhouse: Board,
    entity_registry: er.EntityRegistry,
) -> None:
    """Sensors appear with the first report, for what the board measures; the noisy ones are off."""

    def sensors(board: str) -> dict[str, bool]:
        return {
            entity.entity_id.removeprefix(f"sensor.{board}_"): entity.disabled_by is None
            for entity in entity_registry.entities.values()
            if entity.entity_id.startswith(f"sensor.{board}_")
        }

    before = {board: sensors(board) for board in ("greenhouse", "garage")}
    greenhouse.system_event("spark/device/diagnostics/update", json.dumps(VITALS))
    # A board without a battery, whose network has a signal and nothing else.
    signal = {"device": {"network": {"signal": {"strength": 50}}}}
    cloud.world.board("garage").system_event("spark/device/diagnostics/update", json.dumps(signal))
    await until(hass, lambda: hass.states.get("sensor.garage_signal_strength") is not None)
    await until(hass, lambda: hass.states.get("sensor.greenhouse_signal_strength") is not None)

    noisy = {"memory_used", "uptime", "cloud_round_trip", "signal_strength_dbm"}
    new = {"signal_strength", "signal_quality", "battery"}
    assert sensors("greenhouse") == before["greenhouse"] | {
        name: name in new for name in noisy | new
    }
    assert sensors("garage") == before["garage"] | {"signal_strength": True}
    assert _state(hass, "sensor.greenhouse_signal_strength").state == "74.0"
    assert _state(hass, "sensor.greenhouse_signal_quality").state == "67.5"
    battery = _state(hass, "sensor.greenhouse_battery")
    assert battery.state == "87.1"
    measured_at = dt_util.parse_datetime(battery.attributes["measured_at"])
    assert measured_at is not None
    assert abs(measured_at - cloud.clock.now()) < timedelta(seconds=30)


async def test_a_measurement_that_failed_is_unknown(hass: HomeAssistant, greenhouse: Board) -> None:
    """The report holds an error in place of the battery's charge."""
    greenhouse.system_event("spark/device/diagnostics/update", json.dumps(VITALS))
    await until(hass, lambda: hass.states.get("sensor.greenhouse_battery") is not None)
    broken = {"device": {"power": {"battery": {"charge": {"err": -210}}}}}
    greenhouse.system_event("spark/device/diagnostics/update", json.dumps(broken))
    await until(hass, lambda: hass.states.is_state("sensor.greenhouse_battery", STATE_UNKNOWN))


async def test_vitals_of_an_earlier_connection_are_not_shown(
    hass: HomeAssistant, greenhouse: Board
) -> None:
    """After a restart of the board its old report says nothing any more."""
    greenhouse.system_event("spark/device/diagnostics/update", json.dumps(VITALS))
    await until(hass, lambda: hass.states.is_state("sensor.greenhouse_battery", "87.1"))
    greenhouse.go_offline()
    greenhouse.go_online()
    await until(hass, lambda: hass.states.is_state("sensor.greenhouse_battery", STATE_UNKNOWN))


async def test_vitals_sensors_are_there_after_a_reload(
    hass: HomeAssistant, greenhouse: Board
) -> None:
    """What a board can measure is remembered."""
    greenhouse.system_event("spark/device/diagnostics/update", json.dumps(VITALS))
    await until(hass, lambda: hass.states.is_state("sensor.greenhouse_battery", "87.1"))
    [entry] = hass.config_entries.async_loaded_entries("particle")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert _state(hass, "sensor.greenhouse_battery").state != STATE_UNAVAILABLE


async def test_where_a_tracker_is(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """A tracker's page gets its place on the map with the first fix; without one it stays there."""
    await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    assert hass.states.get("device_tracker.van_1_location") is None

    fix = {
        "cmd": "loc",
        "time": 1767323045,
        "loc": {"lck": 1, "lat": 52.5, "lon": 13.4, "h_acc": 4, "alt": 34.5, "hd": 270, "spd": 1.5},
    }
    cloud.world.publish("van-1", "loc", json.dumps(fix))
    await until(hass, lambda: hass.states.get("device_tracker.van_1_location") is not None)
    attributes = _state(hass, "device_tracker.van_1_location").attributes
    assert (attributes["latitude"], attributes["longitude"]) == (52.5, 13.4)
    assert attributes["gps_accuracy"] == 4
    assert (attributes["altitude"], attributes["heading"], attributes["speed"]) == (34.5, 270, 1.5)
    assert attributes["located_at"] == "2026-01-02T03:04:05+00:00"

    cloud.world.publish(
        "van-1", "loc", json.dumps({"cmd": "loc", "loc": {"lck": 1, "lat": 52.5, "lon": 13.5}})
    )
    await until(
        hass, lambda: _state(hass, "device_tracker.van_1_location").attributes["longitude"] == 13.5
    )
    attributes = _state(hass, "device_tracker.van_1_location").attributes
    assert attributes["gps_accuracy"] == 0
    assert attributes["altitude"] is None
    # Without a time of the fix, that of the event counts.
    assert attributes["located_at"] != "2026-01-02T03:04:05+00:00"

    cloud.world.publish("van-1", "loc", json.dumps({"cmd": "loc", "loc": {"lck": 0}}))
    cloud.world.publish("van-1", "after", "x")
    await until(
        hass,
        lambda: _state(hass, "event.van_1_published_event").attributes.get("event_type") == "after",
    )
    assert _state(hass, "device_tracker.van_1_location").attributes["latitude"] == 52.5


async def test_a_board_that_reconnects_unheard(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
) -> None:
    """A restart during a gap of the stream is found in the listing, and old values are not kept."""
    config_entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        config_entry, options={CONF_PACE: PollingMode.FIXED, CONF_FIXED_INTERVAL: 86_400}
    )
    await hass.config_entries.async_setup(config_entry.entry_id)
    greenhouse, garage = cloud.world.board("greenhouse"), cloud.world.board("garage")
    await until(hass, lambda: hass.states.is_state("sensor.greenhouse_temperature", "21.5"))
    await until(hass, lambda: hass.states.is_state("sensor.garage_cycles", "0"))
    cloud.faults.set("half_open")
    cloud.cut_streams()
    greenhouse.online = False
    greenhouse.go_online()
    greenhouse.set("temperature", 33.5)
    garage.set("cycles", 7)
    await pass_time(hass, clock, 310)
    await until(hass, lambda: hass.states.is_state("sensor.greenhouse_temperature", "33.5"))
    # Nothing was due by itself: a board that stayed connected is not read again.
    assert hass.states.is_state("sensor.garage_cycles", "0")


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_the_story_of_a_connection(
    hass: HomeAssistant, greenhouse: Board, clock: TickingDateTimeFactory
) -> None:
    """Gone, back, and a restart that nobody saw coming."""
    story = "event.greenhouse_connection_change"
    greenhouse.go_offline()
    await arrived(hass, 1)
    await pass_time(hass, clock, 3)
    await until(hass, lambda: _state(hass, story).attributes["event_type"] == "offline")
    greenhouse.go_online()
    await until(hass, lambda: _state(hass, story).attributes["event_type"] == "online")
    greenhouse.go_offline()
    greenhouse.go_online()
    await until(hass, lambda: _state(hass, story).attributes["event_type"] == "reconnected")


async def test_the_story_of_an_update(
    hass: HomeAssistant, greenhouse: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Announced, started, with the blank that the cloud leaves at the end, transferred, and its end."""
    monkeypatch.setitem(PATIENCE, FlashStep.CONTRADICTION, 0.1)
    story = "event.greenhouse_firmware_update"
    for data, told, file_name in (
        ("auto-update", "announced", None),
        ("started ", "started", None),
        ("success tinker.bin", "transferred", "tinker.bin"),
        ("started ", "started", None),
        ("failed tinker.bin", "transfer_failed", "tinker.bin"),
    ):
        name = "spark/status" if data == "auto-update" else "spark/flash/status"
        greenhouse.system_event(name, data)
        await until(hass, partial(_tells, hass, story, told))
        assert _state(hass, story).attributes.get("file_name") == file_name


async def test_the_story_of_a_restart(hass: HomeAssistant, greenhouse: Board) -> None:
    """The reason is the type, what went wrong an attribute."""
    story = "event.greenhouse_restart"
    greenhouse.system_event("spark/device/last_reset", "panic, assert_failed")
    await until(hass, lambda: _state(hass, story).attributes["event_type"] == "panic")
    assert _state(hass, story).attributes["panic"] == "assert_failed"
