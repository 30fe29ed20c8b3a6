"""JSON of boards in API responses."""

from typing import Any

from .clock import iso
from .faults import Faults
from .world import Board
from .world.platforms import has_wifi


def device_json(board: Board, faults: Faults, *, product: bool = False) -> dict[str, Any]:
    """Return a board as in the responses for a single device and the list of the account.

    Args:
        board: The board.
        faults: The faults, which include older response formats.
        product: Whether the endpoint is that of a product, which adds some keys.
    """
    shown: dict[str, Any] = {
        "id": board.id,
        "name": board.name,
        "owner": board.owner,
        "last_ip_address": board.last_ip_address,
        "last_heard": iso(board.last_heard) if board.last_heard else None,
        "last_handshake_at": iso(board.last_handshake_at) if board.last_handshake_at else None,
        "product_id": board.platform_id if board.product_id is None else board.product_id,
        "online": board.online,
        "connected": board.online,
        "platform_id": board.platform_id,
        "cellular": board.cellular,
        "notes": board.notes,
        **_description(board, faults),
        "status": "safe_mode" if board.safe_mode else "normal",
        "serial_number": board.serial_number,
    }
    if faults.get("connected_only"):
        del shown["online"]
    if faults.get("unknown_keys"):
        shown["brand_new"] = {"nested": [1, None]}
        shown["last_ip_address"] = shown["notes"] = None
    if has_wifi(board.platform_id):
        suffix = int(board.id, 16) % 256
        shown["mac_wifi"] = f"00:00:5E:00:53:{suffix:02X}"
    if board.cellular:
        shown["iccid"] = board.iccid
        shown["last_iccid"] = board.iccid
        shown["imei"] = board.imei
    shown["mobile_secret"] = board.mobile_secret
    shown["system_firmware_version"] = board.system_version
    shown["current_build_target"] = board.system_version
    shown["default_build_target"] = board.system_version
    shown["firmware_updates_enabled"] = board.updates_enabled
    shown["firmware_updates_forced"] = board.updates_forced
    shown["device_protection"] = {"status": board.protection}
    if board.product_id is not None:
        shown |= _product_keys(board)
        if product:
            shown |= _product_only_keys(board)
    return shown


def listed_product_device_json(board: Board, faults: Faults) -> dict[str, Any]:
    """Return a board as in the list of a product: without functions and variables."""
    if board.quarantined:
        return {
            "id": board.id,
            "product_id": board.product_id,
            "last_ip_address": board.last_ip_address,
            "last_heard": iso(board.last_heard) if board.last_heard else None,
            "quarantined": True,
            "denied": board.denied,
        }
    shown = device_json(board, faults, product=True)
    for key in ("functions", "variables", "mobile_secret"):
        shown.pop(key, None)
    return shown


def _description(board: Board, faults: Faults) -> dict[str, Any]:
    """Return functions and variables of the firmware, if the cloud knows them."""
    described = board.described_from is None or board.described_from <= board.clock.now()
    known = board.online and described and not board.safe_mode and not board.quarantined
    if known and not faults.get("descriptions_null", device=board.id):
        return {
            "functions": list(board.program.functions),
            "variables": dict(board.program.types),
        }
    if faults.get("descriptions_absent"):
        return {}
    if faults.get("descriptions_empty"):
        return {"functions": [], "variables": {}}
    return {"functions": None, "variables": None}


def _product_keys(board: Board) -> dict[str, Any]:
    """Return the keys that only boards of a product have."""
    return {
        "firmware_product_id": board.product_id,
        "groups": board.groups,
        "firmware_version": board.firmware_version,
        "desired_firmware_version": board.desired_firmware_version,
    }


def _product_only_keys(board: Board) -> dict[str, Any]:
    """Return the keys that only endpoints of products return."""
    product = board.world.products.get(board.product_id or 0)
    targeted = product.default_firmware(board.groups) if product else None
    return {
        "targeted_firmware_release_version": (
            board.desired_firmware_version or (targeted.version if targeted else None)
        ),
        "development": board.development,
        "quarantined": board.quarantined,
        "denied": board.denied,
    }
