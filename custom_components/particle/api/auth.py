"""Authentication: obtaining, renewing and revoking access tokens."""

from abc import ABC, abstractmethod
import asyncio
import base64
from collections.abc import Callable
import copy
import time
from typing import override

import aiohttp

from .endpoint import Endpoint
from .error_mapping import Subject
from .errors import (
    AuthenticationError,
    CloudError,
    InvalidCredentialsError,
    InvalidRequestError,
    InvalidTokenError,
    OtpRequiredError,
    ParticleError,
    PermissionDeniedError,
    RateLimitedError,
    UnreachableError,
)
from .models import Token
from .pacing import Login
from .transport import DEFAULT_URL, Transport

GET_TOKEN = Endpoint("POST", "/oauth/token")
REVOKE_TOKEN = Endpoint("DELETE", "/v1/access_tokens/current")

# Part of a token's lifetime after which it is renewed, so that no call uses an expired token.
RENEW_AT = 0.9
# Seconds until the next attempt to renew a token that is still valid.
RENEW_RETRY_DELAY = 60.0
# Seconds until a refused client is tried again, increasing with each refusal: failures in a row make
# Particle block the address.
REFUSAL_PAUSE = 60.0
REFUSAL_PAUSE_FACTOR = 4
MAX_REFUSAL_PAUSE = 86_400.0


def _monotonic() -> float:
    """Return the monotonic time in seconds."""
    return time.monotonic()


def basic_authorization(client_id: str, client_secret: str) -> str:
    """Return the authorization header of an OAuth client.

    Raises:
        InvalidRequestError: The ID or the secret is empty, or the ID contains a colon.
    """
    if not client_id or ":" in client_id:
        raise InvalidRequestError(
            "The client ID is empty or contains a colon", argument="client_id"
        )
    if not client_secret:
        raise InvalidRequestError("The client secret is empty", argument="client_secret")
    encoded = base64.b64encode(f"{client_id}:{client_secret}".encode("utf-8", "replace"))
    return f"Basic {encoded.decode()}"


async def request_token(
    transport: Transport,
    form: dict[str, str],
    *,
    client_id: str,
    client_secret: str,
    user: str = "",
    subject: Subject = Subject.TOKEN,
) -> Token:
    """Request an access token.

    Args:
        transport: Sends the request.
        form: Grant type and its fields. This endpoint accepts only forms.
        client_id: ID of the OAuth client.
        client_secret: Secret of the OAuth client.
        user: Username; empty if the client logs in for itself.
        subject: First or second step of a login.

    Returns:
        The token.

    Raises:
        LoginBlockedError: Too many logins in a row have failed; nothing was sent.
        InvalidCredentialsError: Client, username or password are wrong.
        OtpRequiredError: The account has a second factor.
        InvalidOtpError: The second factor's code is wrong.
        SingleSignOnError: The account has no password.
        ParticleError: The request failed for another reason.
    """
    headers = {"Authorization": basic_authorization(client_id, client_secret)}
    logins = transport.rate_limits.logins
    credentials = hash((client_id, client_secret, *sorted(form.items())))
    login = Login(f"{client_id} {user.lower()}", credentials)
    logins.check(login)
    await transport.rate_limits.tokens.take()
    try:
        answer = await transport.send(*GET_TOKEN.at(), data=form, headers=headers, subject=subject)
    except OtpRequiredError:
        # Not a failure: the password is correct.
        raise
    except (AuthenticationError, InvalidRequestError, PermissionDeniedError):
        logins.failed(login)
        raise
    token = Token.from_json(answer.object)
    logins.succeeded(login)
    return token


