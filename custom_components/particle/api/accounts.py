"""The user's own account: creating, changing and deleting it, its password and its second factor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .endpoint import Endpoint
from .errors import InvalidRequestError
from .namespace import Namespace, require_text, without_none
from .parsing import Json, bool_of, text_of

REGISTER = Endpoint("POST", "/v1/users")
CHANGE_ACCOUNT = Endpoint("PUT", "/v1/user")
DELETE_ACCOUNT = Endpoint("DELETE", "/v1/user")
REQUEST_PASSWORD_RESET = Endpoint("POST", "/v1/user/password-reset")
COMPLETE_PASSWORD_RESET = Endpoint("PUT", "/v1/user/password-reset")
START_MFA = Endpoint("GET", "/v1/user/mfa-enable")
CONFIRM_MFA = Endpoint("POST", "/v1/user/mfa-enable")
DISABLE_MFA = Endpoint("PUT", "/v1/user/mfa-disable")


@dataclass(frozen=True, slots=True)
class MfaEnrolment:
    """The data to set up a second factor.

    Attributes:
        mfa_token: Token to confirm the first code with.
        qr_url: Content of the QR code.
    """

    mfa_token: str | None = field(default=None, repr=False)
    qr_url: str | None = field(default=None, repr=False)
    raw: Json = field(default_factory=dict, repr=False, compare=False)


class Accounts(Namespace):
    """The account itself."""

    async def register(
        self, username: str, password: str, *, account_info: Mapping[str, Any] | None = None
    ) -> None:
        """Create an account; needs no token.

        Raises:
            InvalidRequestError: Address or password is empty or not accepted.
            ConflictError: The account already exists.
        """
        body: dict[str, Any] = {
            "username": require_text(username, "username", "username"),
            "password": require_text(password, "password", "password") and password,
        }
        if account_info is not None:
            body["account_info"] = dict(account_info)
        await self._session.transport.send(*REGISTER.at(), json=body)

    async def change(
        self,
        *,
        current_password: str | None = None,
        password: str | None = None,
        username: str | None = None,
        account_info: Mapping[str, Any] | None = None,
        invalidate_tokens: bool | None = None,
    ) -> str | None:
        """Change password, email address or personal data.

        Args:
            current_password: Required to change the password or the address.
            password: The new password.
            username: The new email address.
            account_info: For example ``first_name``, ``last_name``, ``business_account``.
            invalidate_tokens: Revoke all other tokens.

        Returns:
            The cloud's message.

        Raises:
            InvalidRequestError: Nothing to change, or the current password is missing.
        """
        body = without_none(
            {
                "password": password,
                "username": username,
                "account_info": dict(account_info) if account_info is not None else None,
                "invalidate_tokens": invalidate_tokens,
            }
        )
        if not body:
            raise InvalidRequestError("There is nothing to change", argument="password")
        if (password is not None or username is not None) and not current_password:
            raise InvalidRequestError(
                "The current password is needed for this", argument="current_password"
            )
        if current_password:
            body["current_password"] = current_password
        answer = await self._session.request(*CHANGE_ACCOUNT.at(), json=body)
        return text_of(answer.object.get("message"))

    async def delete(self, password: str) -> None:
        """Delete the account with everything in it."""
        require_text(password, "password", "password")
        await self._session.request(*DELETE_ACCOUNT.at(), json={"password": password})

    async def request_password_reset(self, username: str) -> None:
        """Make the cloud send an email for resetting the password; needs no token."""
        await self._session.transport.send(
            *REQUEST_PASSWORD_RESET.at(),
            json={"username": require_text(username, "username", "username")},
        )

    async def complete_password_reset(self, token: str, password: str) -> None:
        """Set a new password with the token in the email."""
        require_text(token, "token", "token")
        require_text(password, "password", "password")
        await self._session.transport.send(
            *COMPLETE_PASSWORD_RESET.at(),
            json={"token": token, "password": password},
        )

    async def start_mfa(self) -> MfaEnrolment:
        """Start to set up a second factor."""
        data = (await self._session.request(*START_MFA.at())).object
        return MfaEnrolment(text_of(data.get("mfa_token")), text_of(data.get("qr_url")), data)

    async def confirm_mfa(
        self, mfa_token: str, otp: str, *, invalidate_tokens: bool | None = None
    ) -> bool:
        """Finish setting up the second factor with its first code.

        Returns:
            Whether the second factor is now enabled.
        """
        body = {
            "mfa_token": require_text(mfa_token, "mfa_token", "token"),
            "otp": require_text(otp, "otp", "code"),
            **without_none({"invalidate_tokens": invalidate_tokens}),
        }
        answer = await self._session.request(*CONFIRM_MFA.at(), json=body)
        return bool_of(answer.object.get("enrolled")) or False

    async def disable_mfa(self, current_password: str) -> None:
        """Disable the second factor."""
        require_text(current_password, "current_password", "current password")
        await self._session.request(
            *DISABLE_MFA.at(),
            json={"current_password": current_password},
        )
