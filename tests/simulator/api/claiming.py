"""Ownership of devices: claims, transfers, products, provisioning."""

from base64 import b64encode
import secrets
from typing import Any

from aiohttp import web

from tests.simulator.body import boolean
from tests.simulator.call import Call, answer
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import ApiError, bad_request, not_ok
from tests.simulator.programs import Program
from tests.simulator.shapes import device_json
from tests.simulator.world import Board

routes = Routes("Devices")

_PRODUCT_DEVICE = "/v1/products/{product}/devices/{device}"
_UNPROTECT = "/devices/{device}/unprotect"


@routes.add("POST", "/v1/devices", "Claim a device, or provision a new one", Access.PERSON)
async def claim(call: Call) -> web.Response:
    """Claim a device, request its transfer, or provision a new one."""
    if call.has("product_id"):
        return _provision(call)
    old_shape = call.cloud.faults.get("claim_2015") is not None
    board = call.world.boards.get(call.text("id").lower())
    if board is None:
        text = "device does not exist" if old_shape else "device not found"
        raise ApiError(404, {"ok": False, "errors": [text]})
    me = call.token.username
    if board.owner not in (None, me):
        if call.boolean("request_transfer"):
            transfer = call.world.new_id()
            call.world.transfers[transfer] = (board.id, me)
            return answer({"transfer_id": transfer})
        raise ApiError(403, {"errors": ["That belongs to someone else."]})
    if board.platform_id == 0 and not board.online:
        raise ApiError(404, {"ok": False, "errors": [["Core isn't online", 404]]})
    board.owner = me
    board.claim_time = call.world.clock.now()
    if old_shape:
        user_id = call.world.owner_id(me)
        return answer({"user_id": user_id, "id": board.id, "connected": board.online, "ok": True})
    return answer({"ok": True, "deviceID": board.id, "claimed": True})


def _provision(call: Call) -> web.Response:
    """Create a device ID for custom hardware."""
    number = call.integer("product_id")
    product = call.world.products.get(number)
    if product is not None and not call.may_see_product(product):
        raise not_ok(403, "Permission denied")
    board = call.world.add_board(
        None,
        platform_id=product.platform_id if product else number,
        program=Program(),
        online=False,
        owner=call.token.username,
        product_id=product.id if product else None,
    )
    return answer(device_json(board, call.cloud.faults))


@routes.add("POST", "/v1/device_claims", "Create a claim code", Access.PERSON)
@routes.add(
    "POST",
    "/v1/products/{product}/device_claims",
    "Create a claim code (product)",
    Access.CUSTOMERS,
    scope="devices:claim",
)
async def create_claim_code(call: Call) -> web.Response:
    """Create a claim code, which a device sends when it connects."""
    code = b64encode(secrets.token_bytes(48)).decode()[:63]
    call.world.claim_codes[code] = call.token.username
    mine = [board.id for board in call.world.boards.values() if board.owner == call.token.username]
    return answer({"claim_code": code, "device_ids": mine})


@routes.add("DELETE", "/v1/devices/{device}", "Unclaim a device", Access.DEVICES)
async def unclaim(call: Call) -> web.Response:
    """Unclaim a device."""
    board = call.board()
    if board.owner != call.token.username:
        raise not_ok(403, "Permission denied")
    board.owner = None
    return answer({"ok": True})


@routes.add(
    "DELETE",
    _PRODUCT_DEVICE + "/owner",
    "Unclaim a device of a product",
    Access.PRODUCT,
    scope="devices:unclaim",
)
async def remove_owner(call: Call) -> web.Response:
    """Remove the owner of a product's device."""
    call.board().owner = None
    return answer(status=204)


@routes.add(
    "DELETE",
    _PRODUCT_DEVICE,
    "Remove a device from a product, or deny it",
    Access.PRODUCT,
    scope="devices:remove",
)
async def remove_from_product(call: Call) -> web.Response:
    """Remove a device from a product."""
    board = call.world.boards.get(call.path("device").lower())
    if board is None or board.product_id != call.product.id:
        raise not_ok(404, "Device not found for this product")
    if call.boolean("deny"):
        if not board.quarantined:
            raise bad_request("Only quarantined devices can be denied")
        board.denied = True
        return answer(status=204)
    call.world.leave_product(board)
    return answer(status=204)


