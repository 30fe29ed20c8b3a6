"""Integrations: webhooks (old paths) and all kinds (new paths)."""

from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.endpoint import Routes
from tests.simulator.errors import bad_request, not_ok
from tests.simulator.world import Event, Integration

routes = Routes("Integrations")

_KINDS = ("Webhook", "AzureIotHub", "GoogleCloudPubSub", "GoogleMaps")
_METHODS = ("GET", "POST", "PUT", "DELETE")
_OTHER_NAMES = {
    "deviceId": "deviceID",
    "deviceid": "deviceID",
    "responseEvent": "responseTopic",
    "errorResponseEvent": "errorResponseTopic",
}
_OBJECTS = ("form", "query", "headers", "auth")
_SWITCHES = ("noDefaults", "rejectUnauthorized", "unchunked", "dataUrlResponseEvent", "disabled")


@routes.scoped(
    "POST",
    "/integrations",
    "Create an integration",
    scope="integrations:create",
    organization=True,
)
async def create_integration(call: Call) -> web.Response:
    """Create an integration of any kind."""
    kind = call.text("integration_type")
    if kind not in _KINDS:
        raise bad_request(f"integration_type must be one of {', '.join(_KINDS)}")
    integration = _create(call, kind)
    if call.cloud.faults.get("integration_created_wrapped"):
        return answer({"integration": integration.as_json()}, 201)
    url_key = "hookUrl" if kind == "Webhook" else "integrationUrl"
    place = "webhooks" if kind == "Webhook" else "integrations"
    return answer(
        {
            "ok": True,
            "id": integration.id,
            "url": integration.settings.get("url"),
            "event": integration.event,
            "name": integration.settings["name"],
            "created_at": integration.created_at,
            url_key: f"{call.cloud.base_url}/v1/{place}/{integration.id}",
        },
        201,
    )


@routes.scoped("POST", "/webhooks", "Create a webhook", scope="integrations:create")
async def create_webhook(call: Call) -> web.Response:
    """Create a webhook."""
    webhook = _create(call, "Webhook")
    settings = webhook.settings
    body = {
        "id": webhook.id,
        "event": webhook.event,
        "created_at": webhook.created_at,
        "integration_type": "Webhook",
        "url": settings["url"],
        "noDefaults": settings["noDefaults"],
        "rejectUnauthorized": settings["rejectUnauthorized"],
        "ok": True,
        "hookUrl": f"{call.cloud.base_url}/v1/webhooks/{webhook.id}",
    }
    return answer(body, 200 if call.cloud.faults.get("hook_created_200") else 201)


@routes.scoped(
    "GET", "/integrations", "List integrations", scope="integrations:list", organization=True
)
async def list_integrations(call: Call) -> web.Response:
    """List integrations of all kinds."""
    shown = [integration.as_json() for integration in _visible(call)]
    if call.cloud.faults.get("integrations_wrapped"):
        return answer({"integrations": shown})
    return answer(shown)


@routes.scoped("GET", "/webhooks", "List webhooks", scope="integrations:list")
async def list_webhooks(call: Call) -> web.Response:
    """List webhooks."""
    shown = [one.as_json() for one in _visible(call) if one.kind == "Webhook"]
    if call.cloud.faults.get("integrations_wrapped"):
        return answer({"webhooks": shown})
    return answer(shown)


@routes.scoped(
    "GET",
    "/integrations/{integration}",
    "Get an integration with its log",
    scope="integrations:get",
    organization=True,
)
async def get_integration(call: Call) -> web.Response:
    """Return an integration with the last ten attempts."""
    integration = _find(call, "Integration not found")
    shown = {**integration.as_json(), "logs": list(integration.logs)}
    shown |= {"errors": list(integration.errors), "counters": integration.counters}
    return answer({"integration": shown})


@routes.scoped("GET", "/webhooks/{integration}", "Get a webhook", scope="integrations:get")
async def get_webhook(call: Call) -> web.Response:
    """Return a webhook with the last ten attempts."""
    webhook = _find(call)
    shown = {
        "id": webhook.id,
        "event": webhook.event,
        "created_at": webhook.created_at,
        "logs": list(webhook.logs),
        "errors": list(webhook.errors),
        "counters": webhook.counters,
        **webhook.settings,
    }
    return answer({"webhook": shown})


@routes.scoped(
    "PUT",
    "/integrations/{integration}",
    "Replace an integration",
    scope="integrations:update",
    organization=True,
)
async def update_integration(call: Call) -> web.Response:
    """Replace all properties; those that are not sent are removed."""
    integration = _find(call, "Integration not found")
    kind = call.text("integration_type", integration.kind)
    if kind != integration.kind:
        raise bad_request("integration_type cannot be changed")
    integration.event, integration.settings = _settings(call, integration.kind)
    return answer({"integration": integration.as_json()})


