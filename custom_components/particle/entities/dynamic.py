"""Add and remove entities while Home Assistant is running, as devices and firmware change."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from ..entity import DeviceEntity

# Kinds of entities that depend on the variables and functions of the firmware.
FIRMWARE_KINDS = ("variable_", "function_")

# Entities of a previous firmware are removed once the current one has run for this time.
STABLE_AFTER = timedelta(days=1)

type Factories = Mapping[str, Callable[[], DeviceEntity]]


@callback
def async_add_device_entities(
    hass: HomeAssistant,
    entry: ParticleConfigEntry,
    platform: str,
    async_add_entities: AddConfigEntryEntitiesCallback,
    factories: Callable[[DeviceCoordinator], Factories],
) -> None:
    """Add a platform's entities for all devices, now and whenever a device or its firmware changes.

    Args:
        hass: Home Assistant.
        entry: The account.
        platform: The platform's domain, for example ``sensor``.
        async_add_entities: The platform's callback for adding entities.
        factories: Returns the factories of a device's entities by key (the unique ID without the
            device ID).
    """
    account = entry.runtime_data.account
    followed: dict[str, _DeviceEntities] = {}

    @callback
    def update_account() -> None:
        for device_id in followed.keys() - account.devices.keys():
            followed.pop(device_id).async_stop()
        added = [device for key, device in account.devices.items() if key not in followed]
        for device in added:
            followed[device.device_id] = _DeviceEntities(
                hass, entry, device, async_add_entities, factories, platform=platform
            )
        account.work.put([followed[device.device_id].async_start for device in added])

    @callback
    def stop_following() -> None:
        while followed:
            followed.popitem()[1].async_stop()

    update_account()
    entry.async_on_unload(account.async_add_listener(update_account))
    entry.async_on_unload(stop_following)


class _DeviceEntities:
    """The entities of one device on one platform."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ParticleConfigEntry,
        device: DeviceCoordinator,
        async_add_entities: AddConfigEntryEntitiesCallback,
        factories: Callable[[DeviceCoordinator], Factories],
        *,
        platform: str,
    ) -> None:
        """Initialize without entities."""
        self._hass = hass
        self._entry = entry
        self._device = device
        self._platform = platform
        self._async_add_entities = async_add_entities
        self._factories = factories
        self._features: object = None
        self._entities: dict[str, DeviceEntity | None] = {}
        self._stop_listening: CALLBACK_TYPE | None = None
        self._stopped = False

    @callback
    def async_start(self) -> None:
        """Add the entities and listen for changes of the device."""
        if self._stopped:
            return
        self._remove_entities_of_former_firmware()
        self._update()
        self._stop_listening = self._device.async_add_listener(self._update)

    @callback
    def async_stop(self) -> None:
        """Stop adding entities."""
        self._stopped = True
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None

    def _remove_entities_of_former_firmware(self) -> None:
        """Remove entities whose variable or function no longer exists, if the firmware is stable."""
        since = self._device.data.firmware_since
        if not self._device.online or self._device.data.safe_mode or since is None:
            # The functions and variables are unknown, so the registered entities may still exist.
            return
        if dt_util.utcnow() - since < STABLE_AFTER:
            return
        device_entry = dr.async_get(self._hass).async_get_device_by_identifier(
            (DOMAIN, self._device.device_id), self._entry.entry_id
        )
        if device_entry is None:
            return
        registry = er.async_get(self._hass)
        current = self._factories(self._device)
        former = [
            entity.entity_id
            for entity in er.async_entries_for_device(
                registry, device_entry.id, include_disabled_entities=True
            )
            if entity.domain == self._platform
            and (key := entity.unique_id.partition("_")[2]).startswith(FIRMWARE_KINDS)
            and key not in current
        ]
        self._entry.runtime_data.account.work.put(
            partial(registry.async_remove, entity_id) for entity_id in former
        )

    @callback
    def _update(self) -> None:
        """Add and remove entities if the features of the device have changed."""
        if self._device.data.features == self._features:
            return
        self._features = self._device.data.features
        current = self._factories(self._device)
        removed = [key for key in self._entities if key not in current]
        added = [key for key in current if key not in self._entities]
        self._entities.update(dict.fromkeys(added))
        removals = [partial(self._remove, self._entities.pop(key)) for key in removed]
        additions = [partial(self._add, key, current[key]) for key in added]
        self._entry.runtime_data.account.work.put([*removals, *additions])

    @callback
    def _add(self, key: str, factory: Callable[[], DeviceEntity]) -> None:
        if not self._stopped and key in self._entities and self._entities[key] is None:
            self._entities[key] = entity = factory()
            self._async_add_entities([entity])

    @callback
    def _remove(self, entity: DeviceEntity | None) -> None:
        """Remove an entity whose feature no longer exists; it stays registered.

        Home Assistant then shows it as unavailable, and the user can delete it. A disabled entity has
        never been added.
        """
        if entity is not None and entity.hass is not None:
            self._entry.async_create_task(
                self._hass, entity.async_remove(), f"particle removal of {entity.entity_id}"
            )
