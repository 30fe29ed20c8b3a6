"""The control API, with which the demo and benchmarks control the cloud from another process.

It has its own port. All bodies are JSON; errors are `400 {"error": "..."}`.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .clock import iso
from .faults import CATALOGUE

if TYPE_CHECKING:
    from .cloud import SimulatedCloud
    from .world import Board

type Action = Callable[[SimulatedCloud, dict[str, Any]], Awaitable[Any]]

_ACTIONS: dict[tuple[str, str], Action] = {}


def _action(method: str, path: str) -> Callable[[Action], Action]:
    """Declare an action."""

    def register(action: Action) -> Action:
        _ACTIONS[method, path] = action
        return action

    return register


def build_control_app(cloud: SimulatedCloud) -> web.Application:
    """Return the application of the control API."""
    app = web.Application()
    for (method, path), action in _ACTIONS.items():
        app.router.add_route(method, path, _serve(cloud, action))
    return app


def _serve(
    cloud: SimulatedCloud, action: Action
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return the web handler of an action."""

    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            body = dict(await request.json()) if request.can_read_body else {}
            result = await action(cloud, {**request.query, **body, **request.match_info})
        except (KeyError, TypeError, ValueError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
        return web.json_response({"ok": True} if result is None else result)

    return serve


def routes() -> list[tuple[str, str, str]]:
    """Return method, path and summary of every action."""
    return [
        (method, path, (action.__doc__ or "").splitlines()[0])
        for (method, path), action in _ACTIONS.items()
    ]


@_action("GET", "/faults")
async def list_faults(cloud: SimulatedCloud, body: dict[str, Any]) -> Any:
    """List the active faults and the catalogue of all faults."""
    return {
        "active": [fault.as_json() for fault in cloud.faults.active()],
        "catalogue": CATALOGUE,
    }


@_action("PUT", "/faults/{name}")
async def set_fault(cloud: SimulatedCloud, body: dict[str, Any]) -> None:
    """Switch a fault on; the body contains its options."""
    cloud.faults.set(**body)


@_action("DELETE", "/faults/{name}")
async def clear_fault(cloud: SimulatedCloud, body: dict[str, Any]) -> None:
    """Switch a fault off."""
    cloud.faults.clear(body["name"])


@_action("DELETE", "/faults")
async def clear_faults(cloud: SimulatedCloud, body: dict[str, Any]) -> None:
    """Switch all faults off."""
    cloud.faults.clear()


@_action("POST", "/streams/cut")
async def cut_streams(cloud: SimulatedCloud, body: dict[str, Any]) -> Any:
    """Cut all event streams (clean: true closes them properly)."""
    return {"cut": cloud.cut_streams(clean=bool(body.get("clean", False)))}


@_action("GET", "/streams")
async def count_streams(cloud: SimulatedCloud, body: dict[str, Any]) -> Any:
    """Count the open event streams."""
    return {"open": len(cloud.streams)}


@_action("GET", "/held")
async def count_held(cloud: SimulatedCloud, body: dict[str, Any]) -> Any:
    """Count the responses that are held."""
    return {"held": len(cloud.held)}


@_action("POST", "/held/release")
async def release_held(cloud: SimulatedCloud, body: dict[str, Any]) -> Any:
    """Send the responses that are held."""
    return {"released": cloud.held.release()}


@_action("GET", "/boards")
async def list_boards(cloud: SimulatedCloud, body: dict[str, Any]) -> Any:
    """List the boards with their values."""
    return [describe_board(board) for board in cloud.world.boards.values()]


@_action("POST", "/boards")
async def add_board(cloud: SimulatedCloud, body: dict[str, Any]) -> Any:
    """Add a board: name, platform_id, variables, functions (name to return value), online."""
    returns = body.pop("functions", {})

    def returning(value: int) -> Callable[[str], int]:
        return lambda argument: value

    functions = {name: returning(int(value)) for name, value in returns.items()}
    return describe_board(cloud.world.add_board(**body, functions=functions))


@_action("DELETE", "/boards/{board}")
async def remove_board(cloud: SimulatedCloud, body: dict[str, Any]) -> None:
    """Remove a board."""
    cloud.world.remove_board(body["board"])


@_action("PUT", "/boards/{board}/online")
async def set_online(cloud: SimulatedCloud, body: dict[str, Any]) -> None:
    """Connect or disconnect a board (online: true or false)."""
    cloud.world.set_online(body["board"], bool(body["online"]))


@_action("PUT", "/boards/{board}/name")
async def rename(cloud: SimulatedCloud, body: dict[str, Any]) -> None:
    """Rename a board (name)."""
    cloud.world.rename(body["board"], str(body["name"]))


@_action("POST", "/boards/{board}/publish")
async def publish(cloud: SimulatedCloud, body: dict[str, Any]) -> None:
    """Publish an event as a board (name, data)."""
    cloud.world.publish(body["board"], str(body["name"]), body.get("data"))


@_action("POST", "/boards/{board}/system_event")
async def system_event(cloud: SimulatedCloud, body: dict[str, Any]) -> None:
    """Publish a system event as a board, or with another coreid (name, data, coreid)."""
    board = cloud.world.board(body["board"])
    board.system_event(str(body["name"]), body.get("data"), coreid=body.get("coreid"))


@_action("PUT", "/boards/{board}/safe_mode")
async def set_safe_mode(cloud: SimulatedCloud, body: dict[str, Any]) -> None:
    """Make a board enter or leave safe mode (safe_mode: true or false)."""
    board = cloud.world.board(body["board"])
    if body["safe_mode"]:
        board.enter_safe_mode()
    else:
        board.leave_safe_mode()


@_action("POST", "/boards/{board}/restart")
async def restart(cloud: SimulatedCloud, body: dict[str, Any]) -> None:
    """Restart a board (reason, pin_reset by default)."""
    cloud.world.board(body["board"]).restart(str(body.get("reason", "pin_reset")))


@_action("PUT", "/boards/{board}/variables/{variable}")
async def set_variable(cloud: SimulatedCloud, body: dict[str, Any]) -> None:
    """Set a variable of a board (value)."""
    cloud.world.board(body["board"]).set(body["variable"], body["value"])


@_action("GET", "/calls")
async def list_calls(cloud: SimulatedCloud, body: dict[str, Any]) -> Any:
    """List the function calls that boards have carried out, oldest first."""
    return [
        {
            "device_id": call.device_id,
            "name": call.name,
            "argument": call.argument,
            "return_value": call.return_value,
            "time": iso(call.time),
        }
        for call in cloud.world.function_calls
        if body.get("board") in (None, call.device_id, cloud.world.board(call.device_id).name)
    ]


@_action("GET", "/events")
async def list_events(cloud: SimulatedCloud, body: dict[str, Any]) -> Any:
    """List recent events, oldest first (name: a prefix)."""
    return [
        {"name": event.name, **event.as_json()}
        for event in cloud.world.events.history
        if event.name.startswith(str(body.get("name", "")))
    ]


@_action("GET", "/operations")
async def operations(cloud: SimulatedCloud, body: dict[str, Any]) -> Any:
    """Count the data operations, by kind and by device."""
    return cloud.operations.as_json()


@_action("GET", "/requests")
async def requests(cloud: SimulatedCloud, body: dict[str, Any]) -> Any:
    """List recorded requests (method, path with *)."""
    found = cloud.requests.matching(body.get("method"), body.get("path"))
    return [request.as_json() for request in found]


@_action("DELETE", "/requests")
async def clear_requests(cloud: SimulatedCloud, body: dict[str, Any]) -> None:
    """Delete the recorded requests."""
    cloud.requests.clear()


@_action("GET", "/clock")
async def show_clock(cloud: SimulatedCloud, body: dict[str, Any]) -> Any:
    """Show the simulated time and its speed."""
    return {"now": iso(cloud.clock.now()), "speed": cloud.clock.speed}


@_action("POST", "/clock")
async def set_clock(cloud: SimulatedCloud, body: dict[str, Any]) -> Any:
    """Advance the clock (advance: seconds), or change its speed (speed: 0 stops it)."""
    if "speed" in body:
        cloud.clock.set_speed(float(body["speed"]))
    if "advance" in body:
        await cloud.clock.advance(float(body["advance"]))
    return await show_clock(cloud, body)


@_action("PUT", "/limits/{limit}")
async def set_limit(cloud: SimulatedCloud, body: dict[str, Any]) -> None:
    """Change a rate limit (maximum)."""
    cloud.limits.set(body["limit"], int(body["maximum"]))


@_action("PUT", "/users/{username}")
async def set_user(cloud: SimulatedCloud, body: dict[str, Any]) -> None:
    """Change a user: password, mfa_enabled, otp, sso."""
    user = cloud.world.users[body.pop("username")]
    for name, value in body.items():
        if name not in ("password", "mfa_enabled", "otp", "sso"):
            raise ValueError(f"A user has no {name} to change")
        setattr(user, name, value)


@_action("POST", "/reset")
async def reset(cloud: SimulatedCloud, body: dict[str, Any]) -> None:
    """Restore the initial state."""
    await cloud.reset()


def describe_board(board: Board) -> dict[str, Any]:
    """Return a board for the control API."""
    return {
        "id": board.id,
        "name": board.name,
        "online": board.online,
        "owner": board.owner,
        "product_id": board.product_id,
        "variables": dict(board.variables),
        "functions": list(board.program.functions),
    }
