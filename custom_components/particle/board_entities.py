"""Entities that appear and go while Home Assistant runs, as boards and their variables do."""

from collections.abc import Callable, Mapping

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coordinator import ParticleConfigEntry
from .device_coordinator import DeviceCoordinator
from .entity import BoardEntity

# Kinds of entities that exist only while the firmware registers what they stand for.
FIRMWARE_KINDS = ("variable_", "function_")

type Factories = Mapping[str, Callable[[], BoardEntity]]


@callback
def async_add_board_entities(
    hass: HomeAssistant,
    entry: ParticleConfigEntry,
    platform: str,
    async_add_entities: AddConfigEntryEntitiesCallback,
    factories: Callable[[DeviceCoordinator], Factories],
) -> None:
    """Add a platform's entities for all boards, now and whenever a board or its firmware changes.

    Args:
        hass: Home Assistant.
        entry: The account.
        platform: The platform's domain, for example ``sensor``.
        async_add_entities: How the platform adds entities.
        factories: Gives, for a board, each entity's key (the unique id without the board) and how
            to make it.
    """
    account = entry.runtime_data.account
    known: dict[str, set[str]] = {}
    followed: dict[str, CALLBACK_TYPE] = {}

    @callback
    def update_board(device: DeviceCoordinator) -> None:
        wanted = factories(device)
        before = known.setdefault(device.device_id, set())
        if new := [key for key in wanted if key not in before]:
            async_add_entities(wanted[key]() for key in new)
        for key in before - wanted.keys():
            _remove(hass, platform, f"{device.device_id}_{key}")
        known[device.device_id] = set(wanted)

    @callback
    def update_account() -> None:
        for device_id in followed.keys() - account.devices.keys():
            followed.pop(device_id)()
            known.pop(device_id, None)
        new = [device for key, device in account.devices.items() if key not in followed]
        if not new:
            return
        registered = _registered_of_firmware(hass, entry, platform)
        for device in new:
            _remove_what_went_unseen(
                hass, device, registered.get(device.device_id, {}), factories(device)
            )
            followed[device.device_id] = _follow(device, update_board)
            update_board(device)

    @callback
    def stop_following() -> None:
        while followed:
            followed.popitem()[1]()

    update_account()
    entry.async_on_unload(account.async_add_listener(update_account))
    entry.async_on_unload(stop_following)


@callback
def _follow(
    device: DeviceCoordinator, update_board: Callable[[DeviceCoordinator], None]
) -> CALLBACK_TYPE:
    """Call when what decides on the board's entities has changed, and only then."""
    seen = device.data.features

    @callback
    def changed() -> None:
        nonlocal seen
        if device.data.features != seen:
            seen = device.data.features
            update_board(device)

    return device.async_add_listener(changed)


@callback
def _remove(hass: HomeAssistant, platform: str, unique_id: str) -> None:
    registry = er.async_get(hass)
    if entity_id := registry.async_get_entity_id(platform, DOMAIN, unique_id):
        registry.async_remove(entity_id)


@callback
def _registered_of_firmware(
    hass: HomeAssistant, entry: ParticleConfigEntry, platform: str
) -> dict[str, dict[str, str]]:
    """Return the registered entities of variables and functions: entity ids by key by board.

    One pass for all boards: one for each would cost the square of their number.
    """
    registered: dict[str, dict[str, str]] = {}
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        device_id, _, key = entity.unique_id.partition("_")
        if entity.domain == platform and key.startswith(FIRMWARE_KINDS):
            registered.setdefault(device_id, {})[key] = entity.entity_id
    return registered


@callback
def _remove_what_went_unseen(
    hass: HomeAssistant, device: DeviceCoordinator, registered: dict[str, str], wanted: Factories
) -> None:
    """Remove entities whose variable or function went while Home Assistant was not looking."""
    if not device.online or not (device.data.functions or device.data.variables):
        # Nothing was told: what the registry holds may still be right.
        return
    registry = er.async_get(hass)
    for key, entity_id in registered.items():
        if key not in wanted:
            registry.async_remove(entity_id)
