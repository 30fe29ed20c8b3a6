"""Product firmware: versions and releases."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from .endpoint import PRODUCT_ONLY, Endpoint
from .errors import InvalidRequestError, MalformedAnswerError
from .firmware import FIRMWARE_TIMEOUT
from .namespace import Namespace, require_any, require_text
from .parsing import Json, bool_of, datetime_of, int_of, mapping_of, objects_of, text_of, texts_of
from .scope import Scope
from .uploads import binary_form

LIST_FIRMWARE = Endpoint("GET", "/v1/firmware", PRODUCT_ONLY)
GET_FIRMWARE = Endpoint("GET", "/v1/firmware/:version", PRODUCT_ONLY)
UPLOAD_FIRMWARE = Endpoint("POST", "/v1/firmware", PRODUCT_ONLY)
UPDATE_FIRMWARE = Endpoint("PUT", "/v1/firmware/:version", PRODUCT_ONLY)
DOWNLOAD_FIRMWARE = Endpoint("GET", "/v1/firmware/:version/binary", PRODUCT_ONLY)
RELEASE_FIRMWARE = Endpoint("PUT", "/v1/firmware/release", PRODUCT_ONLY)
DELETE_FIRMWARE = Endpoint("DELETE", "/v1/firmware/:version", PRODUCT_ONLY)


@dataclass(frozen=True, slots=True)
class FirmwareVersion:
    """One version of a product's firmware.

    Attributes:
        size: Size in bytes.
        product_default: Whether it is released to all devices that are not in a group with another
            version.
        groups: Groups that it is released to.
        device_count: Number of devices that run it.
        mandatory: Whether devices must not skip it.
    """

    version: int
    title: str | None = None
    description: str | None = None
    name: str | None = None
    size: int | None = None
    product_default: bool = False
    groups: tuple[str, ...] = ()
    device_count: int | None = None
    mandatory: bool | None = None
    uploaded_on: datetime | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a firmware object.

        Raises:
            MalformedAnswerError: It is not an object, or has no version.
        """
        data = mapping_of(value, "firmware")
        version = int_of(data.get("version"))
        if version is None:
            raise MalformedAnswerError("The cloud sent a firmware without a version")
        return cls(
            version=version,
            title=text_of(data.get("title")),
            description=text_of(data.get("description")),
            name=text_of(data.get("name")),
            size=int_of(data.get("size")),
            product_default=bool_of(data.get("product_default", data.get("current"))) or False,
            groups=texts_of(data.get("groups")),
            device_count=int_of(data.get("device_count")),
            mandatory=bool_of(data.get("mandatory")),
            uploaded_on=datetime_of(data.get("uploaded_on")),
            raw=data,
        )


class ProductFirmware(Namespace):
    """Firmware of a product. Every method takes the product as its scope."""

    async def list(self, *, scope: Scope) -> tuple[FirmwareVersion, ...]:
        """List the versions."""
        answer = await self._session.request(*LIST_FIRMWARE.at(scope))
        found = objects_of(answer.array("firmware", "firmwares"))
        return tuple(FirmwareVersion.from_json(item) for item in found)

    async def get(self, version: int, *, scope: Scope) -> FirmwareVersion:
        """Get one version."""
        answer = await self._session.request(*GET_FIRMWARE.at(scope, version=_number(version)))
        return answer.read(FirmwareVersion.from_json, "firmware")

    async def upload(
        self,
        content: bytes,
        version: int,
        title: str,
        *,
        scope: Scope,
        description: str | None = None,
        mandatory: bool | None = None,
        filename: str | None = None,
    ) -> FirmwareVersion:
        """Upload a binary or a bundle as a new version.

        Args:
            content: Binary, or zip archive with assets.
            version: Version number that the binary contains.
            title: Short name.
            scope: Product.
            description: Description of the changes.
            mandatory: Whether devices must not skip it.
            filename: File name.

        Raises:
            ConflictError: The version already exists.
        """
        bundle = content.startswith(b"PK")
        fields = {"version": str(_number(version)), "title": require_text(title, "title", "title")}
        if description is not None:
            fields["description"] = description
        if mandatory is not None:
            fields["mandatory"] = str(mandatory).lower()
        name = filename or ("firmware.zip" if bundle else "firmware.bin")
        kind = "application/zip" if bundle else "application/octet-stream"
        answer = await self._session.request(
            *UPLOAD_FIRMWARE.at(scope),
            data=lambda: binary_form(content, name, content_type=kind, fields=fields),
            timeout=FIRMWARE_TIMEOUT,
        )
        return answer.read(
            lambda data: FirmwareVersion.from_json({"version": version, **data}), "firmware"
        )

    async def update(
        self,
        version: int,
        *,
        scope: Scope,
        title: str | None = None,
        description: str | None = None,
        mandatory: bool | None = None,
    ) -> FirmwareVersion:
        """Change a version's title, description or whether it is mandatory."""
        body = require_any(
            {"title": title, "description": description, "mandatory": mandatory}, "title"
        )
        answer = await self._session.request(
            *UPDATE_FIRMWARE.at(scope, version=_number(version)), json=body
        )
        return answer.read(
            lambda data: FirmwareVersion.from_json({"version": version, **data}), "firmware"
        )

    async def download(self, version: int, *, scope: Scope) -> bytes:
        """Download the file of a version."""
        answer = await self._session.request(
            *DOWNLOAD_FIRMWARE.at(scope, version=_number(version)),
            timeout=FIRMWARE_TIMEOUT,
            redirects=True,
        )
        return answer.body

    async def release(
        self,
        version: int,
        *,
        scope: Scope,
        product_default: bool | None = None,
        groups: Iterable[str] | None = None,
        intelligent: bool | None = None,
    ) -> FirmwareVersion:
        """Release a version, or withdraw it from groups by releasing it to fewer than before.

        Args:
            version: Version.
            scope: Product.
            product_default: Release it to all devices that are not in a group with another version.
            groups: Release it to these groups.
            intelligent: Deliver it to online devices immediately, and not only when they connect.
        """
        targets = {
            "product_default": product_default,
            "groups": [*groups] if groups is not None else None,
        }
        body: dict[str, Any] = {
            "version": _number(version),
            **require_any(targets, "product_default"),
        }
        if intelligent is not None:
            body["intelligent"] = intelligent
        answer = await self._session.request(*RELEASE_FIRMWARE.at(scope), json=body)
        return answer.read(
            lambda data: FirmwareVersion.from_json({"version": version, **data}), "firmware"
        )

    async def delete(self, version: int, *, scope: Scope) -> None:
        """Delete a version that has never been released."""
        await self._session.request(*DELETE_FIRMWARE.at(scope, version=_number(version)))


def _number(version: int) -> int:
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        raise InvalidRequestError("The version has to be a number from 0", argument="version")
    return version
