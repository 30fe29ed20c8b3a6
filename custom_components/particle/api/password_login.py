"""Log in with email address and password, which gives a token once; neither is kept."""

import aiohttp

from .auth import request_token
from .error_mapping import Subject
from .errors import InvalidRequestError
from .models import Token
from .transport import DEFAULT_URL, Transport

# Anybody may log in to their own account with this public client.
PUBLIC_CLIENT = "particle"


class PasswordLogin:
    """Logs in with email address and password, and the second factor where the account has one."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        base_url: str = DEFAULT_URL,
        client_id: str = PUBLIC_CLIENT,
        client_secret: str = PUBLIC_CLIENT,
    ) -> None:
        """Prepare a login; password and code are never kept."""
        self._transport = Transport(session, base_url)
        self._client_id = client_id
        self._client_secret = client_secret
        # Whose failures are counted in the second step too.
        self._user = ""

    async def login(self, username: str, password: str, expires_in: int = 0) -> Token:
        """First step.

        Args:
            username: Email address.
            password: Password.
            expires_in: Seconds; 0 for a token that never expires.

        Raises:
            OtpRequiredError: Ask for the code and go on with `confirm`.
            SingleSignOnError: The account has no password of its own.
            InvalidCredentialsError: User name or password is wrong.
            InvalidRequestError: One of them is empty.
        """
        if not username.strip():
            raise InvalidRequestError("The user name is empty", argument="username")
        if not password:
            raise InvalidRequestError("The password is empty", argument="password")
        self._user = username.strip()
        form = {"grant_type": "password", "username": self._user, "password": password}
        return await self._request(form | {"expires_in": str(expires_in)}, Subject.TOKEN)

    async def confirm(self, mfa_token: str, otp: str) -> Token:
        """Second step, with the code of the second factor; the life asked for in the first step holds.

        Raises:
            InvalidOtpError: The code is wrong or too old.
            InvalidRequestError: The code is empty.
        """
        code = "".join(otp.split())
        if not code:
            raise InvalidRequestError("The code is empty", argument="otp")
        form = {"grant_type": "urn:custom:mfa-otp", "mfa_token": mfa_token, "otp": code}
        return await self._request(form, Subject.OTP)

    async def recover(self, mfa_token: str, recovery_code: str) -> Token:
        """Second step with a recovery code instead.

        Raises:
            InvalidOtpError: The code is wrong.
        """
        form = {
            "grant_type": "urn:custom:recovery-code",
            "mfa_token": mfa_token,
            "recovery_code": recovery_code.strip(),
        }
        return await self._request(form, Subject.OTP)

    async def _request(self, form: dict[str, str], subject: Subject) -> Token:
        return await request_token(
            self._transport,
            form,
            client_id=self._client_id,
            client_secret=self._client_secret,
            user=self._user,
            subject=subject,
        )