@routes.scoped(
    "POST",
    "/integrations/{integration}/test",
    "Test an integration",
    scope="integrations:test",
    organization=True,
)
async def test_integration(call: Call) -> web.Response:
    """Send a test event to the target."""
    integration = _find(call, "Integration not found")
    if integration.kind != "Webhook":
        return answer({"pass": True, "data": None})
    event = Event(
        integration.event,
        call.text("data", "test-event"),
        call.now(),
        call.text("device_id", "api"),
        owner=integration.owner,
        product_id=integration.product_id,
    )
    error = await call.cloud.webhooks.test(integration, event)
    if error is None:
        return answer({"pass": True, "data": None})
    return answer({"pass": False, "data": None, "error": error})


@routes.scoped(
    "DELETE",
    "/integrations/{integration}",
    "Delete an integration",
    scope="integrations:remove",
    organization=True,
)
async def delete_integration(call: Call) -> web.Response:
    """Delete an integration."""
    del call.world.integrations[_find(call, "Integration not found").id]
    return answer(status=204)


@routes.scoped("DELETE", "/webhooks/{integration}", "Delete a webhook", scope="integrations:remove")
async def delete_webhook(call: Call) -> web.Response:
    """Delete a webhook."""
    del call.world.integrations[_find(call).id]
    if call.cloud.faults.get("hook_deleted_200"):
        return answer({"ok": True, "status": "Hook Deleted"})
    return answer(status=204)


def _visible(call: Call) -> list[Integration]:
    """Return the integrations of the account, the product or the organization."""
    product, organization = call.scope_product, call.scope_organization
    found = []
    for one in call.world.integrations.values():
        if product is not None:
            mine = one.product_id == product.id
        elif organization is not None:
            mine = one.organization_id == organization.id
        else:
            on_account = one.product_id is None and one.organization_id is None
            mine = on_account and one.owner == call.token.username
        if mine:
            found.append(one)
    return found


def _find(call: Call, missing: str = "Webhook not found") -> Integration:
    """Return the integration in the path."""
    for integration in _visible(call):
        if integration.id == call.path("integration"):
            return integration
    raise not_ok(404, missing)


def _create(call: Call, kind: str) -> Integration:
    """Create an integration, even if the same one exists."""
    event, settings = _settings(call, kind)
    product, organization = call.scope_product, call.scope_organization
    integration = Integration(
        call.world.new_id(),
        kind,
        event,
        call.now(),
        settings,
        call.token.username,
        product.id if product else None,
        organization.id if organization else None,
    )
    call.world.integrations[integration.id] = integration
    return integration


def _settings(call: Call, kind: str) -> tuple[str, dict[str, Any]]:
    """Validate and return the event and the settings of an integration."""
    fields = {_OTHER_NAMES.get(name, name): value for name, value in call.fields.items()}
    fields.pop("integration_type", None)
    event = fields.pop("event", None) or fields.get("eventName")
    fields.pop("eventName", None)
    if not isinstance(event, str) or not event:
        raise bad_request("event is required")
    if kind == "Webhook":
        _check_webhook(call, fields)
    url = str(fields.get("url", ""))
    fields.setdefault("name", f"{event} for {urlsplit(url).hostname or kind}")
    return event, fields


def _check_webhook(call: Call, fields: dict[str, Any]) -> None:
    """Validate the properties of a webhook, and add those that are always returned."""
    url = fields.get("url")
    if not isinstance(url, str) or not url:
        raise bad_request("url is required")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise bad_request("url is not valid")
    method = str(fields.get("requestType", "POST")).upper()
    if method not in _METHODS:
        raise bad_request(f"requestType must be one of {', '.join(_METHODS)}")
    fields["requestType"] = method
    if sum(fields.get(name) is not None for name in ("json", "form", "body")) > 1:
        raise bad_request("json, form and body are mutually exclusive")
    for name in _OBJECTS:
        if fields.get(name) is not None and not isinstance(fields[name], dict):
            raise bad_request(f"{name} must be an object")
    if fields.get("json") is not None and not isinstance(fields["json"], dict | list | str):
        raise bad_request("json must be an object or a string")
    fields.setdefault("noDefaults", False)
    fields.setdefault("rejectUnauthorized", True)
    for name in _SWITCHES:
        if name in fields:
            fields[name] = call.boolean(name, bool(fields[name]))
    device = fields.get("deviceID")
    if device is None:
        fields.pop("deviceID", None)
        return
    if call.scope_product is not None or call.scope_organization is not None:
        raise bad_request("deviceID is only for integrations of the sandbox")
    board = call.world.boards.get(str(device).lower())
    if board is None or not call.may_see(board):
        raise not_ok(404, "Device not found.")
    fields["deviceID"] = board.id
