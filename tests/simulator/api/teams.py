"""Teams of products and organizations: members and API users."""

from collections.abc import Callable
import re
import secrets
from typing import Any

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.endpoint import Access, Handler, Routes
from tests.simulator.errors import bad_request, not_ok
from tests.simulator.world import ApiUser, Member, Token, TokenKind

routes = Routes("Products")

_ROLES = ("Administrator", "Developer", "View-only", "Support")


def _both(method: str, tail: str, summary: str, scope: str) -> Callable[[Handler], Handler]:
    """Declare an endpoint for the teams of products and of organizations."""

    def register(handler: Handler) -> Handler:
        path = f"/v1/products/{{product}}/team{tail}"
        routes.add(method, path, f"{summary} (product)", Access.PRODUCT, scope=scope)(handler)
        path = f"/v1/orgs/{{organization}}/team{tail}"
        summary_there = f"{summary} (organisation)"
        routes.add(method, path, summary_there, Access.ORGANIZATION, scope=scope)(handler)
        return handler

    return register


@_both("GET", "", "List the team", "teams.users:list")
async def list_team(call: Call) -> web.Response:
    """List members and API users."""
    members = [
        {
            "_id": call.world.owner_id(member.username),
            "username": member.username,
            "role": {"id": f"team.{member.role.lower()}", "name": member.role},
            "no_mfa": not _has_mfa(call, member.username),
        }
        for member in _team(call)
    ]
    api_users = [
        {
            "_id": user.id,
            "username": user.username,
            "friendly_name": user.friendly_name,
            "scopes": user.scopes,
            "is_programmatic": True,
            "product_id": user.product_id,
        }
        for user in _api_users(call)
    ]
    return answer({"ok": True, "team": [*members, *api_users]})


@_both("POST", "", "Invite a member, or create an API user", "teams.users:invite")
async def add_to_team(call: Call) -> web.Response:
    """Invite a member by email and role, or create an API user by friendly name and scopes."""
    if call.has("friendly_name"):
        return _create_api_user(call)
    username = call.text("username")
    role = call.text("role", "Administrator")
    if role not in _ROLES:
        raise bad_request(f"role must be one of {', '.join(_ROLES)}")
    if any(member.username == username for member in _team(call)):
        raise bad_request("User is already a member of the team")
    _team(call).append(Member(username, role))
    return answer({"ok": True, "invited": {"username": username}})


@_both("POST", "/{username}", "Change a member or an API user", "teams.users:update")
@_both("PUT", "/{username}", "Change a member or an API user", "teams.users:update")
async def update_member(call: Call) -> web.Response:
    """Change the role of a member, or the scopes of an API user, which also changes its token."""
    user = _api_user(call)
    if user is not None:
        user.scopes = _scopes(call)
        user.friendly_name = call.text("friendly_name", user.friendly_name)
        return answer({"ok": True, "updated": _with_new_token(call, user)})
    member = _member(call)
    role = call.text("role")
    if role not in _ROLES:
        raise bad_request(f"role must be one of {', '.join(_ROLES)}")
    member.role = role
    return answer({"ok": True, "updated": {"username": member.username, "role": {"name": role}}})


@_both("POST", "/{username}/token", "Give an API user a new token", "teams.users:update")
@_both("PUT", "/{username}/token", "Give an API user a new token", "teams.users:update")
async def renew_token(call: Call) -> web.Response:
    """Replace the token of an API user."""
    user = _api_user(call)
    if user is None:
        raise not_ok(404, "User not found.")
    return answer({"ok": True, "updated": _with_new_token(call, user)})


@_both("DELETE", "/{username}", "Remove a member or an API user", "teams.users:remove")
async def remove_member(call: Call) -> web.Response:
    """Remove a member, or an API user with its token."""
    user = _api_user(call)
    if user is not None:
        del call.world.api_users[user.username]
        call.world.tokens.revoke(username=user.username)
        return answer({"ok": True})
    member = _member(call)
    if call.scope_product is not None and member.username == call.product.owner:
        raise bad_request("The owner cannot be removed")
    _team(call).remove(member)
    return answer({"ok": True})


def _team(call: Call) -> list[Member]:
    """Return the members."""
    product = call.scope_product
    return product.team if product is not None else call.organization.team


def _member(call: Call) -> Member:
    """Return the member in the path."""
    for member in _team(call):
        if member.username == call.path("username"):
            return member
    raise not_ok(404, "User not found.")


def _api_users(call: Call) -> list[ApiUser]:
    """Return the API users."""
    product, organization = call.scope_product, call.scope_organization
    return [
        user
        for user in call.world.api_users.values()
        if (product is not None and user.product_id == product.id)
        or (organization is not None and user.organization_id == organization.id)
    ]


def _api_user(call: Call) -> ApiUser | None:
    """Return the API user in the path, if there is one."""
    wanted = call.path("username")
    return next((user for user in _api_users(call) if user.username == wanted), None)


def _create_api_user(call: Call) -> web.Response:
    """Create an API user with a token."""
    name = call.text("friendly_name")
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "api-user"
    product, organization = call.scope_product, call.scope_organization
    user = ApiUser(
        call.world.new_id(),
        f"{slug}+{secrets.token_hex(3)}@api.particle.io",
        name,
        _scopes(call),
        product.id if product else None,
        organization.id if organization else None,
    )
    call.world.api_users[user.username] = user
    shown = _with_new_token(call, user)
    return answer({"ok": True, "created": {**shown, "is_programmatic": True}})


def _with_new_token(call: Call, user: ApiUser) -> dict[str, Any]:
    """Replace the token of an API user, and return both as JSON."""
    call.world.tokens.revoke(username=user.username)
    token = Token(
        f"{secrets.token_hex(16)}.{secrets.token_hex(8)}",
        TokenKind.API_USER,
        user.username,
        "particle",
        user.product_id,
        user.organization_id,
        tuple(user.scopes),
    )
    call.world.tokens.add(token)
    return {"username": user.username, "tokens": [{"token": token.value}]}


def _scopes(call: Call) -> list[str]:
    """Return the requested scopes of an API user."""
    scopes = call.texts("scopes")
    if not scopes or any(":" not in scope for scope in scopes):
        raise bad_request("scopes must be a list of scopes like devices:list")
    return scopes


def _has_mfa(call: Call, username: str) -> bool:
    """Return whether a user uses two-factor authentication."""
    user = call.world.users.get(username)
    return user is not None and user.mfa_enabled
