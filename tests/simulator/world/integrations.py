"""Integrations, such as webhooks, with their counters and logs."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Integration:
    """An integration.

    Attributes:
        settings: All properties, with the names of the documentation.
        logs: The last ten attempts, newest first.
    """

    id: str
    kind: str
    event: str
    created_at: str
    settings: dict[str, Any]
    owner: str
    product_id: int | None = None
    organization_id: str | None = None
    logs: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=10))
    errors: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=10))
    sent: int = 0
    succeeded: int = 0
    failed: int = 0
    slept: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the integration as in lists."""
        return {
            "id": self.id,
            "event": self.event,
            "created_at": self.created_at,
            "integration_type": self.kind,
            **self.settings,
        }

    @property
    def counters(self) -> list[dict[str, Any]]:
        """The number of attempts."""
        if not self.sent and not self.slept:
            return []
        return [
            {
                "success": self.succeeded,
                "error": self.failed,
                "sleep": self.slept,
                "total": self.sent,
            }
        ]
