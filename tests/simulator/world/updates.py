"""Over-the-air updates: transfer, restart and confirmation, in the order of real recordings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.simulator.faults import Fault
from tests.simulator.jsontext import dumps
from tests.simulator.programs import Function, Program

from .images import Image

if TYPE_CHECKING:
    from .boards import Board

_TRANSFER = 8.0
_RESTART = 6.0
_NOTICED = 50.0
_RESET, _HASH = "spark/device/last_reset", "spark/device/app-hash"
_SAFE_MODE = "spark/status/safe-mode"
# Events can arrive out of order, and there is no recording of a flash that ends in safe mode.
FLASH_ORDERS: dict[str, tuple[str, ...]] = {
    "recorded": (),
    "safe_mode_after_online": ("spark/status", _SAFE_MODE),
    "safe_mode_first": (_SAFE_MODE,),
    "hash_first": (_HASH, "spark/status", _RESET),
    "reset_first": (_RESET, "spark/status", _SAFE_MODE, _HASH),
    "online_after_hash": (_RESET, _HASH, "spark/status", _SAFE_MODE),
}


@dataclass(frozen=True, slots=True)
class Update:
    """An update of a board's firmware.

    Attributes:
        filename: File name in the flash status event, if it is known.
        version: Version of the product firmware, if it is one.
    """

    image: Image
    filename: str = ""
    version: int | None = None


async def carry_out(board: Board, update: Update) -> None:
    """Transfer an image and restart the board with it, or fail according to a fault."""
    faults, clock = board.world.faults, board.clock

    def status(text: str) -> None:
        # There is a space even if no file name follows.
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
            or update.image.damaged
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
        await _come_back(board, update)
    finally:
        board.updating = False
        board.restarting = False


async def _come_back(board: Board, update: Update) -> None:
    """Reconnect and report which firmware runs."""
    faults, clock = board.world.faults, board.clock
    old_firmware = faults.take("flash_old_firmware", device=board.id) is not None
    safe_mode = not old_firmware and faults.take("flash_safe_mode", device=board.id) is not None
    changed = not old_firmware and update.image.app_hash != board.app_hash
    # The cloud notices that the board was offline when it reconnects.
    board.go_offline()
    if not old_firmware:
        _install(board, update)
    if safe_mode:
        board.safe_mode = True
        board.stop()
    board.booted_at = clock.now()
    board.updates_forced = False
    board.connect()
    story = [
        ("spark/status", "online"),
        (_RESET, "update_error" if old_firmware else "update"),
        ("particle/device/updates/forced", "false"),
    ]
    if changed:
        upper = faults.get("app_hash_upper") is not None
        story.append((_HASH, board.app_hash.upper() if upper else board.app_hash))
    if board.product_id is not None:
        story.append(("particle/device/updates/pending", "false"))
    story.append(("particle/device/updates/enabled", dumps(board.updates_enabled)))
    if safe_mode:
        story.append((_SAFE_MODE, dumps(board.describe_modules())))
    fault = faults.take("flash_event_order", device=board.id)
    apart = float(fault.option("apart", 0)) if fault else 0.0
    for name, data in _in_order(story, fault):
        board.system_event(name, data)
        if apart:
            await clock.sleep(apart)
    if board.world.settings.living and not safe_mode:
        board.start()


def _in_order(story: list[tuple[str, str]], fault: Fault | None) -> list[tuple[str, str]]:
    """Return the events in the order of the fault, without those that it drops."""
    if fault is None:
        return story
    wanted = fault.option("order", [])
    order = list(FLASH_ORDERS[wanted] if isinstance(wanted, str) else wanted)
    missing = fault.option("missing", [])
    kept = [event for event in story if event[0] not in missing]
    return sorted(kept, key=lambda event: order.index(event[0]) if event[0] in order else 99)


def _install(board: Board, update: Update) -> None:
    """Install the new program on the board."""
    image = update.image
    board.app_hash = image.app_hash
    board.safe_mode = False
    if board.product_id is not None and update.version is not None:
        board.firmware_version = update.version
    program = board.program
    same = {*image.variables} == {*program.values} and {*image.functions} == {*program.functions}
    # A program with the same variables and functions continues, so that vans drive after an update.
    if image.compiled and not same:
        functions: dict[str, Function] = dict.fromkeys(image.functions, _returns_zero)
        board.install(Program(image.variables, functions))


def _returns_zero(argument: str) -> int:
    """Return 0, as a function of a firmware that was compiled here."""
    return 0
