"""Accounts and devices in Home Assistant's device registry."""

from collections.abc import Container

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType

from .api import Device, Product, platform
from .const import DOMAIN
from .slices.removal import async_remove_registered_entities

CONSOLE = "https://console.particle.io"


def account_identifier(entry: ConfigEntry) -> tuple[str, str]:
    """Return the identifier of the account's own device."""
    return (DOMAIN, entry.unique_id or entry.entry_id)


@callback
def async_register_account(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Register the account, which its devices are connected via."""
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={account_identifier(entry)},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer="Particle",
        model="Particle Cloud",
        name=entry.title,
        configuration_url=CONSOLE,
    )


@callback
def async_register_device(
    hass: HomeAssistant, entry: ConfigEntry, device: Device, product: Product | None
) -> None:
    """Register a device or update its name and versions.

    Args:
        hass: Home Assistant.
        entry: The account.
        device: The device as the cloud describes it.
        product: The product it belongs to; None for the account's own devices.
    """
    registry = dr.async_get(hass)
    account = registry.async_get_device_by_identifier(account_identifier(entry), entry.entry_id)
    console = f"{CONSOLE}/{product.slug or product.id}" if product else CONSOLE
    registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, device.id)},
        manufacturer="Particle",
        model=platform(device.platform_id).name,
        # Clears the platform number, which earlier versions stored here.
        model_id=None,
        name=device.name or device.id,
        serial_number=device.serial_number,
        sw_version=device.system_firmware_version,
        configuration_url=f"{console}/devices/{device.id}",
        via_device_id=account.id if account else None,
    )


async def async_remove_stale_devices(
    hass: HomeAssistant, entry: ConfigEntry, device_ids: Container[str]
) -> None:
    """Remove devices that the listing does not contain, including those stored by earlier runs."""
    registry = dr.async_get(hass)
    for device_entry in dr.async_entries_for_config_entry(registry, entry.entry_id):
        if device_entry.entry_type is not DeviceEntryType.SERVICE and not any(
            domain == DOMAIN and identifier in device_ids
            for domain, identifier in device_entry.identifiers
        ):
            entities = er.async_entries_for_device(
                er.async_get(hass), device_entry.id, include_disabled_entities=True
            )
            await async_remove_registered_entities(hass, entities)
            registry.async_remove_device(device_entry.id)


@callback
def async_belongs_to_another_entry(hass: HomeAssistant, entry: ConfigEntry, device_id: str) -> bool:
    """Whether another entry already provides the device: unique IDs exist only once."""
    registry = dr.async_get(hass)
    return any(
        registry.async_get_device_by_identifier((DOMAIN, device_id), other.entry_id)
        for other in hass.config_entries.async_entries(DOMAIN, include_disabled=False)
        if other.entry_id != entry.entry_id
    )
