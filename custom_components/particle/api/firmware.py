"""Firmware: compiling, flashing one device, and the versions of Device OS."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import aiohttp

from .devices import UPDATE_DEVICE
from .endpoint import Endpoint
from .error_mapping import Subject
from .errors import InvalidRequestError
from .namespace import Namespace, require_text
from .parsing import Json, bool_of, datetime_of, id_of, int_of, mapping_of, objects_of, text_of
from .scope import ACCOUNT, Scope
from .transport import Answer
from .uploads import binary_form, source_form

COMPILE = Endpoint("POST", "/v1/binaries")
DOWNLOAD_BINARY = Endpoint("GET", "/v1/binaries/:binary_id")
LIST_BUILD_TARGETS = Endpoint("GET", "/v1/build_targets")
LIST_DEVICE_OS_VERSIONS = Endpoint("GET", "/v1/device-os/versions")
GET_DEVICE_OS_VERSION = Endpoint("GET", "/v1/device-os/versions/:version")

# Seconds for compiling and transferring.
FIRMWARE_TIMEOUT = 300.0


@dataclass(frozen=True, slots=True)
class FlashStarted:
    """The cloud has started to send firmware to a device; events report the progress.

    Attributes:
        status: Message of the cloud, usually ``Update started``.
    """

    device_id: str
    status: str
    raw: Json = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """A compiled binary, which the cloud stores for a day.

    Attributes:
        text_size: Bytes of code; None if unknown.
        data_size: Bytes of initialized data.
        bss_size: Bytes of other data.
    """

    id: str
    url: str | None = None
    build_target_version: str | None = None
    expires_at: datetime | None = None
    text_size: int | None = None
    data_size: int | None = None
    bss_size: int | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read the answer of a successful compilation.

        Raises:
            MalformedAnswerError: It is not an object, or has no id.
        """
        data = mapping_of(value, "binary")
        sizes = _sizes(text_of(data.get("sizeInfo")))
        return cls(
            id_of(data, "binary", "binary_id", "id"),
            text_of(data.get("binary_url")),
            text_of(data.get("build_target_version")),
            datetime_of(data.get("expires_at")),
            *sizes,
            raw=data,
        )


def _sizes(info: str | None) -> tuple[int | None, int | None, int | None]:
    """Parse the output of the ``size`` program, whose first line contains the headings."""
    lines = [line.split() for line in (info or "").splitlines() if line.strip()]
    numbers = lines[1] if len(lines) > 1 else []
    text, data, bss, *_ = [*(int_of(item) for item in numbers[:3]), None, None, None]
    return text, data, bss


