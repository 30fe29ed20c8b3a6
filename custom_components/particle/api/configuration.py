"""Configuration: settings of a product and of its devices, described by a schema."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .endpoint import PRODUCT_ONLY, Endpoint
from .namespace import Namespace
from .parsing import Json, child_of
from .scope import Scope

GET_CONFIGURATION = Endpoint("GET", "/v1/config", PRODUCT_ONLY)
GET_DEVICE_CONFIGURATION = Endpoint("GET", "/v1/config/:device_id", PRODUCT_ONLY)
SET_CONFIGURATION = Endpoint("PUT", "/v1/config", PRODUCT_ONLY)
SET_DEVICE_CONFIGURATION = Endpoint("PUT", "/v1/config/:device_id", PRODUCT_ONLY)


_SCHEMA = "application/schema+json"


@dataclass(frozen=True, slots=True)
class ConfigurationState:
    """Settings of a product or a device.

    Attributes:
        applied: False if they are pending because the device is offline.
    """

    settings: Json
    applied: bool = True
    raw: Json = field(default_factory=dict, repr=False, compare=False)


class Configuration(Namespace):
    """Settings of a product. Every method takes the product as its scope."""

    async def get(self, device_id: str | None = None, *, scope: Scope) -> ConfigurationState:
        """Get the settings of the product, or of one of its devices.

        Raises:
            NotFoundError: There are no settings.
        """
        answer = await self._session.request(*_read(scope, device_id))
        settings = answer.member("configuration")
        if device_id is None:
            return ConfigurationState(settings, raw=answer.object)
        # Pending settings are those that the device is going to use.
        waiting = isinstance(settings.get("pending"), dict)
        shown = child_of(settings, "pending" if waiting else "current")
        return ConfigurationState(shown, not waiting, answer.object)

    async def set(
        self, settings: Mapping[str, Any], device_id: str | None = None, *, scope: Scope
    ) -> ConfigurationState:
        """Replace the settings of the product, or of one of its devices.

        Raises:
            InvalidRequestError: They do not match the schema, or the device has refused them.
        """
        answer = await self._session.request(
            *_write(scope, device_id), json=dict(settings), timeout=90
        )
        # 202 means pending for a device that is offline, but is normal for a product.
        applied = device_id is None or answer.status != 202
        return ConfigurationState(dict(settings), applied, answer.object)

    async def get_schema(self, device_id: str | None = None, *, scope: Scope) -> Json:
        """Get the schema that describes the settings."""
        answer = await self._session.request(*_read(scope, device_id), headers={"Accept": _SCHEMA})
        return answer.object

    async def set_schema(
        self, schema: Mapping[str, Any], device_id: str | None = None, *, scope: Scope
    ) -> None:
        """Replace the schema.

        Raises:
            InvalidRequestError: It is not a valid schema.
        """
        await self._session.request(
            *_write(scope, device_id),
            json=dict(schema),
            headers={"Content-Type": _SCHEMA},
        )


def _read(scope: Scope, device_id: str | None) -> tuple[str, str]:
    if device_id is None:
        return GET_CONFIGURATION.at(scope)
    return GET_DEVICE_CONFIGURATION.at(scope, device_id=device_id)


def _write(scope: Scope, device_id: str | None) -> tuple[str, str]:
    if device_id is None:
        return SET_CONFIGURATION.at(scope)
    return SET_DEVICE_CONFIGURATION.at(scope, device_id=device_id)
