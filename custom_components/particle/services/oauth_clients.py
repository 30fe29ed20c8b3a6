"""Actions to list, create and delete OAuth clients, for administrators."""

from typing import Final
from urllib.parse import urlsplit

from homeassistant.const import CONF_CLIENT_ID, CONF_NAME, CONF_TYPE
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..account.errors import cloud_errors
from ..api import OAuthClientType
from ..const import DOMAIN
from ..validation.fields import NON_EMPTY_STRING, TEXT, one_of
from .accounts import PRODUCT_SCHEMA, async_get_account_or_product
from .action import Access, Action
from .answers import as_data

ATTR_REDIRECT_URI: Final = "redirect_uri"
ATTR_SCOPE: Final = "scope"

CLIENT_SCOPES: Final = ("customers:create", "*:*")


def redirect_uri(value: object) -> str:
    """Validate the redirect address of an OAuth client; apps may use custom schemes."""
    text: str = TEXT(value).strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if not parts.scheme or not (parts.netloc or parts.path) or " " in text:
        raise vol.Invalid("a redirect address looks like https://example.com/done")
    return text


CREATE_OAUTH_CLIENT_SCHEMA = {
    **PRODUCT_SCHEMA,
    vol.Required(CONF_NAME): NON_EMPTY_STRING,
    vol.Optional(CONF_TYPE, default=OAuthClientType.INSTALLED.value): one_of(
        [kind.value for kind in OAuthClientType]
    ),
    vol.Optional(ATTR_REDIRECT_URI): redirect_uri,
    vol.Optional(ATTR_SCOPE, default=[]): vol.All(cv.ensure_list, [one_of(CLIENT_SCOPES)]),
}
DELETE_OAUTH_CLIENT_SCHEMA = {**PRODUCT_SCHEMA, vol.Required(CONF_CLIENT_ID): NON_EMPTY_STRING}


async def _list_oauth_clients(call: ServiceCall) -> ServiceResponse:
    """List OAuth clients without their secrets."""
    target = async_get_account_or_product(call)
    with cloud_errors(target.entry):
        clients = await target.cloud.oauth_clients.list(scope=target.scope)
    return {
        "product_id": target.scope.id,
        "clients": [as_data(client, without=("secret",)) for client in clients],
    }


async def _create_oauth_client(call: ServiceCall) -> ServiceResponse:
    """Create an OAuth client and return it with its secret."""
    target = async_get_account_or_product(call)
    kind, address = OAuthClientType(call.data[CONF_TYPE]), call.data.get(ATTR_REDIRECT_URI)
    if (kind is OAuthClientType.WEB) != (address is not None):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="redirect_uri_unwanted" if address else "redirect_uri_missing",
        )
    with cloud_errors(target.entry):
        client = await target.cloud.oauth_clients.create(
            call.data[CONF_NAME],
            kind,
            redirect_uri=address,
            client_scope=" ".join(call.data[ATTR_SCOPE]) or None,
            scope=target.scope,
        )
    return {"product_id": target.scope.id, **as_data(client)}


async def _delete_oauth_client(call: ServiceCall) -> ServiceResponse:
    """Delete an OAuth client; its tokens stop working."""
    target = async_get_account_or_product(call)
    client_id: str = call.data[CONF_CLIENT_ID]
    for entry in call.hass.config_entries.async_entries(DOMAIN):
        if entry.data.get(CONF_CLIENT_ID) == client_id:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="oauth_client_in_use",
                translation_placeholders={"client": client_id, "account": entry.title},
            )
    with cloud_errors(target.entry):
        await target.cloud.oauth_clients.delete(client_id, scope=target.scope)
    if not call.return_response:
        return None
    return {"product_id": target.scope.id, "client_id": client_id}


ACTIONS: Final = (
    Action(
        "list_oauth_clients",
        _list_oauth_clients,
        PRODUCT_SCHEMA,
        SupportsResponse.ONLY,
        Access.ADMINISTRATORS,
    ),
    Action(
        "create_oauth_client",
        _create_oauth_client,
        CREATE_OAUTH_CLIENT_SCHEMA,
        # Particle shows the secret only once; it cannot be retrieved later.
        SupportsResponse.ONLY,
        Access.ADMINISTRATORS,
    ),
    Action(
        "delete_oauth_client",
        _delete_oauth_client,
        DELETE_OAUTH_CLIENT_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.ADMINISTRATORS,
    ),
)
