"""Locations of the devices of a product."""

from datetime import datetime
from typing import Any

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.clock import iso
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import bad_request, not_ok
from tests.simulator.world import Board

routes = Routes("Products")

_LOCATIONS = "/v1/products/{product}/locations"
_SCOPE = "locations:get"


@routes.add("GET", _LOCATIONS, "List locations of devices", Access.PRODUCT, scope=_SCOPE)
@routes.add(
    "GET",
    "/v1/products/{product}/fleet_locations",
    "List locations of devices",
    Access.PRODUCT,
    scope=_SCOPE,
)
async def list_locations(call: Call) -> web.Response:
    """List the locations of devices, paginated."""
    dates = _dates(call)
    name = (call.query("device_name", "deviceName") or "").lower()
    device = (call.query("device_id", "deviceId") or "").lower()
    groups = {one for one in (call.query("groups") or "").split(",") if one}
    boards = [
        board
        for board in call.world.boards.values()
        if board.product_id == call.product.id
        and _points(board, dates)
        and name in (board.name or "").lower()
        and device in board.id
        and (not groups or groups & set(board.groups))
        and _inside(call, board)
    ]
    page = call.number("page", default=1)
    per_page = min(100, call.number("per_page", "perPage", default=20))
    shown = boards[(page - 1) * per_page : page * per_page]
    meta = {
        "page": page,
        "per_page": per_page,
        "total_pages": max(1, -(-len(boards) // per_page)),
        "devices_found": len(boards),
    }
    return answer({"locations": [_location(board, dates) for board in shown], "meta": meta})


@routes.add(
    "GET", _LOCATIONS + "/{device}", "Get the location of a device", Access.PRODUCT, scope=_SCOPE
)
async def get_location(call: Call) -> web.Response:
    """Return the location of a device, or its locations between two dates."""
    board, dates = call.board(), _dates(call)
    if not _points(board, dates):
        raise not_ok(404, "Location not found.")
    return answer({"location": _location(board, dates), "meta": {}})


def _dates(call: Call) -> tuple[datetime, datetime] | None:
    """Return the date range of the query."""
    text = call.query("date_range", "dateRange")
    if text is None:
        return None
    try:
        start, end = (datetime.fromisoformat(part) for part in text.split(","))
    except ValueError:
        raise bad_request("date_range must be two dates with a comma") from None
    return start, end


def _points(board: Board, dates: tuple[datetime, datetime] | None) -> list[dict[str, Any]]:
    """Return the points of a board: the last one, or those between two dates."""
    if dates is None:
        return board.track[-1:]
    return [point for point in board.track if dates[0] <= point["time"] <= dates[1]]


def _inside(call: Call, board: Board) -> bool:
    """Return whether a board is inside the rectangle of the query (`lat,lon` of two corners)."""
    corners = call.query("rect_bl", "rectBl"), call.query("rect_tr", "rectTr")
    if corners[0] is None or corners[1] is None:
        return True
    try:
        bottom, left = (float(part) for part in corners[0].split(","))
        top, right = (float(part) for part in corners[1].split(","))
    except ValueError:
        raise bad_request("rect_bl and rect_tr must be latitude,longitude") from None
    longitude, latitude = board.track[-1]["coordinates"]
    return bool(bottom <= latitude <= top and left <= longitude <= right)


def _location(board: Board, dates: tuple[datetime, datetime] | None) -> dict[str, Any]:
    """Return the location of a board; longitude first."""
    points = _points(board, dates)
    line = [point["coordinates"] for point in points]
    geometry = {
        "type": "Point" if dates is None else "LineString",
        "coordinates": line[-1] if dates is None else line,
    }
    return {
        "device_id": board.id,
        "device_name": board.name,
        "product_id": board.product_id,
        "groups": board.groups,
        "gps_lock": bool(points[-1]["properties"].get("lck")),
        "last_heard": iso(board.last_heard) if board.last_heard else None,
        "online": board.online,
        "timestamps": [iso(point["time"]) for point in points],
        "geometry": geometry,
        "properties": [_properties(point["properties"]) for point in points],
    }


def _properties(sent: dict[str, Any]) -> dict[str, Any]:
    """Return the properties of a point other than its position."""
    return {
        "hd": sent.get("hd"),
        "acc_h": sent.get("h_acc"),
        "speed": sent.get("spd"),
        "temp": sent.get("temp"),
    }
