"""Which account and which product an action is for."""

from dataclasses import dataclass
from typing import Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry
import voluptuous as vol

from ..api import ACCOUNT, ParticleCloud, Scope, ScopeKind
from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from ..exceptions import cloud_errors
from .selection import Board

ATTR_PRODUCT_ID: Final = "product_id"

# Text that says something, without the blanks around it.
FILLED: Final = vol.All(cv.string, str.strip, vol.Length(min=1))

ACCOUNT_SCHEMA = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
PRODUCT_SCHEMA = {**ACCOUNT_SCHEMA, vol.Optional(ATTR_PRODUCT_ID): FILLED}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an action is carried out.

    Attributes:
        entry: The account.
        scope: The account as a whole, or one product.
    """

    entry: ParticleConfigEntry
    scope: Scope

    @property
    def cloud(self) -> ParticleCloud:
        """The client."""
        return self.entry.runtime_data.cloud


@callback
def async_get_account(call: ServiceCall) -> ParticleConfigEntry:
    """Return the account that is named, or the only one that is loaded.

    Raises:
        ServiceValidationError: There is no such account, it is not loaded, or it is not clear which.
    """
    entry: ParticleConfigEntry = async_get_config_entry(
        call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID)
    )
    return entry


@callback
def async_get_product(call: ServiceCall) -> Place:
    """Return the product that is named, or the only one that the account includes.

    A product need not be among those that Home Assistant shows: the cloud decides who may use it.

    Raises:
        ServiceValidationError: No product is named, and the account does not include just one.
    """
    entry = async_get_account(call)
    if product := call.data.get(ATTR_PRODUCT_ID):
        return Place(entry, _product(entry, product))
    known = [scope for scope in entry.runtime_data.account.scopes if scope.id]
    if len(known) == 1:
        return Place(entry, known[0])
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="product_missing",
        translation_placeholders={
            "account": entry.title,
            "known": ", ".join(scope.id for scope in known if scope.id) or "–",
        },
    )


@callback
def async_get_account_or_product(call: ServiceCall) -> Place:
    """Return the product that is named, else the account.

    An account that stands for one product alone, as with a client of a product, means that product.
    """
    entry = async_get_account(call)
    if product := call.data.get(ATTR_PRODUCT_ID):
        return Place(entry, _product(entry, product))
    scopes = entry.runtime_data.account.scopes
    return Place(entry, scopes[0] if len(scopes) == 1 else ACCOUNT)


@callback
def product_of(board: Board) -> Scope:
    """Return the product of a board, also of one that is listed with the account's own.

    Raises:
        ServiceValidationError: It belongs to none.
    """
    scope, device = board.coordinator.scope, board.coordinator.device
    if scope.kind is ScopeKind.PRODUCT:
        return scope
    if device.is_product_device and device.product_id is not None:
        return Scope.product(device.product_id)
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="product_board_needed",
        translation_placeholders={"device": board.name},
    )


def _product(entry: ParticleConfigEntry, product: str) -> Scope:
    with cloud_errors(entry):
        return Scope.product(product)
