"""Devices: list, get, variables, functions, changes, ping."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.clock import iso
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import ApiError, bad_request, not_ok
from tests.simulator.jsontext import dumps, encode
from tests.simulator.shapes import device_json, listed_product_device_json
from tests.simulator.world import Board

from .flashing import flash, wants_flash

routes = Routes("Devices")

_ACCOUNT = "/v1/devices/{device}"
_PRODUCT = "/v1/products/{product}/devices/{device}"
_ORGANIZATION = "/v1/orgs/{organization}/devices"
_SORT: dict[str, Callable[[Board], Any]] = {
    "deviceName": lambda board: board.name or "",
    "deviceId": lambda board: board.id,
    "firmwareVersion": lambda board: board.firmware_version or 0,
    "lastConnection": lambda board: iso(board.last_handshake_at) if board.last_handshake_at else "",
}


@routes.add("GET", "/v1/devices", "List devices", Access.PERSON)
async def list_devices(call: Call) -> web.Response:
    """List the devices of the user or customer, newest handshake first."""
    mine = call.token.username
    boards = [board for board in call.world.boards.values() if board.owner == mine]
    boards.sort(key=_SORT["lastConnection"], reverse=True)
    return answer([device_json(board, call.cloud.faults) for board in boards])


@routes.add(
    "GET",
    "/v1/products/{product}/devices",
    "List devices of a product",
    Access.PRODUCT,
    scope="devices:list",
)
async def list_product_devices(call: Call) -> web.Response:
    """List the devices of a product, paginated, filtered and sorted."""
    boards = [board for board in call.world.boards.values() if board.product_id == call.product.id]
    boards = [board for board in boards if _matches(call, board)]
    attribute = call.query("sortAttr") or "lastConnection"
    if attribute not in _SORT:
        raise bad_request(f"sortAttr must be one of {', '.join(_SORT)}")
    descending = call.query("sortDir") != "asc"
    if call.query("sortDir") is None and attribute != "lastConnection":
        descending = False
    boards.sort(key=_SORT[attribute], reverse=descending)
    shown, pages = page_of(call, boards, 25)
    usernames = {board.owner for board in shown}
    customers = [
        {"id": customer.id, "username": customer.username}
        for customer in call.world.customers.values()
        if customer.product_id == call.product.id and customer.username in usernames
    ]
    return answer(
        {
            "devices": [listed_product_device_json(board, call.cloud.faults) for board in shown],
            "customers": customers,
            "meta": {"total_pages": pages},
        }
    )


def page_of[Item](call: Call, items: list[Item], size: int) -> tuple[list[Item], int]:
    """Return the requested page, with either spelling of the parameters, and the number of pages."""
    page = call.number("page", default=1)
    per_page = call.number("perPage", "per_page", default=size)
    start = (page - 1) * per_page
    return items[start : start + per_page], max(1, -(-len(items) // per_page))


def _matches(call: Call, board: Board) -> bool:
    """Return whether a board matches the filters of a listing."""
    parts = (
        (call.query("deviceId"), board.id),
        (call.query("deviceName"), board.name or ""),
        (call.query("serialNumber"), board.serial_number),
    )
    if any(wanted is not None and wanted.lower() not in has.lower() for wanted, has in parts):
        return False
    groups = call.query("groups")
    if groups and not set(groups.split(",")) & set(board.groups):
        return False
    quarantined = call.query("quarantined")
    return quarantined is None or (quarantined == "true") == board.quarantined


@routes.add("GET", _ACCOUNT, "Get a device", Access.DEVICES, scope="devices:get")
@routes.add("GET", _PRODUCT, "Get a device of a product", Access.PRODUCT, scope="devices:get")
async def get_device(call: Call) -> web.Response:
    """Return a device."""
    product = call.scope_product is not None
    return answer(device_json(call.board(), call.cloud.faults, product=product))


@routes.add(
    "GET",
    _ACCOUNT + "/{variable}",
    "Read a variable",
    Access.DEVICES,
    scope="devices.variable:get",
)
@routes.add(
    "GET",
    _PRODUCT + "/{variable}",
    "Read a variable of a product's device",
    Access.PRODUCT,
    scope="devices.variable:get",
)
async def read_variable(call: Call) -> web.Response:
    """Read a variable of a board."""
    board, name = call.board(), call.path("variable")
    check_plan(call)
    await _reach(call, board, ApiError(408, {"error": "Timed out."}))
    if board.safe_mode or name not in board.program.values:
        if call.cloud.faults.get("unknown_variable_text"):
            raise not_ok(404, f"Unknown Variable: {name}")
        raise not_ok(404, "Variable not found")
    value = await call.world.spawn_value(board.read(name))
    if call.query("format") == "raw":
        text = value if isinstance(value, str) else dumps(value)
        return web.Response(body=encode(text), content_type="text/plain", charset="utf-8")
    return answer(
        {
            "cmd": "VarReturn",
            "name": name,
            "result": value,
            "coreInfo": {
                "name": board.name,
                "deviceID": board.id,
                "connected": board.online,
                "last_handshake_at": _moment(board.last_handshake_at),
                "last_heard": _moment(board.last_heard),
                "last_app": "",
                "product_id": board.product_id or board.platform_id,
            },
        }
    )


@routes.add(
    "POST",
    _ACCOUNT + "/{function}",
    "Call a function",
    Access.DEVICES,
    scope="devices.function:call",
)
@routes.add(
    "POST",
    _PRODUCT + "/{function}",
    "Call a function of a product's device",
    Access.PRODUCT,
    scope="devices.function:call",
)
async def call_function(call: Call) -> web.Response:
    """Call a function of a board."""
    board, name = call.board(), call.path("function")
    argument = _argument(call)
    check_plan(call)
    await _reach(call, board, not_ok(400, "Timed out."))
    if fault := call.cloud.faults.take("function_not_ok", device=board.id):
        return answer({"ok": False, "error": fault.option("error", "Function call failed")})
    if board.safe_mode or name not in board.program.functions:
        raise not_ok(404, f"Function {name} not found")
    if len(argument.encode(errors="replace")) > board.max_argument:
        raise bad_request(f"Argument is longer than {board.max_argument} bytes")
    # A board carries a function out even if the caller disconnects.
    returned = await call.world.spawn_value(board.call(name, argument))
    if call.fields.get("format") == "raw":
        return web.Response(text=str(returned), content_type="text/plain")
    return answer(
        {
            "id": board.id,
            "name": board.name,
            "last_app": "",
            "connected": board.online,
            "return_value": returned,
        }
    )


def _argument(call: Call) -> str:
    """Return the argument: `arg`, `args`, or the only remaining field."""
    fields = {key: value for key, value in call.fields.items() if key != "format"}
    for name in ("arg", "args"):
        if name in fields:
            value = fields[name]
            break
    else:
        value = next(iter(fields.values())) if len(fields) == 1 else ""
    match value:
        case None:
            return ""
        case str():
            return value
        case _:
            return dumps(value)


async def _reach(call: Call, board: Board, timed_out: ApiError) -> None:
    """Wait for a board that does not respond, as long as the cloud waits.

    Raises:
        ApiError: It is offline or does not respond.
    """
    faults = call.cloud.faults
    if board.online and not board.restarting and not faults.take("no_answer", device=board.id):
        return
    if faults.take("offline_at_once", device=board.id):
        raise not_ok(404, "Device is not connected")
    if faults.take("offline_hang", device=board.id):
        await asyncio.Event().wait()
    await asyncio.sleep(call.cloud.settings.offline_wait)
    if faults.take("offline_408", device=board.id):
        raise ApiError(408, {"error": "Timed out."})
    if call.scope_product is not None and timed_out.status == 400:
        raise not_ok(400, "timed out")
    raise timed_out


def check_plan(call: Call) -> None:
    """Refuse a paid call if the data operations of the month are used up.

    Raises:
        ApiError: They are.
    """
    settings = call.cloud.settings
    fault = call.cloud.faults.take("quota_used_up")
    used_up = settings.enforce_plan and call.cloud.operations.total >= settings.plan_operations
    if fault or used_up:
        text = "Data Operations limit reached: service is paused until the next billing month"
        raise not_ok(int(fault.option("status", 403)) if fault else 403, text)


@routes.add(
    "PUT", _ACCOUNT, "Change, signal or flash a device", Access.DEVICES, scope="devices:update"
)
@routes.add(
    "PUT", _PRODUCT, "Change or flash a product's device", Access.PRODUCT, scope="devices:update"
)
async def update_device(call: Call) -> web.Response:
    """Change a device, depending on the fields."""
    board = call.board()
    if wants_flash(call):
        return await flash(call, board)
    changed = _change(call, board)
    if changed is None:
        return await _signal(call, board)
    keep_time = set(changed) != {"firmware_updates_forced"}
    if keep_time and not call.cloud.faults.get("no_updated_at"):
        changed["updated_at"] = call.now()
    return answer({"id": board.id, **changed})


def _change(call: Call, board: Board) -> dict[str, Any] | None:
    """Change the properties in the fields and return them; None if the field is `signal`."""
    product, changed = call.scope_product, dict[str, Any]()
    if call.has("name"):
        board.name = changed["name"] = call.text("name")
    if call.has("notes"):
        board.notes = changed["notes"] = call.text("notes", "")
    if call.has("firmware_updates_forced"):
        forced = call.boolean("firmware_updates_forced")
        board.updates_forced = changed["firmware_updates_forced"] = forced
        if board.online:
            board.system_event("particle/device/updates/forced", dumps(forced))
            if forced:
                call.world.offer_update(board)
    if product is not None and call.has("desired_firmware_version"):
        changed |= _lock_firmware(call, board)
    if product is not None and call.has("development"):
        board.development = changed["development"] = call.boolean("development")
    if product is not None and call.has("groups"):
        board.groups = changed["groups"] = call.texts("groups")
        call.world.ensure_groups(product, board.groups)
    if not changed and call.has("signal") and product is None:
        return None
    if not changed:
        raise bad_request("Nothing to do?")
    return changed


def _lock_firmware(call: Call, board: Board) -> dict[str, Any]:
    """Lock a board to a firmware version of its product, or unlock it."""
    wanted = call.fields["desired_firmware_version"]
    if wanted in (None, "", "null"):
        board.desired_firmware_version = None
    else:
        version = call.integer("desired_firmware_version")
        if version not in call.product.firmware:
            raise not_ok(404, f"Firmware version {version} not found")
        if call.boolean("flash") and not board.online:
            raise bad_request("Device is not online")
        board.desired_firmware_version = version
        if call.boolean("flash"):
            call.world.offer_update(board)
    return {"desired_firmware_version": board.desired_firmware_version}


async def _signal(call: Call, board: Board) -> web.Response:
    """Start or stop the rainbow on the status LED of a board."""
    wanted = call.boolean("signal")
    if not board.online:
        await asyncio.sleep(call.cloud.settings.offline_wait)
        text = "Timed out, didn't hear back from device service"
        raise ApiError(500, {"ok": False, "code": 500, "errors": [{"error": text}]})
    board.signaling = wanted
    return answer({"id": board.id, "connected": True, "signaling": wanted})


@routes.add("PUT", _ACCOUNT + "/ping", "Ping a device", Access.DEVICES, scope="devices:ping")
@routes.add(
    "PUT", _PRODUCT + "/ping", "Ping a product's device", Access.PRODUCT, scope="devices:ping"
)
async def ping_device(call: Call) -> web.Response:
    """Return whether a board responds."""
    board = call.board()
    online = board.online and not call.cloud.faults.take("ping_offline", device=board.id)
    return answer({"online": online, "ok": True})


def _moment(moment: Any) -> str | None:
    """Return a time as text; None if there is none."""
    return iso(moment) if moment is not None else None
