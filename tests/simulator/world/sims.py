"""SIM cards."""

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Sim:
    """A SIM of a user or of a product."""

    iccid: str
    product_id: int | None
    owner: str | None
    device_id: str | None = None
    status: str = "active"
    activated_on: str = ""
    updated_at: str = ""
    last_action: str = "activate"

    def as_json(self, device_name: str | None) -> dict[str, Any]:
        """Return the SIM as in API responses."""
        return {
            "_id": self.iccid,
            "status": self.status,
            "carrier": "Example Mobile",
            "base_country_code": "US",
            "last_device_id": self.device_id,
            "last_device_name": device_name,
            "last_status_change_action": self.last_action,
            "last_status_change_action_error": "no",
            "first_activated_on": self.activated_on,
            "product_id": self.product_id,
            "updated_at": self.updated_at,
        }
