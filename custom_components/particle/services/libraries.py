"""Actions to search for firmware libraries and show one."""

from typing import Final

from homeassistant.const import CONF_NAME
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..account.errors import cloud_errors
from ..api import LibraryScope, NotFoundError
from ..const import DOMAIN
from ..validation.fields import NON_EMPTY_STRING, TEXT, one_of, whole_number
from .accounts import ACCOUNT_SCHEMA, async_get_account
from .action import Access, Action
from .answers import as_data

ATTR_ARCHITECTURES: Final = "architectures"
ATTR_LIMIT: Final = "limit"
ATTR_SCOPE: Final = "scope"
ATTR_SORT: Final = "sort"
ATTR_TEXT: Final = "text"
ATTR_VERSION: Final = "version"

SORTS: Final = (
    "name",
    "installs",
    "popularity",
    "published",
    "updated",
    "created",
    "official",
    "verified",
)

SEARCH_LIBRARIES_SCHEMA = {
    **ACCOUNT_SCHEMA,
    vol.Optional(ATTR_TEXT, default=""): vol.All(TEXT, str.strip),
    vol.Optional(ATTR_SCOPE, default=LibraryScope.ALL.value): one_of(
        [scope.value for scope in LibraryScope]
    ),
    vol.Optional(ATTR_SORT, default="popularity"): one_of(SORTS),
    vol.Optional(ATTR_ARCHITECTURES, default=[]): vol.All(cv.ensure_list, [NON_EMPTY_STRING]),
    vol.Optional(ATTR_LIMIT, default=20): whole_number(1, 100),
}
GET_LIBRARY_SCHEMA = {
    **ACCOUNT_SCHEMA,
    vol.Required(CONF_NAME): NON_EMPTY_STRING,
    vol.Optional(ATTR_VERSION): NON_EMPTY_STRING,
}


async def _search_libraries(call: ServiceCall) -> ServiceResponse:
    """Search for libraries by a part of their name."""
    entry = async_get_account(call)
    limit: int = call.data[ATTR_LIMIT]
    found = []
    with cloud_errors(entry):
        async for library in entry.runtime_data.cloud.libraries.search(
            call.data[ATTR_TEXT] or None,
            sort=call.data[ATTR_SORT],
            library_scope=LibraryScope(call.data[ATTR_SCOPE]),
            architectures=call.data[ATTR_ARCHITECTURES],
            page_size=limit,
        ):
            found.append(as_data(library))
            if len(found) == limit:
                break
    return {"libraries": [*found]}


async def _get_library(call: ServiceCall) -> ServiceResponse:
    """Return a library and the numbers of all its versions."""
    entry = async_get_account(call)
    name, version = call.data[CONF_NAME], call.data.get(ATTR_VERSION)
    with cloud_errors(entry):
        libraries = entry.runtime_data.cloud.libraries
        try:
            library = await libraries.get(name, version=version)
        except NotFoundError as err:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="library_not_found",
                translation_placeholders={"library": name, "reason": err.message.rstrip(".")},
            ) from err
        versions = [
            release.version async for release in libraries.versions(name) if release.version
        ]
    return {**as_data(library), "versions": [*versions]}


ACTIONS: Final = (
    Action(
        "search_libraries",
        _search_libraries,
        SEARCH_LIBRARIES_SCHEMA,
        SupportsResponse.ONLY,
        Access.READ,
    ),
    Action("get_library", _get_library, GET_LIBRARY_SCHEMA, SupportsResponse.ONLY, Access.READ),
)
