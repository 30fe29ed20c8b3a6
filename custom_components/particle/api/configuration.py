"""Configuration: settings of a product and of its devices, described by a schema."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .endpoint import endpoint
from .models import normal_device_id
from .namespace import Namespace
from .parsing import Json, child_of
from .scope import Scope, ScopeKind, require, segment

_SCHEMA = "application/schema+json"


@dataclass(frozen=True, slots=True)
class ConfigurationState:
    """Settings as the cloud knows them.

    Attributes:
        applied: False where they wait for a device that is offline.
    """

    settings: Json
    applied: bool = True
    raw: Json = field(default_factory=dict, repr=False, compare=False)


class Configuration(Namespace):
    """Settings of a product. Every method takes the product as its scope."""

    @endpoint("GET", "/v1/products/:product/config", "/v1/products/:product/config/:device")
    async def get(self, device_id: str | None = None, *, scope: Scope) -> ConfigurationState:
        """Get the settings of the product, or of one of its devices.

        Raises:
            NotFoundError: There are none.
        """
        answer = await self._session.request("GET", _path(scope, device_id))
        settings = answer.member("configuration")
        if device_id is None:
            return ConfigurationState(settings, raw=answer.object)
        # What a device has not confirmed yet is what it is going to run by.
        waiting = isinstance(settings.get("pending"), dict)
        shown = child_of(settings, "pending" if waiting else "current")
        return ConfigurationState(shown, not waiting, answer.object)

    @endpoint("PUT", "/v1/products/:product/config", "/v1/products/:product/config/:device")
    async def set(
        self, settings: Mapping[str, Any], device_id: str | None = None, *, scope: Scope
    ) -> ConfigurationState:
        """Replace the settings of the product, or of one of its devices.

        Raises:
            InvalidRequestError: They do not fit the schema, or the device has refused them.
        """
        answer = await self._session.request(
            "PUT", _path(scope, device_id), json=dict(settings), timeout=90
        )
        # 202 says that they are kept for a device that is offline; a product always answers so.
        applied = device_id is None or answer.status != 202
        return ConfigurationState(dict(settings), applied, answer.object)

    @endpoint("GET", "/v1/products/:product/config", "/v1/products/:product/config/:device")
    async def get_schema(self, device_id: str | None = None, *, scope: Scope) -> Json:
        """Get the schema that describes the settings."""
        answer = await self._session.request(
            "GET", _path(scope, device_id), headers={"Accept": _SCHEMA}
        )
        return answer.object

    @endpoint("PUT", "/v1/products/:product/config", "/v1/products/:product/config/:device")
    async def set_schema(
        self, schema: Mapping[str, Any], device_id: str | None = None, *, scope: Scope
    ) -> None:
        """Replace the schema.

        Raises:
            InvalidRequestError: It is not a valid schema.
        """
        await self._session.request(
            "PUT",
            _path(scope, device_id),
            json=dict(schema),
            headers={"Content-Type": _SCHEMA},
        )


def _path(scope: Scope, device_id: str | None) -> str:
    require(scope, ScopeKind.PRODUCT)
    path = f"/v1{scope.path}/config"
    if device_id is None:
        return path
    return f"{path}/{segment(normal_device_id(device_id), 'device_id')}"
