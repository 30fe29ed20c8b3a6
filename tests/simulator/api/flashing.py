"""Flashing of a device over the air: source code, binary, bundle or known application."""

import asyncio

from aiohttp import web

from tests.simulator.body import Upload
from tests.simulator.call import Call, answer
from tests.simulator.errors import ApiError, bad_request
from tests.simulator.faults import Faults
from tests.simulator.world import Board, CompileError, Image, Update, compile_sources, read_image
from tests.simulator.world.modules import system_module_version

_TINKER = """
Particle.function("digitalread", f); Particle.function("digitalwrite", f);
Particle.function("analogread", f); Particle.function("analogwrite", f);
"""
_KNOWN = {"tinker": {"tinker.ino": _TINKER}}
_SOURCE = (".ino", ".cpp", ".c", ".h", ".properties", ".txt", ".md")


def wants_flash(call: Call) -> bool:
    """Return whether a change of a device is a flash."""
    return call.body.kind == "multipart" or call.has("app") or call.has("app_id")


async def flash(call: Call, board: Board) -> web.Response:
    """Start to flash a board; its events report the progress."""
    version = str(call.fields.get("build_target_version") or board.system_version)
    files = [file for file in call.body.files if file.part.startswith("file")]
    if call.has("app") or call.has("app_id"):
        name = str(call.fields.get("app") or call.fields.get("app_id"))
        if name not in _KNOWN:
            raise bad_request(f"Can't flash unknown app {name}")
        image, filename = compile_sources(_KNOWN[name], board.platform_id, version), name
        from_source = False
    elif not files:
        raise bad_request("file is required")
    elif is_binary(files, call.fields.get("file_type")):
        if not files[0].content:
            raise bad_request("The file is empty")
        image, filename = read_image(files[0].content), files[0].filename
        from_source = False
    else:
        try:
            image = build(call.cloud.faults, files, board.platform_id, version)
        except CompileError as error:
            return answer({"ok": False, **failure_of(error)})
        filename, from_source = "", True
    await _reach(call, board)
    call.world.flash(board, Update(image, filename))
    if from_source:
        return answer({"ok": True, "message": "Update started"})
    return answer({"id": board.id, "status": "Update started"})


def is_binary(files: list[Upload], file_type: object = None) -> bool:
    """Return whether an upload is a binary or a bundle rather than source."""
    first = files[0]
    return (
        file_type == "binary"
        or first.content_type == "application/zip"
        or first.filename.endswith((".bin", ".zip"))
    )


def build(faults: Faults, files: list[Upload], platform_id: int, version: str) -> Image:
    """Compile uploaded source code; the name of each file is its path in the project.

    Raises:
        CompileError: It does not compile.
        ApiError: There is no such version of Device OS.
    """
    try:
        system_module_version(version)
    except ValueError:
        raise bad_request(f"build_target_version {version} is unknown") from None
    if faults.take("compile_timeout"):
        raise CompileError(["Compiler timed out or encountered an error"])
    sources = {
        file.filename: file.content.decode(errors="replace")
        for file in files
        if file.filename.endswith(_SOURCE)
    }
    if faults.take("compile_error"):
        path = next(iter(sources), "app.ino")
        sources[path] = f"#error switched on\n{sources.get(path, '')}"
    return compile_sources(sources, platform_id, version)


def failure_of(error: CompileError) -> dict[str, object]:
    """Return the response to source code that does not compile."""
    output = "build didn't produce binary"
    if error.errors[0].startswith("Compiler timed out"):
        output = "Compiler timed out or encountered an error"
    return {"output": output, "stdout": error.stdout, "errors": error.errors}


async def _reach(call: Call, board: Board) -> None:
    """Refuse to flash a board that does not respond."""
    offline = not board.online or board.updating
    if offline or call.cloud.faults.take("flash_offline", device=board.id):
        await asyncio.sleep(call.cloud.settings.offline_wait)
        raise ApiError(500, {"ok": False, "code": 500, "errors": ["Request Timed Out"]})
