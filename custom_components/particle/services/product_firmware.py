"""Actions to list, upload and release product firmware."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..account.errors import cloud_errors
from ..const import CONF_GROUPS, DOMAIN
from ..firmware.files import FileKind
from ..validation.fields import FLAG, NON_EMPTY_STRING, TEXT, whole_number
from .accounts import PRODUCT_SCHEMA, async_get_product
from .action import Access, Action
from .answers import as_data
from .firmware import FILES_SCHEMA, async_read_files

ATTR_DESCRIPTION: Final = "description"
ATTR_INTELLIGENT: Final = "intelligent"
ATTR_MANDATORY: Final = "mandatory"
ATTR_PRODUCT_DEFAULT: Final = "product_default"
ATTR_TITLE: Final = "title"
ATTR_VERSION: Final = "version"

# Device OS stores the version of the product firmware in two bytes.
FIRMWARE_VERSION = whole_number(0, 65535)

UPLOAD_PRODUCT_FIRMWARE_SCHEMA = {
    **PRODUCT_SCHEMA,
    **FILES_SCHEMA,
    vol.Required(ATTR_VERSION): FIRMWARE_VERSION,
    vol.Required(ATTR_TITLE): NON_EMPTY_STRING,
    vol.Optional(ATTR_DESCRIPTION): TEXT,
    vol.Optional(ATTR_MANDATORY): FLAG,
}
RELEASE_PRODUCT_FIRMWARE_SCHEMA = {
    **PRODUCT_SCHEMA,
    vol.Required(ATTR_VERSION): FIRMWARE_VERSION,
    vol.Optional(ATTR_PRODUCT_DEFAULT): FLAG,
    vol.Optional(CONF_GROUPS): vol.All(cv.ensure_list, [NON_EMPTY_STRING]),
    vol.Optional(ATTR_INTELLIGENT): FLAG,
}


async def _list(call: ServiceCall) -> ServiceResponse:
    """List the versions of a product's firmware."""
    target = async_get_product(call)
    with cloud_errors(target.entry):
        found = await target.cloud.product_firmware.list(scope=target.scope)
    return {"product_id": target.scope.id, "firmware": [as_data(version) for version in found]}


async def _upload(call: ServiceCall) -> ServiceResponse:
    """Upload a binary or a bundle as a new version."""
    target = async_get_product(call)
    files = await async_read_files(call)
    if files.kind is FileKind.SOURCE:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="upload_needs_binary",
            translation_placeholders={"path": files.name},
        )
    with cloud_errors(target.entry):
        uploaded = await target.cloud.product_firmware.upload(
            files.content,
            call.data[ATTR_VERSION],
            call.data[ATTR_TITLE],
            scope=target.scope,
            description=call.data.get(ATTR_DESCRIPTION),
            mandatory=call.data.get(ATTR_MANDATORY),
            filename=files.name,
        )
    return {"product_id": target.scope.id, **as_data(uploaded)} if call.return_response else None


async def _release(call: ServiceCall) -> ServiceResponse:
    """Release a version to all devices of a product or to groups."""
    target = async_get_product(call)
    with cloud_errors(target.entry):
        released = await target.cloud.product_firmware.release(
            call.data[ATTR_VERSION],
            scope=target.scope,
            product_default=call.data.get(ATTR_PRODUCT_DEFAULT),
            groups=call.data.get(CONF_GROUPS),
            intelligent=call.data.get(ATTR_INTELLIGENT),
        )
    return {"product_id": target.scope.id, **as_data(released)} if call.return_response else None


ACTIONS: Final = (
    Action(
        "list_product_firmware", _list, PRODUCT_SCHEMA, SupportsResponse.ONLY, Access.ADMINISTRATORS
    ),
    Action(
        "upload_product_firmware",
        _upload,
        UPLOAD_PRODUCT_FIRMWARE_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.ADMINISTRATORS,
    ),
    Action(
        "release_product_firmware",
        _release,
        RELEASE_PRODUCT_FIRMWARE_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.ADMINISTRATORS,
    ),
)
