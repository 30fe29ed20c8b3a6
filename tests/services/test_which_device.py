"""Which device an action is for, and what happens when it is none of ours."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import DOMAIN
from custom_components.particle.device.coordinator import DeviceCoordinator
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud

type Act = Callable[..., Awaitable[Any]]


@pytest.fixture
async def act(hass: HomeAssistant, set_up: SetUp) -> Act:
    """Run an action of the integration on an account that is set up, and return its answer."""
    await set_up()

    async def run(action: str, **data: Any) -> Any:
        return await hass.services.async_call(
            DOMAIN, action, data, blocking=True, return_response=True
        )

    return run


async def test_pages_that_are_no_boards(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, device_registry: dr.DeviceRegistry
) -> None:
    """Each wrong choice is named, and no other board is asked."""
    account = next(
        page for page in device_registry.devices if page.entry_type is dr.DeviceEntryType.SERVICE
    )
    other = MockConfigEntry(domain="test")
    other.add_to_hass(hass)
    lamp = device_registry.async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("test", "lamp")}, name="Lamp"
    )
    greenhouse = registry_id(hass, cloud, "greenhouse")
    for wrong, told in (
        (account.id, "is an account, not a device"),
        (lamp.id, "Lamp"),
        ("nothing", "nothing"),
    ):
        with pytest.raises(ServiceValidationError, match=told):
            await act("call_function", device_id=[greenhouse, wrong], function="pump")
    assert cloud.world.function_calls == []


async def test_a_board_whose_account_is_not_loaded(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, config_entry: MockConfigEntry
) -> None:
    """The error says that the account is not loaded."""
    greenhouse = registry_id(hass, cloud, "greenhouse")
    await hass.config_entries.async_unload(config_entry.entry_id)
    with pytest.raises(ServiceValidationError, match="not loaded"):
        await act("ping", device_id=greenhouse)


async def test_a_board_that_particle_no_longer_lists(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, config_entry: MockConfigEntry
) -> None:
    """Its page may still be there for a moment; the message says what has become of it."""
    greenhouse = registry_id(hass, cloud, "greenhouse")
    devices = config_entry.runtime_data.devices
    coordinator = devices.pop(cloud.world.board("greenhouse").id)
    with pytest.raises(ServiceValidationError, match="does not exist at Particle"):
        await act("ping", device_id=greenhouse)
    devices[coordinator.device_id] = coordinator


async def test_a_fault_of_the_program_is_not_hidden(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what the cloud says becomes a message; anything else is raised as it is."""

    async def broken(_self: DeviceCoordinator) -> bool:
        raise KeyError("broken")

    monkeypatch.setattr(DeviceCoordinator, "async_ping", broken)
    with pytest.raises(KeyError):
        await act("ping", device_id=registry_id(hass, cloud, "greenhouse"))
