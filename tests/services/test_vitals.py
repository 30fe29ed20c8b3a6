"""Vitals: boards report their health, and what the cloud keeps of it is read."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import CONF_ACCOUNT_DEVICES, CONF_PRODUCTS
from custom_components.particle.services import vitals
from tests.actions import Act
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud


@pytest.fixture
async def act(hass: HomeAssistant, set_up: SetUp) -> Act:
    """Act on an account that is set up."""
    await set_up()
    return Act(hass)


def record(cloud: SimulatedCloud, board: str, day: int, charge: object) -> None:
    """Have the cloud keep a report of a day in January."""
    found = cloud.world.board(board)
    found.diagnostics.append(
        {
            "updated_at": f"2026-01-{day:02d}T12:00:00.000Z",
            "deviceID": found.id,
            "payload": {"device": {"power": {"battery": {"charge": charge}}}, "service": {}},
        }
    )


async def test_refreshing_vitals(hass: HomeAssistant, cloud: SimulatedCloud, act: Act) -> None:
    """The board reports, and the answer is what it reported; nothing is asked of others."""
    answer = await act("refresh_vitals", device_id=registry_id(hass, cloud, "boat"))
    assert answer["signal_technology"] == "LTE Cat-M1"
    assert answer["signal_strength"] == 52
    assert answer["round_trip"] == 350
    assert answer["memory_used_percent"] == pytest.approx(44.12, abs=0.01)
    assert answer["updated_at"]
    assert answer["errors"] == {}
    assert len(cloud.world.board("boat").diagnostics) == 1
    assert not cloud.world.board("greenhouse").diagnostics


async def test_refreshing_again_waits_for_the_new_report(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """What the cloud had before is not taken for it."""
    record(cloud, "boat", 2, 12.5)
    answer = await act("refresh_vitals", device_id=registry_id(hass, cloud, "boat"))
    assert not answer["updated_at"].startswith("2026-01-02")
    assert answer["battery_charge"] != 12.5


async def test_refreshing_without_the_event_stream(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cloud is asked for the report although no event announces it."""
    monkeypatch.setattr(vitals, "QUERY_INTERVAL", 0.05)
    cloud.faults.set("closes_at_once")
    cloud.cut_streams()
    answer = await act("refresh_vitals", device_id=registry_id(hass, cloud, "greenhouse"))
    assert answer["signal_technology"] == "Wi-Fi"


async def test_a_board_that_does_not_report(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The action says so after its time."""
    monkeypatch.setattr(vitals, "REPORT_TIMEOUT", 0.2)
    monkeypatch.setattr(vitals, "QUERY_INTERVAL", 0.05)
    cloud.settings.device_latency = 60
    with pytest.raises(HomeAssistantError, match=r"did not report within 0.2 seconds"):
        await act("refresh_vitals", device_id=registry_id(hass, cloud, "boat"))


async def test_a_board_that_is_offline_cannot_report(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """No report is requested."""
    with pytest.raises(HomeAssistantError, match="old photon is offline"):
        await act("refresh_vitals", device_id=registry_id(hass, cloud, "old photon"))
    assert not cloud.requests.matching("POST", "/v1/diagnostics/*")


async def test_reading_the_latest_vitals(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """Also of a board that is offline; the board is not asked."""
    record(cloud, "old photon", 2, 80)
    record(cloud, "old photon", 3, {"err": -210})
    answer = await act("get_vitals", device_id=registry_id(hass, cloud, "old photon"))
    assert answer["updated_at"] == "2026-01-03T12:00:00+00:00"
    assert answer["battery_charge"] is None
    assert answer["errors"] == {"power.battery.charge": -210}


async def test_reading_vitals_of_a_time(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """All reports of it come as history; a time without an offset is the local one."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    cloud.clock.go_to(datetime(2026, 1, 5, tzinfo=UTC))
    for day in (2, 3, 4):
        record(cloud, "boat", day, day)
    answer = await act(
        "get_vitals",
        device_id=registry_id(hass, cloud, "boat"),
        start="2026-01-02 13:30:00",
        end="2026-01-04T12:00:00+00:00",
    )
    assert [report["battery_charge"] for report in answer["history"]] == [3, 4]
    asked = cloud.requests.matching("GET", "/v1/diagnostics/*")[-1]
    assert asked.query["start_date"] == "2026-01-02T12:30:00+00:00"


async def test_reading_vitals_that_do_not_exist(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """The message says how to get some; another board's answer is not lost."""
    record(cloud, "boat", 2, 50)
    garage, boat = (registry_id(hass, cloud, name) for name in ("garage", "boat"))
    with pytest.raises(ServiceValidationError, match=r"no vitals of garage. Refresh them"):
        await act("get_vitals", device_id=garage)
    answer = await act("get_vitals", device_id=[garage, boat])
    assert "no vitals" in answer["devices"][garage]["error"]
    assert answer["devices"][boat]["battery_charge"] == 50


async def test_a_time_that_ends_before_it_starts(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """It is refused before anything is sent."""
    data: dict[str, Any] = {"start": "2026-01-03 00:00:00", "end": "2026-01-02 00:00:00"}
    with pytest.raises(ServiceValidationError, match="is after the end"):
        await act("get_vitals", device_id=registry_id(hass, cloud, "boat"), **data)
    asked = cloud.requests.matching("GET", "/v1/diagnostics/*")
    assert not any("start_date" in request.query for request in asked)


async def test_vitals_of_a_products_board(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry, act: Act
) -> None:
    """They come by the product's address."""
    hass.config_entries.async_update_entry(
        config_entry, options={CONF_ACCOUNT_DEVICES: False, CONF_PRODUCTS: ["24001"]}
    )
    await hass.async_block_till_done()
    page = registry_id(hass, cloud, "van-2")
    refreshed = await act("refresh_vitals", device_id=page)
    assert await act("get_vitals", device_id=page) == refreshed
    assert cloud.requests.matching("POST", "/v1/products/24001/diagnostics/*/update")
