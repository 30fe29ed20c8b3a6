"""What a failed call tells the user: each error of the client as a translated message."""

from collections.abc import Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass
import math

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import async_get_hass
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .account.reauth import ACTION, async_report_refusal
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
    InvalidRequestError,
    LoginBlockedError,
    MalformedAnswerError,
    NotFoundError,
    ParticleError,
    PermissionDeniedError,
    ProductNotFoundError,
    QuotaExceededError,
    RateLimitedError,
    TlsError,
    UnreachableError,
    VariableNotFoundError,
)
from .const import DOMAIN

# Where the cloud does not say how long to wait, its window of five minutes is the safe answer.
RATE_LIMIT_WINDOW = 300

LOGIN_BLOCK = 30 * 60


@dataclass(frozen=True, slots=True)
class _Message:
    """How an error reaches the user.

    Attributes:
        key: Key under ``exceptions`` in the translations.
        invalid: Whether the user's input is the cause; then Home Assistant logs no stack trace.
        after_sending: Key for a call that may have been carried out; None where `key` says so itself.
        lists_names: Whether the message lists the names that exist. Then there is also `key_none` for
            a device that has none, and `key_unlisted` where they are not known here.
    """

    key: str
    invalid: bool = False
    after_sending: str | None = None
    lists_names: bool = False

    def key_for(self, *, may_have_run: bool, known: Collection[str] | None) -> str:
        """Return the key for what is known of a call."""
        if may_have_run and self.after_sending:
            return self.after_sending
        if not self.lists_names or known:
            return self.key
        return f"{self.key}_unlisted" if known is None else f"{self.key}_none"


# The nearest class in an error's ancestry decides.
_MESSAGES: dict[type[ParticleError], _Message] = {
    ParticleError: _Message("call_failed"),
    AuthenticationError: _Message("login_refused"),
    LoginBlockedError: _Message("login_blocked"),
    PermissionDeniedError: _Message("permission_denied"),
    NotFoundError: _Message("not_found", invalid=True),
    DeviceNotFoundError: _Message("device_not_found", invalid=True),
    FunctionNotFoundError: _Message("function_not_found", invalid=True, lists_names=True),
    VariableNotFoundError: _Message("variable_not_found", invalid=True, lists_names=True),
    ProductNotFoundError: _Message("product_not_found", invalid=True),
    DeviceUnreachableError: _Message("device_unreachable"),
    DeviceOfflineError: _Message("device_offline"),
    DeviceTimeoutError: _Message("device_timed_out"),
    FunctionRefusedError: _Message("function_refused"),
    InvalidRequestError: _Message("invalid_request", invalid=True),
    ConflictError: _Message("conflict"),
    RateLimitedError: _Message("rate_limited"),
    QuotaExceededError: _Message("quota_exceeded"),
    CloudError: _Message("cloud_trouble", after_sending="cloud_trouble_after_sending"),
    UnreachableError: _Message(
        "cloud_unreachable", after_sending="cloud_unreachable_after_sending"
    ),
    DnsError: _Message("server_name_unknown"),
    TlsError: _Message("connection_not_secure"),
    MalformedAnswerError: _Message(
        "malformed_answer", after_sending="malformed_answer_after_sending"
    ),
}


@contextmanager
def cloud_errors(
    entry: ConfigEntry, device_name: str | None = None, *, known: Collection[str] | None = None
) -> Generator[None]:
    """Turn errors of the client into messages that name the cause and the way out.

    A login that is refused is checked by a listing, and the user is asked for another one if need be.

    Args:
        entry: The account.
        device_name: The board that was asked; None for a call about the account.
        known: Names of the device's functions or variables, to pick from where one is unknown; None
            where they are not known here.

    Raises:
        ServiceValidationError: What the user asked for is not possible.
        HomeAssistantError: The call failed.
    """
    try:
        yield
    except ParticleError as err:
        if isinstance(err, AuthenticationError):
            async_report_refusal(async_get_hass(), entry, ACTION)
        raise translated(err, account=entry.title, device_name=device_name, known=known) from err


def translated(
    err: ParticleError,
    *,
    account: str,
    device_name: str | None = None,
    known: Collection[str] | None = None,
) -> HomeAssistantError:
    """Return the message for an error of the client."""
    message = next(_MESSAGES[cls] for cls in type(err).__mro__ if cls in _MESSAGES)
    exception = ServiceValidationError if message.invalid else HomeAssistantError
    return exception(
        translation_domain=DOMAIN,
        translation_key=message.key_for(may_have_run=err.may_have_run, known=known),
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
