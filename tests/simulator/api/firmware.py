"""Compilation of source code, and the firmware of products."""

from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.simulator.body import boolean, integer
from tests.simulator.call import Call, answer
from tests.simulator.clock import iso
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import ApiError, bad_request, not_ok
from tests.simulator.jsontext import dumps
from tests.simulator.world import CompileError, Firmware, size_info
from tests.simulator.world.modules import system_module_version
from tests.simulator.world.platforms import PLATFORMS

from .devices import page_of
from .flashing import build, failure_of

routes = Routes("Firmware")

_FIRMWARE = "/v1/products/{product}/firmware"
_VERSION = _FIRMWARE + "/{version}"
_DEFAULT_VERSION = "5.8.0"
_OLD = {"core": "1.4.4", "photon": "3.3.1"}
_NEWEST = ("6.3.2", "5.8.0", "3.3.1")


@routes.add("POST", "/v1/binaries", "Compile source files", Access.ANY)
async def compile_source(call: Call) -> web.Response:
    """Compile source code for a platform; the binary is stored for a day."""
    if product_id := call.fields.get("product_id"):
        product = call.world.product(str(product_id))
        if product is None:
            raise not_ok(404, "Product not found.")
        platform_id = product.platform_id
    else:
        platform_id = call.integer("platform_id", 6)
    if platform_id not in PLATFORMS:
        raise bad_request("platform_id is unknown")
    files = [file for file in call.body.files if file.part.startswith("file")]
    if not files:
        raise bad_request("file is required")
    version = str(call.fields.get("build_target_version") or _default_version(platform_id))
    if version == "latest":
        version = _default_version(platform_id)
    try:
        image = build(call.cloud.faults, files, platform_id, version)
    except CompileError as error:
        raise ApiError(406, {"ok": False, "code": 200, **failure_of(error)}) from None
    binary_id = call.world.new_id()
    call.world.binaries[binary_id] = image
    return answer(
        {
            "ok": True,
            "binary_id": binary_id,
            "binary_url": f"/v1/binaries/{binary_id}",
            "build_target_version": version,
            "expires_at": iso(call.world.clock.now() + timedelta(days=1)),
            "sizeInfo": size_info(image),
        }
    )


@routes.add("GET", "/v1/binaries/{binary}", "Download a compiled binary", Access.ANY)
async def get_binary(call: Call) -> web.Response:
    """Return a binary."""
    image = call.world.binaries.get(call.path("binary"))
    if image is None:
        raise not_ok(404, "Binary not found")
    return web.Response(body=image.content, content_type="application/binary")


@routes.add("GET", "/v1/build_targets", "List Device OS versions to build for", Access.OPEN)
async def list_build_targets(call: Call) -> web.Response:
    """List versions and the platforms that they support; no token is required."""
    targets = [
        {
            "platforms": [number for number in PLATFORMS if _supports(version, number)],
            "prereleases": [],
            "firmware_vendor": "Particle",
            "version": version,
        }
        for version in (_NEWEST[:2] if call.query("featured") == "true" else _NEWEST)
    ]
    return answer(
        {
            "targets": targets,
            "platforms": {platform.name: platform.id for platform in PLATFORMS.values()},
            "default_versions": {str(number): _default_version(number) for number in PLATFORMS},
        }
    )


@routes.add("GET", "/v1/device-os/versions", "List versions of Device OS", Access.OPEN)
async def list_versions(call: Call) -> web.Response:
    """List Device OS versions with their module versions."""
    platform = call.query("platform_id")
    wanted = int(platform) if platform and platform.isdecimal() else 32
    internal = call.query("internal_version")
    versions = [
        _version(version, wanted)
        for version in _NEWEST
        if _supports(version, wanted) and internal in (None, str(system_module_version(version)))
    ]
    shown, _ = page_of(call, versions, 25)
    return answer({"versions": shown})


@routes.add("GET", "/v1/device-os/versions/{version}", "Get a version of Device OS", Access.OPEN)
async def get_version(call: Call) -> web.Response:
    """Return a Device OS version by its name or module version, or the latest one."""
    platform = call.query("platform_id")
    wanted = int(platform) if platform and platform.isdecimal() else 32
    for version in _NEWEST:
        names = (version, str(system_module_version(version)), "latest")
        if call.path("version") in names and _supports(version, wanted):
            return answer(_version(version, wanted))
    raise not_ok(404, "Device OS version not found")


def _version(version: str, platform_id: int) -> dict[str, Any]:
    """Return a Device OS version as JSON."""
    return {
        "version": version,
        "platform_id": platform_id,
        "release_date": "2026-01-02",
        "release_state": "ga",
        "modules": [],
        "module_version": system_module_version(version),
    }


def _supports(version: str, platform_id: int) -> bool:
    """Return whether a version runs on a platform."""
    old = platform_id in (0, 6, 8, 10)
    return version.startswith("3.") or not old


def _default_version(platform_id: int) -> str:
    """Return the version that is used by default."""
    if platform_id == 0:
        return _OLD["core"]
    return _OLD["photon"] if platform_id in (6, 8, 10) else _DEFAULT_VERSION


@routes.add("GET", _FIRMWARE, "List product firmware", Access.PRODUCT, scope="firmware:list")
async def list_firmware(call: Call) -> web.Response:
    """List the versions, newest first."""
    versions = sorted(call.product.firmware.values(), key=lambda one: -one.version)
    return answer([firmware_json(call, firmware) for firmware in versions])


