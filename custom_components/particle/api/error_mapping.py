"""Map answers that report a failure to errors.

The cloud uses several shapes of error bodies, which are read in the same order as in the official
command line tool. The same failure can have different statuses, so the class is chosen by the message
first and by the status second.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
import re
from typing import Any

from .compiler import compilation_error, is_compilation_failure
from .errors import (
    CloudError,
    ConflictError,
    DeviceNotFoundError,
    DeviceOfflineError,
    DeviceTimeoutError,
    FunctionNotFoundError,
    FunctionRefusedError,
    InvalidCredentialsError,
    InvalidOtpError,
    InvalidRequestError,
    InvalidTokenError,
    MalformedAnswerError,
    NotFoundError,
    OtpRequiredError,
    ParticleError,
    PermissionDeniedError,
    ProductNotFoundError,
    QuotaExceededError,
    RateLimitedError,
    SingleSignOnError,
    VariableNotFoundError,
)
from .redaction import redact, redact_all

MAX_MESSAGE = 500


class Subject(StrEnum):
    """Subject of a request, because the same message has different meanings for logins and devices."""

    GENERAL = "general"
    TOKEN = "token"
    OTP = "otp"
    DEVICE = "device"
    VARIABLE = "variable"
    FUNCTION = "function"
    PRODUCT = "product"
    FIRMWARE = "firmware"


# Subjects for which a timeout is that of the device, not of the cloud.
_ON_DEVICE = {Subject.DEVICE, Subject.VARIABLE, Subject.FUNCTION, Subject.FIRMWARE}

_TIMED_OUT = re.compile(r"time?d[ -]?out|didn'?t hear back", re.IGNORECASE)
_OFFLINE = re.compile(r"(is|was|core)?(n'?t| not) (online|connected)|\boffline\b", re.IGNORECASE)
_NO_FUNCTION = re.compile(r"\bfunction\b.*\bnot found|unknown function", re.IGNORECASE)
_NO_VARIABLE = re.compile(r"\bvariable\b.*\bnot found|unknown variable", re.IGNORECASE)
_NO_DEVICE = re.compile(
    r"\bdevice\b.*(not found|does not exist|doesn'?t exist)|didn'?t recogni[sz]e that device",
    re.IGNORECASE,
)
_NO_PRODUCT = re.compile(r"\bproduct\b.*\bnot found", re.IGNORECASE)
_QUOTA = re.compile(
    r"data operations?\b|usage limit|monthly limit|plan limit|quota|account (is )?paused",
    re.IGNORECASE,
)
_EXISTS = re.compile(
    r"already (exists?|taken|in use|claimed)|\bis taken\b|\bduplicate\b", re.IGNORECASE
)
# A status 200 with only these keys is a failure, too: the vitals history reports wrong dates that way.
_ERROR_KEYS = {"error", "error_description", "description", "info", "message", "code", "status"}
_TOKEN_IN_URL = re.compile(r"(access_token=)[^&\s\"']+", re.IGNORECASE)


def scrub(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return a message from the cloud without secrets, shortened and on one line."""
    text = redact(text, secrets)
    text = " ".join(_TOKEN_IN_URL.sub(r"\1***", text).split())
    return text if len(text) <= MAX_MESSAGE else f"{text[: MAX_MESSAGE - 1]}…"


def message_of(body: Any) -> str | None:
    """Return the message in an error body of any shape; None if there is none."""
    if isinstance(body, str):
        return body.strip() or None
    if not isinstance(body, Mapping):
        return _first_text(body)
    for key in ("error_description", "error"):
        if words := _first_text(body.get(key)):
            info = body.get("info") or body.get("description") if key == "error" else None
            return f"{words}: {info}" if isinstance(info, str) and info.strip() else words
    if words := _all_texts(body.get("errors")):
        output = body.get("output")
        return f"{output}: {words}" if isinstance(output, str) and output else words
    for keys in (("info",), ("message", "description", "violations"), ("output",)):
        parts = [words for key in keys if (words := _all_texts(body.get(key)))]
        if parts:
            return ": ".join(parts)
    return None


