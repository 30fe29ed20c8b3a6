"""Actions to publish, list and replay events."""

from dataclasses import replace
from typing import Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..account.errors import cloud_errors
from ..api import ACCOUNT, CloudEvent, Scope, ScopeKind
from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from ..events.history import MAX_EVENTS, EventSummary, RecentEvent
from ..validation.fields import ANY_VALUE, TEXT, whole_number
from .accounts import async_get_account
from .action import Access, Action
from .selection import TARGET_SCHEMA, as_text, async_get_device, async_get_only_device

ATTR_EVENT: Final = "event"
ATTR_DATA: Final = "data"
ATTR_LIMIT: Final = "limit"
ATTR_NUMBER: Final = "number"
ATTR_PRODUCT_ID: Final = "product_id"

PUBLISH_EVENT_SCHEMA = {
    vol.Required(ATTR_EVENT): TEXT,
    vol.Optional(ATTR_DATA, default=""): ANY_VALUE,
    vol.Exclusive(ATTR_DEVICE_ID, "sender"): TEXT,
    vol.Exclusive(ATTR_PRODUCT_ID, "sender"): TEXT,
    vol.Optional(ATTR_CONFIG_ENTRY_ID): TEXT,
}

RECENT_EVENTS_SCHEMA = {
    **TARGET_SCHEMA,
    vol.Optional(ATTR_EVENT): TEXT,
    vol.Optional(ATTR_LIMIT, default=20): whole_number(1, MAX_EVENTS),
}
REPLAY_EVENT_SCHEMA = {
    vol.Optional(ATTR_DEVICE_ID): TEXT,
    vol.Exclusive(ATTR_EVENT, "which"): vol.All(cv.string, vol.Length(min=1), msg="text is needed"),
    vol.Exclusive(ATTR_NUMBER, "which"): whole_number(),
    vol.Optional(ATTR_DATA, default=""): ANY_VALUE,
    vol.Optional(ATTR_CONFIG_ENTRY_ID): TEXT,
}


async def _recent_events(call: ServiceCall) -> ServiceResponse:
    """Return the latest events of a device and a summary for each name."""
    device = async_get_only_device(call)
    history, device_id = device.entry.runtime_data.history, device.coordinator.device_id
    events = history.events(device_id, name=call.data.get(ATTR_EVENT), limit=call.data[ATTR_LIMIT])
    return {
        "name": device.name,
        "events": [_shown(event) for event in events],
        "names": [
            _summary(summary) for summary in reversed(list(history.names(device_id).values()))
        ],
    }


def _summary(summary: EventSummary) -> JsonObjectType:
    interval = summary.interval
    return {
        "event": summary.name,
        "count": summary.count,
        "first_seen": summary.first_seen.isoformat(),
        "last_seen": summary.last.received_at.isoformat(),
        "every_seconds": None if interval is None else interval.total_seconds(),
        "fields": {path: [*sorted(types)] for path, types in summary.fields.items()},
        "last_data": summary.last.event.data,
    }


def _shown(event: RecentEvent) -> JsonObjectType:
    published_at = event.event.published_at
    return {
        "number": event.number,
        "event": event.event.name,
        "data": event.event.data,
        "json": event.json,
        "published_at": published_at.isoformat() if published_at else None,
        "received_at": event.received_at.isoformat(),
    }


async def _replay_event(call: ServiceCall) -> ServiceResponse:
    """Replay an event inside Home Assistant; nothing is sent to the cloud."""
    if not call.data.keys() & {ATTR_EVENT, ATTR_NUMBER}:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_to_replay")
    entry: ParticleConfigEntry
    device_id: str | None = None
    if registry_id := call.data.get(ATTR_DEVICE_ID):
        device = async_get_device(call.hass, registry_id)
        entry, device_id = device.entry, device.coordinator.device_id
    else:
        entry = async_get_account(call)
    now = dt_util.utcnow()
    if (number := call.data.get(ATTR_NUMBER)) is not None:
        recent = entry.runtime_data.history.find(number)
        # Permission for one device does not allow replaying the events of another.
        if recent is None or (device_id and recent.event.device_id != device_id):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="event_forgotten",
                translation_placeholders={"number": str(number)},
            )
        event = replace(recent.event, published_at=now)
    else:
        event = CloudEvent(
            call.data[ATTR_EVENT],
            as_text(call.data[ATTR_DATA]),
            published_at=now,
            device_id=device_id,
            coreid=device_id or "api",
        )
    entry.runtime_data.hub.receive(event, source="replay")
    return {"event": event.name, "data": event.data} if call.return_response else None


async def _publish_event(call: ServiceCall) -> ServiceResponse:
    """Publish an event to devices, webhooks and streams."""
    name, data = call.data[ATTR_EVENT], as_text(call.data[ATTR_DATA])
    as_device_id: str | None = None
    entry: ParticleConfigEntry
    if registry_id := call.data.get(ATTR_DEVICE_ID):
        device = async_get_device(call.hass, registry_id)
        entry, scope = device.entry, device.coordinator.scope
        as_device_id = device.coordinator.device_id
        if scope.kind is not ScopeKind.PRODUCT:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_a_product_device",
                translation_placeholders={"device": device.name},
            )
    else:
        entry = async_get_account(call)
        scope = _scope(entry, call.data.get(ATTR_PRODUCT_ID))
    with cloud_errors(entry):
        await entry.runtime_data.cloud.events.publish(
            name, data, scope=scope, as_device_id=as_device_id
        )
    if not call.return_response:
        return None
    return {"event": name, "data": data, "product_id": scope.id}


def _scope(entry: ParticleConfigEntry, product_id: str | None) -> Scope:
    """Return the scope to publish in: the given product, or that of the account.

    Raises:
        ServiceValidationError: The account does not include the product, or the product is required
            because the account has several and no devices of its own.
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


ACTIONS: Final = (
    Action(
        "publish_event",
        _publish_event,
        PUBLISH_EVENT_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.CONTROL,
    ),
    Action(
        "recent_events", _recent_events, RECENT_EVENTS_SCHEMA, SupportsResponse.ONLY, Access.READ
    ),
    Action(
        "replay_event",
        _replay_event,
        REPLAY_EVENT_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.CONTROL,
    ),
)
