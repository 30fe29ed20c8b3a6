"""Configuration of trackers: of a product, and of one device."""

from typing import Any

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import ApiError, bad_request, not_ok

routes = Routes("Products")

_CONFIG = "/v1/products/{product}/config"
_SCHEMA = "application/schema+json"


@routes.add(
    "GET", _CONFIG, "Get configuration or schema", Access.PRODUCT, scope="configuration:get"
)
async def get_configuration(call: Call) -> web.Response:
    """Show the configuration of a product; or its schema, if that is accepted."""
    if _wants_schema(call):
        return _schema(call)
    return _shown(call.product.configuration)


@routes.add(
    "GET",
    _CONFIG + "/{device}",
    "Get configuration or schema of a device",
    Access.PRODUCT,
    scope="configuration:get",
)
async def get_device_configuration(call: Call) -> web.Response:
    """Show the configuration of a device, or that of its product."""
    board = call.board()
    if _wants_schema(call):
        return _schema(call)
    current = board.pending_configuration or board.configuration
    return _shown(current or call.product.configuration)


@routes.add(
    "PUT", _CONFIG, "Set configuration or schema", Access.PRODUCT, scope="configuration:update"
)
async def set_configuration(call: Call) -> web.Response:
    """Set the configuration of a product, or the schema by its content type."""
    if call.request.content_type == _SCHEMA:
        return _set_schema(call)
    call.product.configuration = _sent(call)
    return _shown(call.product.configuration)


@routes.add(
    "PUT",
    _CONFIG + "/{device}",
    "Set configuration of a device",
    Access.PRODUCT,
    scope="configuration:update",
)
async def set_device_configuration(call: Call) -> web.Response:
    """Set the configuration of a device; one that is offline gets it later."""
    board, wanted = call.board(), _sent(call)
    if not board.online:
        board.pending_configuration = wanted
        return _shown(wanted, 202)
    if call.cloud.faults.take("configuration_rejected", device=board.id):
        raise ApiError(
            400,
            {
                "error": "device_rejected_configuration",
                "error_description": "The device rejected the configuration",
            },
        )
    board.configuration = wanted
    return _shown(wanted)


def _wants_schema(call: Call) -> bool:
    """Return whether the schema is asked for."""
    return _SCHEMA in call.request.headers.get("Accept", "")


def _schema(call: Call) -> web.Response:
    """Show the schema."""
    if call.product.configuration_schema is None:
        raise ApiError(404, {})
    return answer(call.product.configuration_schema)


def _set_schema(call: Call) -> web.Response:
    """Take a schema; it has to be one."""
    schema = call.fields
    if "type" not in schema or not isinstance(schema.get("properties", {}), dict):
        raise ApiError(
            422,
            {
                "message": "Invalid Schema",
                "description": "The schema is not a valid JSON schema",
                "violations": [{"property": "type", "message": "is required"}],
            },
        )
    call.product.configuration_schema = schema
    return answer(schema)


def _sent(call: Call) -> dict[str, Any]:
    """Return the configuration that was sent, checked against the schema's properties."""
    if call.body.kind != "json" or not call.fields:
        raise bad_request("configuration is required")
    schema = call.product.configuration_schema
    known = set(schema.get("properties", {})) if schema else set(call.fields)
    unknown = sorted(set(call.fields) - known)
    if unknown:
        raise not_ok(400, f"Unknown configuration: {', '.join(unknown)}")
    return call.fields


def _shown(configuration: dict[str, Any] | None, status: int = 200) -> web.Response:
    """Return a configuration; one that was never set is an empty 404."""
    if configuration is None:
        raise ApiError(404, {})
    return answer({"configuration": configuration}, status)
