"""Organizations, which own products."""

from dataclasses import dataclass, field
from typing import Self

from .endpoint import Endpoint
from .namespace import Namespace
from .parsing import Json, id_of, mapping_of, objects_of, text_of

LIST_ORGANIZATIONS = Endpoint("GET", "/v1/orgs")
GET_ORGANIZATION = Endpoint("GET", "/v1/orgs/:organization")


@dataclass(frozen=True, slots=True)
class Organization:
    """One organization.

    Attributes:
        slug: Short name, which can be used instead of the ID.
    """

    id: str
    slug: str | None = None
    name: str | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read an organization object.

        Raises:
            MalformedAnswerError: It is not an object, or has no id.
        """
        data = mapping_of(value, "organization")
        return cls(
            id_of(data, "organization", "id", "_id", "slug"),
            text_of(data.get("slug")),
            text_of(data.get("name")),
            data,
        )


class Organizations(Namespace):
    """Organizations that the user belongs to."""

    async def list(self) -> tuple[Organization, ...]:
        """List the organizations."""
        answer = await self._session.request(*LIST_ORGANIZATIONS.at())
        found = objects_of(answer.array("organizations", "orgs"))
        return tuple(Organization.from_json(item) for item in found)

    async def get(self, organization: str) -> Organization:
        """Get one organization by id or slug."""
        answer = await self._session.request(*GET_ORGANIZATION.at(organization=organization))
        return answer.read(Organization.from_json, "organization")
