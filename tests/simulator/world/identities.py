"""Users, OAuth clients and tokens."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
import secrets
from typing import Any

REFRESH_LIFE = timedelta(days=14)
DEFAULT_LIFE = 7_776_000


class TokenKind(StrEnum):
    """The kind of a token's owner, which determines its permissions."""

    USER = "user"
    PRODUCT = "product"
    CUSTOMER = "customer"
    API_USER = "api_user"


@dataclass(slots=True)
class User:
    """A user with an account."""

    id: str
    username: str
    password: str
    account_info: dict[str, Any] = field(default_factory=dict)
    mfa_enabled: bool = False
    otp: str = "123456"
    recovery_codes: list[str] = field(default_factory=lambda: ["1234-5678-90ab"])
    sso: bool = False


@dataclass(slots=True)
class Customer:
    """A customer of a product, who only has access to their own devices."""

    id: str
    username: str
    product_id: int
    password: str | None = None
    full_name: str = ""


@dataclass(slots=True)
class ApiUser:
    """A service account of a product or an organization, with a fixed list of scopes."""

    id: str
    username: str
    friendly_name: str
    scopes: list[str]
    product_id: int | None = None
    organization_id: str | None = None


@dataclass(slots=True)
class OAuthClient:
    """An OAuth client; public ones have no owner."""

    id: str
    secret: str
    name: str
    type: str = "installed"
    owner: str | None = None
    product_id: int | None = None
    redirect_uri: str | None = None
    scope: str | None = None
    grants: frozenset[str] | None = None

    def allows(self, grant: str) -> bool:
        """Return whether the client may use a grant."""
        if self.grants is not None:
            return grant in self.grants
        return grant != "authorization_code" or self.type == "web"

    def as_json(self, *, secret: bool = False) -> dict[str, Any]:
        """Return the client as in API responses; with the secret only at its creation."""
        shown: dict[str, Any] = {"name": self.name, "type": self.type}
        if self.redirect_uri is not None:
            shown["redirect_uri"] = self.redirect_uri
        if self.scope:
            shown["scope"] = self.scope
        if secret:
            shown["secret"] = self.secret
        return {**shown, "id": self.id}


@dataclass(slots=True)
class Token:
    """An access token and the refresh token that came with it."""

    value: str
    kind: TokenKind
    username: str
    client_id: str
    product_id: int | None = None
    organization_id: str | None = None
    scopes: tuple[str, ...] = ()
    scope: str | None = None
    expires_at: datetime | None = None
    refresh_token: str | None = None
    refresh_expires_at: datetime | None = None
    revoked: bool = False


@dataclass(slots=True)
class Pending:
    """A login that waits for its second step, or an authorization code."""

    username: str
    client_id: str
    expires_at: datetime
    lifetime: int
    attempts: int = 0


class Tokens:
    """All tokens that were issued."""

    def __init__(self) -> None:
        """Initialize without any token."""
        self._tokens: dict[str, Token] = {}
        self.logins: dict[str, Pending] = {}
        self.codes: dict[str, Pending] = {}

    def __iter__(self) -> Iterator[Token]:
        """Iterate over the tokens that have not been revoked."""
        return iter([token for token in self._tokens.values() if not token.revoked])

    def get(self, value: str) -> Token | None:
        """Return a token that has not been revoked; it may have expired."""
        token = self._tokens.get(value)
        return None if token is None or token.revoked else token

    def add(self, token: Token) -> Token:
        """Add a token."""
        self._tokens[token.value] = token
        return token

    def issue(
        self,
        kind: TokenKind,
        username: str,
        client_id: str,
        now: datetime,
        lifetime: int = DEFAULT_LIFE,
        *,
        product_id: int | None = None,
        scope: str | None = None,
    ) -> Token:
        """Issue a token; with a lifetime of 0, it never expires and has no refresh token."""
        token = Token(secrets.token_hex(20), kind, username, client_id, product_id, scope=scope)
        if lifetime:
            token.expires_at = now + timedelta(seconds=lifetime)
            token.refresh_token = secrets.token_hex(20)
            token.refresh_expires_at = token.expires_at + REFRESH_LIFE
        return self.add(token)

    def by_refresh_token(self, value: str) -> Token | None:
        """Return the token of a refresh token, which can be used once."""
        for token in self._tokens.values():
            if token.refresh_token == value:
                return token
        return None

    def revoke(
        self,
        *,
        username: str | None = None,
        client_id: str | None = None,
        product_id: int | None = None,
        value: str | None = None,
    ) -> int:
        """Revoke the tokens that match all criteria; return how many there were."""
        count = 0
        for token in self:
            if (
                (username is None or token.username == username)
                and (client_id is None or token.client_id == client_id)
                and (product_id is None or token.product_id == product_id)
                and (value is None or token.value == value)
            ):
                token.revoked = True
                token.refresh_token = None
                count += 1
        return count
