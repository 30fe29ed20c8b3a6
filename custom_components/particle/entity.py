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
    """Base class of the entities of a device.

    The unique ID is ``<device id>_<kind>`` or ``<device id>_<kind>_<name>`` and does not depend on the
    device's name.
    """

    _attr_has_entity_name = True

    # Set for entities whose state comes from the cloud or describes the past.
    _available_while_offline = False

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
            coordinator: The coordinator of the device.
            key: The part of the unique ID after the device ID.
            context: Name of the variable that the entity shows, if any.
        """
        super().__init__(coordinator, context)
        self._entry = entry
        self._attr_unique_id = f"{coordinator.device_id}_{key}"
        # The account's coordinator registers the device.
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, coordinator.device_id)})

    @property
    def _account_available(self) -> bool:
        """Whether the cloud can be reached and lists the device."""
        return self._entry.runtime_data.account.available and self.coordinator.data.listed

    @property
    def _sleeps(self) -> bool:
        """Whether the device is set up as a sleeping device, whose last values are kept."""
        return self.coordinator.device_id in self._entry.options.get(CONF_SLEEPING_DEVICES, [])

    @property
    @override
    def available(self) -> bool:
        """Whether the state is known to be current."""
        return self._sleeps or (
            self._account_available and (self._available_while_offline or self.coordinator.online)
        )


@callback
def async_remove_former_entities(
    hass: HomeAssistant, entry: ParticleConfigEntry, platform: str, prefix: str, keys: set[str]
) -> None:
    """Remove the account's entities for anything that is no longer selected.

    Args:
        hass: Home Assistant.
        entry: The account.
        platform: The platform's domain.
        prefix: Prefix of the keys of such entities.
        keys: The keys to keep, without the prefix.
    """
    registry = er.async_get(hass)
    start = f"{account_identifier(entry)[1]}_{prefix}"
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if entity.domain == platform and entity.unique_id.startswith(start):
            if entity.unique_id.removeprefix(start) not in keys:
                registry.async_remove(entity.entity_id)


class AccountEntity(Entity):
    """Base class of the entities of an account."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: ParticleConfigEntry, key: str) -> None:
        """Initialize the entity; the key is the part of the unique ID after the account."""
        identifier = account_identifier(entry)
        self._attr_unique_id = f"{identifier[1]}_{key}"
        self._attr_device_info = DeviceInfo(identifiers={identifier})