class Auth(ABC):
    """A source of access tokens."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str = DEFAULT_URL) -> None:
        """Initialize the authentication.

        Args:
            session: Open session, which is not closed here.
            base_url: URL of the server, which may be self-hosted. `ParticleCloud` uses it, too.

        Raises:
            InvalidRequestError: `base_url` is not an http or https URL.
        """
        self._transport = Transport(session, base_url)

    @property
    def base_url(self) -> str:
        """The URL of the server without a trailing slash."""
        return self._transport.base_url

    @abstractmethod
    async def access_token(self) -> str:
        """Return the token for the next request, renewed if it is about to expire.

        Raises:
            ParticleError: A token cannot be obtained.
        """

    @abstractmethod
    async def renew(self, rejected: str) -> str:
        """Obtain another token because the cloud has refused one.

        Args:
            rejected: The refused token; if another one is already in use, that is returned.

        Raises:
            InvalidTokenError: The token cannot be renewed.
            ParticleError: A token cannot be obtained.
        """

    @abstractmethod
    async def revoke(self) -> None:
        """Revoke the token if it was obtained by logging in; errors of the cloud are ignored."""


class ClientCredentials(Auth):
    """Authentication as an OAuth client of an account or a product."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        client_id: str,
        client_secret: str,
        *,
        base_url: str = DEFAULT_URL,
        scope: str | None = None,
        clock: Callable[[], float] = _monotonic,
    ) -> None:
        """Initialize the authentication without a request.

        Args:
            session: Open session, which is not closed here.
            client_id: ID of the OAuth client.
            client_secret: Secret of the OAuth client.
            base_url: URL of the server.
            scope: Limits the token, for example to ``customer=jane@example.com``.
            clock: Returns the monotonic time in seconds.
        """
        super().__init__(session, base_url)
        self._client_id = client_id
        self._client_secret = client_secret
        self._scope = scope
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._renew_at = float("inf")
        self._expires_at = float("inf")
        self._refusal: InvalidCredentialsError | None = None
        self._refusals = 0
        self._retry_at = 0.0

    @override
    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._client_id}>"

    @override
    async def access_token(self) -> str:
        if self._token is not None and self._clock() < self._renew_at:
            return self._token
        async with self._lock:
            if self._token is not None and self._clock() < self._renew_at:
                return self._token
            try:
                return await self._obtain()
            except (UnreachableError, CloudError, RateLimitedError, InvalidCredentialsError):
                if self._token is None or self._clock() >= self._expires_at:
                    raise
                self._renew_at = self._clock() + RENEW_RETRY_DELAY
                return self._token

    @override
    async def renew(self, rejected: str) -> str:
        async with self._lock:
            if self._token is not None and self._token != rejected:
                return self._token
            self._token = None
            return await self._obtain()

    async def _obtain(self) -> str:
        """Request a token, unless the client was refused recently.

        Raises:
            InvalidCredentialsError: The client is refused, or was recently.
            ParticleError: The request failed for another reason.
        """
        if self._refusal is not None and self._clock() < self._retry_at:
            # All callers that wait for a token get the error of the first one.
            raise copy.copy(self._refusal)
        form = {"grant_type": "client_credentials"}
        if self._scope:
            form["scope"] = self._scope
        try:
            token = await request_token(
                self._transport, form, client_id=self._client_id, client_secret=self._client_secret
            )
        except InvalidCredentialsError as err:
            self._refusal = copy.copy(err)
            pause = REFUSAL_PAUSE * REFUSAL_PAUSE_FACTOR ** min(self._refusals, 10)
            self._refusals += 1
            self._retry_at = self._clock() + min(pause, MAX_REFUSAL_PAUSE)
            raise
        self._refusal, self._refusals = None, 0
        lifetime = token.expires_in or float("inf")
        now = self._clock()
        self._renew_at = now + lifetime * RENEW_AT
        self._expires_at = now + lifetime
        self._token = token.access_token
        return token.access_token

    @override
    async def revoke(self) -> None:
        async with self._lock:
            token, self._token = self._token, None
        if token is not None:
            await _revoke(self._transport, token)


class FixedToken(Auth):
    """Authentication with the user's own token, or one from a login."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        access_token: str,
        *,
        base_url: str = DEFAULT_URL,
        obtained: bool = False,
    ) -> None:
        """Initialize the authentication.

        Args:
            session: Open session, which is not closed here.
            access_token: The token; those of API users are not hexadecimal.
            base_url: URL of the server.
            obtained: Whether the token was obtained by logging in and may be revoked; the user's own
                token is never revoked.

        Raises:
            InvalidRequestError: The token is empty or not valid in a header.
        """
        token = access_token.strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise InvalidRequestError(
                "The access token is empty or contains invalid characters",
                argument="access_token",
            )
        self._token = token
        super().__init__(session, base_url)
        self._obtained = obtained

    @override
    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    @override
    async def access_token(self) -> str:
        return self._token

    @override
    async def renew(self, rejected: str) -> str:
        raise InvalidTokenError("The access token is no longer accepted and cannot be renewed")

    @override
    async def revoke(self) -> None:
        if self._obtained:
            await _revoke(self._transport, self._token)


async def _revoke(transport: Transport, token: str) -> None:
    try:
        await transport.send(
            *REVOKE_TOKEN.at(),
            headers={"Authorization": f"Bearer {token}"},
        )
    except ParticleError:
        # It is already revoked, or it will expire.
        return
