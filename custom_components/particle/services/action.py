"""The declaration of an action, and its registration for those who may use it."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers.service import async_register_admin_service

from ..const import DOMAIN
from ..validation.fields import ActionSchema
from .permissions import async_check_permission

type ActionHandler = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]


class Access(StrEnum):
    """Who may use an action. Automations may use all of them.

    Attributes:
        READ: Users who may see the devices. For actions that only return data and are free.
        CONTROL: Users who may control the devices. For actions that do something or cost data
            operations.
        ADMINISTRATORS: Administrators only.
    """

    READ = POLICY_READ
    CONTROL = POLICY_CONTROL
    ADMINISTRATORS = "administrators"


@dataclass(frozen=True, slots=True)
class Action:
    """Declaration of an action.

    Attributes:
        name: Name without the domain, as in `services.yaml`.
        handler: Runs the action.
        schema: Validators of the target and the fields.
        response: Whether the action returns a response.
        access: Who may use the action.
    """

    name: str
    handler: ActionHandler
    schema: Mapping[Any, Any]
    response: SupportsResponse
    access: Access

    @callback
    def async_register(self, hass: HomeAssistant) -> None:
        """Register the action for those who may use it."""
        schema = ActionSchema(self.schema)
        if self.access is Access.ADMINISTRATORS:
            async_register_admin_service(
                hass, DOMAIN, self.name, self.handler, schema, self.response
            )
        else:
            hass.services.async_register(DOMAIN, self.name, self._async_run, schema, self.response)

    async def _async_run(self, call: ServiceCall) -> ServiceResponse:
        await async_check_permission(call, self.access)
        return await self.handler(call)
