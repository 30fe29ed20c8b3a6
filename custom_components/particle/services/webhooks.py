"""Actions to create, list, show, change, test and delete webhooks."""

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

# The cloud's names of the action fields, except the device and the login.
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
# The properties that can be removed: all except the required ones.
REMOVABLE: Final[Mapping[str, str]] = {
    **{field: name for field, name in PROPERTIES.items() if field not in {"event", "url"}},
    ATTR_DEVICE_ID: DEVICE_ID,
    AUTH: AUTH,
}
# The cloud's defaults, for comparing webhooks.
DEFAULTS: Final[Mapping[str, Any]] = {
    "requestType": "POST",
    "noDefaults": False,
    "rejectUnauthorized": True,
    "unchunked": False,
    "dataUrlResponseEvent": False,
    "disabled": False,
}
# Other spellings that the official client uses.
OTHER_DEVICE_IDS: Final = ("deviceId", "deviceid")


def _url(value: object) -> str:
    """Validate a target URL, which may contain variables or consist of one."""
    url = str(NON_EMPTY_STRING(value))
    if not url.lower().startswith(("https://", "http://", "{{")) or len(url.split()) != 1:
        raise vol.Invalid("the target has to start with https or http and must not contain spaces")
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
    """Create a webhook."""
    target = async_get_account_or_product(call)
    settings = {"integration_type": IntegrationType.WEBHOOK.value, **_settings(call, target)}
    with cloud_errors(target.entry):
        await _refuse_duplicate(target, settings)
        created = await target.cloud.integrations.create(settings, scope=target.scope)
    return _answer(call, target, created)


async def _list(call: ServiceCall) -> ServiceResponse:
    """List the webhooks."""
    target = async_get_account_or_product(call)
    with cloud_errors(target.entry):
        found = await target.cloud.integrations.list(scope=target.scope)
    return {
        "product_id": target.scope.id,
        "webhooks": [webhook_as_data(webhook) for webhook in found if _is_webhook(webhook)],
    }


async def _get(call: ServiceCall) -> ServiceResponse:
    """Return a webhook with its last requests and their responses."""
    target = async_get_account_or_product(call)
    with cloud_errors(target.entry):
        found = await target.cloud.integrations.get(call.data[ATTR_WEBHOOK_ID], scope=target.scope)
    return {
        "product_id": target.scope.id,
        **webhook_as_data(found),
        "log": webhook_log(found),
        "counters": found.raw.get("counters"),
    }


async def _update(call: ServiceCall) -> ServiceResponse:
    """Change the given properties of a webhook and keep the others."""
    target = async_get_account_or_product(call)
    given = _settings(call, target)
    removed = {REMOVABLE[field] for field in call.data[ATTR_REMOVE]}
    if both := given.keys() & removed:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="webhook_changed_and_removed",
            translation_placeholders={"properties": ", ".join(sorted(both))},
        )
    changes: dict[str, Any] = dict.fromkeys(removed) | given
    if given.keys() & set(BODIES):
        # A webhook has only one body, so a new one replaces the old one.
        changes = dict.fromkeys(BODIES) | changes
    if DEVICE_ID in changes:
        changes |= dict.fromkeys(OTHER_DEVICE_IDS)
    with cloud_errors(target.entry):
        changed = await target.cloud.integrations.change(
            call.data[ATTR_WEBHOOK_ID], changes, scope=target.scope
        )
    return _answer(call, target, changed)


async def _test(call: ServiceCall) -> ServiceResponse:
    """Make the cloud send one request to the target and return the result."""
    target = async_get_account_or_product(call)
    data = call.data.get(ATTR_DATA)
    registry_id = call.data.get(ATTR_DEVICE_ID)
    with cloud_errors(target.entry):
        result = await target.cloud.integrations.test(
            call.data[ATTR_WEBHOOK_ID],
            data=None if data is None else as_text(data),
            device_id=async_get_device(call.hass, registry_id).coordinator.device_id
            if registry_id
            else None,
            scope=target.scope,
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
    """Delete a webhook."""
    target = async_get_account_or_product(call)
    webhook_id = call.data[ATTR_WEBHOOK_ID]
    with cloud_errors(target.entry):
        await target.cloud.integrations.delete(webhook_id, scope=target.scope)
    return {"id": webhook_id} if call.return_response else None


def _settings(call: ServiceCall, target: Target) -> dict[str, Any]:
    """Return the given properties in the cloud's spelling."""
    settings = {name: call.data[field] for field, name in PROPERTIES.items() if field in call.data}
    if ATTR_USERNAME in call.data:
        settings[AUTH] = {key: call.data[key] for key in (ATTR_USERNAME, ATTR_PASSWORD)}
    if registry_id := call.data.get(ATTR_DEVICE_ID):
        device = async_get_device(call.hass, registry_id)
        if target.scope.kind is not ScopeKind.ACCOUNT or device.entry is not target.entry:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="webhook_device_not_possible",
                translation_placeholders={"device": device.name, "account": target.entry.title},
            )
        settings[DEVICE_ID] = device.coordinator.device_id
    return settings


async def _refuse_duplicate(target: Target, settings: Mapping[str, Any]) -> None:
    """Raise an error if the same webhook exists: each event would be delivered twice.

    Raises:
        ServiceValidationError: A webhook exists that differs only in its name.
    """
    try:
        present = await target.cloud.integrations.list(scope=target.scope)
    except PermissionDeniedError:
        # Creating may still be permitted.
        return
    for webhook in present:
        if _is_webhook(webhook) and _same(webhook.raw, settings):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="webhook_exists",
                translation_placeholders={
                    "webhook": webhook.id,
                    "name": webhook.name or webhook.id,
                },
            )


def _same(present: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    names = {*PROPERTIES.values(), DEVICE_ID, AUTH} - {"name", "template"}
    return all(
        present.get(name, DEFAULTS.get(name)) == settings.get(name, DEFAULTS.get(name))
        for name in names
    )


def _is_webhook(integration: Integration) -> bool:
    return integration.type in {None, IntegrationType.WEBHOOK}


def _answer(call: ServiceCall, target: Target, integration: Integration) -> ServiceResponse:
    if not call.return_response:
        return None
    return {"product_id": target.scope.id, **webhook_as_data(integration)}


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
