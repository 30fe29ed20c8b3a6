"""Actions on webhooks: create, list, show with their log, change, test, delete."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..account.errors import cloud_errors
from ..api import Integration, IntegrationType, PermissionDeniedError, RequestType, ScopeKind
from ..const import DOMAIN
from ..validation.fields import (
    ANY_VALUE,
    FLAG,
    JSON_OR_TEXT,
    NAMES_AND_VALUES,
    NON_EMPTY_STRING,
    TEXT,
    one_of,
)
from .accounts import PRODUCT_SCHEMA, Target, async_get_account_or_product
from .action import Access, Action
from .selection import as_text, async_get_device
from .webhook_answers import webhook_as_data, webhook_log

ATTR_DATA: Final = "data"
ATTR_PASSWORD: Final = "password"
ATTR_REMOVE: Final = "remove"
ATTR_USERNAME: Final = "username"
ATTR_WEBHOOK_ID: Final = "webhook_id"

AUTH: Final = "auth"
DEVICE_ID: Final = "deviceID"

# Fields of the actions and what the cloud calls them, apart from the device and the login.
PROPERTIES: Final[Mapping[str, str]] = {
    "event": "event",
    "url": "url",
    "name": "name",
    "request_type": "requestType",
    "json": "json",
    "form": "form",
    "body": "body",
    "query": "query",
    "headers": "headers",
    "no_defaults": "noDefaults",
    "reject_unauthorized": "rejectUnauthorized",
    "response_topic": "responseTopic",
    "error_response_topic": "errorResponseTopic",
    "response_template": "responseTemplate",
    "unchunked": "unchunked",
    "data_url_response_event": "dataUrlResponseEvent",
    "disabled": "disabled",
    "template": "template",
}
BODIES: Final = ("json", "form", "body")
# What can be taken away: everything but the two without which there is no webhook.
REMOVABLE: Final[Mapping[str, str]] = {
    **{field: name for field, name in PROPERTIES.items() if field not in {"event", "url"}},
    ATTR_DEVICE_ID: DEVICE_ID,
    AUTH: AUTH,
}
# What the cloud assumes where nothing is said, to tell whether two webhooks are the same.
DEFAULTS: Final[Mapping[str, Any]] = {
    "requestType": "POST",
    "noDefaults": False,
    "rejectUnauthorized": True,
    "unchunked": False,
    "dataUrlResponseEvent": False,
    "disabled": False,
}
# The official client writes it in three ways.
OTHER_DEVICE_IDS: Final = ("deviceId", "deviceid")


def _url(value: object) -> str:
    """Validate a target; variables may stand anywhere, also for the whole of it."""
    url = str(NON_EMPTY_STRING(value))
    if not url.lower().startswith(("https://", "http://", "{{")) or len(url.split()) != 1:
        raise vol.Invalid("the target has to start with https or http and must not contain blanks")
    return url


SETTINGS_SCHEMA = {
    vol.Optional("name"): NON_EMPTY_STRING,
    vol.Optional("request_type"): vol.All(
        TEXT, vol.Upper, one_of([method.value for method in RequestType])
    ),
    vol.Optional(ATTR_DEVICE_ID): TEXT,
    vol.Exclusive("json", "body"): JSON_OR_TEXT,
    vol.Exclusive("form", "body"): NAMES_AND_VALUES,
    vol.Exclusive("body", "body"): TEXT,
    vol.Optional("query"): NAMES_AND_VALUES,
    vol.Optional("headers"): NAMES_AND_VALUES,
    vol.Inclusive(ATTR_USERNAME, "login"): TEXT,
    vol.Inclusive(ATTR_PASSWORD, "login"): TEXT,
    vol.Optional("no_defaults"): FLAG,
    vol.Optional("reject_unauthorized"): FLAG,
    vol.Optional("response_topic"): NON_EMPTY_STRING,
    vol.Optional("error_response_topic"): NON_EMPTY_STRING,
    vol.Optional("response_template"): JSON_OR_TEXT,
    vol.Optional("unchunked"): FLAG,
    vol.Optional("data_url_response_event"): FLAG,
    vol.Optional("disabled"): FLAG,
    vol.Optional("template"): NON_EMPTY_STRING,
}
WEBHOOK_SCHEMA = {**PRODUCT_SCHEMA, vol.Required(ATTR_WEBHOOK_ID): NON_EMPTY_STRING}

CREATE_WEBHOOK_SCHEMA = {
    **PRODUCT_SCHEMA,
    vol.Required("event"): NON_EMPTY_STRING,
    vol.Required("url"): _url,
    **SETTINGS_SCHEMA,
}
UPDATE_WEBHOOK_SCHEMA = {
    **WEBHOOK_SCHEMA,
    vol.Optional("event"): NON_EMPTY_STRING,
    vol.Optional("url"): _url,
    **SETTINGS_SCHEMA,
    vol.Optional(ATTR_REMOVE, default=list): vol.All(cv.ensure_list, [one_of(list(REMOVABLE))]),
}
TEST_WEBHOOK_SCHEMA = {
    **WEBHOOK_SCHEMA,
    vol.Optional(ATTR_DATA): ANY_VALUE,
    vol.Optional(ATTR_DEVICE_ID): TEXT,
}


async def _create(call: ServiceCall) -> ServiceResponse:
    """Create a webhook; answers with it."""
    place = async_get_account_or_product(call)
    settings = {"integration_type": IntegrationType.WEBHOOK.value, **_settings(call, place)}
    with cloud_errors(place.entry):
        await _refuse_second(place, settings)
        created = await place.cloud.integrations.create(settings, scope=place.scope)
    return _answer(call, place, created)


async def _list(call: ServiceCall) -> ServiceResponse:
    """List the webhooks; answers with ``webhooks``."""
    place = async_get_account_or_product(call)
    with cloud_errors(place.entry):
        found = await place.cloud.integrations.list(scope=place.scope)
    return {
        "product_id": place.scope.id,
        "webhooks": [webhook_as_data(one) for one in found if _is_webhook(one)],
    }


async def _get(call: ServiceCall) -> ServiceResponse:
    """Show a webhook with its last requests and their answers; answers with it and ``log``."""
    place = async_get_account_or_product(call)
    with cloud_errors(place.entry):
        found = await place.cloud.integrations.get(call.data[ATTR_WEBHOOK_ID], scope=place.scope)
    return {
        "product_id": place.scope.id,
        **webhook_as_data(found),
        "log": webhook_log(found),
        "counters": found.raw.get("counters"),
    }


async def _update(call: ServiceCall) -> ServiceResponse:
    """Change what is given and keep the rest; answers with the whole webhook."""
    place = async_get_account_or_product(call)
    given = _settings(call, place)
    removed = {REMOVABLE[field] for field in call.data[ATTR_REMOVE]}
    if both := given.keys() & removed:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="webhook_changed_and_removed",
            translation_placeholders={"properties": ", ".join(sorted(both))},
        )
    changes: dict[str, Any] = dict.fromkeys(removed) | given
    if given.keys() & set(BODIES):
        # A webhook has one body; a new one takes the place of the old one.
        changes = dict.fromkeys(BODIES) | changes
    if DEVICE_ID in changes:
        changes |= dict.fromkeys(OTHER_DEVICE_IDS)
    with cloud_errors(place.entry):
        changed = await place.cloud.integrations.change(
            call.data[ATTR_WEBHOOK_ID], changes, scope=place.scope
        )
    return _answer(call, place, changed)


async def _test(call: ServiceCall) -> ServiceResponse:
    """Let the cloud send one request; answers with ``passed`` and ``error``."""
    place = async_get_account_or_product(call)
    data = call.data.get(ATTR_DATA)
    registry_id = call.data.get(ATTR_DEVICE_ID)
    with cloud_errors(place.entry):
        result = await place.cloud.integrations.test(
            call.data[ATTR_WEBHOOK_ID],
            data=None if data is None else as_text(data),
            device_id=async_get_device(call.hass, registry_id).coordinator.device_id
            if registry_id
            else None,
            scope=place.scope,
        )
    if call.return_response:
        return {"passed": result.passed, "error": result.error}
    if not result.passed:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="webhook_test_failed",
            translation_placeholders={"reason": result.error or "–"},
        )
    return None


async def _delete(call: ServiceCall) -> ServiceResponse:
    """Delete a webhook; answers with its id."""
    place = async_get_account_or_product(call)
    webhook_id = call.data[ATTR_WEBHOOK_ID]
    with cloud_errors(place.entry):
        await place.cloud.integrations.delete(webhook_id, scope=place.scope)
    return {"id": webhook_id} if call.return_response else None


def _settings(call: ServiceCall, place: Target) -> dict[str, Any]:
    """Return the properties that an action gives, as the cloud calls them."""
    settings = {name: call.data[field] for field, name in PROPERTIES.items() if field in call.data}
    if ATTR_USERNAME in call.data:
        settings[AUTH] = {key: call.data[key] for key in (ATTR_USERNAME, ATTR_PASSWORD)}
    if registry_id := call.data.get(ATTR_DEVICE_ID):
        device = async_get_device(call.hass, registry_id)
        if place.scope.kind is not ScopeKind.ACCOUNT or device.entry is not place.entry:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="webhook_device_not_possible",
                translation_placeholders={"device": device.name, "account": place.entry.title},
            )
        settings[DEVICE_ID] = device.coordinator.device_id
    return settings


async def _refuse_second(place: Target, settings: Mapping[str, Any]) -> None:
    """Refuse a webhook that exists already: each event would be delivered twice.

    Raises:
        ServiceValidationError: There is one that differs in nothing but its name.
    """
    try:
        present = await place.cloud.integrations.list(scope=place.scope)
    except PermissionDeniedError:
        # Creating may be permitted anyway.
        return
    for one in present:
        if _is_webhook(one) and _same(one.raw, settings):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="webhook_exists",
                translation_placeholders={"webhook": one.id, "name": one.name or one.id},
            )


def _same(present: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    names = {*PROPERTIES.values(), DEVICE_ID, AUTH} - {"name", "template"}
    return all(
        present.get(name, DEFAULTS.get(name)) == wanted.get(name, DEFAULTS.get(name))
        for name in names
    )


def _is_webhook(integration: Integration) -> bool:
    return integration.type in {None, IntegrationType.WEBHOOK}


def _answer(call: ServiceCall, place: Target, integration: Integration) -> ServiceResponse:
    if not call.return_response:
        return None
    return {"product_id": place.scope.id, **webhook_as_data(integration)}


ACTIONS: Final = (
    Action(
        "create_webhook",
        _create,
        CREATE_WEBHOOK_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.ADMINISTRATORS,
    ),
    Action("list_webhooks", _list, PRODUCT_SCHEMA, SupportsResponse.ONLY, Access.ADMINISTRATORS),
    Action("get_webhook", _get, WEBHOOK_SCHEMA, SupportsResponse.ONLY, Access.ADMINISTRATORS),
    Action(
        "update_webhook",
        _update,
        UPDATE_WEBHOOK_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.ADMINISTRATORS,
    ),
    Action(
        "test_webhook", _test, TEST_WEBHOOK_SCHEMA, SupportsResponse.OPTIONAL, Access.ADMINISTRATORS
    ),
    Action(
        "delete_webhook", _delete, WEBHOOK_SCHEMA, SupportsResponse.OPTIONAL, Access.ADMINISTRATORS
    ),
)
