"""Configuration of Tracker devices: of a product, and of a device."""

from typing import Any

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import ApiError, bad_request, not_ok
from tests.simulator.world import Board

routes = Routes("Products")

_CONFIG = "/v1/products/{product}/config"
_SCHEMA = "application/schema+json"


@routes.add(
    "GET", _CONFIG, "Get configuration or schema", Access.PRODUCT, scope="configuration:get"
)
async def get_configuration(call: Call) -> web.Response:
    """Return the configuration of a product, or its schema, depending on the Accept header."""
    if _wants_schema(call):
        return _shown_schema(call.product.configuration_schema)
    if call.product.configuration is None:
        raise ApiError(404, {})
    return answer({"configuration": call.product.configuration})


@routes.add(
    "GET",
    _CONFIG + "/{device}",
    "Get configuration or schema of a device",
    Access.PRODUCT,
    scope="configuration:get",
)
async def get_device_configuration(call: Call) -> web.Response:
    """Return the configuration of a device or of its product, and what is pending for it."""
    board = call.board()
    if _wants_schema(call):
        return _shown_schema(_schema(call, board))
    current = board.configuration or call.product.configuration
    if current is None and board.pending_configuration is None:
        raise ApiError(404, {})
    shown = {"current": current or {}}
    if board.pending_configuration is not None:
        shown["pending"] = board.pending_configuration
    return answer({"configuration": shown})


@routes.add(
    "PUT", _CONFIG, "Set configuration or schema", Access.PRODUCT, scope="configuration:update"
)
async def set_configuration(call: Call) -> web.Response:
    """Set the configuration of a product or of devices, or the schema, by the content type."""
    if call.request.content_type == _SCHEMA:
        call.product.configuration_schema = _sent_schema(call)
        return answer(call.product.configuration_schema)
    chosen = [_product_board(call, device_id) for device_id in call.texts("deviceIds")]
    wanted = {key: value for key, value in call.fields.items() if key != "deviceIds"}
    if call.body.kind != "json" or not (wanted or chosen):
        raise bad_request("configuration is required")
    _check(call.product.configuration_schema, wanted)
    for board in chosen:
        _give(board, wanted)
    if not chosen:
        call.product.configuration = wanted
    return answer({}, 202)


@routes.add(
    "PUT",
    _CONFIG + "/{device}",
    "Set configuration of a device",
    Access.PRODUCT,
    scope="configuration:update",
)
async def set_device_configuration(call: Call) -> web.Response:
    """Set the configuration of a device, later if it is offline; an empty one resets it."""
    board = call.board()
    if call.request.content_type == _SCHEMA:
        board.configuration_schema = _sent_schema(call)
        return answer(board.configuration_schema)
    if call.body.kind not in ("json", "none"):
        raise bad_request("configuration must be JSON")
    _check(_schema(call, board), call.fields)
    if board.online and call.cloud.faults.take("configuration_rejected", device=board.id):
        refused = ", ".join(f"{section}: -19" for section in call.fields)
        text = f"Configuration updates failed for some sections: {{{refused}}}"
        error = {"error": "device_rejected_configuration", "error_description": text}
        raise ApiError(400, error)
    _give(board, call.fields)
    return answer({}, 200 if board.online else 202)


def _give(board: Board, wanted: dict[str, Any]) -> None:
    """Configure a board now, or when it connects; an empty configuration removes its own."""
    if not board.online:
        board.pending_configuration = wanted
        return
    board.configuration, board.pending_configuration = wanted or None, None


def _product_board(call: Call, device_id: str) -> Board:
    """Return a board of the product by its id."""
    board = call.world.boards.get(device_id.lower())
    if board is None or board.product_id != call.product.id:
        raise not_ok(404, "Device not found.")
    return board


def _wants_schema(call: Call) -> bool:
    """Return whether the schema is requested."""
    return _SCHEMA in call.request.headers.get("Accept", "")


def _schema(call: Call, board: Board) -> dict[str, Any] | None:
    """Return the schema of a board, or that of its product."""
    return board.configuration_schema or call.product.configuration_schema


def _shown_schema(schema: dict[str, Any] | None) -> web.Response:
    """Return a schema, or an empty 404 if it was never set."""
    if schema is None:
        raise ApiError(404, {})
    return answer(schema)


def _sent_schema(call: Call) -> dict[str, Any]:
    """Return the schema of the request, after validating it."""
    schema = call.fields
    if "type" not in schema:
        raise _violation("schema should have required property 'type'", "required", "type")
    if not isinstance(schema.get("properties", {}), dict):
        raise _violation("schema.properties should be object", "type", "properties")
    return schema


def _check(schema: dict[str, Any] | None, wanted: dict[str, Any]) -> None:
    """Reject a configuration with keys that its schema does not allow."""
    if schema is None or schema.get("additionalProperties", True):
        return
    for name in sorted(set(wanted) - set(schema.get("properties", {}))):
        raise _violation("data should NOT have additional properties", "additionalProperties", name)


def _violation(description: str, keyword: str, name: str) -> ApiError:
    """Return the error for a configuration that does not match its schema."""
    violation = {
        "keyword": keyword,
        "dataPath": "",
        "schemaPath": f"#/{keyword}",
        "params": {"property": name},
        "message": description.partition(" ")[2],
    }
    body = {"message": "Invalid Schema", "description": description, "violations": [violation]}
    return ApiError(422, body)
