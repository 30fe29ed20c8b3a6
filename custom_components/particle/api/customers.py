"""Customers of a product, who have no Particle account."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Self

from .auth import basic_authorization
from .endpoint import PRODUCT_ONLY, Endpoint
from .errors import InvalidRequestError
from .models import Token, normal_device_id
from .namespace import Namespace, require_text
from .parsing import Json, id_of, mapping_of, text_of, texts_of
from .scope import Scope
from .transport import Answer

LIST_CUSTOMERS = Endpoint("GET", "/v1/customers", PRODUCT_ONLY)
CREATE_CUSTOMER = Endpoint("POST", "/v1/customers", PRODUCT_ONLY)
CHANGE_CUSTOMER = Endpoint("PUT", "/v1/customers/:email", PRODUCT_ONLY)
DELETE_CUSTOMER = Endpoint("DELETE", "/v1/customers/:email", PRODUCT_ONLY)


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer.

    Attributes:
        username: Email address.
        device_ids: Devices claimed by the customer.
    """

    id: str
    username: str | None = None
    full_name: str | None = None
    device_ids: tuple[str, ...] = ()
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a customer object.

        Raises:
            MalformedAnswerError: It is not an object, or has no id.
        """
        data = mapping_of(value, "customer")
        return cls(
            id=id_of(data, "customer", "id", "_id", "username"),
            username=text_of(data.get("username")),
            full_name=text_of(data.get("full_name")),
            device_ids=tuple(normal_device_id(item) for item in texts_of(data.get("devices"))),
            raw=data,
        )


class Customers(Namespace):
    """Customers of a product. Every method takes the product as its scope."""

    async def list(self, *, scope: Scope) -> AsyncIterator[Customer]:
        """List the customers, page by page."""
        async for item in self._paged_objects(LIST_CUSTOMERS.at(scope), "customers"):
            yield Customer.from_json(item)

    async def create(self, email: str, password: str, *, scope: Scope) -> Token:
        """Create a customer with a password, as a member of the product's team.

        Returns:
            The customer's first token.

        Raises:
            ConflictError: The customer already exists.
        """
        body = {
            "email": require_text(email, "email", "email address"),
            "password": require_text(password, "password", "password") and password,
        }
        answer = await self._session.request(*CREATE_CUSTOMER.at(scope), json=body)
        return answer.read(Token.from_json)

    async def create_with_client(
        self,
        email: str,
        client_id: str,
        client_secret: str,
        *,
        scope: Scope,
        password: str | None = None,
    ) -> Token:
        """Create a customer as an OAuth client of the product; without a password, a shadow customer.

        Returns:
            The customer's first token.
        """
        body: dict[str, Any] = {
            "grant_type": "client_credentials",
            "email": require_text(email, "email", "email address"),
        }
        if password is None:
            body["no_password"] = True
        else:
            body["password"] = require_text(password, "password", "password") and password
        answer = await self._send_as_client(
            scope,
            body,
            {"Authorization": basic_authorization(client_id, client_secret)},
        )
        return answer.read(Token.from_json)

    async def sign_up(self, email: str, password: str, client_id: str, *, scope: Scope) -> Token:
        """Create a customer without a client secret, as a website does.

        Returns:
            The customer's first token, if the body of the answer contains it.
        """
        body = {
            "response_type": "token",
            "client_id": require_text(client_id, "client_id", "client id"),
            "email": require_text(email, "email", "email address"),
            "password": require_text(password, "password", "password") and password,
        }
        answer = await self._send_as_client(scope, body, {})
        return answer.read(Token.from_json)

    async def set_password(self, email: str, password: str, *, scope: Scope) -> None:
        """Set a customer's password, as a member of the product's team."""
        require_text(password, "password", "password")
        await self._session.request(
            *CHANGE_CUSTOMER.at(scope, email=_email_address(email)), json={"password": password}
        )

    async def delete(self, email: str, *, scope: Scope) -> None:
        """Delete a customer with all tokens and claim codes."""
        await self._session.request(*DELETE_CUSTOMER.at(scope, email=_email_address(email)))

    async def _send_as_client(
        self,
        scope: Scope,
        body: dict[str, Any],
        headers: dict[str, str],
    ) -> Answer:
        """Send without the user's token."""
        return await self._session.transport.send(
            *CREATE_CUSTOMER.at(scope), json=body, headers=headers
        )


def _email_address(value: str) -> str:
    if "@" not in value:
        raise InvalidRequestError("This is not an email address", argument="email")
    return value
