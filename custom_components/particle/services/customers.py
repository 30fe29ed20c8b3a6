"""Actions to list, create and delete customers of a product, for administrators."""

from typing import Final

from homeassistant.const import CONF_EMAIL, CONF_PASSWORD
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..account.errors import cloud_errors
from ..validation.fields import NON_EMPTY_STRING
from .accounts import PRODUCT_SCHEMA, async_get_product
from .action import Access, Action
from .answers import as_data

EMAIL: Final = vol.All(NON_EMPTY_STRING, vol.Email(msg="an email address is needed"))

CREATE_CUSTOMER_SCHEMA = {
    **PRODUCT_SCHEMA,
    vol.Required(CONF_EMAIL): EMAIL,
    vol.Required(CONF_PASSWORD): vol.All(cv.string, vol.Length(min=1), msg="text is needed"),
}
DELETE_CUSTOMER_SCHEMA = {**PRODUCT_SCHEMA, vol.Required(CONF_EMAIL): EMAIL}


async def _list_customers(call: ServiceCall) -> ServiceResponse:
    """List the customers of a product."""
    target = async_get_product(call)
    with cloud_errors(target.entry):
        customers = [
            as_data(customer) async for customer in target.cloud.customers.list(scope=target.scope)
        ]
    return {"product_id": target.scope.id, "customers": [*customers]}


async def _create_customer(call: ServiceCall) -> ServiceResponse:
    """Create a customer; the response contains the customer's token, which is secret."""
    target = async_get_product(call)
    email: str = call.data[CONF_EMAIL]
    with cloud_errors(target.entry):
        token = await target.cloud.customers.create(
            email, call.data[CONF_PASSWORD], scope=target.scope
        )
    if not call.return_response:
        return None
    return {"product_id": target.scope.id, "email": email, **as_data(token)}


async def _delete_customer(call: ServiceCall) -> ServiceResponse:
    """Delete a customer and the customer's tokens."""
    target = async_get_product(call)
    email: str = call.data[CONF_EMAIL]
    with cloud_errors(target.entry):
        await target.cloud.customers.delete(email, scope=target.scope)
    target.entry.runtime_data.account.async_refresh_soon()
    if not call.return_response:
        return None
    return {"product_id": target.scope.id, "email": email}


ACTIONS: Final = (
    Action(
        "list_customers",
        _list_customers,
        PRODUCT_SCHEMA,
        SupportsResponse.ONLY,
        Access.ADMINISTRATORS,
    ),
    Action(
        "create_customer",
        _create_customer,
        CREATE_CUSTOMER_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.ADMINISTRATORS,
    ),
    Action(
        "delete_customer",
        _delete_customer,
        DELETE_CUSTOMER_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.ADMINISTRATORS,
    ),
)
