"""Action to list products."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
import voluptuous as vol

from ..account.errors import cloud_errors
from ..api import ACCOUNT, Scope, platform
from ..validation.fields import NON_EMPTY_STRING
from .accounts import ACCOUNT_SCHEMA, async_get_account
from .action import Access, Action
from .answers import as_data

ATTR_ORGANIZATION: Final = "organization"

LIST_PRODUCTS_SCHEMA = {**ACCOUNT_SCHEMA, vol.Optional(ATTR_ORGANIZATION): NON_EMPTY_STRING}


async def _list_products(call: ServiceCall) -> ServiceResponse:
    """List the products of the account or of an organization."""
    entry = async_get_account(call)
    organization = call.data.get(ATTR_ORGANIZATION)
    with cloud_errors(entry):
        scope = Scope.organization(organization) if organization else ACCOUNT
        products = await entry.runtime_data.cloud.products.list(scope=scope)
    included = {scope.id for scope in entry.runtime_data.account.scopes}
    return {
        "products": [
            {
                **as_data(product),
                "platform": platform(product.platform_id).name,
                "included": bool({str(product.id), product.slug} & included - {None}),
            }
            for product in products
        ]
    }


ACTIONS: Final = (
    Action(
        "list_products", _list_products, LIST_PRODUCTS_SCHEMA, SupportsResponse.ONLY, Access.READ
    ),
)
