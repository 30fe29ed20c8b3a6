"""The endpoints of the API; each module is named after a chapter of its document."""

from tests.simulator.endpoint import Endpoint

from . import (
    access_tokens,
    authentication,
    claiming,
    devices,
    diagnostics,
    events,
    firmware,
    oauth_clients,
    products,
    users,
)

# Fixed paths come before those with a variable at the same place.
_CHAPTERS = (
    authentication,
    access_tokens,
    users,
    oauth_clients,
    events,
    products,
    firmware,
    claiming,
    diagnostics,
    devices,
)

ENDPOINTS: list[Endpoint] = [
    endpoint for chapter in _CHAPTERS for endpoint in chapter.routes.endpoints
]
