"""Which devices an action reaches, whatever people select as its target."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import DOMAIN
from tests.actions import Act
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud


@pytest.fixture
async def rooms(hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp) -> MockConfigEntry:
    """A garden with a device and a lamp, a shed with nothing, a label on another device and the account."""
    entry = await set_up()
    garden = ar.async_get(hass).async_create("Garden")
    outside = fr.async_get(hass).async_create("Outside", level=0)
    ar.async_get(hass).async_update(garden.id, floor_id=outside.floor_id)
    ar.async_get(hass).async_create("Shed")
    label = lr.async_get(hass).async_create("Watched")
    pages = dr.async_get(hass)
    pages.async_update_device(registry_id(hass, cloud, "greenhouse"), area_id=garden.id)
    pages.async_update_device(registry_id(hass, cloud, "garage"), labels={label.label_id})
    account = next(page for page in pages.devices if page.entry_type is not None)
    pages.async_update_device(account.id, area_id=garden.id)
    lamp = er.async_get(hass).async_get_or_create("light", "lamps", "1", suggested_object_id="lamp")
    er.async_get(hass).async_update_entity(lamp.entity_id, area_id=garden.id)
    return entry


@pytest.mark.parametrize(
    ("target", "reached"),
    [
        ({"device_id": "greenhouse"}, ["greenhouse"]),
        ({"device_id": ["greenhouse", "garage", "greenhouse"]}, ["garage", "greenhouse"]),
        ({"entity_id": "event.greenhouse_published_event"}, ["greenhouse"]),
        ({"entity_id": "event.greenhouse_published_event", "area_id": "garden"}, ["greenhouse"]),
        ({"area_id": "garden"}, ["greenhouse"]),
        ({"floor_id": "outside"}, ["greenhouse"]),
        ({"label_id": "watched"}, ["garage"]),
        ({"area_id": "garden", "label_id": "watched"}, ["garage", "greenhouse"]),
    ],
)
@pytest.mark.parametrize("place", ["target", "data"])
async def test_what_a_target_reaches(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    rooms: MockConfigEntry,
    target: dict[str, Any],
    reached: list[str],
    place: str,
) -> None:
    """Each device once; what an automation has under data counts as it always did."""
    if "device_id" in target:
        names = [target["device_id"]] if place == "target" else target["device_id"]
        names = names[0] if isinstance(names[0], list) else names
        ids: Any = (
            registry_id(hass, cloud, names)
            if isinstance(names, str)
            else [registry_id(hass, cloud, name) for name in names]
        )
        target = {**target, "device_id": ids}
    assert await async_setup_component(
        hass,
        "script",
        {"script": {"ask": {"sequence": [{"action": "particle.ping", place: target}]}}},
    )
    await hass.services.async_call("script", "ask", blocking=True)
    pinged = [request.path.split("/")[3] for request in cloud.requests if "/ping" in request.path]
    assert sorted(pinged) == sorted(cloud.world.board(name).id for name in reached)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"entity_id": "light.lamp"}, "light.lamp is not an entity of a Particle device."),
        ({"entity_id": "light.nowhere"}, "light.nowhere is not an entity of a Particle device."),
        ({"area_id": "shed"}, "There is no Particle device in shed."),
        ({"area_id": ["garden", "shed"]}, "There is no Particle device in shed."),
        ({"label_id": "forgotten"}, "There is no Particle device in forgotten."),
        (
            {"entity_id": "binary_sensor.jane_example_com_event_stream"},
            "event_stream is not an entity of a Particle device.",
        ),
    ],
)
async def test_a_target_without_a_device(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    rooms: MockConfigEntry,
    target: dict[str, Any],
    message: str,
) -> None:
    """Nothing is sent, and the message names what holds no device."""
    with pytest.raises(ServiceValidationError, match=message):
        await Act(hass)("call_function", function="setPump", **target)
    assert not cloud.world.function_calls


@pytest.mark.parametrize(
    ("action", "data"),
    [("rename", {"name": "x"}), ("recent_events", {}), ("flash", {"path": "x.bin"})],
)
async def test_an_action_for_one_device(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    rooms: MockConfigEntry,
    action: str,
    data: dict[str, Any],
) -> None:
    """Several devices are refused, by their names."""
    with pytest.raises(ServiceValidationError, match="several: garage, greenhouse"):
        await Act(hass)(action, area_id="garden", label_id="watched", **data)


async def test_a_device_that_is_disabled(
    hass: HomeAssistant, cloud: SimulatedCloud, rooms: MockConfigEntry
) -> None:
    """An area as target does not include it."""
    dr.async_get(hass).async_update_device(
        registry_id(hass, cloud, "greenhouse"), disabled_by=dr.DeviceEntryDisabler.USER
    )
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError, match="no Particle device in garden"):
        await Act(hass)("ping", area_id="garden")
    assert hass.config_entries.async_loaded_entries(DOMAIN)
