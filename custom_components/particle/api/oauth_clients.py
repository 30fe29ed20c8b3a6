"""OAuth clients of the account or of a product."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from .endpoint import ACCOUNT_OR_PRODUCT, Endpoint
from .errors import InvalidRequestError
from .namespace import Namespace, without_none
from .parsing import Json, id_of, mapping_of, objects_of, text_of
from .scope import ACCOUNT, Scope

LIST_CLIENTS = Endpoint("GET", "/v1/clients", ACCOUNT_OR_PRODUCT)
CREATE_CLIENT = Endpoint("POST", "/v1/clients", ACCOUNT_OR_PRODUCT)
UPDATE_CLIENT = Endpoint("PUT", "/v1/clients/:client_id", ACCOUNT_OR_PRODUCT)
DELETE_CLIENT = Endpoint("DELETE", "/v1/clients/:client_id", ACCOUNT_OR_PRODUCT)


class OAuthClientType(StrEnum):
    """Types of OAuth clients."""

    INSTALLED = "installed"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """One OAuth client.

    Attributes:
        id: Slug of the name and a number.
        secret: The secret; only in the answer to the creation.
        redirect_uri: Redirect address; only for web clients.
    """

    id: str
    name: str | None = None
    type: str | None = None
    secret: str | None = field(default=None, repr=False)
    redirect_uri: str | None = None
    scope: str | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a client object.

        Raises:
            MalformedAnswerError: It is not an object, or has no id.
        """
        data = mapping_of(value, "OAuth client")
        return cls(
            id=id_of(data, "OAuth client"),
            name=text_of(data.get("name")),
            type=text_of(data.get("type")),
            secret=text_of(data.get("secret")),
            redirect_uri=text_of(data.get("redirect_uri")),
            scope=text_of(data.get("scope")),
            raw=data,
        )


class OAuthClients(Namespace):
    """OAuth clients of the account or of a product."""

    async def list(self, *, scope: Scope = ACCOUNT) -> tuple[OAuthClient, ...]:
        """List the clients without their secrets."""
        answer = await self._session.request(*LIST_CLIENTS.at(scope))
        return tuple(OAuthClient.from_json(item) for item in objects_of(answer.array("clients")))

    async def create(
        self,
        name: str,
        client_type: OAuthClientType = OAuthClientType.INSTALLED,
        *,
        redirect_uri: str | None = None,
        client_scope: str | None = None,
        scope: Scope = ACCOUNT,
    ) -> OAuthClient:
        """Create a client.

        Args:
            name: Name of the client.
            client_type: Installed program or website.
            redirect_uri: Redirect address; required for a website, and not allowed otherwise.
            client_scope: ``customers:create`` or ``*:*``, separated by spaces.
            scope: Account or product; tokens of a product need a client of the product.

        Returns:
            The client with its secret, which cannot be retrieved later.

        Raises:
            InvalidRequestError: The name or the redirect address is not valid; nothing was sent.
        """
        if not name.strip():
            raise InvalidRequestError("The name is empty", argument="name")
        client_type = OAuthClientType(client_type)
        if (client_type is OAuthClientType.WEB) != bool(redirect_uri):
            raise InvalidRequestError(
                "A web client needs a redirect address, and only a web client has one",
                argument="redirect_uri",
            )
        body: dict[str, Any] = {"name": name.strip(), "type": client_type.value}
        if redirect_uri:
            body["redirect_uri"] = redirect_uri
        if client_scope is not None:
            body["scope"] = client_scope
        answer = await self._session.request(*CREATE_CLIENT.at(scope), json=body)
        return answer.read(OAuthClient.from_json, "client")

    async def update(
        self,
        client_id: str,
        *,
        name: str | None = None,
        client_scope: str | None = None,
        scope: Scope = ACCOUNT,
    ) -> OAuthClient:
        """Change a client's name or scope; the scope ``none`` clears it."""
        body = without_none({"name": name, "scope": client_scope})
        if not body:
            raise InvalidRequestError("There is nothing to change", argument="name")
        answer = await self._session.request(
            *UPDATE_CLIENT.at(scope, client_id=client_id), json=body
        )
        return answer.read(lambda data: OAuthClient.from_json({"id": client_id, **data}), "client")

    async def delete(self, client_id: str, *, scope: Scope = ACCOUNT) -> None:
        """Delete a client; its tokens stop working."""
        await self._session.request(*DELETE_CLIENT.at(scope, client_id=client_id))
