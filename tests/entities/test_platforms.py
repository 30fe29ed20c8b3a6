"""All entities of each platform, with states, units and translation keys.

After a change that users are meant to see, run this file with `--snapshot-update` and review the
difference in the `.ambr` file.
"""

from collections.abc import Iterator
from datetime import timedelta
import json
from typing import Any
from unittest.mock import patch

from freezegun import freeze_time
from freezegun.api import TickingDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import async_update_entity
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, snapshot_platform
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from custom_components.particle import PLATFORMS
from custom_components.particle.const import (
    CONF_FIXED_INTERVAL,
    CONF_PACE,
    CONF_PRODUCTS,
    CONF_SLEEPING_DEVICES,
    DOMAIN,
    PollingMode,
)
from tests.automations import Ear, registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.simulator.world import Board
from tests.simulator.world.vitals import vitals_of
from tests.waiting import pass_time_until, until

# A test begins ten minutes after the full hour and ends in the same hour.
HOUR = "2027-01-15T12:"
HOUR_AS_UNIX_TIMES = range(1_800_014_400, 1_800_018_000)

# Names that state a unit, one for each quantity, and what a state cannot show completely.
VARIABLES: dict[str, Any] = {
    "temp_c": 8.5,
    "humidity_percent": 71,
    "soil_moisture_pct": 33,
    "battery_mv": 3912,
    "batteryPercent": 84,
    "pressure_hPa": 1013.2,
    "co2_ppm": 612,
    "rssi": -61,
    "light_lux": 120,
    "note": "a long note " * 30,
}


@pytest.fixture
def clock() -> Iterator[TickingDateTimeFactory]:
    """A clock that starts at a fixed moment; it goes on, because sockets need it."""
    with freeze_time(f"{HOUR}10:00+00:00", tick=True) as ticking:
        assert isinstance(ticking, TickingDateTimeFactory)
        yield ticking


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> Iterator[Platform]:
    """Set up no other platform than this one."""
    with patch("custom_components.particle.PLATFORMS", [request.param]):
        yield request.param


def _replace_changing_values(*, data: Any, path: Any) -> Any:
    """Replace the moments of the test and the forecast, which differ from run to run."""
    if isinstance(data, dict) and "state" in data and data["entity_id"].endswith("_forecast"):
        # It depends on which devices have been polled when; test_budget.py tests it.
        return type(data)(data | {"state": "<number>"})
    is_now = data.startswith(HOUR) if isinstance(data, str) else data in HOUR_AS_UNIX_TIMES
    return "<now>" if is_now else data


async def _account(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    entry: MockConfigEntry,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
) -> None:
    """Set up an account with devices of every kind, and let them report what they can."""
    boat = cloud.world.board("boat")
    cloud.world.add_board("cellar", variables=VARIABLES)
    for name in ("van-2", "van-3", "van-4"):
        # One device of the product shows what they all show.
        cloud.world.remove_board(name)
    options = {
        CONF_PACE: PollingMode.FIXED,
        CONF_FIXED_INTERVAL: 86_400,
        CONF_PRODUCTS: [str(cloud.product_id)],
        CONF_SLEEPING_DEVICES: [boat.id],
    }
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options=options)
    await set_up()
    await until(hass, lambda: all(one.state.connected for one in entry.runtime_data.streams))
    await until(hass, lambda: _all_read(entry))
    ear = Ear(hass, entry)
    boat.go_offline()
    cloud.world.board("garage").enter_safe_mode()
    _report(cloud.world.board("greenhouse"))
    _report(cloud.world.board("van-1"))
    # The function makes the tracker publish its location.
    locate = {"device_id": registry_id(hass, cloud, "van-1"), "function": "locate"}
    await hass.services.async_call(
        DOMAIN, "call_function", locate, blocking=True, return_response=True
    )
    # The account's stream carries the events of all devices, in order.
    cloud.world.publish("greenhouse", "last")
    await ear.hears("last")
    # A device is shown as offline only if it has not returned after some seconds.
    device = entry.runtime_data.devices[boat.id]
    await pass_time_until(hass, clock, lambda: not device.online, step=timedelta(seconds=3))
    # These follow with a delay.
    for entity_id in hass.states.async_entity_ids(Platform.SENSOR):
        if "data_operations" in entity_id:
            await async_update_entity(hass, entity_id)


def _all_read(entry: MockConfigEntry) -> bool:
    """Whether each device that is online has answered all reads."""
    devices = [one for one in entry.runtime_data.devices.values() if one.online]
    return all(one.enabled_variables() <= one.data.readings.keys() for one in devices)


def _report(board: Board) -> None:
    """Report the vitals, a restart and a flash, and publish an event."""
    vitals = vitals_of(board)
    vitals["device"]["system"]["uptime"] = 98_765
    board.system_event("spark/device/diagnostics/update", json.dumps(vitals))
    board.system_event("spark/device/last_reset", "watchdog")
    board.system_event("spark/device/app-hash", board.app_hash.upper())
    board.system_event("spark/flash/status", "started blink.bin")
    board.publish("reading", '{"soil": 612}')


async def test_entities_of_a_platform(
    hass: HomeAssistant,
    platform: Platform,
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    entity_registry_enabled_by_default: None,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    await _account(hass, cloud, config_entry, set_up, clock)
    await snapshot_platform(
        hass,
        entity_registry,
        snapshot.with_defaults(
            extension_class=HomeAssistantSnapshotExtension, matcher=_replace_changing_values
        ),
        config_entry.entry_id,
    )


async def test_entities_disabled_by_default(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    entity_registry: er.EntityRegistry,
) -> None:
    await _account(hass, cloud, config_entry, set_up, clock)
    entities = er.async_entries_for_config_entry(entity_registry, config_entry.entry_id)
    assert {one.unique_id.partition("_")[2] for one in entities if one.disabled} == {
        "app_hash",
        "connection",
        "vitals_memory_used",
        "vitals_round_trip",
        "vitals_signal_strength_dbm",
        "vitals_uptime",
    }
