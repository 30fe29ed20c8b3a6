"""How each error of the client is handled: message, form error, reauthentication, retry."""

from collections.abc import Collection
from dataclasses import dataclass
import math

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .api import (
    AuthenticationError,
    CloudError,
    ConflictError,
    DeviceNotFoundError,
    DeviceOfflineError,
    DeviceTimeoutError,
    DeviceUnreachableError,
    DnsError,
    FunctionNotFoundError,
    FunctionRefusedError,
    InvalidCredentialsError,
    InvalidOtpError,
    InvalidRequestError,
    InvalidTokenError,
    LoginBlockedError,
    MalformedAnswerError,
    NotFoundError,
    ParticleError,
    PermissionDeniedError,
    ProductNotFoundError,
    QuotaExceededError,
    RateLimitedError,
    SingleSignOnError,
    TlsError,
    UnreachableError,
    VariableNotFoundError,
)
from .const import DOMAIN

# Used when the cloud does not say how long to wait: the length of its rate limit window.
RATE_LIMIT_WINDOW = 300

LOGIN_BLOCK = 30 * 60


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """How errors of one class are handled.

    Attributes:
        message: Key under ``exceptions`` in the translations.
        form: Key of the form error; None if no form can cause the error.
        invalid: Whether the user's input is the cause; Home Assistant then logs no stack trace.
        after_sending: Message for a call that may have been carried out; None if `message` covers it.
        lists_names: Whether the message lists the existing names. It then has the variants
            `message_none` for a device without any, and `message_unlisted` if they are unknown.
        reauth: Whether the login is refused; a listing then verifies it.
        closed: Whether the login has no access to the scope; it is retried slowly and reported.
    """

    message: str
    form: str | None = None
    invalid: bool = False
    after_sending: str | None = None
    lists_names: bool = False
    reauth: bool = False
    closed: bool = False

    def key_for(self, *, may_have_run: bool, known: Collection[str] | None) -> str:
        """Return the translation key of the message."""
        if may_have_run and self.after_sending:
            return self.after_sending
        if not self.lists_names or known:
            return self.message
        return f"{self.message}_unlisted" if known is None else f"{self.message}_none"


# The first class in an error's method resolution order decides.
_RULES: dict[type[ParticleError], ErrorRule] = {
    ParticleError: ErrorRule("call_failed"),
    AuthenticationError: ErrorRule("login_refused", reauth=True),
    InvalidCredentialsError: ErrorRule("login_refused", "invalid_password", reauth=True),
    InvalidTokenError: ErrorRule("login_refused", "invalid_access_token", reauth=True),
    InvalidOtpError: ErrorRule("login_refused", "invalid_otp", reauth=True),
    SingleSignOnError: ErrorRule("login_refused", "single_sign_on", reauth=True),
    LoginBlockedError: ErrorRule("login_blocked", "login_blocked"),
    PermissionDeniedError: ErrorRule("permission_denied", "missing_permission", closed=True),
    NotFoundError: ErrorRule("not_found", "unknown_product", invalid=True, closed=True),
    DeviceNotFoundError: ErrorRule("device_not_found", invalid=True, closed=True),
    FunctionNotFoundError: ErrorRule("function_not_found", invalid=True, lists_names=True),
    VariableNotFoundError: ErrorRule("variable_not_found", invalid=True, lists_names=True),
    ProductNotFoundError: ErrorRule(
        "product_not_found", "unknown_product", invalid=True, closed=True
    ),
    DeviceUnreachableError: ErrorRule("device_unreachable"),
    DeviceOfflineError: ErrorRule("device_offline"),
    DeviceTimeoutError: ErrorRule("device_timed_out"),
    FunctionRefusedError: ErrorRule("function_refused"),
    InvalidRequestError: ErrorRule("invalid_request", invalid=True),
    ConflictError: ErrorRule("conflict"),
    RateLimitedError: ErrorRule("rate_limited", "rate_limited"),
    QuotaExceededError: ErrorRule("quota_exceeded"),
    CloudError: ErrorRule(
        "cloud_trouble", "cloud_error", after_sending="cloud_trouble_after_sending"
    ),
    UnreachableError: ErrorRule(
        "cloud_unreachable", "cannot_connect", after_sending="cloud_unreachable_after_sending"
    ),
    DnsError: ErrorRule("server_name_unknown", "unknown_host"),
    TlsError: ErrorRule("connection_not_secure", "no_secure_connection"),
    MalformedAnswerError: ErrorRule(
        "malformed_answer", "not_particle", after_sending="malformed_answer_after_sending"
    ),
}


def rule_for(err: ParticleError) -> ErrorRule:
    """Return the rule for an error."""
    return next(_RULES[cls] for cls in type(err).__mro__ if cls in _RULES)


def translated(
    err: ParticleError,
    *,
    account: str,
    device_name: str | None = None,
    known: Collection[str] | None = None,
) -> HomeAssistantError:
    """Return the Home Assistant exception for an error of the client."""
    rule = rule_for(err)
    exception = ServiceValidationError if rule.invalid else HomeAssistantError
    return exception(
        translation_domain=DOMAIN,
        translation_key=rule.key_for(may_have_run=err.may_have_run, known=known),
        translation_placeholders={
            "account": account,
            "device": device_name or err.device_id or account,
            "name": err.function or err.variable or "–",
            "reason": err.message.rstrip("."),
            "known": ", ".join(sorted(known or ())),
            "seconds": str(_seconds_to_wait(err)),
        },
    )


def _seconds_to_wait(err: ParticleError) -> int:
    if not isinstance(err, RateLimitedError):
        return 0
    if err.retry_after is None:
        return LOGIN_BLOCK if isinstance(err, LoginBlockedError) else RATE_LIMIT_WINDOW
    return max(1, math.ceil(err.retry_after))
