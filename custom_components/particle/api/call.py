"""What one request does and to what, so that its errors can say it."""

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
    """Return the id or name of the device that an encoded path is about."""
    found = _DEVICE.match(path)
    return normal_device_id(unquote(found[1])) if found and found[1] != "events" else None


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a person sees it.

    Attributes:
        acts: It changes something, or costs a data operation.
        device_id: Id or name of the device that it is about.
        operation: The data operation that it costs.
    """

    acts: bool = False
    device_id: str | None = None
    operation: DataOperation | None = None

    @classmethod
    def of(cls, method: str, path: str, operation: DataOperation | None = None) -> Self:
        """Return what a request does."""
        # Asking for a token changes nothing.
        acts = operation is not None or (method not in _READING and path.startswith("/v1/"))
        device_id = operation.device_id if operation else device_of_path(path)
        return cls(acts, device_id, operation)

    def complete[T: ParticleError](self, err: T) -> T:
        """Tell an error what it is about, and whether the call may have been carried out."""
        err.device_id = err.device_id or self.device_id
        if self.operation is not None:
            if self.operation.kind is DataOperationKind.VARIABLE:
                err.variable = self.operation.name
            else:
                err.function = self.operation.name
        err.may_have_run = self.acts and _may_have_run(err)
        return err


def _may_have_run(err: ParticleError) -> bool:
    """Return False where the cloud refused the call or never saw it."""
    match err:
        case UnreachableError():
            return err.sent
        case CloudError() | DeviceTimeoutError():
            return True
        case MalformedAnswerError():
            # A redirect or an error page of a proxy: the call did not get through.
            return err.status is None or err.status < 300
    return False
