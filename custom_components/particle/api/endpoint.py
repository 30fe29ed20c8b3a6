"""Endpoints of the API: method, path and scopes."""

from dataclasses import dataclass
import re

from .models import normal_device_id
from .scope import ACCOUNT, Scope, ScopeKind, require, segment

PRODUCT_ONLY = (ScopeKind.PRODUCT,)
ACCOUNT_OR_PRODUCT = (ScopeKind.ACCOUNT, ScopeKind.PRODUCT)
ACCOUNT_OR_ORGANIZATION = (ScopeKind.ACCOUNT, ScopeKind.ORGANIZATION)
PRODUCT_OR_ORGANIZATION = (ScopeKind.PRODUCT, ScopeKind.ORGANIZATION)
EVERYWHERE = tuple(ScopeKind)

_PARAMETER = re.compile(r":(\w+)")
_DOCUMENTED = {
    ScopeKind.ACCOUNT: "",
    ScopeKind.PRODUCT: "/products/:product",
    ScopeKind.ORGANIZATION: "/orgs/:organization",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint of the API, such as ``GET /v1/devices/:device_id``.

    Attributes:
        method: HTTP method.
        template: Path without the scope, which is inserted after ``/v1``. Parameters have the names of
            the client's arguments, because errors contain these names.
        scopes: Scopes in which the endpoint exists.
        account: Path for the account, if it differs from the template.
    """

    method: str
    template: str
    scopes: tuple[ScopeKind, ...] = (ScopeKind.ACCOUNT,)
    account: str | None = None

    def path(self, scope: Scope = ACCOUNT, /, **values: object) -> str:
        """Return the encoded path.

        Args:
            scope: Scope of the call.
            values: A value for each parameter of the template.

        Raises:
            InvalidRequestError: The endpoint does not exist in this scope, or a value is not valid in a path.
        """
        require(scope, *self.scopes)
        path = _PARAMETER.sub(
            lambda found: _segment(values[found[1]], found[1]), self._template(scope.kind)
        )
        # The path of the token endpoint has no version, but it has no scope either.
        return path.replace("/v1", f"/v1{scope.path}", 1)

    def at(self, scope: Scope = ACCOUNT, /, **values: object) -> tuple[str, str]:
        """Return the method and the encoded path for a request; see `path`."""
        return self.method, self.path(scope, **values)

    def documented_path(self, kind: ScopeKind) -> str:
        """Return the path in one kind of scope in the notation of the documentation."""
        return self._template(kind).replace("/v1", f"/v1{_DOCUMENTED[kind]}", 1)

    def _template(self, kind: ScopeKind) -> str:
        return (kind is ScopeKind.ACCOUNT and self.account) or self.template


def _segment(value: object, argument: str) -> str:
    if argument == "device_id" and isinstance(value, str):
        value = normal_device_id(value)
    return segment(value, argument)
