"""Every shape of error body becomes the error that says what to do."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
import json
from typing import Any

from hypothesis import given, strategies as st
from multidict import CIMultiDict
import pytest

from custom_components.particle import api
from custom_components.particle.api.error_mapping import (
    Subject,
    error_for,
    is_failure,
    message_of,
    retry_after,
)

JSON = CIMultiDict({"Content-Type": "application/json; charset=utf-8"})
HTML = CIMultiDict({"Content-Type": "text/html"})

UNKNOWN_DEVICE = {
    "error": "Permission Denied",
    "info": "I didn't recognize that device name or ID, try opening"
    " https://api.particle.io/v1/devices?access_token=undefined",
}


def error(
    status: int, body: Any, subject: Subject = Subject.GENERAL, secrets: tuple[str, ...] = ()
) -> api.ParticleError:
    """The error for a JSON body."""
    text = "" if body is None else json.dumps(body)
    return error_for(status, JSON, body, text, subject=subject, secrets=secrets)


@pytest.mark.parametrize(
    ("status", "body", "subject", "expected", "words"),
    [
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
    ],
)
def test_shapes_of_the_reference(
    status: int,
    body: Any,
    subject: Subject,
    expected: type[api.ParticleError],
    words: str,
) -> None:
    """Each recorded body gives its class, the cloud's words and the status."""
    found = error(status, body, subject)
    assert type(found) is expected
    assert words in found.message
    assert found.status == status


def test_the_second_factor_brings_its_token() -> None:
    """What the second step needs stands in the error; without it the answer is of no use."""
    body = {"mfa_token": "mfa-1", "error": "mfa_required", "error_description": "Multi-factor …"}
    found = error(403, body, Subject.TOKEN)
    assert isinstance(found, api.OtpRequiredError)
    assert found.mfa_token == "mfa-1"
    assert "mfa-1" not in f"{found} {found!r}"
    del body["mfa_token"]
    assert type(error(403, body, Subject.TOKEN)) is api.MalformedAnswerError


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, api.MalformedAnswerError),
        (401, api.MalformedAnswerError),
        (403, api.MalformedAnswerError),
        (429, api.RateLimitedError),
        (502, api.CloudError),
    ],
)
def test_a_web_page_is_not_taken_for_the_cloud(
    status: int, expected: type[api.ParticleError]
) -> None:
    """A proxy's 401 or 403 must not make anybody log in again."""
    found = error_for(status, HTML, None, "<html><b>Log in to the Wi-Fi</b></html>")
    assert type(found) is expected
    assert "Wi-Fi" not in found.message


def test_secrets_do_not_come_back_in_messages() -> None:
    """A server that echoes what we sent does not get it into a log."""
    found = error(
        400,
        {"error": "bad", "info": "token 6eaf55abed is bad, see ?access_token=0123456789&x=1"},
        secrets=("6eaf55abed",),
    )
    assert found.message == "bad: token *** is bad, see ?access_token=***&x=1"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("", None),
        ("-3", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_retry_after_in_seconds(header: str, seconds: float | None) -> None:
    """Seconds are taken as they are; nonsense counts as not told."""
    assert retry_after(CIMultiDict({"retry-after": header})) == seconds


def test_retry_after_as_a_date() -> None:
    """HTTP allows a date too."""
    moment = datetime.now(UTC) + timedelta(seconds=90)
    found = retry_after(CIMultiDict({"Retry-After": format_datetime(moment, usegmt=True)}))
    assert found is not None
    assert 80 < found <= 90


@pytest.mark.parametrize("status", [429, 529])
def test_a_limit_says_how_long_to_wait(status: int) -> None:
    """Both statuses mean the same, with and without the header."""
    headers = CIMultiDict({"Retry-After": "30"})
    found = error_for(status, headers, None, "")
    assert isinstance(found, api.RateLimitedError)
    assert found.retry_after == 30
    assert "30 seconds" in found.message
    found = error_for(status, JSON, {"error": "too many"}, "")
    assert isinstance(found, api.RateLimitedError)
    assert found.retry_after is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "error",
                    "errors",
                    "error_description",
                    "info",
                    "ok",
                    "message",
                    "status",
                    "description",
                    "violations",
                    "output",
                    "mfa_token",
                    "code",
                ]
            ),
            children,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(
    status=st.integers(min_value=200, max_value=599),
    body=anything,
    subject=st.sampled_from(Subject),
    text=st.text(max_size=50),
)
def test_any_body_gives_an_error_of_the_client(
    status: int, body: Any, subject: Subject, text: str
) -> None:
    """No JSON in any key makes the reading of an error fail."""
    found = error_for(status, JSON, body, text, subject=subject)
    assert isinstance(found, api.ParticleError)
    assert found.message
    assert len(found.message) < 700
    assert is_failure(status, JSON, body) in {True, False}
    assert message_of(body) != ""
