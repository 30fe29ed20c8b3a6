"""Products and organisations."""

from aiohttp import web

from tests.simulator.endpoint import Access, Call, Routes, answer
from tests.simulator.world import TokenKind

routes = Routes("Products")


@routes.add("GET", "/v1/user/products", "List products", Access.ANY, scope="products:list")
@routes.add("GET", "/v1/products", "List products", Access.ANY, scope="products:list")
async def list_products(call: Call) -> web.Response:
    """List the products that the token may see; those of organisations are listed there."""
    products = [
        product.as_json()
        for product in call.world.products.values()
        if call.may_see_product(product)
        and (call.token.kind is not TokenKind.USER or product.organization_id is None)
    ]
    return answer({"products": products})


@routes.add("GET", "/v1/products/{product}", "Get a product", Access.PRODUCT, scope="products:get")
async def get_product(call: Call) -> web.Response:
    """Show a product."""
    shown = {**call.product.as_json(), "device_protection": "disabled"}
    if call.cloud.faults.get("product_array"):
        return answer({"product": [shown]})
    return answer({"product": shown})
