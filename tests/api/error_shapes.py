"""Every shape of error body of the reference, and what it means."""

from typing import Any

from custom_components.particle import api
from custom_components.particle.api.error_mapping import Subject

UNKNOWN_DEVICE = {
    "error": "Permission Denied",
    "info": "I didn't recognize that device name or ID, try opening"
    " https://api.particle.io/v1/devices?access_token=undefined",
}


# Status, body, what the call was about, the error, and words of its message.
SHAPES: list[tuple[int, Any, Subject, type[api.ParticleError], str]] = [
    # The OAuth layer.
    (
        401,
        {
            "error": "invalid_token",
            "error_description": "The access token provided is invalid.",
        },
        Subject.GENERAL,
        api.InvalidTokenError,
        "The access token provided is invalid.",
    ),
    (400, {"error": "expired_token"}, Subject.DEVICE, api.InvalidTokenError, "expired_token"),
    (
        400,
        {"error": "invalid_request", "error_description": "The access token was not found"},
        Subject.GENERAL,
        api.InvalidRequestError,
        "The access token was not found",
    ),
    (
        400,
        {
            "error": "unauthorized",
            "error_description": "API users are not allowed to call this endpoint",
        },
        Subject.GENERAL,
        api.PermissionDeniedError,
        "API users are not allowed to call this endpoint",
    ),
    (
        503,
        {"error": "server_error", "error_description": "server_error"},
        Subject.TOKEN,
        api.CloudError,
        "server_error",
    ),
    (
        400,
        {"error": "invalid_client", "error_description": "Client credentials are invalid"},
        Subject.TOKEN,
        api.InvalidCredentialsError,
        "Client credentials are invalid",
    ),
    (
        400,
        {"error": "invalid_grant", "error_description": "User credentials are invalid"},
        Subject.TOKEN,
        api.InvalidCredentialsError,
        "User credentials are invalid",
    ),
    (
        400,
        {"error": "invalid_grant", "error_description": "Invalid code"},
        Subject.OTP,
        api.InvalidOtpError,
        "Invalid code",
    ),
    (401, {"error": "Could not validate OTP"}, Subject.OTP, api.InvalidOtpError, "Could not"),
    (403, {"error": "sso_user"}, Subject.TOKEN, api.SingleSignOnError, "sso_user"),
    (
        429,
        {"error": "rate_limit_exceeded", "error_description": "slow down"},
        Subject.TOKEN,
        api.RateLimitedError,
        "slow down",
    ),
    # Devices.
    (403, UNKNOWN_DEVICE, Subject.DEVICE, api.DeviceNotFoundError, "I didn't recognize"),
    (
        404,
        {"ok": False, "error": "Device not found."},
        Subject.FUNCTION,
        api.DeviceNotFoundError,
        "Device not found.",
    ),
    (404, {}, Subject.DEVICE, api.DeviceNotFoundError, "status 404"),
    (
        403,
        {"error": "forbidden"},
        Subject.FUNCTION,
        api.PermissionDeniedError,
        "forbidden",
    ),
    (
        404,
        {"ok": False, "error": "Function open not found"},
        Subject.FUNCTION,
        api.FunctionNotFoundError,
        "Function open not found",
    ),
    (
        404,
        {"ok": False, "error": "Variable not found"},
        Subject.VARIABLE,
        api.VariableNotFoundError,
        "Variable not found",
    ),
    (
        404,
        {"ok": False, "error": "Unknown Variable: level"},
        Subject.VARIABLE,
        api.VariableNotFoundError,
        "level",
    ),
    (400, {"ok": False, "error": "Timed out."}, Subject.FUNCTION, api.DeviceTimeoutError, "."),
    (400, {"ok": False, "error": "timed out"}, Subject.FUNCTION, api.DeviceTimeoutError, "t"),
    (408, {"error": "Timed out."}, Subject.VARIABLE, api.DeviceTimeoutError, "Timed out."),
    (408, {}, Subject.VARIABLE, api.DeviceTimeoutError, "408"),
    (
        404,
        {"error": "Device is not connected"},
        Subject.VARIABLE,
        api.DeviceOfflineError,
        "not connected",
    ),
    (
        404,
        {"ok": False, "errors": [["Core isn't online", 404]]},
        Subject.DEVICE,
        api.DeviceOfflineError,
        "Core isn't online",
    ),
    (
        404,
        {"ok": False, "errors": ["device does not exist"]},
        Subject.GENERAL,
        api.DeviceNotFoundError,
        "device does not exist",
    ),
    (
        403,
        {"errors": ["That belongs to someone else."]},
        Subject.DEVICE,
        api.PermissionDeniedError,
        "That belongs to someone else.",
    ),
    (
        500,
        {"ok": False, "code": 500, "errors": ["Request Timed Out"]},
        Subject.DEVICE,
        api.DeviceTimeoutError,
        "Request Timed Out",
    ),
    (
        500,
        {
            "ok": False,
            "code": 500,
            "errors": [{"error": "Timed out, didn't hear back from device service"}],
        },
        Subject.DEVICE,
        api.DeviceTimeoutError,
        "didn't hear back",
    ),
    (
        200,
        {"ok": False, "error": "refused by the board"},
        Subject.FUNCTION,
        api.FunctionRefusedError,
        "refused by the board",
    ),
    # Other chapters.
    (
        404,
        {"ok": False, "error": "Product not found."},
        Subject.GENERAL,
        api.ProductNotFoundError,
        "Product not found.",
    ),
    (
        404,
        {"ok": False, "error": "Webhook not found"},
        Subject.GENERAL,
        api.NotFoundError,
        "Webhook not found",
    ),
    (
        400,
        {"ok": False, "error": "event prefix filter is required"},
        Subject.GENERAL,
        api.InvalidRequestError,
        "event prefix filter is required",
    ),
    (
        400,
        {"error": "bad_request", "description": "start_date is no date"},
        Subject.GENERAL,
        api.InvalidRequestError,
        "start_date is no date",
    ),
    (
        400,
        {"error": "device_rejected_configuration", "error_description": "too hot"},
        Subject.GENERAL,
        api.InvalidRequestError,
        "too hot",
    ),
    (
        422,
        {
            "message": "Invalid Schema",
            "description": "see below",
            "violations": [{"message": "interval is no number"}, "and more"],
        },
        Subject.GENERAL,
        api.InvalidRequestError,
        "Invalid Schema: see below: interval is no number; and more",
    ),
    (
        400,
        {"errors": [{"message": "This version is not valid."}]},
        Subject.GENERAL,
        api.InvalidRequestError,
        "This version is not valid.",
    ),
    (404, {}, Subject.GENERAL, api.NotFoundError, "status 404"),
    (
        401,
        {"ok": False, "errors": ["Bad password"]},
        Subject.TOKEN,
        api.InvalidCredentialsError,
        "",
    ),
    (
        400,
        {"ok": False, "errors": ["Unknown user"]},
        Subject.GENERAL,
        api.InvalidRequestError,
        "Unknown user",
    ),
    (
        400,
        {"ok": False, "errors": [{"error": {"status": 404}}]},
        Subject.GENERAL,
        api.InvalidRequestError,
        "status 404",
    ),
    (409, {"error": "busy"}, Subject.GENERAL, api.ConflictError, "busy"),
    (400, {"error": "The name is already taken"}, Subject.GENERAL, api.ConflictError, "taken"),
    (402, {"error": "payment required"}, Subject.GENERAL, api.QuotaExceededError, "payment"),
    (
        403,
        {"ok": False, "error": "The monthly Data Operations limit has been reached"},
        Subject.FUNCTION,
        api.QuotaExceededError,
        "Data Operations",
    ),
    (500, {"error": "boom"}, Subject.GENERAL, api.CloudError, "boom"),
    (500, "a plain text", Subject.GENERAL, api.CloudError, "a plain text"),
    (500, None, Subject.GENERAL, api.CloudError, "status 500"),
]
