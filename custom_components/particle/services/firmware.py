"""Actions to flash devices, compile firmware and list build targets."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..account.errors import cloud_errors
from ..api import CompilationError, FlashStarted, MessageKind, ParticleCloud, platform
from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from ..firmware.files import (
    FileKind,
    FirmwareFiles,
    async_check_target,
    async_read_firmware,
    async_write_binary,
)
from ..firmware.flash import DEFAULT_TIMEOUT, Flash, FlashFailedError
from ..firmware.story import FlashProgress
from ..validation.fields import FLAG, NON_EMPTY_STRING, TEXT, number, whole_number
from .accounts import ACCOUNT_SCHEMA, ATTR_PRODUCT_ID, async_get_account
from .action import Access, Action
from .answers import as_data
from .selection import TARGET_SCHEMA, TargetDevice, async_get_device, async_get_only_device

ATTR_BUILD_TARGET_VERSION: Final = "build_target_version"
ATTR_FEATURED: Final = "featured"
ATTR_FOLLOW: Final = "follow"
ATTR_MEDIA: Final = "media"
ATTR_PATH: Final = "path"
ATTR_PLATFORM_ID: Final = "platform_id"
ATTR_SAVE_TO: Final = "save_to"
ATTR_TIMEOUT: Final = "timeout"

# How many compiler errors an error message contains; the response contains all of them.
ERRORS_IN_MESSAGE: Final = 5


def _media_id(value: object) -> str:
    """Validate the value of the media selector, or a media content ID."""
    if isinstance(value, dict):
        value = value.get("media_content_id")
    return str(NON_EMPTY_STRING(value))


FILES_SCHEMA = {
    vol.Optional(ATTR_PATH, default=list): vol.All(cv.ensure_list, [NON_EMPTY_STRING]),
    vol.Optional(ATTR_MEDIA, default=list): vol.All(cv.ensure_list, [_media_id]),
}
FLASH_SCHEMA = {
    **TARGET_SCHEMA,
    **FILES_SCHEMA,
    vol.Optional(ATTR_BUILD_TARGET_VERSION): NON_EMPTY_STRING,
    vol.Optional(ATTR_FOLLOW, default=True): FLAG,
    vol.Optional(ATTR_TIMEOUT, default=DEFAULT_TIMEOUT): number(1, 7200),
}
COMPILE_SCHEMA = {
    **ACCOUNT_SCHEMA,
    **FILES_SCHEMA,
    vol.Exclusive(ATTR_DEVICE_ID, "hardware"): TEXT,
    vol.Exclusive(ATTR_PRODUCT_ID, "hardware"): NON_EMPTY_STRING,
    vol.Exclusive(ATTR_PLATFORM_ID, "hardware"): whole_number(0),
    vol.Optional(ATTR_BUILD_TARGET_VERSION): NON_EMPTY_STRING,
    vol.Optional(ATTR_SAVE_TO): NON_EMPTY_STRING,
}
LIST_BUILD_TARGETS_SCHEMA = {
    **ACCOUNT_SCHEMA,
    vol.Optional(ATTR_DEVICE_ID): TEXT,
    vol.Optional(ATTR_FEATURED, default=False): FLAG,
}


async def async_read_files(call: ServiceCall) -> FirmwareFiles:
    """Read the files that are given to an action.

    Raises:
        ServiceValidationError: A file is missing, not allowed, too large or of an unknown kind.
    """
    return await async_read_firmware(call.hass, [*call.data[ATTR_PATH], *call.data[ATTR_MEDIA]])


async def _flash(call: ServiceCall) -> ServiceResponse:
    """Flash a device and return the outcome.

    Failures before the start always raise an error. Compiler errors and failed flashes are returned
    in the response, or raise an error if no response is requested.
    """
    device = async_get_only_device(call)
    files = await async_read_files(call)
    send = _sender(device, files, call.data.get(ATTR_BUILD_TARGET_VERSION))
    flash = Flash(call.hass, device.entry, device.coordinator, timeout=call.data[ATTR_TIMEOUT])
    begun = call.hass.loop.time()
    with cloud_errors(device.entry, device.name):
        try:
            if not call.data[ATTR_FOLLOW]:
                started = await flash.async_start(send)
                return {"name": device.name, "status": started.status}
            progress = await flash.async_run(send)
        except CompilationError as err:
            return _not_compiled(call, err)
        except FlashFailedError as err:
            if not call.return_response:
                raise
            return _flash_report(device, err.progress, call.hass.loop.time() - begun, err)
    if not call.return_response:
        return None
    return _flash_report(device, progress, call.hass.loop.time() - begun)


def _sender(
    device: TargetDevice, files: FirmwareFiles, build_target_version: str | None
) -> Callable[[], Awaitable[FlashStarted]]:
    """Return a function that requests the flash from the cloud."""
    firmware = device.entry.runtime_data.cloud.firmware
    device_id, scope = device.coordinator.device_id, device.coordinator.scope
    match files.kind:
        case FileKind.BINARY:
            return lambda: firmware.flash_binary(
                device_id, files.content, filename=files.name, scope=scope
            )
        case FileKind.BUNDLE:
            return lambda: firmware.flash_bundle(
                device_id, files.content, filename=files.name, scope=scope
            )
        case FileKind.SOURCE:
            return lambda: firmware.flash_source(
                device_id, files.files, build_target_version=build_target_version, scope=scope
            )


def _flash_report(
    device: TargetDevice,
    progress: FlashProgress,
    duration: float,
    error: FlashFailedError | None = None,
) -> JsonObjectType:
    transfers = {True: "success", False: "failed", None: None}
    return {
        "name": device.name,
        "success": error is None,
        "failure": error.failure.value if error else None,
        "message": str(error) if error else None,
        "transfer": transfers[progress.transferred],
        "file_name": progress.file_name,
        "restarted": progress.restarted,
        "online": progress.online,
        "reset_reason": progress.reset_reason,
        "panic": progress.panic,
        "app_hash": progress.app_hash,
        "safe_mode": progress.safe_mode,
        "duration": round(duration, 1),
    }


async def _compile(call: ServiceCall) -> ServiceResponse:
    """Compile source code and return the binary's ID and sizes, or the compiler errors."""
    entry, hardware = await _hardware(call)
    files = await async_read_files(call)
    if files.kind is not FileKind.SOURCE:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="compile_needs_source",
            translation_placeholders={"path": files.name},
        )
    save_to = call.data.get(ATTR_SAVE_TO)
    if save_to is not None:
        await async_check_target(call.hass, save_to)
    firmware = entry.runtime_data.cloud.firmware
    with cloud_errors(entry):
        try:
            binary = await firmware.compile(
                files.files,
                build_target_version=call.data.get(ATTR_BUILD_TARGET_VERSION),
                **hardware,
            )
        except CompilationError as err:
            return _not_compiled(call, err)
        content = await firmware.download_binary(binary.id) if save_to is not None else b""
    saved_to = None
    if save_to is not None:
        saved_to = await async_write_binary(call.hass, save_to, content)
    if not call.return_response:
        return None
    answer = as_data(binary, without=("id", "url"))
    return {"success": True, "binary_id": binary.id, **answer, "saved_to": saved_to}


