"""Base classes of the integration's entities."""

from typing import override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import CONF_SLEEPING_DEVICES, DOMAIN
from .coordinator import ParticleConfigEntry
from .device.coordinator import DeviceCoordinator
from .device_registry import account_identifier


class DeviceEntity(CoordinatorEntity[DeviceCoordinator]):
    """Something on a device's page.

    Its unique id is ``<device id>_<kind>`` or ``<device id>_<kind>_<name>``: what a device is called
    never identifies it.
    """

    _attr_has_entity_name = True

    # What the cloud knows of a device, or what has happened, does not need the device.
    _true_while_offline = False

    def __init__(
        self,
        entry: ParticleConfigEntry,
        coordinator: DeviceCoordinator,
        key: str,
        *,
        context: str | None = None,
    ) -> None:
        """Initialize the entity.

        Args:
            entry: The account.
            coordinator: The device.
            key: The rest of the unique id.
            context: Name of the variable that the entity shows, if it shows one.
        """
        super().__init__(coordinator, context)
        self._entry = entry
        self._attr_unique_id = f"{coordinator.device_id}_{key}"
        # The page itself is kept by the account's coordinator.
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, coordinator.device_id)})

    @property
    def _account_available(self) -> bool:
        """Whether the cloud tells about the device, or did a moment ago."""
        return self._entry.runtime_data.account.available and self.coordinator.data.listed

    @property
    def _sleeps(self) -> bool:
        """Whether the user said that the device sleeps, and wants its last values kept."""
        return self.coordinator.device_id in self._entry.options.get(CONF_SLEEPING_DEVICES, [])

    @property
    @override
    def available(self) -> bool:
        """Whether what the entity shows is known to be true."""
        return self._sleeps or (
            self._account_available and (self._true_while_offline or self.coordinator.online)
        )


@callback
def async_remove_former_entities(
    hass: HomeAssistant, entry: ParticleConfigEntry, platform: str, prefix: str, keys: set[str]
) -> None:
    """Remove the account's entities whose subject is no longer chosen.

    Args:
        hass: Home Assistant.
        entry: The account.
        platform: The platform's domain.
        prefix: Start of the keys of such entities.
        keys: What follows the prefix in those that stay.
    """
    registry = er.async_get(hass)
    start = f"{account_identifier(entry)[1]}_{prefix}"
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if entity.domain == platform and entity.unique_id.startswith(start):
            if entity.unique_id.removeprefix(start) not in keys:
                registry.async_remove(entity.entity_id)


class AccountEntity(Entity):
    """Something on the account's own page."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: ParticleConfigEntry, key: str) -> None:
        """Place the entity on the account's page; the key is the rest of the unique id."""
        identifier = account_identifier(entry)
        self._attr_unique_id = f"{identifier[1]}_{key}"
        self._attr_device_info = DeviceInfo(identifiers={identifier})
