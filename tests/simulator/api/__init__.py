"""The endpoints of the API; each module is named after a chapter of its document."""

from tests.simulator.endpoint import Endpoint

from . import access_tokens, authentication, devices, events, products, users

# Fixed paths come before those with a variable at the same place.
_CHAPTERS = (authentication, access_tokens, users, events, products, devices)

ENDPOINTS: list[Endpoint] = [
    endpoint for chapter in _CHAPTERS for endpoint in chapter.routes.endpoints
]
