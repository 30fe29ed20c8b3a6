"""Claiming and releasing devices."""

from dataclasses import dataclass, field
from typing import Any

from .devices import DEVICE_TIMEOUT
from .endpoint import ACCOUNT_OR_PRODUCT, Endpoint
from .error_mapping import Subject
from .models import normal_device_id
from .namespace import Namespace, require_text
from .parsing import Json, text_of, texts_of
from .scope import ACCOUNT, Scope

CLAIM = Endpoint("POST", "/v1/devices")
CREATE_CLAIM_CODE = Endpoint("POST", "/v1/device_claims", ACCOUNT_OR_PRODUCT)
UNCLAIM = Endpoint(
    "DELETE", "/v1/devices/:device_id/owner", ACCOUNT_OR_PRODUCT, account="/v1/devices/:device_id"
)
REGISTER_KEY = Endpoint("POST", "/v1/provisioning/:device_id")


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """Result of claiming a device.

    Attributes:
        device_id: The device.
        transfer_id: ID of the requested transfer, if the device belongs to another user.
    """

    device_id: str
    transfer_id: str | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ClaimCode:
    """A code that a device sends when it is set up over Wi-Fi.

    Attributes:
        code: 63 characters.
        device_ids: The user's existing devices.
    """

    code: str = field(repr=False)
    device_ids: tuple[str, ...] = ()
    raw: Json = field(default_factory=dict, repr=False, compare=False)


class Claims(Namespace):
    """Claiming and releasing devices."""

    async def claim(self, device_id: str, *, request_transfer: bool = False) -> ClaimResult:
        """Claim a device for the user.

        Args:
            device_id: Device.
            request_transfer: Ask the current owner for a transfer.

        Raises:
            DeviceNotFoundError: The device does not exist.
            DeviceOfflineError: The device is old hardware, which has to be online to be claimed.
            PermissionDeniedError: The device belongs to another user.
        """
        requested_id = normal_device_id(require_text(device_id, "device_id", "device ID"))
        body: dict[str, Any] = {"id": requested_id}
        if request_transfer:
            body["request_transfer"] = True
        answer = await self._session.request(
            *CLAIM.at(), json=body, timeout=DEVICE_TIMEOUT, subject=Subject.DEVICE
        )
        data = answer.object
        reported_id = text_of(data.get("deviceID") or data.get("id"))
        return ClaimResult(
            normal_device_id(reported_id or requested_id), text_of(data.get("transfer_id")), data
        )

    async def provision(self, product_id: int | str) -> ClaimResult:
        """Create a device ID for custom hardware.

        Args:
            product_id: Product or platform of the device.
        """
        answer = await self._session.request(
            *CLAIM.at(), json={"product_id": product_id}, subject=Subject.PRODUCT
        )
        data = answer.object
        reported_id = text_of(data.get("id") or data.get("deviceID") or data.get("device_id"))
        if reported_id is None:
            raise answer.malformed("The cloud's answer does not contain a device ID")
        return ClaimResult(normal_device_id(reported_id), None, data)

    async def create_code(self, *, iccid: str | None = None, scope: Scope = ACCOUNT) -> ClaimCode:
        """Create a claim code for setting up a device.

        Args:
            iccid: ICCID of the SIM, for a device that is claimed by its SIM.
            scope: Account or product.
        """
        answer = await self._session.request(
            *CREATE_CLAIM_CODE.at(scope), json={"iccid": iccid} if iccid else {}
        )
        data = answer.object
        code = text_of(data.get("claim_code"))
        if code is None:
            raise answer.malformed("The cloud's answer does not contain a claim code")
        return ClaimCode(code, texts_of(data.get("device_ids")), data)

    async def unclaim(self, device_id: str, *, scope: Scope = ACCOUNT) -> None:
        """Release a device; a device of a product stays in the product.

        Raises:
            DeviceNotFoundError: The device does not belong to the user.
        """
        await self._session.request(*UNCLAIM.at(scope, device_id=device_id), subject=Subject.DEVICE)

    async def register_key(
        self, device_id: str, public_key: str, *, algorithm: str = "rsa", filename: str = "api"
    ) -> None:
        """Register the public key of a device.

        Args:
            device_id: Device.
            public_key: Key in PEM format.
            algorithm: ``rsa`` or ``ecc``.
            filename: Name of the key's origin.
        """
        await self._session.request(
            *REGISTER_KEY.at(device_id=device_id),
            json={
                "deviceID": normal_device_id(device_id),
                "publicKey": require_text(public_key, "public_key", "public key"),
                "algorithm": algorithm,
                "filename": filename,
                "order": "manual",
            },
            subject=Subject.DEVICE,
        )
