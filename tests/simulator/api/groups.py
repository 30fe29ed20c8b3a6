"""Device groups of a product, and changes of many devices at once."""

import re
from typing import Any

from aiohttp import web

from tests.simulator.body import texts
from tests.simulator.call import Call, answer
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import bad_request, not_ok
from tests.simulator.world import Group

routes = Routes("Products")

_GROUPS = "/v1/products/{product}/groups"
_NAME = re.compile(r"^[a-z0-9_-]+$")


@routes.add("GET", _GROUPS, "List device groups", Access.PRODUCT, scope="groups:list")
async def list_groups(call: Call) -> web.Response:
    """List groups, optionally filtered by a part of the name."""
    part = call.query("name") or ""
    groups = [one.as_json() for one in call.product.groups.values() if part in one.name]
    return answer({"groups": groups})


@routes.add("POST", _GROUPS, "Create a device group", Access.PRODUCT, scope="groups:create")
async def create_group(call: Call) -> web.Response:
    """Create a group."""
    group = Group(_name(call))
    if group.name in call.product.groups:
        raise bad_request(f"Group {group.name} already exists")
    group.color = call.text("color", group.color)
    group.description = call.text("description", "")
    call.product.groups[group.name] = group
    return answer({"group": _shown(call, group)}, 201)


@routes.add("GET", _GROUPS + "/{group}", "Get a device group", Access.PRODUCT, scope="groups:get")
async def get_group(call: Call) -> web.Response:
    """Return a group with the number of its devices."""
    return answer({"group": _shown(call, _group(call))})


@routes.add(
    "PUT", _GROUPS + "/{group}", "Change a device group", Access.PRODUCT, scope="groups:update"
)
async def update_group(call: Call) -> web.Response:
    """Change the name, color or description of a group."""
    group = _group(call)
    group.color = call.text("color", group.color)
    group.description = call.text("description", group.description)
    if call.has("name"):
        old, new = group.name, _name(call)
        if new != old and new in call.product.groups:
            raise bad_request(f"Group {new} already exists")
        del call.product.groups[old]
        group.name = new
        call.product.groups[new] = group
        for board in call.world.boards.values():
            if board.product_id == call.product.id and old in board.groups:
                board.groups[board.groups.index(old)] = new
    return answer({"group": _shown(call, group)})


@routes.add(
    "DELETE", _GROUPS + "/{group}", "Delete a device group", Access.PRODUCT, scope="groups:remove"
)
async def delete_group(call: Call) -> web.Response:
    """Delete a group, but not its devices."""
    group = _group(call)
    del call.product.groups[group.name]
    for board in call.world.boards.values():
        if board.product_id == call.product.id and group.name in board.groups:
            board.groups.remove(group.name)
    return answer(status=204)


@routes.add(
    "PUT",
    "/v1/products/{product}/devices",
    "Change groups of many devices",
    Access.PRODUCT,
    scope="devices:update",
)
async def update_devices(call: Call) -> web.Response:
    """Add groups to devices, or remove them."""
    if call.text("action") != "groups":
        raise bad_request("action must be groups")
    metadata = call.fields.get("metadata")
    if not isinstance(metadata, dict):
        raise bad_request("metadata is required")
    add = texts(metadata.get("add", []), "add")
    remove = texts(metadata.get("remove", []), "remove")
    boards = []
    for device_id in call.texts("devices"):
        board = call.world.boards.get(device_id.lower())
        if board is None or board.product_id != call.product.id:
            raise not_ok(404, "Device not found.")
        boards.append(board)
    if not boards:
        raise bad_request("devices is required")
    call.world.ensure_groups(call.product, add)
    for board in boards:
        kept = [name for name in board.groups if name not in remove]
        board.groups = kept + [name for name in add if name not in kept]
    return answer({"ok": True})


@routes.add(
    "GET",
    "/v1/products/{product}/impact",
    "Estimate the impact of a release or a change of groups",
    Access.PRODUCT,
    scope="firmware:release",
)
async def impact(call: Call) -> web.Response:
    """Count the devices that would get a different firmware version."""
    action = call.query("action")
    if action not in ("edit_groups_for_firmware", "edit_groups_for_device", "edit_product_default"):
        raise bad_request("action is unknown")
    groups = {name for name in (call.query("edited_groups", "groups") or "").split(",") if name}
    boards = [
        board
        for board in call.world.boards.values()
        if board.product_id == call.product.id and groups & set(board.groups)
    ]
    return answer({"devices": {"total": len(boards), "online": sum(b.online for b in boards)}})


def _name(call: Call) -> str:
    """Return the name of a group."""
    name = call.text("name")
    if not _NAME.match(name):
        raise bad_request("name may have lower-case letters, digits, dashes and underscores")
    return name


def _group(call: Call) -> Group:
    """Return the group in the path."""
    group = call.product.groups.get(call.path("group"))
    if group is None:
        raise not_ok(404, "Group not found.")
    return group


def _shown(call: Call, group: Group) -> dict[str, Any]:
    """Return a group with the number of its devices."""
    count = sum(
        board.product_id == call.product.id and group.name in board.groups
        for board in call.world.boards.values()
    )
    return {**group.as_json(), "device_count": count}
