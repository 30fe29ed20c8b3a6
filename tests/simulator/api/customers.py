"""Customers of a product."""

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import bad_request, not_ok, oauth_error
from tests.simulator.world import Customer, OAuthClient, Product, TokenKind

from .authentication import check_client, credentials, token_answer
from .devices import page_of

routes = Routes("Customers")

_CUSTOMERS = "/v1/products/{product}/customers"


@routes.add("POST", _CUSTOMERS, "Create a customer", Access.OPEN)
async def create_customer(call: Call) -> web.Response:
    """Create a customer: by a member of the team, by a client of the product, or in a browser."""
    product = call.world.product(call.path("product"))
    if product is None:
        raise not_ok(404, "Product not found.")
    client = _caller(call, product)
    email = call.text("email")
    if "@" not in email:
        raise bad_request("email must be an e-mail address")
    if (product.id, email) in call.world.customers:
        raise bad_request("Customer already exists")
    shadow = call.boolean("no_password")
    customer = Customer(call.world.new_id(), email, product.id)
    if not shadow:
        customer.password = call.text("password")
    call.world.customers[product.id, email] = customer
    token = call.world.tokens.issue(
        TokenKind.CUSTOMER,
        email,
        client.id if client else call.token.client_id,
        call.world.clock.now(),
        product_id=product.id,
    )
    response = token_answer(call, token, 201)
    if client is not None and client.redirect_uri and call.fields.get("response_type") == "token":
        response.headers["Location"] = f"{client.redirect_uri}#access_token={token.value}"
    return response


def _caller(call: Call, product: Product) -> OAuthClient | None:
    """Return the client that creates a customer; None for a member of the team.

    Raises:
        ApiError: The caller is not allowed to create a customer.
    """
    client_id, secret = credentials(call)
    if call.fields.get("response_type") == "token" and client_id:
        client = call.world.clients.get(client_id)
        if client is None or client.product_id != product.id:
            raise oauth_error("invalid_client", "Invalid client credentials")
        return client
    if client_id and secret:
        client = check_client(call)
        if client.product_id != product.id:
            raise oauth_error("invalid_client", "Client credentials are invalid")
        return client
    call.require_token("customers:create")
    if not call.may_see_product(product):
        raise not_ok(403, "Permission denied")
    return None


@routes.add("GET", _CUSTOMERS, "List customers", Access.PRODUCT, scope="customers:list")
async def list_customers(call: Call) -> web.Response:
    """List customers and their devices, paginated."""
    found = [one for one in call.world.customers.values() if one.product_id == call.product.id]
    shown, pages = page_of(call, found, 25)
    names = {one.username for one in shown}
    boards = [
        board
        for board in call.world.boards.values()
        if board.product_id == call.product.id and board.owner in names
    ]
    customers = [
        {
            "id": one.id,
            "username": one.username,
            "full_name": one.full_name,
            "devices": [board.id for board in boards if board.owner == one.username],
        }
        for one in shown
    ]
    devices = [
        {
            "id": board.id,
            "product_id": board.product_id,
            "last_ip_address": board.last_ip_address,
            "firmware_version": board.firmware_version,
            "online": board.online,
        }
        for board in boards
    ]
    meta = {"total_pages": pages}
    return answer({"customers": customers, "devices": devices, "meta": meta})


@routes.add(
    "PUT",
    _CUSTOMERS + "/{email}",
    "Set the password of a customer",
    Access.PRODUCT,
    scope="customers:update",
)
async def update_customer(call: Call) -> web.Response:
    """Set a new password."""
    _customer(call).password = call.text("password")
    return answer({"ok": True})


@routes.add(
    "DELETE",
    _CUSTOMERS + "/{email}",
    "Delete a customer",
    Access.PRODUCT,
    scope="customers:remove",
)
async def delete_customer(call: Call) -> web.Response:
    """Delete a customer with tokens and claim codes; the devices have no owner afterwards."""
    customer = _customer(call)
    del call.world.customers[customer.product_id, customer.username]
    call.world.tokens.revoke(username=customer.username, product_id=customer.product_id)
    codes = call.world.claim_codes
    for code in [code for code, owner in codes.items() if owner == customer.username]:
        del codes[code]
    for board in call.world.boards.values():
        if board.owner == customer.username and board.product_id == customer.product_id:
            board.owner = None
    return answer({"ok": True})


def _customer(call: Call) -> Customer:
    """Return the customer in the path."""
    customer = call.world.customers.get((call.product.id, call.path("email")))
    if customer is None:
        raise not_ok(404, "Customer not found.")
    return customer
