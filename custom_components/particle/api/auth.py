"""Who we are: getting access tokens, renewing them in time, giving them back."""

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

# Renewing a little early means that a call never meets a token that just expired.
RENEW_AT = 0.9
# While a token is still good, a cloud that cannot renew it is asked again after this many seconds.
RENEW_AGAIN = 60.0
# A client that was refused is asked about again ever more rarely: failures in a row block the address.
REFUSED_AGAIN = 60.0
REFUSED_AGAIN_FACTOR = 4
REFUSED_AGAIN_MAX = 86_400.0


def _monotonic() -> float:
    """Seconds that always go forward."""
    return time.monotonic()


def basic_authorization(client_id: str, client_secret: str) -> str:
    """The header by which an OAuth client identifies itself.

    Raises:
        InvalidRequestError: Id or secret is empty, or the id contains a colon.
    """
    if not client_id or ":" in client_id:
        raise InvalidRequestError(
            "The client id is empty or contains a colon", argument="client_id"
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
    """Ask for an access token.

    Args:
        transport: Way to the server.
        form: Grant type and its fields. This endpoint takes nothing but a form.
        client_id: OAuth client.
        client_secret: Its secret.
        user: Name of the user who logs in; empty where the client logs in for itself.
        subject: First or second step of a login.

    Returns:
        The token.

    Raises:
        LoginBlockedError: Too many logins in a row have failed; nothing was sent.
        InvalidCredentialsError: Client, user name or password are wrong.
        OtpRequiredError: The account has a second factor.
        InvalidOtpError: The second factor's code is wrong.
        SingleSignOnError: The account has no password.
        ParticleError: Anything else.
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
        # The first step of a login with a second factor has the right password.
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
        """Use a session that somebody else opened and will close.

        Args:
            session: Open session.
            base_url: Server; own servers exist. `ParticleCloud` sends its requests there too.

        Raises:
            InvalidRequestError: `base_url` is not an http or https address.
        """
        self._transport = Transport(session, base_url)

    @property
    def base_url(self) -> str:
        """The server's address without a slash at its end."""
        return self._transport.base_url

    @abstractmethod
    async def access_token(self) -> str:
        """The token for the next request, renewed where its life is nearly over.

        Raises:
            ParticleError: There is none to be had.
        """

    @abstractmethod
    async def renew(self, rejected: str) -> str:
        """Get another token because the cloud did not accept this one.

        Args:
            rejected: The token that was refused; where another one is in use already, that one is given.

        Raises:
            InvalidTokenError: There is no way to get another one.
            ParticleError: The cloud would not give one.
        """

    @abstractmethod
    async def revoke(self) -> None:
        """Give back a token that was obtained by logging in; an unreachable cloud is no reason to fail."""


class ClientCredentials(Auth):
    """Logs in as an OAuth client: for its owner's account, or for the product that it belongs to."""

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
        """Keep the credentials; nothing is sent before the first token is asked for.

        Args:
            session: Open session; stays open.
            client_id: OAuth client.
            client_secret: Its secret.
            base_url: Server.
            scope: Narrows the token, for example to ``customer=jane@example.com``.
            clock: Seconds that always go forward.
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
        self._ask_again_at = 0.0

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
                self._renew_at = self._clock() + RENEW_AGAIN
                return self._token

    @override
    async def renew(self, rejected: str) -> str:
        async with self._lock:
            if self._token is not None and self._token != rejected:
                return self._token
            self._token = None
            return await self._obtain()

    async def _obtain(self) -> str:
        """Ask for a token, unless the client was refused a short while ago.

        Raises:
            InvalidCredentialsError: The client is refused, now or a short while ago.
            ParticleError: There is none to be had.
        """
        if self._refusal is not None and self._clock() < self._ask_again_at:
            # Everybody who waits for a token gets the answer that the first one got.
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
            pause = REFUSED_AGAIN * REFUSED_AGAIN_FACTOR ** min(self._refusals, 10)
            self._refusals += 1
            self._ask_again_at = self._clock() + min(pause, REFUSED_AGAIN_MAX)
            raise
        self._refusal, self._refusals = None, 0
        life = token.expires_in or float("inf")
        now = self._clock()
        self._renew_at = now + life * RENEW_AT
        self._expires_at = now + life
        self._token = token.access_token
        return token.access_token

    @override
    async def revoke(self) -> None:
        async with self._lock:
            token, self._token = self._token, None
        if token is not None:
            await _revoke(self._transport, token)


class FixedToken(Auth):
    """Uses a token that the user brought, or that a login gave once."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        access_token: str,
        *,
        base_url: str = DEFAULT_URL,
        obtained: bool = False,
    ) -> None:
        """Keep the token.

        Args:
            session: Open session; stays open.
            access_token: Of any shape; tokens of API users are not hexadecimal.
            base_url: Server.
            obtained: True where we got it by logging in and may give it back; a token that the user
                brought is never revoked.

        Raises:
            InvalidRequestError: The token is empty or cannot stand in a header.
        """
        token = access_token.strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise InvalidRequestError(
                "The access token is empty or contains characters that no token has",
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
        # It is gone already, or it will expire by itself.
        return
