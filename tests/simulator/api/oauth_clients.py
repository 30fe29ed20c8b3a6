"""OAuth clients of the account and of products."""

import re
import secrets

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.endpoint import Routes
from tests.simulator.errors import bad_request, not_ok
from tests.simulator.world import OAuthClient

routes = Routes("OAuth Clients")

_SCOPES = ("customers:create", "*:*")


@routes.scoped("GET", "/clients", "List OAuth clients", scope="clients:list")
async def list_clients(call: Call) -> web.Response:
    """List clients without their secrets."""
    return answer({"ok": True, "clients": [client.as_json() for client in _clients(call)]})


@routes.scoped("POST", "/clients", "Create an OAuth client", scope="clients:create")
async def create_client(call: Call) -> web.Response:
    """Create a client; only this response contains the secret."""
    name, kind = call.text("name"), call.text("type")
    if kind not in ("installed", "web"):
        raise bad_request("type must be installed or web")
    redirect_uri = call.text("redirect_uri", "") or None
    if (kind == "web") != (redirect_uri is not None):
        raise bad_request("redirect_uri is required for web clients and only for them")
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30] or "client"
    product = call.scope_product
    client = OAuthClient(
        f"{slug}-{call.world.new_number()}",
        secrets.token_hex(20),
        name,
        kind,
        call.token.username,
        product.id if product else None,
        redirect_uri,
        _scope(call),
    )
    call.world.clients[client.id] = client
    return answer({"ok": True, "client": client.as_json(secret=True)})


@routes.scoped("PUT", "/clients/{client}", "Change an OAuth client", scope="clients:update")
async def update_client(call: Call) -> web.Response:
    """Change the name or scope of a client."""
    client = _client(call)
    if not call.has("name") and not call.has("scope"):
        raise bad_request("name or scope is required")
    if call.has("name"):
        client.name = call.text("name")
    if call.has("scope"):
        client.scope = _scope(call)
    return answer({"ok": True, "client": client.as_json()})


@routes.scoped("DELETE", "/clients/{client}", "Delete an OAuth client", scope="clients:remove")
async def delete_client(call: Call) -> web.Response:
    """Delete a client and revoke its tokens."""
    client = _client(call)
    del call.world.clients[client.id]
    call.world.tokens.revoke(client_id=client.id)
    return answer(status=204)


def _clients(call: Call) -> list[OAuthClient]:
    """Return the clients of the product, or the clients of the user without a product."""
    product = call.scope_product
    if product is not None:
        return [one for one in call.world.clients.values() if one.product_id == product.id]
    mine = call.token.username
    return [
        one for one in call.world.clients.values() if one.owner == mine and one.product_id is None
    ]


def _client(call: Call) -> OAuthClient:
    """Return the client in the path."""
    for client in _clients(call):
        if client.id == call.path("client"):
            return client
    raise not_ok(404, "Client not found")


def _scope(call: Call) -> str | None:
    """Return the requested scope."""
    scope = call.text("scope", "")
    if scope in ("", "none"):
        return None
    if any(one not in _SCOPES for one in scope.split()):
        raise bad_request(f"scope must be of {', '.join(_SCOPES)}")
    return scope
