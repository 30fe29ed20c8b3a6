"""Groups of devices in a product."""

from collections.abc import Iterable
from dataclasses import dataclass, field
import re
from typing import Self

from .endpoint import PRODUCT_ONLY, Endpoint
from .errors import InvalidRequestError
from .namespace import Namespace, require_any, without_none
from .parsing import Json, id_of, int_of, mapping_of, objects_of, text_of
from .scope import Scope
from .transport import Query

LIST_GROUPS = Endpoint("GET", "/v1/groups", PRODUCT_ONLY)
GET_GROUP = Endpoint("GET", "/v1/groups/:group", PRODUCT_ONLY)
CREATE_GROUP = Endpoint("POST", "/v1/groups", PRODUCT_ONLY)
UPDATE_GROUP = Endpoint("PUT", "/v1/groups/:group", PRODUCT_ONLY)
DELETE_GROUP = Endpoint("DELETE", "/v1/groups/:group", PRODUCT_ONLY)
GET_IMPACT = Endpoint("GET", "/v1/impact", PRODUCT_ONLY)

_NAME = re.compile(r"[a-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class DeviceGroup:
    """One group.

    Attributes:
        firmware_version: Firmware version that is released to the group.
        device_count: Number of devices; None if unknown.
    """

    name: str
    description: str | None = None
    color: str | None = None
    firmware_version: int | None = None
    device_count: int | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a group object.

        Raises:
            MalformedAnswerError: It is not an object, or has no name.
        """
        data = mapping_of(value, "group")
        return cls(
            name=id_of(data, "group", "name"),
            description=text_of(data.get("description")),
            color=text_of(data.get("color")),
            firmware_version=int_of(data.get("fw_version")),
            device_count=int_of(data.get("device_count")),
            raw=data,
        )


class DeviceGroups(Namespace):
    """Groups of a product. Every method takes the product as its scope."""

    async def list(self, *, scope: Scope, name: str | None = None) -> tuple[DeviceGroup, ...]:
        """List the groups, or only those whose names contain `name`."""
        answer = await self._session.request(*LIST_GROUPS.at(scope), query={"name": name})
        return tuple(DeviceGroup.from_json(item) for item in objects_of(answer.array("groups")))

    async def get(self, name: str, *, scope: Scope) -> DeviceGroup:
        """Get one group with the number of its devices."""
        answer = await self._session.request(*GET_GROUP.at(scope, group=name))
        return answer.read(DeviceGroup.from_json, "group")

    async def create(
        self,
        name: str,
        *,
        scope: Scope,
        color: str | None = None,
        description: str | None = None,
    ) -> DeviceGroup:
        """Create a group.

        Args:
            name: Lower-case letters, digits, ``-`` and ``_``.
            scope: Product.
            color: Color in the console, such as ``#00aeef``.
            description: Description of the group.
        """
        body = {"name": valid_group_name(name)} | without_none(
            {"color": color, "description": description}
        )
        answer = await self._session.request(*CREATE_GROUP.at(scope), json=body)
        return answer.read(lambda data: DeviceGroup.from_json({"name": name, **data}), "group")

    async def update(
        self,
        name: str,
        *,
        scope: Scope,
        new_name: str | None = None,
        color: str | None = None,
        description: str | None = None,
    ) -> DeviceGroup:
        """Change a group's name, color or description."""
        if new_name is not None:
            valid_group_name(new_name)
        body = require_any(
            {"name": new_name, "color": color, "description": description}, "new_name"
        )
        answer = await self._session.request(*UPDATE_GROUP.at(scope, group=name), json=body)
        return answer.read(
            lambda data: DeviceGroup.from_json({"name": new_name or name, **data}), "group"
        )

    async def delete(self, name: str, *, scope: Scope) -> None:
        """Delete a group; its devices stay in the product."""
        await self._session.request(*DELETE_GROUP.at(scope, group=name))

    async def impact(
        self, action: str, *, scope: Scope, edit_groups: Iterable[str] = (), **query: str
    ) -> Json:
        """Preview the effect of a change of groups or releases on the devices.

        Args:
            action: For example ``edit_groups_for_firmware`` or ``edit_groups_for_device``.
            scope: Product.
            edit_groups: Groups of the change.
            query: Further parameters of the action, such as ``firmware_version``.

        Returns:
            The raw answer of the cloud.
        """
        parameters: Query = {"action": action, "edit_groups": tuple(edit_groups), **query}
        answer = await self._session.request(*GET_IMPACT.at(scope), query=parameters)
        return answer.object


def valid_group_name(name: str) -> str:
    """Check the name of a group.

    Raises:
        InvalidRequestError: The name contains invalid characters.
    """
    if not _NAME.fullmatch(name):
        raise InvalidRequestError(
            "A group's name consists of lower-case letters, digits, '-' and '_'", argument="name"
        )
    return name
