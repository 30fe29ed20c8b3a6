"""Base classes of the integration's entities."""

from typing import override

from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import CONF_SLEEPING_DEVICES, DOMAIN
from .coordinator import ParticleConfigEntry
from .device_coordinator import DeviceCoordinator
from .pages import account_identifier


class BoardEntity(CoordinatorEntity[DeviceCoordinator]):
    """Something on a board's page.

    Its unique id is ``<device id>_<kind>`` or ``<device id>_<kind>_<name>``: what a board is called
    never identifies it.
    """

    _attr_has_entity_name = True

    # What the cloud knows of a board, or what has happened, does not need the board.
    _true_while_offline = False

    def __init__(
        self,
        entry: ParticleConfigEntry,
        coordinator: DeviceCoordinator,
        key: str,
        *,
        context: str | None = None,
    ) -> None:
        """Place the entity on the board's page.

        Args:
            entry: The account.
            coordinator: The board.
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
        """Whether the cloud can be reached, or could a moment ago."""
        return self._entry.runtime_data.account.available

    @property
    def _sleeps(self) -> bool:
        """Whether the user said that the board sleeps, and wants its last values kept."""
        return self.coordinator.device_id in self._entry.options.get(CONF_SLEEPING_DEVICES, [])

    @property
    @override
    def available(self) -> bool:
        """Whether what the entity shows is known to be true."""
        return self._sleeps or (
            self._account_available and (self._true_while_offline or self.coordinator.online)
        )


class AccountEntity(Entity):
    """Something on the account's own page."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: ParticleConfigEntry, key: str) -> None:
        """Place the entity on the account's page; the key is the rest of the unique id."""
        identifier = account_identifier(entry)
        self._attr_unique_id = f"{identifier[1]}_{key}"
        self._attr_device_info = DeviceInfo(identifiers={identifier})
