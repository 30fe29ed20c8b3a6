"""The request of a webhook: variables, templates, default fields."""

from base64 import b64encode
from dataclasses import dataclass, field
import json
from typing import Any
from urllib.parse import urlencode

from .jsontext import dumps
from .mustache import render, render_all
from .world import Event, World

USER_AGENT = "ParticleBot/1.1 (https://docs.particle.io/webhooks)"


@dataclass(slots=True)
class HookRequest:
    """An outgoing request."""

    method: str
    url: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    verify: bool = True


def variables_of(world: World, event: Event) -> dict[str, Any]:
    """Return the variables of an event for templates; keys of its JSON take precedence."""
    whole = {"event": event.name, **event.as_json()}
    names: dict[str, Any] = {
        "PARTICLE_DEVICE_ID": event.coreid,
        "PARTICLE_EVENT_NAME": event.name,
        "PARTICLE_EVENT_VALUE": event.data or "",
        "PARTICLE_PUBLISHED_AT": event.published_at,
        "PARTICLE_EVENT_ID": f"{hash((event.name, event.published_at)) & (2**96 - 1):024x}",
        "PARTICLE_EVENT_JSON": dumps(whole),
        "PARTICLE_EVENT_BASE64": b64encode(dumps(whole).encode()).decode(),
        "SPARK_CORE_ID": event.coreid,
        "SPARK_EVENT_NAME": event.name,
        "SPARK_EVENT_VALUE": event.data or "",
        "SPARK_PUBLISHED_AT": event.published_at,
    }
    if event.product_id is not None:
        names["PRODUCT_ID"] = event.product_id
        names["PRODUCT_USER_ID"] = event.owner_id
        names["PRODUCT_VERSION"] = event.firmware_version
    else:
        board = world.boards.get(event.coreid)
        names["PRODUCT_ID"] = board.platform_id if board else None
    try:
        data = json.loads(event.data or "")
    except ValueError:
        return names
    return {**names, **data} if isinstance(data, dict) else names


def build_request(settings: dict[str, Any], context: dict[str, Any]) -> HookRequest:
    """Return the request of an integration for an event."""
    method = str(settings.get("requestType") or "POST").upper()
    request = HookRequest(
        method,
        render(settings["url"], context),
        {key: _text(value) for key, value in _rendered(settings, "query", context).items()},
        {"User-Agent": USER_AGENT},
        verify=bool(settings.get("rejectUnauthorized", True)),
    )
    defaults: dict[str, Any] = {}
    if not settings.get("noDefaults"):
        defaults = {
            "event": context["PARTICLE_EVENT_NAME"],
            "data": context["PARTICLE_EVENT_VALUE"],
            "coreid": context["PARTICLE_DEVICE_ID"],
            "published_at": context["PARTICLE_PUBLISHED_AT"],
        }
    form = {**defaults, **_rendered(settings, "form", context)}
    if method == "GET":
        request.query = {**{key: _text(value) for key, value in form.items()}, **request.query}
    elif method != "DELETE":
        _add_body(request, settings, context, defaults, form)
    for name, value in _rendered(settings, "headers", context).items():
        request.headers[name] = _text(value)
    if auth := _rendered(settings, "auth", context):
        pair = f"{auth.get('username', '')}:{auth.get('password', '')}"
        request.headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return request


def _add_body(
    request: HookRequest,
    settings: dict[str, Any],
    context: dict[str, Any],
    defaults: dict[str, Any],
    form: dict[str, Any],
) -> None:
    """Add the body according to the settings."""
    if settings.get("body") is not None:
        request.body = render(_text(settings["body"]), context)
    elif (template := settings.get("json")) is not None:
        request.headers["Content-Type"] = "application/json"
        request.body = _json_body(template, context, defaults)
    elif form:
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        request.body = urlencode(
            {key: _text(value) for key, value in form.items()}, errors="replace"
        )


def _json_body(template: Any, context: dict[str, Any], defaults: dict[str, Any]) -> str:
    """Return the JSON body; a template may only be valid JSON after it is rendered."""
    if not isinstance(template, str):
        rendered = render_all(template, context)
    else:
        text = render(template, context)
        try:
            rendered = json.loads(text)
        except ValueError:
            return text
    if isinstance(rendered, dict):
        rendered = {**defaults, **rendered}
    return dumps(rendered)


def _rendered(settings: dict[str, Any], name: str, context: dict[str, Any]) -> dict[str, Any]:
    """Return an object of the settings with its templates rendered."""
    value = settings.get(name)
    if not isinstance(value, dict):
        return {}
    rendered: dict[str, Any] = render_all(value, context)
    return rendered


def _text(value: Any) -> str:
    """Return a value as text."""
    return value if isinstance(value, str) else dumps(value)
