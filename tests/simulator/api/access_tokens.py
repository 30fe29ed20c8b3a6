"""Inspect and revoke access tokens."""

from base64 import b64decode
import binascii

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.clock import iso
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import ApiError
from tests.simulator.world import TokenKind

routes = Routes("Authentication")


@routes.add("GET", "/v1/access_tokens/current", "Inspect the token of the call", Access.ANY)
async def current_token(call: Call) -> web.Response:
    """Return information about the token."""
    token = call.token
    organizations = [
        {"id": organization.id, "slug": organization.slug}
        for organization in call.world.organizations.values()
        if token.kind is TokenKind.USER
        and any(member.username == token.username for member in organization.team)
    ]
    client_key = "client_id" if call.cloud.faults.get("token_client_id") else "client"
    return answer(
        {
            "expires_at": iso(token.expires_at) if token.expires_at else None,
            client_key: token.client_id,
            "scopes": list(token.scopes),
            "orgs": organizations,
        }
    )


@routes.add("DELETE", "/v1/access_tokens/current", "Revoke the token of the call", Access.ANY)
async def delete_current_token(call: Call) -> web.Response:
    """Revoke the token that was used."""
    call.limit("delete_token")
    call.world.tokens.revoke(value=call.token.value)
    return answer({"ok": True})


@routes.add("DELETE", "/v1/access_tokens", "Revoke all tokens of the user")
async def delete_tokens(call: Call) -> web.Response:
    """Revoke all tokens of the user."""
    call.limit("delete_token")
    call.world.tokens.revoke(username=call.token.username)
    return answer({"ok": True})


@routes.add("DELETE", "/v1/access_tokens/{token}", "Revoke a token by its value", Access.OPEN)
async def delete_token(call: Call) -> web.Response:
    """Revoke a token, which requires no other credentials."""
    call.limit("delete_token")
    if not call.world.tokens.revoke(value=call.path("token")):
        raise ApiError(404, {"ok": False, "errors": ["Token not found"]})
    return answer({"ok": True})


@routes.add(
    "GET", "/v1/access_tokens", "List tokens (Basic auth)", Access.OPEN, legacy="list_tokens"
)
async def list_tokens(call: Call) -> web.Response:
    """List the tokens of a user, who is authenticated by user name and password."""
    call.limit("list_tokens")
    header = call.request.headers.get("Authorization", "")
    try:
        name, _, password = b64decode(header.partition(" ")[2]).decode().partition(":")
    except binascii.Error, UnicodeDecodeError:
        name = password = ""
    user = call.world.users.get(name)
    if user is None:
        raise ApiError(400, {"ok": False, "errors": ["Unknown user"]})
    if user.password != password or (user.mfa_enabled and call.query("otp") != user.otp):
        raise ApiError(401, {"ok": False, "errors": ["Bad password"]})
    return answer(
        [
            {
                "token": token.value,
                "expires_at": iso(token.expires_at) if token.expires_at else None,
                "client": token.client_id,
            }
            for token in call.world.tokens
            if token.username == user.username
        ]
    )
