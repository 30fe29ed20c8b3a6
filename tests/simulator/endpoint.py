"""Endpoints: how they are declared, and who may call them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from .call import Call

type Handler = Callable[[Call], Awaitable[web.StreamResponse]]


class Access(Enum):
    """Who may call an endpoint."""

    OPEN = auto()
    """Anybody, without a token."""
    USER = auto()
    """A user's own token."""
    PERSON = auto()
    """A user's or a customer's token: what belongs to a person."""
    ANY = auto()
    """Every token but an API user's."""
    DEVICES = auto()
    """Every token, for the devices that it may see; API users need the scope."""
    PRODUCT = auto()
    """The product's team, its client and its API users with the scope."""
    CUSTOMERS = auto()
    """Those of PRODUCT, and the product's customers."""
    ORGANIZATION = auto()
    """The organisation's team and its API users with the scope."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path.

    Attributes:
        legacy: Name of the shape that brings a withdrawn endpoint back.
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
        """Start a chapter."""
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
        """Declare that a handler serves a method of a path."""

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
        """Declare the variants of an endpoint for account, product and organisation.

        Args:
            method: HTTP method.
            tail: What follows `/v1` or `/v1/products/{product}`.
            summary: What it does.
            scope: Scope that an API user needs.
            account: Who may call the account's variant.
            organization: Whether there is a variant for organisations.
        """

        def register(handler: Handler) -> Handler:
            # API users have nothing of an account but the devices that they may see.
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
