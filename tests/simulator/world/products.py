"""Products and organizations, with their groups, firmware and teams."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Group:
    """A device group of a product."""

    name: str
    description: str = ""
    color: str = "#00AEEF"
    firmware_version: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the group as in lists."""
        return {
            "name": self.name,
            "description": self.description,
            "color": self.color,
            "fw_version": self.firmware_version,
        }


@dataclass(slots=True)
class Firmware:
    """A firmware version of a product."""

    id: str
    version: int
    title: str
    name: str
    binary: bytes
    uploaded_on: str
    uploaded_by: str
    product_id: int
    description: str = ""
    mandatory: bool = False
    product_default: bool = False
    groups: list[str] = field(default_factory=list)
    intelligent: bool = False
    released: bool = False
    ever_released: bool = False
    updated_at: str | None = None


@dataclass(slots=True)
class Member:
    """A member of the team of a product or an organization."""

    username: str
    role: str = "Administrator"


@dataclass(slots=True)
class Organization:
    """An organization."""

    id: str
    slug: str
    name: str
    team: list[Member] = field(default_factory=list)


@dataclass(slots=True)
class Product:
    """A product: a fleet of boards with the same firmware."""

    id: int
    slug: str
    name: str
    platform_id: int
    owner: str
    description: str = ""
    organization_id: str | None = None
    subscription_id: int = 1234
    settings: dict[str, Any] = field(
        default_factory=lambda: {
            "location": {},
            "known_application": {"opt_in": True},
            "quarantine": False,
        }
    )
    groups: dict[str, Group] = field(default_factory=dict)
    firmware: dict[int, Firmware] = field(default_factory=dict)
    team: list[Member] = field(default_factory=list)
    configuration: dict[str, Any] | None = None
    configuration_schema: dict[str, Any] | None = None

    def default_firmware(self, groups: list[str]) -> Firmware | None:
        """Return the firmware that is released to boards of these groups."""
        released = [item for item in self.firmware.values() if item.released]
        for firmware in sorted(released, key=lambda item: -item.version):
            if set(firmware.groups) & set(groups):
                return firmware
        return next((item for item in released if item.product_default), None)

    def as_json(self) -> dict[str, Any]:
        """Return the product as in API responses."""
        shown: dict[str, Any] = {
            "id": self.id,
            "platform_id": self.platform_id,
            "name": self.name,
            "slug": self.slug,
            "description": self.description,
        }
        if self.organization_id is None:
            shown["user"] = self.owner
        else:
            shown["org"] = self.organization_id
            shown["organization_id"] = self.organization_id
        return {
            **shown,
            "groups": sorted(self.groups),
            "settings": self.settings,
            "subscription_id": self.subscription_id,
        }