@routes.add(
    "POST",
    "/v1/products/{product}/devices",
    "Import devices into a product, or approve one",
    Access.PRODUCT,
    scope="devices:import",
)
async def import_devices(call: Call) -> web.Response:
    """Import devices into a product; each is in one of the lists of the response."""
    identifiers = _identifiers(call)
    lists: dict[str, list[str]] = {
        name: []
        for name in (
            "updatedDeviceIds",
            "existingDeviceIds",
            "nonmemberDeviceIds",
            "invalidDeviceIds",
            "protectedDeviceIds",
        )
    }
    for identifier in identifiers:
        board = call.world.by_identifier(identifier)
        if board is None or board.platform_id != call.product.platform_id:
            lists["invalidDeviceIds"].append(identifier)
        elif board.protection == "active":
            lists["protectedDeviceIds"].append(board.id)
        elif board.product_id == call.product.id and not board.quarantined:
            lists["existingDeviceIds"].append(board.id)
        elif board.product_id is not None and board.product_id != call.product.id:
            lists["nonmemberDeviceIds"].append(board.id)
        else:
            _take_in(call, board)
            lists["updatedDeviceIds"].append(board.id)
    return answer({"updated": len(lists["updatedDeviceIds"]), **lists})


def _identifiers(call: Call) -> list[str]:
    """Return the IDs, serial numbers, IMEIs or ICCIDs of the request."""
    if call.body.files:
        lines = call.body.files[0].content.decode(errors="replace").splitlines()
        return [line.strip() for line in lines if line.strip()]
    found = call.texts("ids") or call.texts("id")
    if not found:
        raise bad_request("id, ids or file is required")
    return found


def _take_in(call: Call, board: Board) -> None:
    """Add a board to the product."""
    board.product_id = call.product.id
    board.quarantined = board.denied = False
    board.firmware_version = board.firmware_version or 1
    owner = _option(call, "claim_user")
    if owner and owner in call.world.users:
        board.owner = owner
    if _option(call, "import_sims") and board.iccid is not None:
        call.world.add_sim(board, call.product)


def _option(call: Call, name: str) -> Any:
    """Return an option of an import, from the body or the query."""
    value = call.fields.get(name, call.query(name))
    if name == "import_sims" and value is not None:
        return boolean(value, name)
    return value


@routes.add("POST", "/v1/provisioning/{device}", "Upload a device's public key", Access.ANY)
async def upload_key(call: Call) -> web.Response:
    """Accept a public key."""
    call.text("publicKey")
    return answer("Success!")


@routes.add("GET", "/v1/serial_numbers/{serial}", "Look up a serial number", Access.ANY)
async def look_up_serial_number(call: Call) -> web.Response:
    """Return the device with a serial number."""
    call.limit("serial_number", who=call.token.username)
    for board in call.world.boards.values():
        if board.serial_number == call.path("serial"):
            found: dict[str, Any] = {"ok": True, "deviceID": board.id}
            return answer({**found, "iccid": board.iccid} if board.iccid else found)
    raise not_ok(404, "Serial number not found.")


@routes.scoped(
    "PUT",
    _UNPROTECT,
    "Unprotect a device",
    scope="devices:unprotect",
    account=Access.DEVICES,
    organization=True,
)
async def unprotect(call: Call) -> web.Response:
    """Prepare or confirm the unprotection of a device."""
    board = call.board()
    match call.text("action"):
        case "prepare":
            if board.protection == "disabled":
                return answer({"ok": True, "protected": False})
            board.server_nonce = b64encode(secrets.token_bytes(32)).decode()
            return answer({"ok": True, "protected": True, "server_nonce": board.server_nonce})
        case "confirm":
            if not board.server_nonce or call.text("server_nonce") != board.server_nonce:
                raise bad_request("server_nonce is wrong")
            call.text("device_signature")
            board.protection, board.server_nonce = "disabled", ""
            return answer({"ok": True, "protected": False})
        case _:
            raise bad_request("action must be prepare or confirm")