async def _hardware(call: ServiceCall) -> tuple[ParticleConfigEntry, dict[str, int]]:
    """Return the account and the hardware to compile for."""
    if registry_id := call.data.get(ATTR_DEVICE_ID):
        device = async_get_device(call.hass, registry_id)
        return device.entry, {"platform_id": _platform_id(device)}
    entry = async_get_account(call)
    if (platform_id := call.data.get(ATTR_PLATFORM_ID)) is not None:
        return entry, {"platform_id": platform_id}
    if product := call.data.get(ATTR_PRODUCT_ID):
        return entry, {"product_id": await _product_number(entry, product)}
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="compile_needs_hardware"
    )


def _platform_id(device: TargetDevice) -> int:
    if (platform_id := device.coordinator.device.platform_id) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="hardware_unknown",
            translation_placeholders={"device": device.name},
        )
    return platform_id


async def _product_number(entry: ParticleConfigEntry, product: str) -> int:
    """Return the number of a product: the compiler does not accept slugs."""
    if product.isdecimal():
        return int(product)
    cloud: ParticleCloud = entry.runtime_data.cloud
    with cloud_errors(entry):
        return (await cloud.products.get(product)).id


def _not_compiled(call: ServiceCall, err: CompilationError) -> ServiceResponse:
    """Return the compiler errors, or raise an error if no response is requested."""
    if call.return_response:
        return {
            "success": False,
            "message": err.message,
            "errors": [as_data(message) for message in err.messages],
            "output": err.output,
        }
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="compilation_failed",
        translation_placeholders={"errors": _compiler_errors(err)},
    ) from err


def _compiler_errors(err: CompilationError) -> str:
    """Return the first errors as lines such as ``src/app.ino:7:2: expected ';'``."""
    lines = [
        ": ".join(
            part
            for part in (
                ":".join(
                    str(at) for at in (message.file, message.line, message.column) if at is not None
                ),
                message.text,
            )
            if part
        )
        for message in err.messages
        if message.kind is MessageKind.ERROR
    ]
    shown = lines[:ERRORS_IN_MESSAGE] or [err.message]
    if len(lines) > len(shown):
        shown.append(f"… {len(lines) - len(shown)} more")
    return "; ".join(shown)


async def _list_build_targets(call: ServiceCall) -> ServiceResponse:
    """List the versions of Device OS to compile for."""
    platform_filter: int | None = None
    if registry_id := call.data.get(ATTR_DEVICE_ID):
        device = async_get_device(call.hass, registry_id)
        entry, platform_filter = device.entry, _platform_id(device)
    else:
        entry = async_get_account(call)
    with cloud_errors(entry):
        found = await entry.runtime_data.cloud.firmware.build_targets(
            featured=call.data[ATTR_FEATURED] or None
        )
    targets: list[Any] = [
        {
            "version": target.version,
            "platforms": [_hardware_kind(number) for number in target.platforms],
            "prerelease_for": [_hardware_kind(number) for number in target.prereleases],
        }
        for target in found.targets
        if platform_filter is None or platform_filter in target.platforms
    ]
    defaults: list[Any] = [
        {**_hardware_kind(number), "version": version}
        for number, version in found.default_versions.items()
        if platform_filter in {None, number}
    ]
    return {"targets": targets, "defaults": defaults}


def _hardware_kind(platform_id: int) -> dict[str, Any]:
    return {"platform_id": platform_id, "name": platform(platform_id).name}


ACTIONS: Final = (
    Action("flash", _flash, FLASH_SCHEMA, SupportsResponse.OPTIONAL, Access.ADMINISTRATORS),
    Action("compile", _compile, COMPILE_SCHEMA, SupportsResponse.OPTIONAL, Access.ADMINISTRATORS),
    Action(
        "list_build_targets",
        _list_build_targets,
        LIST_BUILD_TARGETS_SCHEMA,
        SupportsResponse.ONLY,
        Access.ADMINISTRATORS,
    ),
)
