"""Exceptions of the client, one class for each way to handle an error."""

from typing import override


class ParticleError(Exception):
    """Base class of the client's exceptions.

    Attributes:
        message: Message of the cloud or the client; never contains a secret.
        status: HTTP status of the answer; None without an answer.
        code: Error code of the cloud, such as ``invalid_token``; None without a code.
        device_id: ID or name of the device; None for calls without a device.
        variable: Name of the variable; None for other calls.
        function: Name of the function; None for other calls.
        may_have_run: Whether a call with an effect or a cost may have been carried out in spite of the
            error, because the answer was lost or is malformed. Do not retry such calls automatically.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        """Initialize the error."""
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
        """Subject of the call, such as ``function led of device 0a10…``; None without a device."""
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
    """The cloud does not accept the credentials; log in again."""


class InvalidCredentialsError(AuthenticationError):
    """Client ID and secret, or username and password, are wrong."""


class InvalidTokenError(AuthenticationError):
    """The access token is unknown, revoked or expired."""


class SingleSignOnError(AuthenticationError):
    """The account logs in through single sign-on; a password does not work."""


class OtpRequiredError(AuthenticationError):
    """The account has a second factor, whose code is required.

    Attributes:
        mfa_token: Token to send with the code.
    """

    def __init__(self, message: str, *, mfa_token: str, status: int | None = None) -> None:
        """Initialize the error."""
        super().__init__(message, status=status)
        self.mfa_token = mfa_token


class InvalidOtpError(AuthenticationError):
    """The code of the second factor is wrong or has expired."""


class PermissionDeniedError(ParticleError):
    """The token is valid but lacks the permission or the access."""


class NotFoundError(ParticleError):
    """The requested object does not exist, or the token has no access to it."""


class DeviceNotFoundError(NotFoundError):
    """The device does not exist, or the token has no access to it."""


class FunctionNotFoundError(NotFoundError):
    """The firmware does not register a function with this name."""


class VariableNotFoundError(NotFoundError):
    """The firmware does not register a variable with this name."""


class ProductNotFoundError(NotFoundError):
    """The product does not exist, or the token has no access to it."""


class DeviceUnreachableError(ParticleError):
    """The device did not answer."""


class DeviceOfflineError(DeviceUnreachableError):
    """The cloud knows that the device is not connected."""


class DeviceTimeoutError(DeviceUnreachableError):
    """The device did not answer in time; it may have carried out the request."""


class FunctionRefusedError(ParticleError):
    """The call was passed on but refused (HTTP 200 with ``ok: false``)."""


class InvalidRequestError(ParticleError):
    """The request is not valid, according to the client before sending it or to the cloud.

    Attributes:
        argument: Name of the invalid argument, if known.
    """

    def __init__(
        self, message: str, *, argument: str | None = None, status: int | None = None
    ) -> None:
        """Initialize the error."""
        super().__init__(message, status=status)
        self.argument = argument


class ConflictError(ParticleError):
    """The object already exists, or its state does not allow the operation."""


class RateLimitedError(ParticleError):
    """Too many requests from this address (HTTP 429 or 529).

    Attributes:
        retry_after: Seconds to wait; None if unknown.
    """

    def __init__(
        self, message: str, *, retry_after: float | None = None, status: int | None = None
    ) -> None:
        """Initialize the error."""
        super().__init__(message, status=status)
        self.retry_after = retry_after


class LoginBlockedError(RateLimitedError):
    """Too many logins in a row have failed; nothing is sent before Particle blocks the address.

    The block ends by itself and does not mean that the credentials are wrong. `retry_after` is always set.
    """


class QuotaExceededError(ParticleError):
    """The plan's monthly data operations are used up."""


class CloudError(ParticleError):
    """The cloud has an internal problem (HTTP 5xx)."""


class UnreachableError(ParticleError):
    """No connection to the cloud: DNS, network, TLS, or no answer in time.

    Attributes:
        sent: Whether the request may have reached the cloud before the connection failed.
    """

    def __init__(self, message: str, *, sent: bool = False, status: int | None = None) -> None:
        """Initialize the error."""
        super().__init__(message, status=status)
        self.sent = sent


class DnsError(UnreachableError):
    """The hostname of the server cannot be resolved."""


class TlsError(UnreachableError):
    """No secure connection: the certificate or the protocol of the server is not accepted."""


class MalformedAnswerError(ParticleError):
    """The answer does not match the API, for example because it is a proxy's web page."""
