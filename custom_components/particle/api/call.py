"""Describes a request, to complete its errors with the device and the effect."""

from dataclasses import dataclass
import re
from typing import Self
from urllib.parse import unquote

from .errors import (
    CloudError,
    DeviceTimeoutError,
    MalformedAnswerError,
    ParticleError,
    UnreachableError,
)
from .models import DataOperation, DataOperationKind, normal_device_id

_DEVICE = re.compile(r"/v1/(?:(?:products|orgs)/[^/]+/)?(?:devices|diagnostics)/([^/]+)")
_READING = {"GET", "HEAD"}


def device_of_path(path: str) -> str | None:
    """Return the ID or name of the device in an encoded path."""
    found = _DEVICE.match(path)
    return normal_device_id(unquote(found[1])) if found and found[1] != "events" else None


@dataclass(frozen=True, slots=True)
class Call:
    """Description of one request.

    Attributes:
        acts: Whether it changes something or costs a data operation.
        device_id: ID or name of the device, if any.
        operation: The data operation that it costs, if any.
    """

    acts: bool = False
    device_id: str | None = None
    operation: DataOperation | None = None

    @classmethod
    def of(cls, method: str, path: str, operation: DataOperation | None = None) -> Self:
        """Return the description of a request."""
        # Requesting a token changes nothing.
        acts = operation is not None or (method not in _READING and path.startswith("/v1/"))
        device_id = operation.device_id if operation else device_of_path(path)
        return cls(acts, device_id, operation)

    def complete[T: ParticleError](self, err: T) -> T:
        """Add the device, the function or variable, and `may_have_run` to an error."""
        err.device_id = err.device_id or self.device_id
        if self.operation is not None:
            if self.operation.kind is DataOperationKind.VARIABLE:
                err.variable = self.operation.name
            else:
                err.function = self.operation.name
        err.may_have_run = self.acts and _may_have_run(err)
        return err


def _may_have_run(err: ParticleError) -> bool:
    """Return False if the cloud refused the call or did not receive it."""
    match err:
        case UnreachableError():
            return err.sent
        case CloudError() | DeviceTimeoutError():
            return True
        case MalformedAnswerError():
            # Redirects and error pages come from a proxy: the call did not reach the cloud.
            return err.status is None or err.status < 300
    return False