@routes.add("POST", _FIRMWARE, "Upload product firmware", Access.PRODUCT, scope="firmware:create")
async def upload_firmware(call: Call) -> web.Response:
    """Add a new version."""
    files = [file for file in call.body.files if file.part in ("file", "binary")]
    if not files or not files[0].content:
        raise bad_request("file is required")
    version = call.integer("version")
    if not 0 <= version <= 65535:
        raise bad_request("version must be between 0 and 65535")
    if version in call.product.firmware:
        raise bad_request(f"Version {version} already exists")
    firmware = Firmware(
        call.world.new_id(),
        version,
        call.text("title"),
        files[0].filename,
        files[0].content,
        call.now(),
        call.token.username,
        call.product.id,
        call.text("description", ""),
        call.boolean("mandatory"),
    )
    call.product.firmware[version] = firmware
    call.world.publish_from_cloud(
        "particle/firmware/create", dumps({"version": str(version)}), product=call.product
    )
    return answer(firmware_json(call, firmware), 201)


@routes.add(
    "PUT",
    _FIRMWARE + "/release",
    "Release product firmware",
    Access.PRODUCT,
    scope="devices:release",
)
async def release_firmware(call: Call) -> web.Response:
    """Release a version to all devices or to groups; releasing it again to fewer withdraws it."""
    firmware = call.product.firmware.get(call.integer("version"))
    if firmware is None:
        raise not_ok(404, "Firmware not found.")
    groups = call.texts("groups")
    unknown = [name for name in groups if name not in call.product.groups]
    if unknown:
        raise bad_request(f"Unknown groups: {', '.join(unknown)}")
    firmware.product_default = call.boolean("product_default", firmware.product_default)
    firmware.groups = groups
    firmware.intelligent = call.boolean("intelligent")
    firmware.released = firmware.product_default or bool(groups)
    firmware.ever_released = firmware.ever_released or firmware.released
    firmware.updated_at = call.now()
    for other in call.product.firmware.values():
        if other is firmware:
            continue
        if firmware.product_default:
            other.product_default = False
        other.groups = [name for name in other.groups if name not in groups]
        other.released = other.product_default or bool(other.groups)
    for name in groups:
        call.product.groups[name].firmware_version = firmware.version
    call.world.publish_from_cloud(
        "particle/firmware/release",
        dumps({"immediate": firmware.intelligent, "version": firmware.version}),
        product=call.product,
    )
    if firmware.intelligent:
        for board in list(call.world.boards.values()):
            if board.product_id == call.product.id:
                call.world.offer_update(board)
    shown = firmware_json(call, firmware)
    return answer({**shown, "groups": groups, "intelligent": firmware.intelligent})


@routes.add("GET", _VERSION, "Get product firmware", Access.PRODUCT, scope="firmware:get")
async def get_firmware(call: Call) -> web.Response:
    """Return a version."""
    return answer(firmware_json(call, _firmware(call)))


@routes.add("PUT", _VERSION, "Change product firmware", Access.PRODUCT, scope="firmware:update")
async def update_firmware(call: Call) -> web.Response:
    """Change the title, the description or whether the version is mandatory."""
    firmware = _firmware(call)
    if not {"title", "description", "mandatory"} & set(call.fields):
        raise bad_request("title, description or mandatory is required")
    if call.has("title"):
        firmware.title = call.text("title")
    if call.has("description"):
        firmware.description = call.text("description", "")
    if call.has("mandatory"):
        firmware.mandatory = boolean(call.fields["mandatory"], "mandatory")
    firmware.updated_at = call.now()
    return answer(firmware_json(call, firmware))


@routes.add("DELETE", _VERSION, "Delete product firmware", Access.PRODUCT, scope="firmware:remove")
async def delete_firmware(call: Call) -> web.Response:
    """Delete a version that has never been released."""
    firmware = _firmware(call)
    if firmware.released or firmware.ever_released:
        raise bad_request("Released firmware cannot be deleted")
    del call.product.firmware[firmware.version]
    return answer(status=204)


@routes.add(
    "GET",
    _VERSION + "/binary",
    "Download product firmware",
    Access.PRODUCT,
    scope="firmware.binary:get",
)
async def get_firmware_binary(call: Call) -> web.Response:
    """Return the binary of a version."""
    firmware = _firmware(call)
    return web.Response(body=firmware.binary, content_type="application/octet-stream")


def _firmware(call: Call) -> Firmware:
    """Return the version in the path."""
    firmware = call.product.firmware.get(integer(call.path("version"), "version"))
    if firmware is None:
        raise not_ok(404, "Firmware not found.")
    return firmware


def firmware_json(call: Call, firmware: Firmware) -> dict[str, Any]:
    """Return a version as JSON."""
    boards = [board for board in call.world.boards.values() if board.product_id == call.product.id]
    running = sum(board.firmware_version == firmware.version for board in boards)
    shown: dict[str, Any] = {
        "_id": firmware.id,
        "version": firmware.version,
        "title": firmware.title,
        "description": firmware.description,
        "name": firmware.name,
        "size": len(firmware.binary),
        "product_default": firmware.product_default,
        "current": firmware.product_default,
        "groups": firmware.groups,
        "device_count": running,
        "mandatory": firmware.mandatory,
        "uploaded_on": firmware.uploaded_on,
        "product_id": firmware.product_id,
        "uploaded_by": {"username": firmware.uploaded_by},
    }
    if firmware.updated_at is not None:
        shown["updated_at"] = firmware.updated_at
    return shown
