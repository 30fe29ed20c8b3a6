"""Records of the cloud: requests and data operations."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

_KEPT = 20_000


@dataclass(slots=True)
class RecordedRequest:
    """One request to the public API.

    Attributes:
        id: The `X-Request-Id` of the response.
        headers: With lower-case names; of `authorization` only the scheme.
        body: The parsed body: an object for JSON and forms, `{fields, files}` for uploads.
        status: None until the response starts, and if there is none.
    """

    id: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    time: datetime
    body: Any = None
    status: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the request for the control API."""
        return {
            "id": self.id,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": self.headers,
            "time": self.time.isoformat(),
            "body": self.body,
            "status": self.status,
        }


class RequestLog(list[RecordedRequest]):
    """The received requests, oldest first."""

    def matching(self, method: str | None = None, path: str | None = None) -> list[RecordedRequest]:
        """Return the requests of a method and a path pattern (`*`)."""
        return [
            request
            for request in self
            if (method is None or request.method == method.upper())
            and (path is None or fnmatchcase(request.path, path))
        ]

    def add(self, request: RecordedRequest) -> None:
        """Record a request; old ones are dropped when there are too many."""
        if len(self) >= _KEPT:
            del self[: _KEPT // 10]
        self.append(request)


def recorded_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a request without the secret."""
    kept = {name.lower(): value for name, value in headers.items()}
    if "authorization" in kept:
        kept["authorization"] = kept["authorization"].partition(" ")[0]
    return kept


@dataclass(frozen=True, slots=True)
class Operation:
    """A data operation."""

    kind: str
    device_id: str
    name: str
    amount: int


@dataclass(slots=True)
class Operations:
    """The data operations of this month.

    Kinds: variable, function, publish (by a board), delivery (of an event to a board), location.
    """

    log: list[Operation] = field(default_factory=list)
    by_kind: Counter[str] = field(default_factory=Counter)
    by_device: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """The total number of data operations."""
        return self.by_kind.total()

    def record(self, kind: str, device_id: str, name: str, amount: int = 1) -> None:
        """Record data operations."""
        if len(self.log) >= _KEPT:
            del self.log[: _KEPT // 10]
        self.log.append(Operation(kind, device_id, name, amount))
        self.by_kind[kind] += amount
        self.by_device.setdefault(device_id, Counter())[kind] += amount

    def clear(self) -> None:
        """Start a new month."""
        self.log.clear()
        self.by_kind.clear()
        self.by_device.clear()

    def as_json(self) -> dict[str, Any]:
        """Return the count for the control API."""
        return {
            "total": self.total,
            "by_kind": dict(self.by_kind),
            "by_device": {device: dict(kinds) for device, kinds in self.by_device.items()},
        }


def message_operations(data: str | None) -> int:
    """Return the cost of a message: one data operation for each started 1024 bytes."""
    return max(1, -(-len((data or "").encode(errors="replace")) // 1024))
