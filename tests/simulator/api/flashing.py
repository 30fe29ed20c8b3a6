"""Flash one device over the air."""

from aiohttp import web

from tests.simulator.endpoint import Call, answer
from tests.simulator.world import Board


def wants_flash(call: Call) -> bool:
    """Return whether a change of a device is a flash."""
    return bool(call.body.files) or call.has("app")


async def flash(call: Call, board: Board) -> web.Response:
    """Start to flash a board."""
    return answer({"id": board.id, "status": "Update started"})
