"""What can go wrong with the Particle Cloud, one class for each thing a user can do something about."""

from typing import override


class ParticleError(Exception):
    """Base of every error that this client raises.

    Attributes:
        message: The cloud's own words, or the client's; never contains a secret.
        status: HTTP status of the answer; None where there was no answer.
        code: The cloud's own word for the error, such as ``invalid_token``; None where it gave none.
        device_id: Id or name of the device that the call was about; None for other calls.
        variable: Name of the variable that was to be read; None for other calls.
        function: Name of the function that was to be called; None for other calls.
        may_have_run: True where a call that acts or costs something may have been carried out although
            it failed, because the answer was lost or cannot be read. Never repeat such a call blindly.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        """Keep the message and the status."""
        super().__init__(message)
        self.message = message
        self.status = status
        self.code: str | None = None
        self.device_id: str | None = None
        self.variable: str | None = None
        self.function: str | None = None
        self.may_have_run = False

    @property
    def subject(self) -> str | None:
        """What the call was about, such as ``function led of device 0a10…``; None for other calls."""
        if self.device_id is None:
            return None
        device = f"device {self.device_id}"
        if self.function is not None:
            return f"function {self.function} of {device}"
        return device if self.variable is None else f"variable {self.variable} of {device}"

    @override
    def __str__(self) -> str:
        return f"{subject}: {self.message}" if (subject := self.subject) else self.message


class AuthenticationError(ParticleError):
    """The cloud does not accept who we say we are: log in again."""


class InvalidCredentialsError(AuthenticationError):
    """Client id and secret, or user name and password, are wrong."""


class InvalidTokenError(AuthenticationError):
    """The access token is unknown, revoked or expired."""


class SingleSignOnError(AuthenticationError):
    """The account logs in through single sign-on; a password does not work."""


class OtpRequiredError(AuthenticationError):
    """The account has a second factor: ask for its code.

    Attributes:
        mfa_token: What the second step has to send back with the code.
    """

    def __init__(self, message: str, *, mfa_token: str, status: int | None = None) -> None:
        """Keep the token for the second step."""
        super().__init__(message, status=status)
        self.mfa_token = mfa_token


class InvalidOtpError(AuthenticationError):
    """The second factor's code is wrong or too old."""


class PermissionDeniedError(ParticleError):
    """The token is good but may not do this: it lacks a scope, or the thing belongs to someone else."""


class NotFoundError(ParticleError):
    """The thing does not exist, or this token cannot see it."""


class DeviceNotFoundError(NotFoundError):
    """The device does not exist or is not visible for this token."""


class FunctionNotFoundError(NotFoundError):
    """The firmware on the device registers no function of this name."""


class VariableNotFoundError(NotFoundError):
    """The firmware on the device registers no variable of this name."""


class ProductNotFoundError(NotFoundError):
    """The product does not exist or is not visible for this token."""


class DeviceUnreachableError(ParticleError):
    """The device did not answer."""


class DeviceOfflineError(DeviceUnreachableError):
    """The cloud knows that the device is not connected."""


class DeviceTimeoutError(DeviceUnreachableError):
    """The device did not answer in time; it may still have done what it was asked."""


class FunctionRefusedError(ParticleError):
    """The cloud passed the call on, and it was refused (HTTP 200 with ``ok: false``)."""


class InvalidRequestError(ParticleError):
    """The request is wrong; nothing was sent, or the cloud said so.

    Attributes:
        argument: Name of the argument that is wrong, where that is known.
    """

    def __init__(
        self, message: str, *, argument: str | None = None, status: int | None = None
    ) -> None:
        """Keep the name of the argument."""
        super().__init__(message, status=status)
        self.argument = argument


class ConflictError(ParticleError):
    """The thing exists already or is in a state that forbids this."""


class RateLimitedError(ParticleError):
    """Too many requests from this address (HTTP 429 or 529).

    Attributes:
        retry_after: Seconds to wait; None where the cloud did not say.
    """

    def __init__(
        self, message: str, *, retry_after: float | None = None, status: int | None = None
    ) -> None:
        """Keep the seconds to wait."""
        super().__init__(message, status=status)
        self.retry_after = retry_after


class LoginBlockedError(RateLimitedError):
    """Too many failed token requests in a row; we stop before Particle blocks the address for 30 minutes.

    It passes by itself and says nothing about the credentials. `retry_after` is always known.
    """


class QuotaExceededError(ParticleError):
    """The plan's monthly data operations are used up."""


class CloudError(ParticleError):
    """The cloud itself has trouble (HTTP 5xx)."""


class UnreachableError(ParticleError):
    """No connection to the cloud: DNS, network, TLS, or no answer in time.

    Attributes:
        sent: True where the request may have reached the cloud before the connection failed.
    """

    def __init__(self, message: str, *, sent: bool = False, status: int | None = None) -> None:
        """Keep whether the request may have arrived."""
        super().__init__(message, status=status)
        self.sent = sent


class DnsError(UnreachableError):
    """The name of the server cannot be resolved."""


class TlsError(UnreachableError):
    """No secure connection: the server's certificate or its protocol is not acceptable."""


class MalformedAnswerError(ParticleError):
    """The answer is not what the API documents, for example a proxy's page."""
