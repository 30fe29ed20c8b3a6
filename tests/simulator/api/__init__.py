"""The endpoints of the API, one module for each chapter of Particle's documentation."""

from tests.simulator.endpoint import Endpoint

from . import (
    access_tokens,
    authentication,
    claiming,
    configuration,
    customers,
    devices,
    diagnostics,
    events,
    firmware,
    groups,
    integrations,
    libraries,
    locations,
    metrics,
    oauth_clients,
    products,
    sims,
    teams,
    users,
)

# Fixed paths come before those with a parameter in the same position.
_CHAPTERS = (
    authentication,
    access_tokens,
    users,
    oauth_clients,
    events,
    products,
    teams,
    groups,
    locations,
    metrics,
    configuration,
    sims,
    customers,
    firmware,
    libraries,
    integrations,
    claiming,
    diagnostics,
    devices,
)

ENDPOINTS: list[Endpoint] = [
    endpoint for chapter in _CHAPTERS for endpoint in chapter.routes.endpoints
]
