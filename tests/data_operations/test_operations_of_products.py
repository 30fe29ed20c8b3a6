"""Devices of products: what they cost is counted also where the account's plan does not tell of it."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import PollingMode
from custom_components.particle.data_operations.meter import DataOperations
from tests.simulator import SimulatedCloud

OWN = "0a10aced202194944a000001"
CLAIMED = "0a10aced202194944a000011"
OF_THE_PRODUCT = "0a10aced202194944a000012"


@pytest.mark.parametrize("account_devices", [True, False])
async def test_what_is_shown_is_what_the_cloud_counted(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
    account_devices: bool,
) -> None:
    """The report of the account's plan neither hides such operations nor counts others twice."""
    config_entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        config_entry,
        options={
            "pace": PollingMode.EVENTS_ONLY,
            "account_devices": account_devices,
            "products": ["24001"],
        },
    )
    await hass.config_entries.async_setup(config_entry.entry_id)
    operations: DataOperations = config_entry.runtime_data.operations
    devices = config_entry.runtime_data.devices
    for _ in range(2):
        # What devices of the account publish only Particle knows.
        for _ in range(20):
            cloud.world.publish("greenhouse", "reading", "21")
        for device_id, reads in ((OWN, 3), (CLAIMED, 2), (OF_THE_PRODUCT, 4)):
            if device_id in devices:
                for _ in range(reads):
                    await devices[device_id].async_read_variable("temperature")
        await operations.async_refresh()
        assert operations.usage.reported
        assert operations.used == cloud.operations.total > 0

    await hass.config_entries.async_reload(config_entry.entry_id)
    again: DataOperations = config_entry.runtime_data.operations
    await again.async_refresh()
    assert again.used == cloud.operations.total
    await hass.config_entries.async_unload(config_entry.entry_id)
