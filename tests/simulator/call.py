"""A call of an endpoint: the request, the caller and the response."""

import re
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .body import Body, boolean, integer, text, texts
from .clock import iso
from .endpoint import Access, Endpoint
from .errors import (
    ApiError,
    bad_request,
    not_ok,
    oauth_error,
    permission_denied,
    rate_limited,
    unauthorized,
)
from .jsontext import dumps
from .world import Board, Organization, Product, Token, TokenKind, World

if TYPE_CHECKING:
    from .cloud import SimulatedCloud

_METRIC_SCOPES = {"integration": "integrations"}
_FORM = "application/x-www-form-urlencoded"


def answer(body: Any = None, status: int = 200) -> web.Response:
    """Return a JSON response, or an empty one for 204."""
    if status == 204:
        return web.Response(status=204)
    return web.Response(
        body=dumps(body).encode(),
        status=status,
        headers={"Content-Type": "application/json; charset=utf-8"},
    )


class Call:
    """One request to an endpoint, with what is known about the caller."""

    def __init__(self, cloud: SimulatedCloud, endpoint: Endpoint, request: web.Request) -> None:
        """Initialize the call."""
        self.cloud = cloud
        self.endpoint = endpoint
        self.request = request
        self.body: Body = request["body"]
        self._token: Token | None = None
        self._product: Product | None = None
        self._organization: Organization | None = None

    # --- Request -----------------------------------------------------------------------------

    @property
    def world(self) -> World:
        """The state of the cloud."""
        return self.cloud.world

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the body, without the token."""
        return {key: value for key, value in self.body.fields.items() if key != "access_token"}

    @property
    def caller(self) -> str:
        """The source address."""
        return self.request.remote or "unknown"

    def path(self, name: str) -> str:
        """Return a parameter of the path."""
        return self.request.match_info[name]

    def query(self, *names: str) -> str | None:
        """Return the first of these query parameters that is present."""
        for name in names:
            if name in self.request.query:
                return self.request.query[name]
        return None

    def number(self, *names: str, default: int) -> int:
        """Return a query parameter as a number of at least 1."""
        value = self.query(*names)
        if value is None:
            return default
        try:
            return max(1, int(value))
        except ValueError:
            raise bad_request(f"{names[0]} must be a number") from None

    def has(self, name: str) -> bool:
        """Return whether the body has a field."""
        return name in self.body.fields

    def text(self, name: str, default: str | None = None) -> str:
        """Return a field as text; without a default it is required and must not be empty."""
        value = self.body.fields.get(name)
        if value is None or (value == "" and default is None):
            if default is None:
                raise bad_request(f"{name} is required")
            return default
        return text(value, name)

    def texts(self, name: str) -> list[str]:
        """Return a field as a list of strings."""
        value = self.body.fields.get(name)
        return [] if value is None else texts(value, name)

    def boolean(self, name: str, default: bool = False) -> bool:
        """Return a field as a boolean."""
        value = self.body.fields.get(name)
        return default if value is None else boolean(value, name)

    def integer(self, name: str, default: int | None = None) -> int:
        """Return a field as an integer; without a default it is required."""
        value = self.body.fields.get(name)
        if value is None:
            if default is None:
                raise bad_request(f"{name} is required")
            return default
        return integer(value, name)

    def now(self) -> str:
        """Return the current time in the format of the API."""
        return iso(self.world.clock.now())

    def limit(self, name: str, *, who: str | None = None, status: int = 429) -> None:
        """Count the call against a rate limit, by default that of the source address.

        Raises:
            ApiError: The limit is exceeded.
        """
        now = self.world.clock.now()
        if self.cloud.limits.exceeded(name, who or self.caller, now):
            raise rate_limited(status)

    # --- Caller ------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        """The token of the call."""
        if self._token is None:
            raise RuntimeError(f"{self.endpoint.path} is open: there is no token")
        return self._token

    @property
    def product(self) -> Product:
        """The product in the path."""
        if self._product is None:
            raise RuntimeError(f"{self.endpoint.path} has no product")
        return self._product

    @property
    def scope_product(self) -> Product | None:
        """The product in the path; None if the endpoint is that of the account."""
        return self._product

    @property
    def organization(self) -> Organization:
        """The organization in the path."""
        if self._organization is None:
            raise RuntimeError(f"{self.endpoint.path} has no organisation")
        return self._organization

    @property
    def scope_organization(self) -> Organization | None:
        """The organization in the path, if there is one."""
        return self._organization

    def authorize(self) -> None:
        """Check the token, and whether it is allowed to call the endpoint.

        Raises:
            ApiError: It is not allowed.
        """
        if self.endpoint.access is Access.OPEN:
            return
        self._token = self.bearer()
        kind = self._token.kind
        if kind is TokenKind.API_USER:
            if self.endpoint.scope is None:
                raise unauthorized()
            metric = self.request.match_info.get("metric", "")
            scope = self.endpoint.scope.replace("{metric}", _METRIC_SCOPES.get(metric, metric))
            if not in_scopes(scope, self._token.scopes):
                raise unauthorized(f"Missing scope {scope}")
        match self.endpoint.access:
            case Access.USER if kind is not TokenKind.USER:
                raise unauthorized()
            case Access.PERSON if kind not in (TokenKind.USER, TokenKind.CUSTOMER):
                raise unauthorized()
            case Access.PRODUCT | Access.CUSTOMERS:
                self._product = self._find_product()
            case Access.ORGANIZATION:
                self._organization = self._find_organization()
            case _:
                pass

    def require_token(self, scope: str) -> None:
        """Check the token and its scope for an endpoint that does not always require one."""
        self._token = self.bearer()
        if self._token.kind is TokenKind.API_USER and not in_scopes(scope, self._token.scopes):
            raise unauthorized(f"Missing scope {scope}")

    def bearer(self) -> Token:
        """Return the token of the request, which can be sent in three ways.

        Raises:
            ApiError: There is none, there are several, or it is not valid.
        """
        header = self.request.headers.get("Authorization")
        in_query = self.request.query.get("access_token")
        in_body = self.body.fields.get("access_token")
        ways = [way for way in (header, in_query, in_body) if way is not None]
        if len(ways) > 1:
            raise oauth_error(
                "invalid_request",
                "Only one method may be used to authenticate at a time "
                "(Auth header,  GET or POST).",
            )
        if not ways:
            raise oauth_error("invalid_request", "The access token was not found")
        value = str(ways[0])
        if header is not None:
            match = re.search(r"Bearer\s(\S+)", header)
            if match is None:
                raise oauth_error("invalid_request", "Malformed auth header")
            value = match[1]
        elif in_body is not None:
            if self.request.method == "GET":
                raise oauth_error(
                    "invalid_request", "Method cannot be GET When putting the token in the body."
                )
            if self.request.content_type != _FORM:
                raise oauth_error(
                    "invalid_request",
                    f"When putting the token in the body, content type must be {_FORM}.",
                )
        token = self.world.tokens.get(value)
        if token is None:
            raise oauth_error("invalid_token", "The access token provided is invalid.")
        if token.expires_at is not None and token.expires_at <= self.world.clock.now():
            raise oauth_error("invalid_token", "The access token provided has expired.")
        return token

    def token_is_good(self) -> bool:
        """Return whether the token of the call has been neither revoked nor expired since."""
        ends = self.token.expires_at
        return not self.token.revoked and (ends is None or ends > self.world.clock.now())

    def may_see_product(self, product: Product) -> bool:
        """Return whether the token has access to a product."""
        token = self.token
        match token.kind:
            case TokenKind.USER:
                return self.world.is_member(token.username, product)
            case TokenKind.CUSTOMER:
                return False
            case _:
                if token.organization_id is not None:
                    return product.organization_id == token.organization_id
                return product.id == token.product_id

    def may_see(self, board: Board) -> bool:
        """Return whether the token has access to a board."""
        token = self.token
        product = self.world.products.get(board.product_id) if board.product_id else None
        if token.kind in (TokenKind.USER, TokenKind.CUSTOMER) and board.owner == token.username:
            return True
        return product is not None and self.may_see_product(product)

    def board(self, name: str = "device") -> Board:
        """Return the board in the path: by ID, on endpoints of the account also by name.

        Raises:
            ApiError: It is unknown or belongs to another user.
        """
        wanted = self.path(name)
        boards = self.world.boards
        if self._product is not None:
            board = boards.get(wanted.lower())
            if board is None or board.product_id != self._product.id:
                raise not_ok(404, "Device not found.")
            return board
        board = boards.get(wanted.lower())
        if board is None:
            named = (one for one in boards.values() if one.name == wanted and self.may_see(one))
            board = next(named, None)
        if board is None or not self.may_see(board):
            if self.cloud.faults.take("unknown_device_404"):
                raise not_ok(404, "Device not found.")
            raise permission_denied(self.cloud.base_url)
        return board

    def _find_product(self) -> Product:
        """Return the product in the path, if the token has access to it."""
        product = self.world.product(self.path("product"))
        if product is None:
            raise not_ok(404, "Product not found.")
        customer = (
            self.endpoint.access is Access.CUSTOMERS
            and self.token.kind is TokenKind.CUSTOMER
            and self.token.product_id == product.id
        )
        if not customer and not self.may_see_product(product):
            raise not_ok(403, "Permission denied")
        return product

    def _find_organization(self) -> Organization:
        """Return the organization in the path, if the token has access to it."""
        organization = self.world.organization(self.path("organization"))
        if organization is None:
            raise not_ok(404, "Organization not found.")
        token = self.token
        members = [member.username for member in organization.team]
        if token.organization_id == organization.id or (
            token.kind is TokenKind.USER and token.username in members
        ):
            return organization
        raise not_ok(403, "Permission denied")


def in_scopes(wanted: str, granted: tuple[str, ...]) -> bool:
    """Return whether a scope is granted; `x:*` grants all scopes of x."""
    return any(
        scope in (wanted, "*:*") or (scope.endswith(":*") and wanted.startswith(scope[:-1]))
        for scope in granted
    )


def unknown_route() -> ApiError:
    """Return the response to an unknown path."""
    return not_ok(404, "Not found")
