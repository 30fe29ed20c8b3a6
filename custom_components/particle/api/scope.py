"""Where a call applies: the account, one product or one organization."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from urllib.parse import quote

from .errors import InvalidRequestError


def segment(value: object, argument: str) -> str:
    """Turn an id or a name into one segment of a path.

    Args:
        value: Id, slug or name, as text or number.
        argument: What the caller calls it, for the error.

    Returns:
        The percent-encoded segment; a slash in it becomes ``%2F``.

    Raises:
        InvalidRequestError: It is empty, or would climb out of its place in the path.
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
    """The three places where most of the API exists."""

    ACCOUNT = "account"
    PRODUCT = "product"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a call applies.

    Attributes:
        kind: Account, product or organization.
        id: Numeric id or slug of the product or organization; None for the account.
    """

    kind: ScopeKind
    id: str | None = None

    @classmethod
    def account(cls) -> Self:
        """Everything that the token's own account sees."""
        return cls(ScopeKind.ACCOUNT)

    @classmethod
    def product(cls, product: str | int) -> Self:
        """One product, by its number or slug."""
        segment(product, "product")
        return cls(ScopeKind.PRODUCT, str(product).strip())

    @classmethod
    def organization(cls, organization: str | int) -> Self:
        """One organization, by its id or slug."""
        segment(organization, "organization")
        return cls(ScopeKind.ORGANIZATION, str(organization).strip())

    @property
    def path(self) -> str:
        """What stands between ``/v1`` and the rest of the path: empty for the account."""
        match self.kind:
            case ScopeKind.PRODUCT:
                return f"/products/{segment(self.id, 'product')}"
            case ScopeKind.ORGANIZATION:
                return f"/orgs/{segment(self.id, 'organization')}"
            case _:
                return ""


ACCOUNT = Scope.account()


def require(scope: Scope, *allowed: ScopeKind) -> Scope:
    """Refuse a scope in which the endpoint does not exist.

    Raises:
        InvalidRequestError: The scope's kind is not one of the allowed ones.
    """
    if scope.kind not in allowed:
        kinds = " or ".join(kind.value for kind in allowed)
        raise InvalidRequestError(
            f"This works for {kinds}, not for {scope.kind.value}", argument="scope"
        )
    return scope
