"""Conditions about boards and about the stream."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.helpers.condition import (
    async_from_config,
    async_get_all_descriptions,
    async_validate_condition_config,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.condition import CONDITIONS
from tests.automations import listening, registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import until

type Check = Callable[..., Awaitable[bool]]


@pytest.fixture
async def entry(hass: HomeAssistant, set_up: SetUp) -> MockConfigEntry:
    """The account, with its stream open."""
    return await listening(hass, set_up)


@pytest.fixture
def check(hass: HomeAssistant) -> Check:
    """Test a condition as an automation does."""

    async def run(name: str, target: dict[str, Any] | None = None, **options: Any) -> bool:
        config: dict[str, Any] = {"condition": f"particle.{name}", "options": options}
        if target:
            config["target"] = target
        validated = await async_validate_condition_config(hass, config)
        checker = await async_from_config(hass, validated)
        try:
            return bool(checker.async_check())
        finally:
            checker.async_unload()

    return run


async def test_boards_that_are_online(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry, check: Check
) -> None:
    """Any or all of them, as is asked for."""
    on, off = (registry_id(hass, cloud, name) for name in ("garage", "old photon"))
    assert await check("is_online", {"device_id": on})
    assert not await check("is_online", {"device_id": off})
    assert await check("is_online", {"device_id": [on, off]}, behavior="any")
    assert not await check("is_online", {"device_id": [on, off]}, behavior="all")
    assert await check("is_online", {"entity_id": "binary_sensor.garage_connection"})


async def test_boards_of_an_area(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    entry: MockConfigEntry,
    check: Check,
    area_registry: ar.AreaRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    """For an area without devices, the condition is false."""
    shed = area_registry.async_create("Shed")
    assert not await check("is_online", {"area_id": shed.id}, behavior="all")
    device_registry.async_update_device(registry_id(hass, cloud, "garage"), area_id=shed.id)
    assert await check("is_online", {"area_id": shed.id}, behavior="all")


async def test_an_account_that_is_not_loaded(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry, check: Check
) -> None:
    """Of its boards nothing is known, and no events come in."""
    garage = registry_id(hass, cloud, "garage")
    await hass.config_entries.async_unload(entry.entry_id)
    assert not await check("is_online", {"device_id": garage})
    assert not await check("stream_connected")


@pytest.mark.parametrize(
    ("options", "holds"),
    [
        ({"device_os": "5.8.0"}, True),
        ({"device_os": "v5.8.0"}, True),
        ({"device_os": "5.8.1"}, False),
        ({"device_os": "5.8.0", "comparison": "at_least"}, True),
        ({"device_os": "5.10.0", "comparison": "older"}, True),
        ({"device_os": "5.8.0-rc.1", "comparison": "older"}, False),
        ({"device_os": "6", "comparison": "at_least"}, False),
        ({"product_firmware": 1}, False),
        ({"device_os": "5.8.0", "product_firmware": 1}, False),
    ],
)
async def test_device_os(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    entry: MockConfigEntry,
    check: Check,
    options: dict[str, Any],
    holds: bool,
) -> None:
    """Versions compare as versions; a board without a product has no product firmware."""
    target = {"device_id": registry_id(hass, cloud, "garage")}
    assert await check("runs_firmware", target, **options) is holds


async def test_product_firmware(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry, check: Check
) -> None:
    """The version that the product's board runs."""
    target = {"device_id": registry_id(hass, cloud, "van-1")}
    assert await check("runs_firmware", target, product_firmware=1)
    assert await check("runs_firmware", target, product_firmware=2, comparison="older")


async def test_a_board_that_tells_no_version(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry, check: Check
) -> None:
    """No comparison is true for it."""
    cloud.world.board("garage").system_version = "unknown"
    await entry.runtime_data.account.async_refresh()
    target = {"device_id": registry_id(hass, cloud, "garage")}
    assert not await check("runs_firmware", target, device_os="9.9.9", comparison="older")


@pytest.mark.parametrize("options", [{}, {"device_os": "new"}, {"product_firmware": "x"}])
async def test_versions_that_make_no_sense(check: Check, options: dict[str, str]) -> None:
    """They are refused when the automation is saved."""
    with pytest.raises(ServiceValidationError):
        await check("runs_firmware", {"device_id": "x"}, **options)


async def test_the_stream(
    hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry, check: Check
) -> None:
    """The condition tests one account, or all."""
    assert await check("stream_connected")
    assert await check("stream_connected", config_entry_id=entry.entry_id)
    assert not await check("stream_connected", config_entry_id="another")
    cloud.faults.set("cloud_down")
    await until(hass, lambda: not entry.runtime_data.streams[0].state.connected)
    assert not await check("stream_connected")


async def test_every_condition_is_described(
    hass: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """Home Assistant can read the descriptions."""
    described = await async_get_all_descriptions(hass)
    for name in CONDITIONS:
        assert described[f"particle.{name}"]
    assert "Unable to" not in caplog.text
