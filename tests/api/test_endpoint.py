"""Endpoints: where they exist, and the addresses that they build."""

import ast
from pathlib import Path

import pytest

from custom_components.particle import api
from custom_components.particle.api import InvalidRequestError, Scope, ScopeKind
from custom_components.particle.api.endpoint import EVERYWHERE, PRODUCT_ONLY, Endpoint

GET_DEVICE = Endpoint("GET", "/v1/devices/:device_id", EVERYWHERE)
LIST_PRODUCTS = Endpoint("GET", "/v1/products", EVERYWHERE, account="/v1/user/products")


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        (Scope.account(), "/v1/devices/pump"),
        (Scope.product("v1"), "/v1/products/v1/devices/pump"),
        (Scope.organization("a:device_id"), "/v1/orgs/a%3Adevice_id/devices/pump"),
    ],
)
def test_a_scope_stands_before_the_rest(scope: Scope, path: str) -> None:
    """The method goes in front, as a request takes it."""
    assert GET_DEVICE.at(scope, device_id="pump") == ("GET", path)


def test_the_account_may_have_a_path_of_its_own() -> None:
    """Elsewhere the endpoint follows the template."""
    assert LIST_PRODUCTS.path() == "/v1/user/products"
    assert LIST_PRODUCTS.path(Scope.organization("a")) == "/v1/orgs/a/products"
    assert LIST_PRODUCTS.documented_path(ScopeKind.ACCOUNT) == "/v1/user/products"
    assert (
        LIST_PRODUCTS.documented_path(ScopeKind.ORGANIZATION) == "/v1/orgs/:organization/products"
    )


def test_a_path_outside_of_the_version_stays_as_it_is() -> None:
    """Tokens come from an address without ``/v1``."""
    assert Endpoint("POST", "/oauth/token").at() == ("POST", "/oauth/token")


def test_values_stay_in_their_place() -> None:
    """A value that looks like a path or a parameter is only a value."""
    endpoint = Endpoint("GET", "/v1/:first/:second")
    assert endpoint.path(first="../v1", second=":first") == "/v1/..%2Fv1/%3Afirst"


def test_a_device_id_is_written_in_one_way() -> None:
    """Its errors carry the name of the argument."""
    assert GET_DEVICE.path(device_id=f" {'AB' * 12} ") == f"/v1/devices/{'ab' * 12}"
    with pytest.raises(InvalidRequestError) as caught:
        GET_DEVICE.path(device_id=" ")
    assert caught.value.argument == "device_id"


def test_an_endpoint_is_refused_where_it_does_not_exist() -> None:
    """The error names the places where it does."""
    with pytest.raises(InvalidRequestError, match="This works for product, not for account"):
        Endpoint("GET", "/v1/groups", PRODUCT_ONLY).at()


def test_only_endpoints_hold_paths() -> None:
    """A path stands once, so no method can call another one than its endpoint names."""
    for path in sorted(Path(api.__file__).parent.glob("*.py")):
        if path.stem in {"call", "endpoint", "session"}:
            # They take paths apart, or check them.
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        held = {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "Endpoint"
            for part in ast.walk(node)
        }
        for node in ast.walk(tree):
            match node:
                case ast.Constant(value=str(text)) if text.startswith(("/v1", "/oauth")):
                    assert id(node) in held, f"{path.name}:{node.lineno} {text}"
