"""Actions on events: publish one."""

from typing import Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry
import voluptuous as vol

from ..api import ACCOUNT, Scope, ScopeKind
from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from ..exceptions import cloud_errors
from .boards import ANY_VALUE
from .selection import as_text, async_get_board

SERVICE_PUBLISH_EVENT: Final = "publish_event"

ATTR_EVENT: Final = "event"
ATTR_DATA: Final = "data"
ATTR_PRODUCT_ID: Final = "product_id"

PUBLISH_EVENT_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_EVENT): cv.string,
        vol.Optional(ATTR_DATA, default=""): ANY_VALUE,
        vol.Exclusive(ATTR_DEVICE_ID, "sender"): cv.string,
        vol.Exclusive(ATTR_PRODUCT_ID, "sender"): cv.string,
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
    }
)


@callback
def async_register_event_actions(hass: HomeAssistant) -> None:
    """Register the actions of this chapter."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_PUBLISH_EVENT,
        _publish_event,
        schema=PUBLISH_EVENT_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _publish_event(call: ServiceCall) -> ServiceResponse:
    """Publish an event to boards, webhooks and streams; answers with what was sent."""
    name, data = call.data[ATTR_EVENT], as_text(call.data[ATTR_DATA])
    as_device_id: str | None = None
    entry: ParticleConfigEntry
    if page_id := call.data.get(ATTR_DEVICE_ID):
        board = async_get_board(call.hass, page_id)
        entry, scope = board.entry, board.coordinator.scope
        as_device_id = board.coordinator.device_id
        if scope.kind is not ScopeKind.PRODUCT:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_a_product_board",
                translation_placeholders={"device": board.name},
            )
    else:
        entry = async_get_config_entry(call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID))
        scope = _scope(entry, call.data.get(ATTR_PRODUCT_ID))
    with cloud_errors(entry):
        await entry.runtime_data.cloud.events.publish(
            name, data, scope=scope, as_device_id=as_device_id
        )
    if not call.return_response:
        return None
    return {"event": name, "data": data, "product_id": scope.id}


def _scope(entry: ParticleConfigEntry, product_id: str | None) -> Scope:
    """Return where to publish: the product that is asked for, or what the account offers.

    Raises:
        ServiceValidationError: The account does not have the product, or it has several and no
            boards of its own, so that one must be chosen.
    """
    scopes = entry.runtime_data.account.scopes
    if product_id is None and (ACCOUNT in scopes or len(scopes) == 1):
        return ACCOUNT if ACCOUNT in scopes else scopes[0]
    if chosen := [scope for scope in scopes if product_id and scope.id == product_id]:
        return chosen[0]
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="product_unknown" if product_id else "product_needed",
        translation_placeholders={
            "account": entry.title,
            "product": product_id or "",
            "known": ", ".join(scope.id for scope in scopes if scope.id) or "–",
        },
    )
