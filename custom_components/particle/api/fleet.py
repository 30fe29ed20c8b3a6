"""The devices of a product: adding, removing, grouping, and locking their firmware."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from .endpoint import PRODUCT_ONLY, Endpoint
from .error_mapping import Subject
from .errors import InvalidRequestError
from .models import normal_device_id
from .namespace import Namespace
from .parsing import Json, int_of, mapping_of, texts_of
from .scope import Scope
from .transport import Query
from .uploads import binary_form

ADD_DEVICES = Endpoint("POST", "/v1/devices", PRODUCT_ONLY)
CHANGE_DEVICE = Endpoint("PUT", "/v1/devices/:device_id", PRODUCT_ONLY)
REMOVE_DEVICE = Endpoint("DELETE", "/v1/devices/:device_id", PRODUCT_ONLY)
CHANGE_GROUPS = Endpoint("PUT", "/v1/devices", PRODUCT_ONLY)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Result of adding devices to a product.

    Attributes:
        updated: Number of added devices.
        existing: Devices that were already in the product.
        nonmember: Devices that belong to another product or cannot be moved.
        invalid: Invalid identifiers.
        protected: Protected devices.
    """

    updated: int = 0
    updated_ids: tuple[str, ...] = ()
    existing: tuple[str, ...] = ()
    nonmember: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read the answer of an import.

        Raises:
            MalformedAnswerError: It is not an object.
        """
        data = mapping_of(value, "result of the import")
        updated_ids = texts_of(data.get("updatedDeviceIds"))
        return cls(
            updated=int_of(data.get("updated")) or len(updated_ids),
            updated_ids=updated_ids,
            existing=texts_of(data.get("existingDeviceIds")),
            nonmember=texts_of(data.get("nonmemberDeviceIds")),
            invalid=texts_of(data.get("invalidDeviceIds")),
            protected=texts_of(data.get("protectedDeviceIds")),
            raw=data,
        )


class Fleet(Namespace):
    """The devices of a product. Every method takes the product as its scope."""

    async def add(
        self,
        device_ids: Iterable[str],
        *,
        scope: Scope,
        import_sims: bool | None = None,
        claim_user: str | None = None,
    ) -> ImportResult:
        """Add devices to the product; this also approves quarantined devices.

        Args:
            device_ids: Device IDs.
            scope: Product.
            import_sims: Also add their SIMs.
            claim_user: Email address of the user to claim them for.
        """
        ids = [normal_device_id(item) for item in device_ids if item.strip()]
        if not ids:
            raise InvalidRequestError("There is no device to add", argument="device_ids")
        body: dict[str, Any] = {"id": ids[0]} if len(ids) == 1 else {"ids": ids}
        if import_sims is not None:
            body["import_sims"] = import_sims
        if claim_user:
            body["claim_user"] = claim_user
        answer = await self._session.request(
            *ADD_DEVICES.at(scope), json=body, timeout=120, subject=Subject.PRODUCT
        )
        return answer.read(ImportResult.from_json)

    async def add_file(
        self,
        identifiers: Iterable[str],
        *,
        scope: Scope,
        import_sims: bool | None = None,
        claim_user: str | None = None,
    ) -> ImportResult:
        """Add many devices by a file with device IDs, serial numbers, IMEIs or ICCIDs.

        Args:
            identifiers: One identifier for each device.
            scope: Product.
            import_sims: Also add their SIMs.
            claim_user: Email address of the user to claim them for.
        """
        lines = [item.strip() for item in identifiers if item.strip()]
        if not lines:
            raise InvalidRequestError("There is no device to add", argument="identifiers")
        query: Query = {"import_sims": import_sims, "claim_user": claim_user}
        answer = await self._session.request(
            *ADD_DEVICES.at(scope),
            data=lambda: binary_form(
                "\n".join(lines).encode(), "devices.txt", content_type="text/plain"
            ),
            query=query,
            timeout=300,
            subject=Subject.PRODUCT,
        )
        return answer.read(ImportResult.from_json)

    async def remove(self, device_id: str, *, scope: Scope, deny: bool = False) -> None:
        """Remove a device from the product.

        Args:
            device_id: Device.
            scope: Product.
            deny: Also deny a quarantined device in the future.
        """
        await self._session.request(
            *REMOVE_DEVICE.at(scope, device_id=device_id),
            json={"deny": True} if deny else None,
            subject=Subject.DEVICE,
        )

    async def change_groups(
        self,
        device_ids: Iterable[str],
        *,
        scope: Scope,
        add: Iterable[str] = (),
        remove: Iterable[str] = (),
    ) -> None:
        """Add devices to groups and remove them from others."""
        ids = [normal_device_id(item) for item in device_ids if item.strip()]
        added, removed = list(add), list(remove)
        if not ids:
            raise InvalidRequestError("There is no device to change", argument="device_ids")
        if not added and not removed:
            raise InvalidRequestError("There is no group to change", argument="add")
        await self._session.request(
            *CHANGE_GROUPS.at(scope),
            json={
                "action": "groups",
                "devices": ids,
                "metadata": {"add": added, "remove": removed},
            },
            subject=Subject.PRODUCT,
        )

    async def set_groups(self, device_id: str, groups: Iterable[str], *, scope: Scope) -> None:
        """Set the groups of a device; missing groups are created."""
        await self._update(device_id, {"groups": list(groups)}, scope)

    async def lock_firmware(
        self, device_id: str, version: int, *, scope: Scope, flash: bool = False
    ) -> None:
        """Lock a device to one version of the product's firmware.

        Args:
            device_id: Device.
            version: Firmware version.
            scope: Product.
            flash: Flash it now; the device has to be online.
        """
        if isinstance(version, bool) or version < 0:
            raise InvalidRequestError("The version has to be a number from 0", argument="version")
        fields: dict[str, Any] = {"desired_firmware_version": version}
        if flash:
            fields["flash"] = True
        await self._update(device_id, fields, scope)

    async def unlock_firmware(self, device_id: str, *, scope: Scope) -> None:
        """Make a device follow the product's releases again."""
        await self._update(device_id, {"desired_firmware_version": None}, scope)

    async def mark_development(self, device_id: str, on: bool, *, scope: Scope) -> None:
        """Mark a device as a development device, which does not get releases, or remove the mark."""
        await self._update(device_id, {"development": on}, scope)

    async def _update(self, device_id: str, fields: dict[str, Any], scope: Scope) -> None:
        await self._session.request(
            *CHANGE_DEVICE.at(scope, device_id=device_id), json=fields, subject=Subject.DEVICE
        )