@dataclass(frozen=True, slots=True)
class BuildTarget:
    """A version of Device OS to compile for.

    Attributes:
        platforms: Platform IDs of the supported hardware.
        prereleases: Platform IDs for which it is a prerelease.
    """

    version: str
    platforms: tuple[int, ...] = ()
    prereleases: tuple[int, ...] = ()
    vendor: str | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a build target.

        Raises:
            MalformedAnswerError: It is not an object, or has no version.
        """
        data = mapping_of(value, "build target")
        return cls(
            id_of(data, "build target", "version"),
            _ids(data.get("platforms")),
            _ids(data.get("prereleases")),
            text_of(data.get("firmware_vendor")),
            data,
        )


def _ids(value: object) -> tuple[int, ...]:
    found = value if isinstance(value, list) else []
    return tuple(number for item in found if (number := int_of(item)) is not None)


@dataclass(frozen=True, slots=True)
class BuildTargets:
    """All versions to compile for, and the default version for each platform."""

    targets: tuple[BuildTarget, ...] = ()
    default_versions: Mapping[int, str] = field(default_factory=dict)
    raw: Json = field(default_factory=dict, repr=False, compare=False)


class Firmware(Namespace):
    """Compiling and flashing."""

    async def flash_binary(
        self,
        device_id: str,
        content: bytes,
        *,
        filename: str = "firmware.bin",
        scope: Scope = ACCOUNT,
    ) -> FlashStarted:
        """Send a binary to a device.

        Args:
            device_id: Device.
            content: Binary.
            filename: File name, which has to end in ``.bin``.
            scope: Account or product.

        Raises:
            DeviceUnreachableError: The device is offline.
        """
        if not filename.endswith(".bin"):
            raise InvalidRequestError("A binary's name ends in .bin", argument="filename")
        return await self._flash(
            device_id,
            scope,
            lambda: binary_form(content, filename, fields={"file_type": "binary"}),
        )

    async def flash_bundle(
        self,
        device_id: str,
        content: bytes,
        *,
        filename: str = "bundle.zip",
        scope: Scope = ACCOUNT,
    ) -> FlashStarted:
        """Send a bundle of a binary and assets to a device.

        Args:
            device_id: Device.
            content: Zip archive.
            filename: File name.
            scope: Account or product.
        """
        if not content.startswith(b"PK"):
            raise InvalidRequestError("A bundle is a zip archive", argument="content")
        return await self._flash(
            device_id,
            scope,
            lambda: binary_form(content, filename, content_type="application/zip"),
        )

    async def flash_source(
        self,
        device_id: str,
        files: Mapping[str, str | bytes],
        *,
        build_target_version: str | None = None,
        scope: Scope = ACCOUNT,
    ) -> FlashStarted:
        """Compile a program in the cloud and send it to a device.

        Args:
            device_id: Device.
            files: Paths in the project and their contents.
            build_target_version: Device OS to compile for; by default the latest.
            scope: Account or product.

        Raises:
            CompilationError: The source does not compile.
            DeviceUnreachableError: The device is offline.
        """
        return await self._flash(
            device_id, scope, lambda: source_form(files, _target(build_target_version))
        )

    async def flash_known_app(self, device_id: str, app: str = "tinker") -> FlashStarted:
        """Make a self-hosted server or an older cloud send a known application."""
        answer = await self._session.request(
            *UPDATE_DEVICE.at(device_id=device_id),
            form={"app": require_text(app, "app", "name of the program")},
            timeout=FIRMWARE_TIMEOUT,
            subject=Subject.FIRMWARE,
        )
        return _started(device_id, answer)

    async def compile(
        self,
        files: Mapping[str, str | bytes],
        *,
        platform_id: int | None = None,
        product_id: int | None = None,
        build_target_version: str | None = None,
    ) -> Binary:
        """Compile a program in the cloud.

        Args:
            files: Paths in the project and their contents.
            platform_id: Hardware to compile for.
            product_id: Product whose hardware to compile for, instead of a platform.
            build_target_version: Device OS to compile for; by default the latest.

        Raises:
            CompilationError: The source does not compile.
        """
        if (platform_id is None) == (product_id is None):
            raise InvalidRequestError(
                "Either the platform or the product has to be given", argument="platform_id"
            )
        fields = _target(build_target_version)
        if platform_id is not None:
            fields["platform_id"] = str(platform_id)
        else:
            fields["product_id"] = str(product_id)
        answer = await self._session.request(
            *COMPILE.at(),
            data=lambda: source_form(files, fields),
            timeout=FIRMWARE_TIMEOUT,
            subject=Subject.FIRMWARE,
        )
        return answer.read(Binary.from_json)

    async def download_binary(self, binary_id: str) -> bytes:
        """Download a compiled binary.

        Raises:
            NotFoundError: The binary does not exist or was deleted after a day.
        """
        answer = await self._session.request(
            *DOWNLOAD_BINARY.at(binary_id=binary_id),
            timeout=FIRMWARE_TIMEOUT,
            redirects=True,
        )
        return answer.body

    async def build_targets(self, *, featured: bool | None = None) -> BuildTargets:
        """List the versions of Device OS to compile for; needs no token.

        Args:
            featured: Only versions that Particle recommends.
        """
        answer = await self._session.transport.send(
            *LIST_BUILD_TARGETS.at(), query={"featured": featured}
        )
        data = answer.object
        defaults = data.get("default_versions")
        return BuildTargets(
            tuple(BuildTarget.from_json(item) for item in objects_of(answer.array("targets"))),
            {
                number: version
                for key, value in (defaults.items() if isinstance(defaults, Mapping) else ())
                if (number := int_of(key)) is not None and (version := text_of(value)) is not None
            },
            data,
        )

    async def device_os_versions(
        self, *, platform_id: int | None = None, internal_version: int | None = None
    ) -> AsyncIterator[Json]:
        """List releases of Device OS with their modules as raw JSON."""
        query = {"platform_id": platform_id, "internal_version": internal_version}
        async for answer in self._pages(LIST_DEVICE_OS_VERSIONS.at(), query=query):
            for item in objects_of(answer.array("versions", "data", "device_os_versions")):
                yield item

    async def device_os_version(self, version: str, *, platform_id: int | None = None) -> Json:
        """Get one release of Device OS as raw JSON."""
        answer = await self._session.request(
            *GET_DEVICE_OS_VERSION.at(version=version),
            query={"platform_id": platform_id},
        )
        return answer.member("version", "data")

    async def _flash(
        self, device_id: str, scope: Scope, form: Callable[[], aiohttp.FormData]
    ) -> FlashStarted:
        answer = await self._session.request(
            *UPDATE_DEVICE.at(scope, device_id=device_id),
            # A function, because a form can be sent only once and a 401 leads to a retry.
            data=form,
            timeout=FIRMWARE_TIMEOUT,
            subject=Subject.FIRMWARE,
        )
        return _started(device_id, answer)


def _started(device_id: str, answer: Answer) -> FlashStarted:
    data = answer.object
    status = text_of(data.get("status")) or text_of(data.get("message"))
    if status is None:
        raise answer.malformed("The cloud does not say that it has begun to flash")
    if bool_of(data.get("ok")) is False:
        raise answer.malformed(status)
    return FlashStarted(text_of(data.get("id")) or device_id, status, data)


def _target(version: str | None) -> dict[str, Any]:
    return {"build_target_version": version} if version else {"latest": "true"}
