"""SIM cards of the account and of products."""

from datetime import date, timedelta
from typing import Any

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.clock import iso
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import bad_request, not_ok
from tests.simulator.world import Sim

from .devices import page_of

routes = Routes("Products")

_ACTIONS = {"activate": "active", "reactivate": "active", "deactivate": "inactive"}


@routes.scoped("GET", "/sims", "List SIM cards", scope="sims:list")
async def list_sims(call: Call) -> web.Response:
    """List SIM cards."""
    iccid, device = call.query("iccid") or "", (call.query("deviceId") or "").lower()
    name = (call.query("deviceName") or "").lower()
    found = [
        sim
        for sim in _sims(call)
        if iccid in sim.iccid
        and device in (sim.device_id or "")
        and name in (_name(call, sim) or "").lower()
    ]
    shown, pages = page_of(call, found, 25)
    sims = [sim.as_json(_name(call, sim)) for sim in shown]
    return answer({"sims": sims, "meta": {"total_pages": pages}})


@routes.add(
    "GET",
    "/v1/products/{product}/sims/data_usage",
    "Get data usage of a product's SIM cards",
    Access.PRODUCT,
    scope="sims.usage:get",
)
async def fleet_data_usage(call: Call) -> web.Response:
    """Return the data usage of all SIM cards of a product by day."""
    sims = _sims(call)
    days = _usage_by_day(call.world.clock.now().date(), len(sims))
    total = days[-1]["mbs_used_cumulative"]
    active = sum(sim.status == "active" for sim in sims)
    return answer({"total_mbs_used": total, "total_active_sim_cards": active, "usage_by_day": days})


@routes.add("HEAD", "/v1/sims/{iccid}", "Check a SIM card")
async def check_sim(call: Call) -> web.Response:
    """Return whether a SIM card exists: 204 if it is in use, 404 if it is unknown."""
    sim = call.world.sims.get(call.path("iccid"))
    if sim is None:
        raise not_ok(404, "SIM not found.")
    return answer(status=204)


@routes.scoped("GET", "/sims/{iccid}", "Get a SIM card", scope="sims:get")
async def get_sim(call: Call) -> web.Response:
    """Return a SIM card."""
    sim = _sim(call)
    return answer({"sim": sim.as_json(_name(call, sim))})


@routes.scoped(
    "PUT", "/sims/{iccid}", "Activate, deactivate or reactivate a SIM", scope="sims:update"
)
async def update_sim(call: Call) -> web.Response:
    """Change the state of a SIM card."""
    sim, action = _sim(call), call.text("action")
    if action not in _ACTIONS:
        raise bad_request(f"action must be one of {', '.join(_ACTIONS)}")
    sim.status, sim.last_action, sim.updated_at = _ACTIONS[action], action, call.now()
    return answer({"ok": True})


@routes.scoped("DELETE", "/sims/{iccid}", "Release a SIM card", scope="sims:remove")
async def release_sim(call: Call) -> web.Response:
    """Release a SIM card."""
    del call.world.sims[_sim(call).iccid]
    return answer(status=204)


@routes.scoped("GET", "/sims/{iccid}/data_usage", "Get data usage of a SIM", scope="sims.usage:get")
async def data_usage(call: Call) -> web.Response:
    """Return the data usage of a SIM card by day."""
    sim = _sim(call)
    days = _usage_by_day(call.world.clock.now().date(), 1)
    return answer({"iccid": sim.iccid, "usage_by_day": days})


@routes.scoped(
    "GET", "/sims/{iccid}/status", "Get the connection status of a SIM", scope="sims.status:get"
)
async def sim_status(call: Call) -> web.Response:
    """Return the status from the carrier; the first response is that it is not available yet."""
    sim = _sim(call)
    if sim.iccid not in call.world.sim_requests:
        task = call.world.sim_requests[sim.iccid] = _task(call)
        unknown = dict.fromkeys(("connected", "gsm_connection", "data_connection"))
        return answer({"ok": True, "meta": task, "sim_status": unknown}, 202)
    task = {**call.world.sim_requests.pop(sim.iccid), "state": "complete"}
    board = call.world.boards.get(sim.device_id or "")
    connected = board is not None and board.online
    status = {"connected": connected, "gsm_connection": connected, "data_connection": connected}
    return answer({"ok": True, "meta": task, "sim_status": status})


def _task(call: Call) -> dict[str, Any]:
    """Return the state of a new request to the carrier."""
    now = call.world.clock.now()
    return {
        "created_at": iso(now),
        "expires_at": iso(now + timedelta(minutes=5)),
        "check_again_after": iso(now + timedelta(seconds=10)),
        "state": "pending",
        "method": "async",
        "task_id": call.world.new_id(),
    }


@routes.add(
    "POST",
    "/v1/products/{product}/sims",
    "Import SIM cards into a product",
    Access.PRODUCT,
    scope="sims:import",
)
async def import_sims(call: Call) -> web.Response:
    """Import SIM cards into a product."""
    numbers = call.texts("sims")
    if call.body.files:
        numbers = call.body.files[0].content.decode(errors="replace").split()
    if not numbers:
        raise bad_request("sims or file is required")
    for number in numbers:
        board = call.world.by_identifier(number)
        sim = call.world.sims.get(number) or Sim(number, None, None, board.id if board else None)
        sim.product_id = call.product.id
        call.world.sims[number] = sim
    return answer({"ok": True})


def _usage_by_day(today: date, cards: int) -> list[dict[str, Any]]:
    """Return the data usage of SIM cards in this month, in megabytes."""
    days: list[dict[str, Any]] = []
    total = 0.0
    for day in range(1, today.day + 1):
        used = round(0.1 * (1 + day % 3) * cards, 2)
        total = round(total + used, 2)
        shown = today.replace(day=day).isoformat()
        days.append({"date": shown, "mbs_used": used, "mbs_used_cumulative": total})
    return days


def _sims(call: Call) -> list[Sim]:
    """Return the SIM cards of the product or of the user."""
    product = call.scope_product
    if product is not None:
        return [sim for sim in call.world.sims.values() if sim.product_id == product.id]
    mine = call.token.username
    return [sim for sim in call.world.sims.values() if sim.owner == mine and sim.product_id is None]


def _sim(call: Call) -> Sim:
    """Return the SIM in the path."""
    for sim in _sims(call):
        if sim.iccid == call.path("iccid"):
            return sim
    raise not_ok(404, "SIM not found.")


def _name(call: Call, sim: Sim) -> str | None:
    """Return the name of the last device of a SIM card."""
    board = call.world.boards.get(sim.device_id or "")
    return board.name if board else None
