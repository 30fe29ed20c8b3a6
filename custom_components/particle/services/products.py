"""Actions on products: list them."""

from typing import Final

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
import voluptuous as vol

from ..account.errors import cloud_errors
from ..api import ACCOUNT, Scope, platform
from ..validation.fields import NON_EMPTY_STRING
from .accounts import ACCOUNT_SCHEMA, async_get_account
from .answers import as_data
from .permissions import async_register_action

SERVICE_LIST_PRODUCTS: Final = "list_products"

ATTR_ORGANIZATION: Final = "organization"

LIST_PRODUCTS_SCHEMA = vol.Schema(
    {**ACCOUNT_SCHEMA, vol.Optional(ATTR_ORGANIZATION): NON_EMPTY_STRING}
)


@callback
def async_register_product_actions(hass: HomeAssistant) -> None:
    """Register the actions of this chapter."""
    async_register_action(
        hass,
        SERVICE_LIST_PRODUCTS,
        _list_products,
        schema=LIST_PRODUCTS_SCHEMA,
        supports_response=SupportsResponse.ONLY,
        permission=POLICY_READ,
    )


async def _list_products(call: ServiceCall) -> ServiceResponse:
    """List the products of the account or of an organisation; answers with ``products``."""
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
