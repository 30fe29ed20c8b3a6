"""Vitals: request a report, return the last one and those of the last month."""

import csv
from datetime import UTC, datetime, timedelta
import io
from typing import Any

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import ApiError, not_ok

routes = Routes("Devices")

_KEPT = timedelta(days=30)


@routes.scoped(
    "POST",
    "/diagnostics/{device}/update",
    "Request the vitals of a device",
    scope="devices.diagnostics:update",
    account=Access.DEVICES,
)
async def refresh_vitals(call: Call) -> web.Response:
    """Make an online board publish its vitals soon."""
    board = call.board()
    if board.online:
        call.world.spawn(board.send_vitals())
    return answer({"ok": True}, 202)


@routes.scoped(
    "GET",
    "/diagnostics/{device}/last",
    "Get the last vitals",
    scope="devices.diagnostics:get",
    account=Access.DEVICES,
)
async def last_vitals(call: Call) -> web.Response:
    """Return the newest record."""
    board = call.board()
    if not board.diagnostics:
        raise not_ok(404, "No diagnostics found")
    return answer({"diagnostics": board.diagnostics[-1]})


@routes.scoped(
    "GET",
    "/diagnostics/{device}",
    "Get the vitals of the last month",
    scope="devices.diagnostics:get",
    account=Access.DEVICES,
)
async def vitals_history(call: Call) -> web.Response:
    """Return the records between two dates, as JSON or CSV."""
    now = call.world.clock.now()
    start = _date(call, "start_date", now - _KEPT)
    end = _date(call, "end_date", now)
    if start < now - _KEPT:
        # The repeated word is in the real response, too.
        raise _bad_date("start_date must not be more than than 30 days ago")
    if start > end:
        raise _bad_date("start_date must be before end_date")
    records = [
        record
        for record in call.board().diagnostics
        if start <= datetime.fromisoformat(record["updated_at"]) <= end
    ]
    if "text/csv" in call.request.headers.get("Accept", ""):
        return web.Response(text=_csv(records), content_type="text/csv")
    return answer({"diagnostics": records})


def _date(call: Call, name: str, default: datetime) -> datetime:
    """Return a date parameter of the query."""
    value = call.query(name)
    if value is None:
        return default
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise _bad_date(f"{name} is not a date") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _bad_date(description: str) -> ApiError:
    """Return the error for an invalid date, which has its own format."""
    return ApiError(400, {"error": "bad_request", "description": description})


def _csv(records: list[dict[str, Any]]) -> str:
    """Return records as CSV."""
    rows = [
        {"updated_at": record["updated_at"], "deviceID": record["deviceID"]}
        | _flat(record["payload"])
        for record in records
    ]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    table = io.StringIO()
    writer = csv.DictWriter(table, columns or ["updated_at", "deviceID"])
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue()


def _flat(value: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested values with dotted names."""
    flat: dict[str, Any] = {}
    for key, item in value.items():
        if isinstance(item, dict):
            flat |= _flat(item, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = item
    return flat
