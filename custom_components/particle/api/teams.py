"""Teams: users and API users of a product or an organization."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from .endpoint import PRODUCT_OR_ORGANIZATION, Endpoint
from .errors import InvalidRequestError, MalformedAnswerError
from .namespace import Namespace, require_text
from .parsing import Json, bool_of, child_of, id_of, mapping_of, objects_of, text_of, texts_of
from .scope import Scope

LIST_TEAM = Endpoint("GET", "/v1/team", PRODUCT_OR_ORGANIZATION)
ADD_TO_TEAM = Endpoint("POST", "/v1/team", PRODUCT_OR_ORGANIZATION)
CHANGE_IN_TEAM = Endpoint("PUT", "/v1/team/:username", PRODUCT_OR_ORGANIZATION)
REMOVE_FROM_TEAM = Endpoint("DELETE", "/v1/team/:username", PRODUCT_OR_ORGANIZATION)
RENEW_API_USER_TOKEN = Endpoint("PUT", "/v1/team/:username/token", PRODUCT_OR_ORGANIZATION)


class Role(StrEnum):
    """Roles of team members."""

    ADMINISTRATOR = "Administrator"
    DEVELOPER = "Developer"
    VIEW_ONLY = "View-only"
    SUPPORT = "Support"


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A user or an API user.

    Attributes:
        is_programmatic: Whether it is an API user, which has scopes instead of a role.
    """

    username: str
    role: str | None = None
    is_programmatic: bool = False
    friendly_name: str | None = None
    scopes: tuple[str, ...] = ()
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a team member.

        Raises:
            MalformedAnswerError: It is not an object, or has no username.
        """
        data = mapping_of(value, "team member")
        role = data.get("role")
        return cls(
            username=id_of(data, "team member", "username"),
            role=text_of(role) or text_of(child_of(data, "role").get("name")),
            is_programmatic=bool_of(data.get("is_programmatic")) or False,
            friendly_name=text_of(data.get("friendly_name")),
            scopes=texts_of(data.get("scopes")),
            raw=data,
        )


@dataclass(frozen=True, slots=True)
class ApiUserToken:
    """An API user with its token, which cannot be retrieved later.

    Attributes:
        token: The token, which is not necessarily hexadecimal.
    """

    username: str
    token: str = field(repr=False)
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object, username: str = "") -> Self:
        """Read the answer to creating or changing an API user.

        Raises:
            MalformedAnswerError: It does not contain a token.
        """
        data = mapping_of(value, "API user")
        token = next(
            (
                found
                for item in objects_of(data.get("tokens"))
                if (found := text_of(item.get("token")))
            ),
            None,
        )
        if token is None:
            raise MalformedAnswerError(
                "The cloud's answer does not contain a token of the API user"
            )
        return cls(text_of(data.get("username")) or username, token, data)


class Teams(Namespace):
    """The team of a product or an organization. Every method takes one of them as its scope."""

    async def list(self, *, scope: Scope) -> tuple[TeamMember, ...]:
        """List users and API users."""
        answer = await self._session.request(*LIST_TEAM.at(scope))
        return tuple(TeamMember.from_json(item) for item in objects_of(answer.array("team")))

    async def invite(self, username: str, role: Role = Role.DEVELOPER, *, scope: Scope) -> None:
        """Invite a user by email address."""
        body = {
            "username": require_text(username, "username", "username"),
            "role": Role(role).value,
        }
        await self._session.request(*ADD_TO_TEAM.at(scope), json=body)

    async def change_role(self, username: str, role: Role, *, scope: Scope) -> None:
        """Change the role of a user."""
        await self._session.request(
            *CHANGE_IN_TEAM.at(scope, username=username), json={"role": Role(role).value}
        )

    async def remove(self, username: str, *, scope: Scope) -> None:
        """Remove a user or an API user; the token of an API user stops working."""
        await self._session.request(*REMOVE_FROM_TEAM.at(scope, username=username))

    async def create_api_user(
        self, friendly_name: str, scopes: Iterable[str], *, scope: Scope
    ) -> ApiUserToken:
        """Create an API user.

        Args:
            friendly_name: Display name.
            scopes: Permissions, such as ``devices:list`` and ``events:get``.
            scope: Product or organization.

        Returns:
            The API user with its token, which cannot be retrieved later.
        """
        body = {
            "friendly_name": require_text(friendly_name, "friendly_name", "name"),
            "scopes": _scopes(scopes),
        }
        answer = await self._session.request(*ADD_TO_TEAM.at(scope), json=body)
        return answer.read(ApiUserToken.from_json, "created")

    async def change_api_user(
        self, username: str, friendly_name: str, scopes: Iterable[str], *, scope: Scope
    ) -> ApiUserToken:
        """Change the permissions of an API user; this also changes its token.

        Returns:
            The new token.
        """
        body = {
            "friendly_name": require_text(friendly_name, "friendly_name", "name"),
            "scopes": _scopes(scopes),
        }
        answer = await self._session.request(
            *CHANGE_IN_TEAM.at(scope, username=username), json=body
        )
        return answer.read(
            lambda data: ApiUserToken.from_json(data, username), "updated", "created"
        )

    async def renew_api_user_token(self, username: str, *, scope: Scope) -> ApiUserToken:
        """Renew the token of an API user; the old one stops working."""
        answer = await self._session.request(*RENEW_API_USER_TOKEN.at(scope, username=username))
        return answer.read(
            lambda data: ApiUserToken.from_json(data, username), "updated", "created"
        )


def _scopes(scopes: Iterable[str]) -> list[str]:
    found = [item.strip() for item in scopes if item.strip()]
    if not found:
        raise InvalidRequestError("An API user without scopes can do nothing", argument="scopes")
    return found
