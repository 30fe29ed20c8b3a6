"""The endpoints of @brewskey/spark-server 1.0.17, a server that users run themselves."""

from aiohttp import web

_DEVICE = "/v1/devices/{device}"
_PRODUCT = "/v1/products/{product}"

_ROUTES = {
    "/oauth/token": {"POST"},
    # Of tokens it knows no "current".
    "/v1/access_tokens": {"GET"},
    "/v1/access_tokens/{token}": {"DELETE"},
    "/v1/binaries": {"POST"},
    "/v1/binaries/{binary}": {"GET"},
    "/v1/device_claims": {"POST"},
    "/v1/devices": {"GET", "POST"},
    "/v1/devices/events": {"GET", "POST"},
    "/v1/devices/events/{prefix:.+}": {"GET"},
    _DEVICE: {"GET", "PUT", "DELETE"},
    f"{_DEVICE}/events": {"GET"},
    f"{_DEVICE}/events/{{prefix:.+}}": {"GET"},
    f"{_DEVICE}/ping": {"PUT"},
    f"{_DEVICE}/{{function}}": {"POST"},
    f"{_DEVICE}/{{variable}}": {"GET"},
    "/v1/events": {"GET"},
    "/v1/events/{prefix:.+}": {"GET"},
    "/v1/products": {"GET", "POST"},
    _PRODUCT: {"GET", "PUT", "DELETE"},
    f"{_PRODUCT}/clients": {"POST"},
    f"{_PRODUCT}/clients/{{client}}": {"PUT", "DELETE"},
    f"{_PRODUCT}/config": {"GET"},
    f"{_PRODUCT}/devices": {"GET", "POST"},
    f"{_PRODUCT}/devices/{{device}}": {"GET", "PUT", "DELETE"},
    f"{_PRODUCT}/events": {"GET"},
    f"{_PRODUCT}/events/{{prefix:.+}}": {"GET"},
    f"{_PRODUCT}/firmware": {"GET", "POST"},
    f"{_PRODUCT}/firmware/{{version}}": {"GET", "PUT", "DELETE"},
    f"{_PRODUCT}/team/{{username}}": {"DELETE"},
    "/v1/users": {"POST"},
    "/v1/webhooks": {"GET", "POST"},
    "/v1/webhooks/{integration}": {"GET", "DELETE"},
}


def knows(method: str, path: str) -> bool:
    """Return whether such a server has an endpoint.

    Args:
        method: HTTP method of the request.
        path: Path of the simulated cloud's endpoint.
    """
    return method in _ROUTES.get(path, ())


def not_found() -> web.Response:
    """Return the response to all other paths: plain text, regardless of the token."""
    return web.Response(status=404, text="Not Found")
