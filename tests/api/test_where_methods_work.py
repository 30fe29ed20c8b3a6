"""Where the methods of the client work: account, product, organisation."""

import inspect
from operator import attrgetter

import pytest

from custom_components.particle.api import (
    CloudError,
    FixedToken,
    InvalidRequestError,
    ParticleCloud,
    Scope,
)
from scripts import api_coverage
from tests.api.test_fuzz_methods import SCOPES, call, methods
from tests.simulator import SimulatedCloud


def paths_of(name: str) -> list[str]:
    """Return the paths of the endpoints that a method uses."""
    group, _, method = name.partition(".")
    kind = api_coverage.chapters()[group]
    return [path for _, path in api_coverage.documented(kind, vars(kind)[method])]


def takes(name: str, scope: Scope) -> bool:
    """Whether an endpoint of a method lies below a scope, by the endpoints that it uses."""
    prefixes = {"product": "/v1/products/:product/", "organization": "/v1/orgs/:organization/"}
    below = prefixes.get(scope.kind.value)
    paths = paths_of(name)
    if below is None:
        return any(not path.startswith(tuple(prefixes.values())) for path in paths)
    return any(path.startswith(below) for path in paths)


def with_scope() -> list[str]:
    """Return the methods that can be told where to work."""
    particle = ParticleCloud(None, FixedToken(None, "x"))  # type: ignore[arg-type]
    return [
        name
        for name in methods()
        if "scope" in inspect.signature(attrgetter(name)(particle)).parameters
        and paths_of(name)
        and name != "events.stream"
    ]


@pytest.mark.parametrize("name", with_scope())
async def test_where_a_method_works(
    cloud: SimulatedCloud, particle: ParticleCloud, name: str
) -> None:
    """Where the API has no such endpoint, the error says so before anything is sent."""
    await particle.auth.access_token()
    for scope in SCOPES:
        cloud.faults.set("server_error")
        cloud.requests.clear()
        with pytest.raises(CloudError if takes(name, scope) else InvalidRequestError):
            await call(particle, name, scope)
        assert bool(cloud.requests) is takes(name, scope)
