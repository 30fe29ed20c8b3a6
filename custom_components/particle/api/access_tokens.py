"""Access tokens: revoking them, and grants other than logging in."""

from .auth import REVOKE_TOKEN, request_token
from .endpoint import Endpoint
from .errors import InvalidRequestError
from .models import Token
from .namespace import Namespace

REVOKE_ALL_TOKENS = Endpoint("DELETE", "/v1/access_tokens")


class AccessTokens(Namespace):
    """Tokens of the account."""

    async def revoke(self, token: str | None = None) -> None:
        """Revoke a token.

        Args:
            token: Another token than the one in use. It is sent in a header and not in the address,
                because servers and proxies log addresses.
        """
        if token is None:
            await self._session.request(*REVOKE_TOKEN.at())
            return
        if not token.strip():
            raise InvalidRequestError("The token is empty", argument="token")
        await self._session.transport.send(
            *REVOKE_TOKEN.at(),
            headers={"Authorization": f"Bearer {token.strip()}"},
        )

    async def revoke_all(self) -> None:
        """Revoke all tokens of the user, including the one in use."""
        await self._session.request(*REVOKE_ALL_TOKENS.at())

    async def refresh(self, refresh_token: str, client_id: str, client_secret: str) -> Token:
        """Exchange a refresh token, which works once and only with the client that obtained it.

        Raises:
            InvalidCredentialsError: The refresh token or the client is not accepted.
        """
        if not refresh_token:
            raise InvalidRequestError("The refresh token is empty", argument="refresh_token")
        return await request_token(
            self._session.transport,
            {"grant_type": "refresh_token", "refresh_token": refresh_token},
            client_id=client_id,
            client_secret=client_secret,
        )

    async def exchange_code(
        self, code: str, redirect_uri: str, client_id: str, client_secret: str
    ) -> Token:
        """Exchange the authorization code of a web client.

        Raises:
            InvalidCredentialsError: The code or the client is not accepted.
        """
        if not code:
            raise InvalidRequestError("The code is empty", argument="code")
        return await request_token(
            self._session.transport,
            {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri},
            client_id=client_id,
            client_secret=client_secret,
        )
