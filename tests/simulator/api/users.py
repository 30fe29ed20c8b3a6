"""The user of the token."""

import secrets
from typing import Any

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import ApiError, bad_request
from tests.simulator.world import User
from tests.simulator.world.platforms import is_cellular

routes = Routes("Users")


@routes.add("POST", "/v1/users", "Create an account", Access.OPEN)
async def create_user(call: Call) -> web.Response:
    """Create a user."""
    call.limit("create_user")
    username = call.text("username")
    if "@" not in username:
        raise bad_request("username must be an e-mail address")
    if username in call.world.users:
        raise bad_request("username is taken")
    info = call.fields.get("account_info", {})
    user = User(call.world.new_id(), username, call.text("password"), info)
    call.world.users[username] = user
    return answer({"ok": True})


@routes.add("GET", "/v1/user", "Get the user")
async def get_user(call: Call) -> web.Response:
    """Return the user."""
    return answer(_user(call))


@routes.add("PUT", "/v1/user", "Change the user")
async def update_user(call: Call) -> web.Response:
    """Change the password, email address or account information."""
    user = _me(call)
    if call.has("password") or call.has("username"):
        _check_password(user, call.fields.get("current_password"))
    if call.has("account_info"):
        if not isinstance(call.fields["account_info"], dict):
            raise bad_request("account_info must be an object")
        user.account_info.update(call.fields["account_info"])
    if call.has("password"):
        user.password = call.text("password")
    if call.has("username"):
        _rename(call, user, call.text("username"))
    if call.boolean("invalidate_tokens"):
        call.world.tokens.revoke(username=user.username)
    return answer({"ok": True, "message": "User updated"})


@routes.add("DELETE", "/v1/user", "Delete the account")
async def delete_user(call: Call) -> web.Response:
    """Delete the user with all tokens; the boards are not claimed afterwards."""
    call.limit("delete_user")
    user = _me(call)
    _check_password(user, call.fields.get("password"))
    call.world.tokens.revoke(username=user.username)
    for board in call.world.boards.values():
        if board.owner == user.username:
            board.owner = None
    clients = call.world.clients
    for client in [one for one in clients.values() if one.owner == user.username]:
        del clients[client.id]
    del call.world.users[user.username]
    return answer({"ok": True})


@routes.add("POST", "/v1/user/password-reset", "Request a password reset", Access.OPEN)
async def request_password_reset(call: Call) -> web.Response:
    """Pretend to send an email, regardless of whether the user exists."""
    call.limit("password_reset")
    username = call.text("username")
    if username in call.world.users:
        call.world.password_resets[secrets.token_hex(16)] = username
    return answer({"ok": True, "message": "Password reset email sent."})


@routes.add("PUT", "/v1/user/password-reset", "Set the new password", Access.OPEN)
async def reset_password(call: Call) -> web.Response:
    """Set a new password with the token of the email."""
    call.limit("password_reset")
    username = call.world.password_resets.pop(call.text("token"), None)
    if username is None:
        raise bad_request("Invalid token")
    call.world.users[username].password = call.text("password")
    return answer({"ok": True})


@routes.add("GET", "/v1/user/identify", "Get the ID and email address of the user")
async def identify(call: Call) -> web.Response:
    """Return the ID and email address of the user."""
    user = _me(call)
    return answer({"id": user.id, "email": user.username})


@routes.add("GET", "/v1/user/mfa-enable", "Begin to set up two-factor authentication")
async def begin_mfa(call: Call) -> web.Response:
    """Return the secret for an authenticator app."""
    user = _me(call)
    if user.mfa_enabled:
        raise bad_request("Multi-factor authentication is already enabled")
    return answer(
        {
            "mfa_token": f"enrol-{user.id}",
            "qr_url": f"otpauth://totp/Particle:{user.username}?issuer=Particle",
        }
    )


@routes.add("POST", "/v1/user/mfa-enable", "Confirm two-factor authentication")
async def confirm_mfa(call: Call) -> web.Response:
    """Enable two-factor authentication."""
    user = _me(call)
    if call.text("mfa_token") != f"enrol-{user.id}" or call.text("otp") != user.otp:
        raise ApiError(400, {"error": "invalid_grant", "error_description": "Invalid OTP"})
    user.mfa_enabled = True
    if call.boolean("invalidate_tokens"):
        call.world.tokens.revoke(username=user.username)
    return answer({"enrolled": True, "recovery_codes": user.recovery_codes})


@routes.add("PUT", "/v1/user/mfa-disable", "Disable two-factor authentication")
async def disable_mfa(call: Call) -> web.Response:
    """Disable two-factor authentication."""
    user = _me(call)
    _check_password(user, call.fields.get("current_password"))
    user.mfa_enabled = False
    return answer({"ok": True, "mfa": {"enabled": False}})


def _me(call: Call) -> User:
    """Return the user of the token."""
    return call.world.users[call.token.username]


def _user(call: Call) -> dict[str, Any]:
    """Return the user as JSON."""
    user = _me(call)
    mine = [board for board in call.world.boards.values() if board.owner == user.username]
    cellular = sum(is_cellular(board.platform_id) for board in mine)
    return {
        "username": user.username,
        "account_info": user.account_info,
        "mfa": {"enabled": user.mfa_enabled},
        "subscription_ids": [],
        "wifi_device_count": len(mine) - cellular,
        "cellular_device_count": cellular,
        "scim_provisioned": False,
        "no_password": False,
    }


def _check_password(user: User, password: object) -> None:
    """Reject a change without the correct password."""
    if password != user.password:
        raise ApiError(400, {"ok": False, "error": "Current password is incorrect"})


def _rename(call: Call, user: User, username: str) -> None:
    """Change the email address of a user everywhere."""
    world = call.world
    if username in world.users and username != user.username:
        raise bad_request("username is taken")
    old = user.username
    world.users[username] = world.users.pop(old)
    user.username = username
    for token in world.tokens:
        if token.username == old:
            token.username = username
    for board in world.boards.values():
        if board.owner == old:
            board.owner = username
    for client in world.clients.values():
        if client.owner == old:
            client.owner = username
    teams = [product.team for product in world.products.values()]
    teams += [organization.team for organization in world.organizations.values()]
    for member in (member for team in teams for member in team):
        if member.username == old:
            member.username = username
    for product in world.products.values():
        if product.owner == old:
            product.owner = username
