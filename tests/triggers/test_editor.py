"""What the automation editor offers for a device."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.automations import registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud

type Offers = Callable[[str, dict[str, Any]], Awaitable[set[str]]]

# Those about an account; the editor lists them by type only.
ACCOUNT_TRIGGERS: Final = {"stream_back", "stream_lost", "webhook_answered", "webhook_failed"}


@pytest.fixture
async def offers(hass: HomeAssistant, set_up: SetUp, hass_ws_client: WebSocketGenerator) -> Offers:
    """Ask for the integration's triggers, conditions or services that the editor lists for a target."""
    for component in ("automation", "light"):
        assert await async_setup_component(hass, component, {})
    await set_up()
    client = await hass_ws_client(hass)

    async def ask(kind: str, target: dict[str, Any]) -> set[str]:
        await client.send_json_auto_id({"type": f"get_{kind}_for_target", "target": target})
        answer = await client.receive_json()
        assert answer["success"], answer
        return {
            name.removeprefix("particle.")
            for name in answer["result"]
            if name.startswith("particle.")
        }

    return ask


async def test_the_triggers_of_a_device(
    hass: HomeAssistant, cloud: SimulatedCloud, offers: Offers
) -> None:
    """All that are about devices, and none for a device of another brand."""
    greenhouse = {"device_id": [registry_id(hass, cloud, "greenhouse")]}
    assert await offers("triggers", greenhouse) == {
        "came_online",
        "entered_safe_mode",
        "event_received",
        "firmware_changed",
        "flash_finished",
        "reset",
        "went_offline",
    }
    er.async_get(hass).async_get_or_create("event", "doorbell", "1", suggested_object_id="bell")
    assert await offers("triggers", {"entity_id": ["event.bell"]}) == set()


async def test_the_conditions_of_a_device(
    hass: HomeAssistant, cloud: SimulatedCloud, offers: Offers
) -> None:
    """The editor offers the two conditions that are about devices."""
    greenhouse = {"device_id": [registry_id(hass, cloud, "greenhouse")]}
    assert await offers("conditions", greenhouse) == {"is_online", "runs_firmware"}


@pytest.mark.parametrize("kind", ["trigger", "condition"])
async def test_the_browser_can_count_what_a_target_holds(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    offers: Offers,
    hass_ws_client: WebSocketGenerator,
    kind: str,
) -> None:
    """It knows no integration of an entity, only its domain and its device class.

    What it shows beside the device is the number of entities that fit, and the same entities give
    the names that can be selected.
    """
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": f"{kind}_platforms/subscribe"})
    assert (await client.receive_json())["success"]
    descriptions = (await client.receive_json())["event"]
    devices = [
        one["target"]
        for key, one in descriptions.items()
        if key.startswith("particle.") and "target" in one
    ]
    assert devices
    greenhouse = registry_id(hass, cloud, "greenhouse")
    for target in devices:
        [wanted] = target["entity"]
        assert wanted.keys() == {"domain", "device_class"}
        fitting = [
            entity.entity_id
            for entity in er.async_entries_for_device(er.async_get(hass), greenhouse)
            if entity.domain in wanted["domain"]
            and entity.original_device_class in wanted["device_class"]
            and entity.entity_category is None
        ]
        assert fitting == ["event.greenhouse_published_event"]


async def test_the_actions_of_a_device(
    hass: HomeAssistant, cloud: SimulatedCloud, offers: Offers
) -> None:
    """All that a device can do, and none for a device of another brand."""
    greenhouse = {"device_id": [registry_id(hass, cloud, "greenhouse")]}
    assert await offers("services", greenhouse) == {
        "call_function",
        "flash",
        "force_firmware_updates",
        "get_vitals",
        "lock_firmware",
        "mark_development",
        "ping",
        "read_variable",
        "recent_events",
        "refresh_vitals",
        "rename",
        "set_groups",
        "set_notes",
        "signal",
        "unclaim_device",
        "unlock_firmware",
    }
    er.async_get(hass).async_get_or_create("event", "doorbell", "1", suggested_object_id="bell")
    assert await offers("services", {"entity_id": ["event.bell"]}) == set()
