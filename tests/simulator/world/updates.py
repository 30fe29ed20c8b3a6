"""Over-the-air updates: transfer, restart, proof; in the order of genuine recordings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.simulator.jsontext import dumps
from tests.simulator.programs import Function, Program

from .images import Image

if TYPE_CHECKING:
    from .boards import Board

_TRANSFER = 8.0
_RESTART = 6.0
_NOTICED = 50.0


@dataclass(frozen=True, slots=True)
class Update:
    """What shall be brought onto a board.

    Attributes:
        filename: Name that follows the flash status, if it is known.
        version: Product firmware version, if it is one.
    """

    image: Image
    filename: str = ""
    version: int | None = None


async def carry_out(board: Board, update: Update) -> None:
    """Transfer an image and restart the board with it, or fail as a fault says."""
    faults, clock = board.world.faults, board.clock

    def status(text: str) -> None:
        # The space is there also where no file name follows.
        data = f"{text} {update.filename}"
        stripped = faults.get("flash_status_stripped") is not None
        board.system_event("spark/flash/status", data.strip() if stripped else data)

    status("started")
    board.updating = True
    try:
        await clock.sleep(_TRANSFER)
        wrong = update.image.platform_id not in (None, board.platform_id)
        if (
            not board.online
            or wrong
            or faults.take("flash_transfer_failed", device=board.id)
            or faults.take("flash_wrong_platform", device=board.id)
        ):
            status("failed")
            return
        status("success")
        board.stop()
        board.restarting = True
        await clock.sleep(_RESTART)
        if faults.take("flash_never_returns", device=board.id):
            await clock.sleep(_NOTICED)
            board.go_offline()
            return
        board.restarting = False
        _come_back(board, update)
    finally:
        board.updating = False
        board.restarting = False


def _come_back(board: Board, update: Update) -> None:
    """Connect again and tell what runs now."""
    faults = board.world.faults
    old_firmware = faults.take("flash_old_firmware", device=board.id) is not None
    safe_mode = not old_firmware and faults.take("flash_safe_mode", device=board.id) is not None
    changed = not old_firmware and update.image.app_hash != board.app_hash
    # The cloud notices that the board was gone when it comes back.
    board.go_offline()
    if not old_firmware:
        _install(board, update)
    board.booted_at = board.clock.now()
    board.go_online(check_updates=False)
    board.system_event("spark/device/last_reset", "update_error" if old_firmware else "update")
    board.updates_forced = False
    board.system_event("particle/device/updates/forced", "false")
    if changed:
        upper = faults.get("app_hash_upper") is not None
        board.system_event(
            "spark/device/app-hash", board.app_hash.upper() if upper else board.app_hash
        )
    if board.product_id is not None:
        board.system_event("particle/device/updates/pending", "false")
    board.system_event("particle/device/updates/enabled", dumps(board.updates_enabled))
    if safe_mode:
        board.enter_safe_mode()
    elif board.world.settings.living:
        board.start()


def _install(board: Board, update: Update) -> None:
    """Put the new program onto the board."""
    image = update.image
    board.app_hash = image.app_hash
    board.safe_mode = False
    if board.product_id is not None and update.version is not None:
        board.firmware_version = update.version
    known = set(board.program.values) | set(board.program.functions)
    # A program that already registers all of it goes on: vans shall still drive after an update.
    if image.platform_id is not None and not {*image.variables, *image.functions} <= known:
        functions: dict[str, Function] = dict.fromkeys(image.functions, _returns_zero)
        board.install(Program(image.variables, functions))


def _returns_zero(argument: str) -> int:
    """Be a function of a firmware that was compiled here."""
    return 0
