"""Metrics of a product's fleet: counts in time buckets."""

from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.clock import iso
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import bad_request, not_ok
from tests.simulator.world import Board

routes = Routes("Products")

_KEYS = {
    "online": "online",
    "events": "events",
    "integration": "integrations",
    "functions": "functions",
    "variables": "variables",
}
_BUCKET = 900
_MIN_BUCKET = 15
_MAX_BUCKETS = 10_000


@routes.add(
    "GET",
    "/v1/products/{product}/metrics/{metric}",
    "Get a metric of a product",
    Access.PRODUCT,
    scope="metrics.{metric}:get",
)
async def metrics(call: Call) -> web.Response:
    """Return counts for the boards of a product; all counts are in the last bucket."""
    metric = call.path("metric")
    if metric not in _KEYS:
        raise not_ok(404, "Metric not found")
    buckets: list[dict[str, Any]] = [{"time": iso(start)} for start in _starts(call)]
    boards = [board for board in call.world.boards.values() if _matches(call, board)]
    counts = _counts(call, metric, boards)
    # Only these two contain zeros.
    shown = metric in ("online", "events")
    buckets[-1] |= {name: count for name, count in counts.items() if count or shown}
    return answer({_KEYS[metric]: buckets})


def _starts(call: Call) -> list[datetime]:
    """Return the start of each bucket between two dates; at least one."""
    now = call.world.clock.now()
    size = call.number("bucket_size", default=_BUCKET)
    if size <= _MIN_BUCKET:
        raise bad_request(f"bucket_size must be greater than {_MIN_BUCKET}")
    start, end = _date(call, "start_date", now), _date(call, "end_date", now)
    if start > end:
        raise bad_request("start_date must be before end_date")
    first = int(start.timestamp()) // size * size
    last = int(end.timestamp()) // size * size
    if (last - first) // size >= _MAX_BUCKETS:
        raise bad_request("bucket_size is too small for these dates")
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return [epoch + timedelta(seconds=at) for at in range(first, last + 1, size)]


def _date(call: Call, name: str, default: datetime) -> datetime:
    """Return a date parameter of the query."""
    value = call.query(name)
    if value is None:
        return default
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise bad_request(f"{name} is not a date") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _matches(call: Call, board: Board) -> bool:
    """Return whether a board belongs to the product and matches the filters."""
    filters = (
        (call.query("product_fw"), [str(board.firmware_version)]),
        (call.query("device_os_version"), [board.system_version]),
        (call.query("device_group"), board.groups),
    )
    return board.product_id == call.product.id and all(
        wanted is None or wanted in has for wanted, has in filters
    )


def _counts(call: Call, metric: str, boards: list[Board]) -> dict[str, int]:
    """Return the counts of a metric."""

    def operations(kind: str) -> int:
        by_device = call.cloud.operations.by_device
        return sum(by_device[board.id][kind] for board in boards if board.id in by_device)

    match metric:
        case "online":
            return {"count": sum(board.online for board in boards)}
        case "events":
            return {"received": operations("publish")}
        case "integration":
            integrations = call.world.integrations.values()
            mine = [one for one in integrations if one.product_id == call.product.id]
            return {
                "success": sum(one.succeeded for one in mine),
                "failure": sum(one.failed for one in mine),
                "sleep": sum(one.slept for one in mine),
            }
        case _:
            return {"success": operations(metric.removesuffix("s"))}