def _first_text(value: Any, depth: int = 0) -> str | None:
    """Return the first text in a nested value, such as ``["Core isn't online", 404]``."""
    if isinstance(value, str):
        return value.strip() or None
    if depth > 4:
        return None
    if isinstance(value, list):
        return next((text for item in value if (text := _first_text(item, depth + 1))), None)
    if isinstance(value, Mapping):
        for key in (
            "error_description",
            "message",
            "error",
            "description",
            "detail",
            "title",
            "info",
        ):
            if text := _first_text(value.get(key), depth + 1):
                return text
        status = value.get("status")
        if isinstance(status, str):
            return status.strip() or None
        if isinstance(status, int) and not isinstance(status, bool):
            return f"status {status}" if abs(status) < 10_000 else None
    return None


def _all_texts(value: Any) -> str | None:
    """Return all texts of a list, joined."""
    if isinstance(value, list):
        texts = [text for item in value[:20] if (text := _first_text(item))]
        return "; ".join(texts) or None
    return _first_text(value)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds in a ``Retry-After`` header, which contains a number or a date."""
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    # float() also accepts "nan" and "inf".
    return seconds if 0 <= seconds < 86_400 else None


def is_page(headers: Mapping[str, str], text: str) -> bool:
    """Whether an answer is a web page, which comes from a proxy or another server."""
    content_type = headers.get("Content-Type", "").lower()
    return "html" in content_type or text.lstrip()[:1] == "<"


def is_failure(status: int, headers: Mapping[str, str], body: Any) -> bool:
    """Whether an answer reports a failure: by its status, by ``ok: false``, or by an error alone.

    Raw variables that look like such an answer do not count.
    """
    if status >= 400:
        return True
    content_type = headers.get("Content-Type", "").lower()
    if not isinstance(body, Mapping) or (content_type and "json" not in content_type):
        return False
    return body.get("ok") is False or (bool(body.get("error")) and body.keys() <= _ERROR_KEYS)


def error_for(
    status: int,
    headers: Mapping[str, str],
    body: Any,
    text: str,
    *,
    subject: Subject = Subject.GENERAL,
    secrets: tuple[str, ...] = (),
) -> ParticleError:
    """Return the error for an answer that reports a failure.

    Args:
        status: HTTP status.
        headers: Headers of the answer, case-insensitive.
        body: The parsed body; None if it is empty or not JSON.
        text: The body as text.
        subject: Subject of the request.
        secrets: Secrets in the request, which must not appear in a message.

    Returns:
        The error to raise.
    """
    if status in {429, 529}:
        wait = retry_after(headers)
        reason = scrub(message_of(body) or "", secrets) or "too many requests from this address"
        hint = f"; wait {round(wait)} seconds" if wait else ""
        return RateLimitedError(
            f"The Particle Cloud limits requests: {reason}{hint}", retry_after=wait, status=status
        )
    if body is None and is_page(headers, text):
        if status >= 500:
            return CloudError(
                f"The Particle Cloud answered with status {status} and a web page", status=status
            )
        return MalformedAnswerError(
            f"The answer (status {status}) is a web page and not from the Particle API;"
            " check the server's address and any proxy in between",
            status=status,
        )
    if is_compilation_failure(body):
        return compilation_error(redact_all(body, secrets), status)
    # Shortened after redaction, because a truncated secret would not be found.
    words = message_of(body if body is not None else text)
    error_field = body.get("error") if isinstance(body, Mapping) else None
    code = error_field if isinstance(error_field, str) else ""
    message = scrub(words or f"The Particle Cloud answered with status {status}", secrets)
    if subject in {Subject.TOKEN, Subject.OTP}:
        error = _login_error(status, code, message, body, subject)
    else:
        # An answer that is not JSON does not come from the API, so it does not mean a missing device.
        error = _call_error(status, code, message, subject, from_api=body is not None)
    error.code = scrub(code, secrets) or None
    return error


def _login_error(
    status: int, code: str, message: str, body: Any, subject: Subject
) -> ParticleError:
    """Return the error for an answer of the token endpoint."""
    match code:
        case "sso_user":
            return SingleSignOnError(message, status=status)
        case "mfa_required":
            mfa_token = body.get("mfa_token")
            if not isinstance(mfa_token, str) or not mfa_token:
                return MalformedAnswerError(
                    "The cloud asks for a second factor but did not send the token for it",
                    status=status,
                )
            return OtpRequiredError(message, mfa_token=mfa_token, status=status)
        case "rate_limit_exceeded":
            return RateLimitedError(message, status=status)
    if status >= 500:
        return CloudError(message, status=status)
    if subject is Subject.OTP and code not in {"invalid_client", "invalid_request"}:
        return InvalidOtpError(message, status=status)
    if code in {"invalid_client", "invalid_grant"} or status == 401:
        return InvalidCredentialsError(message, status=status)
    if status == 403 or code == "unauthorized":
        return PermissionDeniedError(message, status=status)
    if status == 404:
        return NotFoundError(message, status=status)
    return InvalidRequestError(message, status=status)


def _call_error(
    status: int, code: str, message: str, subject: Subject, *, from_api: bool
) -> ParticleError:
    """Return the error for an answer of any other endpoint."""
    if code in {"invalid_token", "expired_token"} or status == 401:
        return InvalidTokenError(message, status=status)
    if code == "rate_limit_exceeded":
        return RateLimitedError(message, status=status)
    if code == "unauthorized":
        return PermissionDeniedError(message, status=status)
    by_words = _error_class_by_words(status, message, subject)
    if by_words is not None:
        return by_words(message, status=status)
    match status:
        case 403:
            return PermissionDeniedError(message, status=status)
        case 404:
            missing = _not_found(subject) if from_api else NotFoundError
            return missing(message, status=status)
        case 408 if subject in _ON_DEVICE:
            return DeviceTimeoutError(message, status=status)
        case 408:
            return CloudError(message, status=status)
        case 402:
            return QuotaExceededError(message, status=status)
        case 409:
            return ConflictError(message, status=status)
        case _ if status >= 500:
            return CloudError(message, status=status)
        case _ if status < 300 and subject is Subject.FUNCTION:
            return FunctionRefusedError(message, status=status)
    return InvalidRequestError(message, status=status)


def _error_class_by_words(
    status: int, message: str, subject: Subject
) -> type[ParticleError] | None:
    """Return the error class for a message, regardless of the status."""
    if subject in _ON_DEVICE:
        if _TIMED_OUT.search(message):
            return DeviceTimeoutError
        if _OFFLINE.search(message):
            return DeviceOfflineError
        if _NO_FUNCTION.search(message):
            return FunctionNotFoundError
        if _NO_VARIABLE.search(message):
            return VariableNotFoundError
        if _NO_DEVICE.search(message):
            return DeviceNotFoundError
    elif _NO_DEVICE.search(message) and status in {200, 400, 403, 404}:
        return DeviceNotFoundError
    if _NO_PRODUCT.search(message):
        return ProductNotFoundError
    if status < 500 and _QUOTA.search(message):
        return QuotaExceededError
    if status in {200, 400, 409, 422} and _EXISTS.search(message):
        return ConflictError
    return None


def _not_found(subject: Subject) -> type[NotFoundError]:
    """Return the error class for a bare 404."""
    match subject:
        case Subject.PRODUCT:
            return ProductNotFoundError
        case Subject.DEVICE | Subject.FIRMWARE:
            return DeviceNotFoundError
    return NotFoundError
