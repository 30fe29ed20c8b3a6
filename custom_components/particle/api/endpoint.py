"""Endpoints of the API: where each one exists, and how its address is built."""

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
        template: Path without the scope, which comes after ``/v1``. Parameters are named as the
            client's methods name their arguments, since errors about them carry these names.
        scopes: Where it exists.
        account: Path in the account, where that is not the template.
    """

    method: str
    template: str
    scopes: tuple[ScopeKind, ...] = (ScopeKind.ACCOUNT,)
    account: str | None = None

    def path(self, scope: Scope = ACCOUNT, /, **values: object) -> str:
        """Return the encoded path.

        Args:
            scope: Where to call it.
            values: A value for each parameter of the template.

        Raises:
            InvalidRequestError: It does not exist in this scope, or a value cannot stand in a path.
        """
        require(scope, *self.scopes)
        path = _PARAMETER.sub(
            lambda found: _segment(values[found[1]], found[1]), self._template(scope.kind)
        )
        # The path to a token has no version; it exists for the account alone, which adds nothing.
        return path.replace("/v1", f"/v1{scope.path}", 1)

    def at(self, scope: Scope = ACCOUNT, /, **values: object) -> tuple[str, str]:
        """Return method and encoded path, as a request takes them; see `path`."""
        return self.method, self.path(scope, **values)

    def documented_path(self, kind: ScopeKind) -> str:
        """Return the path in one kind of scope as documentation writes it."""
        return self._template(kind).replace("/v1", f"/v1{_DOCUMENTED[kind]}", 1)

    def _template(self, kind: ScopeKind) -> str:
        return (kind is ScopeKind.ACCOUNT and self.account) or self.template


def _segment(value: object, argument: str) -> str:
    if argument == "device_id" and isinstance(value, str):
        value = normal_device_id(value)
    return segment(value, argument)
