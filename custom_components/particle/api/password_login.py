"""Login with email address and password, to obtain a token."""

import aiohttp

from .auth import request_token
from .error_mapping import Subject
from .errors import InvalidRequestError
from .models import Token
from .transport import DEFAULT_URL, Transport

# Particle's public OAuth client for logins with a password.
PUBLIC_CLIENT = "particle"


class PasswordLogin:
    """Log in with email address and password, and the second factor if the account has one."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        base_url: str = DEFAULT_URL,
        client_id: str = PUBLIC_CLIENT,
        client_secret: str = PUBLIC_CLIENT,
    ) -> None:
        """Initialize the login; password and code are never stored."""
        self._transport = Transport(session, base_url)
        self._client_id = client_id
        self._client_secret = client_secret
        # The user, for counting failures also in the second step.
        self._user = ""

    async def login(self, username: str, password: str, expires_in: int = 0) -> Token:
        """Log in; the first step if the account has a second factor.

        Args:
            username: Email address.
            password: Password.
            expires_in: Lifetime of the token in seconds; 0 for a token that never expires.

        Raises:
            OtpRequiredError: The code of the second factor is required; continue with `confirm`.
            SingleSignOnError: The account uses single sign-on and has no password.
            InvalidCredentialsError: The username or the password is wrong.
            InvalidRequestError: The username or the password is empty.
        """
        if not username.strip():
            raise InvalidRequestError("The username is empty", argument="username")
        if not password:
            raise InvalidRequestError("The password is empty", argument="password")
        self._user = username.strip()
        form = {"grant_type": "password", "username": self._user, "password": password}
        return await self._request(form | {"expires_in": str(expires_in)}, Subject.TOKEN)

    async def confirm(self, mfa_token: str, otp: str) -> Token:
        """Complete the login with the code of the second factor.

        Raises:
            InvalidOtpError: The code is wrong or has expired.
            InvalidRequestError: The code is empty.
        """
        code = "".join(otp.split())
        if not code:
            raise InvalidRequestError("The code is empty", argument="otp")
        form = {"grant_type": "urn:custom:mfa-otp", "mfa_token": mfa_token, "otp": code}
        return await self._request(form, Subject.OTP)

    async def recover(self, mfa_token: str, recovery_code: str) -> Token:
        """Complete the login with a recovery code.

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
