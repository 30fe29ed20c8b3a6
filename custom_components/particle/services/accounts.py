"""Resolve the account and the product of an action."""

from dataclasses import dataclass
from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
import voluptuous as vol

from ..account.errors import cloud_errors
from ..api import ACCOUNT, ParticleCloud, Scope, ScopeKind
from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from ..targeting import async_loaded_entries
from ..validation.fields import NON_EMPTY_STRING, TEXT
from .selection import TargetDevice, async_get_device, find_device

ATTR_PRODUCT_ID: Final = "product_id"

ACCOUNT_SCHEMA = {vol.Optional(ATTR_CONFIG_ENTRY_ID): TEXT}
PRODUCT_SCHEMA = {**ACCOUNT_SCHEMA, vol.Optional(ATTR_PRODUCT_ID): NON_EMPTY_STRING}


@dataclass(frozen=True, slots=True)
class Target:
    """The account or product that an action applies to.

    Attributes:
        entry: The account.
        scope: The account or one of its products.
    """

    entry: ParticleConfigEntry
    scope: Scope

    @property
    def cloud(self) -> ParticleCloud:
        """The client."""
        return self.entry.runtime_data.cloud


@callback
def async_get_account(call: ServiceCall) -> ParticleConfigEntry:
    """Return the given account, that of the given device or product, or the only one.

    Raises:
        ServiceValidationError: The account does not exist, is not loaded, or is ambiguous.
    """
    if entry_id := call.data.get(ATTR_CONFIG_ENTRY_ID):
        return _loaded(call.hass.config_entries.async_get_entry(entry_id), entry_id)
    device = call.data.get(ATTR_DEVICE_ID)
    if isinstance(device, str):
        return async_get_device(call.hass, device).entry
    return async_find_account(call.hass, product=call.data.get(ATTR_PRODUCT_ID))


@callback
def async_find_account(
    hass: HomeAssistant, *, product: str | None = None, device: str | None = None
) -> ParticleConfigEntry:
    """Return the only account, or the only one with a product or a device.

    Args:
        hass: Home Assistant.
        product: ID or slug of a product.
        device: Particle device ID or name of a device.

    Raises:
        ServiceValidationError: There is no account, it is not loaded, or it is ambiguous.
    """
    entries = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    if len(entries) == 1:
        return _loaded(entries[0], entries[0].entry_id)
    if not entries:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_account")
    loaded = async_loaded_entries(hass)
    for found in (
        [entry for entry in loaded if product and product in _products(entry)],
        [entry for entry in loaded if product and product in _products_of_devices(entry)],
        [entry for entry in loaded if device and find_device(entry, device)],
    ):
        if len(found) == 1:
            return found[0]
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="account_needed",
        translation_placeholders={"accounts": ", ".join(sorted(entry.title for entry in entries))},
    )


def _loaded(entry: ConfigEntry | None, entry_id: str) -> ParticleConfigEntry:
    if entry is None or entry.domain != DOMAIN:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="account_not_found",
            translation_placeholders={"account": entry.title if entry else entry_id},
        )
    if entry.state is not ConfigEntryState.LOADED:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="account_not_loaded",
            translation_placeholders={"account": entry.title},
        )
    return entry


def _products(entry: ParticleConfigEntry) -> set[str | None]:
    """Return the products in an account's options."""
    return {scope.id for scope in entry.runtime_data.account.scopes}


def _products_of_devices(entry: ParticleConfigEntry) -> set[str]:
    """Return the IDs of the products that an account's devices belong to."""
    devices = (coordinator.device for coordinator in entry.runtime_data.devices.values())
    return {
        str(device.product_id)
        for device in devices
        if device.is_product_device and device.product_id is not None
    }


@callback
def async_get_product(call: ServiceCall) -> Target:
    """Return the given product, or the only one of the account.

    The given product need not be selected in the account's options: the cloud checks the permission.

    Raises:
        ServiceValidationError: No product is given, and the account does not have exactly one.
    """
    entry = async_get_account(call)
    if product := call.data.get(ATTR_PRODUCT_ID):
        return Target(entry, _product(entry, product))
    known = [scope for scope in entry.runtime_data.account.scopes if scope.id]
    if len(known) == 1:
        return Target(entry, known[0])
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="product_missing",
        translation_placeholders={
            "account": entry.title,
            "known": ", ".join(scope.id for scope in known if scope.id) or "–",
        },
    )


@callback
def async_get_account_or_product(call: ServiceCall) -> Target:
    """Return the given product, or else the account.

    For an account with only one product, such as an OAuth client of a product, this is that product.
    """
    entry = async_get_account(call)
    if product := call.data.get(ATTR_PRODUCT_ID):
        return Target(entry, _product(entry, product))
    scopes = entry.runtime_data.account.scopes
    return Target(entry, scopes[0] if len(scopes) == 1 else ACCOUNT)


@callback
def product_of(device: TargetDevice) -> Scope:
    """Return the product of a device, even if the device is listed by the account.

    Raises:
        ServiceValidationError: The device does not belong to a product.
    """
    scope, details = device.coordinator.scope, device.coordinator.device
    if scope.kind is ScopeKind.PRODUCT:
        return scope
    if details.is_product_device and details.product_id is not None:
        return Scope.product(details.product_id)
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="product_device_needed",
        translation_placeholders={"device": device.name},
    )


def _product(entry: ParticleConfigEntry, product: str) -> Scope:
    with cloud_errors(entry):
        return Scope.product(product)
