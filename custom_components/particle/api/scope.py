"""Scope of a call: the account, a product or an organization."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from urllib.parse import quote

from .errors import InvalidRequestError


def segment(value: object, argument: str) -> str:
    """Encode an ID or a name as one segment of a path.

    Args:
        value: ID, slug or name, as text or number.
        argument: Name of the argument, for the error.

    Returns:
        The percent-encoded segment, including slashes.

    Raises:
        InvalidRequestError: The value is empty, or is ``.`` or ``..``.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidRequestError(f"{argument} has to be text", argument=argument)
    text = str(value).strip()
    if not text:
        raise InvalidRequestError(f"{argument} is empty", argument=argument)
    if text in {".", ".."}:
        raise InvalidRequestError(f"{argument} cannot be {text!r}", argument=argument)
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise InvalidRequestError(
            f"{argument} contains characters that cannot be sent", argument=argument
        ) from None


class ScopeKind(StrEnum):
    """Kinds of scopes."""

    ACCOUNT = "account"
    PRODUCT = "product"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class Scope:
    """Scope of a call.

    Attributes:
        kind: Account, product or organization.
        id: ID or slug of the product or organization; None for the account.
    """

    kind: ScopeKind
    id: str | None = None

    @classmethod
    def account(cls) -> Self:
        """Return the scope of the token's account."""
        return cls(ScopeKind.ACCOUNT)

    @classmethod
    def product(cls, product: str | int) -> Self:
        """Return the scope of a product, by its number or slug."""
        segment(product, "product")
        return cls(ScopeKind.PRODUCT, str(product).strip())

    @classmethod
    def organization(cls, organization: str | int) -> Self:
        """Return the scope of an organization, by its ID or slug."""
        segment(organization, "organization")
        return cls(ScopeKind.ORGANIZATION, str(organization).strip())

    @property
    def path(self) -> str:
        """Part of the path after ``/v1``; empty for the account."""
        match self.kind:
            case ScopeKind.PRODUCT:
                return f"/products/{segment(self.id, 'product')}"
            case ScopeKind.ORGANIZATION:
                return f"/orgs/{segment(self.id, 'organization')}"
            case _:
                return ""


ACCOUNT = Scope.account()


def require(scope: Scope, *allowed: ScopeKind) -> Scope:
    """Check that an endpoint exists in a scope.

    Raises:
        InvalidRequestError: The kind of the scope is not allowed.
    """
    if scope.kind not in allowed:
        kinds = " or ".join(kind.value for kind in allowed)
        raise InvalidRequestError(
            f"This works for {kinds}, not for {scope.kind.value}", argument="scope"
        )
    return scope
