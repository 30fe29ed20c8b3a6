"""Declaration of endpoints, and who is allowed to call them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from .call import Call

type Handler = Callable[[Call], Awaitable[web.StreamResponse]]


class Access(Enum):
    """Who is allowed to call an endpoint."""

    OPEN = auto()
    """No token is required."""
    USER = auto()
    """The token of a user."""
    PERSON = auto()
    """The token of a user or a customer."""
    ANY = auto()
    """Any token except that of an API user."""
    DEVICES = auto()
    """Any token that has access to the device; API users need the scope."""
    PRODUCT = auto()
    """The team of the product, its client, and its API users with the scope."""
    CUSTOMERS = auto()
    """As PRODUCT, and the customers of the product."""
    ORGANIZATION = auto()
    """The team of the organization, and its API users with the scope."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path.

    Attributes:
        legacy: Name of the fault that enables an endpoint that Particle has withdrawn.
    """

    method: str
    path: str
    chapter: str
    summary: str
    handler: Handler
    access: Access
    scope: str | None = None
    legacy: str | None = None


class Routes:
    """The endpoints of one chapter of the API."""

    def __init__(self, chapter: str) -> None:
        """Initialize the endpoints of a chapter."""
        self.chapter = chapter
        self.endpoints: list[Endpoint] = []

    def add(
        self,
        method: str,
        path: str,
        summary: str,
        access: Access = Access.USER,
        *,
        scope: str | None = None,
        legacy: str | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare the handler of a method and path."""

        def register(handler: Handler) -> Handler:
            self.endpoints.append(
                Endpoint(method, path, self.chapter, summary, handler, access, scope, legacy)
            )
            return handler

        return register

    def scoped(
        self,
        method: str,
        tail: str,
        summary: str,
        *,
        scope: str,
        account: Access = Access.USER,
        organization: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Declare the variants of an endpoint for account, product and organization.

        Args:
            method: HTTP method.
            tail: What follows `/v1` or `/v1/products/{product}`.
            summary: What it does.
            scope: Scope that API users need.
            account: Who is allowed to call the variant for the account.
            organization: Whether there is a variant for organizations.
        """

        def register(handler: Handler) -> Handler:
            # Of an account, API users only have access to the devices that they may see.
            account_scope = scope if account is Access.DEVICES else None
            self.add(method, f"/v1{tail}", summary, account, scope=account_scope)(handler)
            self.add(
                method,
                f"/v1/products/{{product}}{tail}",
                f"{summary} (product)",
                Access.PRODUCT,
                scope=scope,
            )(handler)
            if organization:
                self.add(
                    method,
                    f"/v1/orgs/{{organization}}{tail}",
                    f"{summary} (organisation)",
                    Access.ORGANIZATION,
                    scope=scope,
                )(handler)
            return handler

        return register
