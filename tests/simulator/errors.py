"""Error responses, in all formats that the cloud uses."""

from collections.abc import Mapping
from typing import Any

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}

_OAUTH_STATUS = {
    "invalid_client": 400,
    "invalid_scope": 400,
    "invalid_grant": 400,
    "invalid_request": 400,
    "invalid_token": 401,
    "sso_user": 403,
    "mfa_required": 403,
    "rate_limit_exceeded": 429,
    "server_error": 503,
}


class ApiError(Exception):
    """An error response."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        """Initialize the error."""
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def oauth_error(error: str, description: str, **first: str) -> ApiError:
    """Return an error of the OAuth layer, with the status and headers of Particle's library."""
    headers = dict(NO_STORE)
    if error == "invalid_client":
        headers["WWW-Authenticate"] = 'Basic realm="Service"'
    body = {**first, "error": error, "error_description": description}
    return ApiError(_OAUTH_STATUS[error], body, headers)


def not_ok(status: int, error: str) -> ApiError:
    """Return an error in the format of most endpoints."""
    return ApiError(status, {"ok": False, "error": error})


def bad_request(error: str) -> ApiError:
    """Return the error for a missing or invalid field."""
    return not_ok(400, error)


def unauthorized(description: str = "API users are not allowed to call this endpoint") -> ApiError:
    """Return the error for a token whose kind or scopes do not match the endpoint."""
    return ApiError(400, {"error": "unauthorized", "error_description": description})


def permission_denied(base_url: str) -> ApiError:
    """Return the error for a device that is unknown or belongs to another user."""
    info = (
        "I didn't recognize that device name or ID, try opening "
        f"{base_url}/v1/devices?access_token=undefined"
    )
    return ApiError(403, {"error": "Permission Denied", "info": info})


def rate_limited(status: int = 429, retry_after: float | str | None = None) -> ApiError:
    """Return the error for too many requests; `retry_after` in seconds or as an HTTP date."""
    error = oauth_error("rate_limit_exceeded", "Rate limit exceeded")
    error.status = status
    if retry_after is not None:
        error.headers["Retry-After"] = str(retry_after)
    return error
