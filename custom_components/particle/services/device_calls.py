"""Actions to call functions, read variables, and ping, signal and rename devices."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..account.errors import cloud_errors
from ..validation.fields import ANY_VALUE, FLAG, NON_EMPTY_STRING, TEXT
from .action import Access, Action
from .selection import (
    TARGET_SCHEMA,
    TargetDevice,
    as_text,
    async_answer_for_devices,
    async_get_only_device,
)

ATTR_ARGUMENT: Final = "argument"
ATTR_FUNCTION: Final = "function"
ATTR_NAME: Final = "name"
ATTR_SIGNALING: Final = "signaling"
ATTR_VARIABLE: Final = "variable"

CALL_FUNCTION_SCHEMA = {
    **TARGET_SCHEMA,
    vol.Required(ATTR_FUNCTION): TEXT,
    vol.Optional(ATTR_ARGUMENT, default=""): ANY_VALUE,
}
READ_VARIABLE_SCHEMA = {**TARGET_SCHEMA, vol.Required(ATTR_VARIABLE): TEXT}
SIGNAL_SCHEMA = {**TARGET_SCHEMA, vol.Optional(ATTR_SIGNALING, default=True): FLAG}
RENAME_SCHEMA = {**TARGET_SCHEMA, vol.Required(ATTR_NAME): NON_EMPTY_STRING}


async def _call_function(call: ServiceCall) -> ServiceResponse:
    """Call a function and return its value."""
    function = call.data[ATTR_FUNCTION]
    argument = as_text(call.data[ATTR_ARGUMENT])

    async def ask(device: TargetDevice) -> JsonObjectType:
        with cloud_errors(device.entry, device.name, known=device.coordinator.data.functions):
            result = await device.coordinator.async_call_function(
                function, argument, context=call.context
            )
        return {"function": function, "return_value": result.return_value}

    return await async_answer_for_devices(call, ask)


async def _read_variable(call: ServiceCall) -> ServiceResponse:
    """Read a variable and return its value and time."""
    variable = call.data[ATTR_VARIABLE]

    async def ask(device: TargetDevice) -> JsonObjectType:
        with cloud_errors(device.entry, device.name, known=device.coordinator.data.variables):
            reading = await device.coordinator.async_read_variable(variable)
        return {
            "variable": variable,
            "value": reading.value,
            "read_at": reading.read_at.isoformat(),
        }

    return await async_answer_for_devices(call, ask)


async def _ping(call: ServiceCall) -> ServiceResponse:
    """Ping devices and return whether they are online."""

    async def ask(device: TargetDevice) -> JsonObjectType:
        with cloud_errors(device.entry, device.name):
            return {"online": await device.coordinator.async_ping()}

    return await async_answer_for_devices(call, ask)


async def _signal(call: ServiceCall) -> ServiceResponse:
    """Start or stop the rainbow on the status LED of devices."""
    signaling: bool = call.data[ATTR_SIGNALING]

    async def ask(device: TargetDevice) -> JsonObjectType:
        with cloud_errors(device.entry, device.name):
            await device.coordinator.async_signal(signaling)
        return {"signaling": signaling}

    return await async_answer_for_devices(call, ask)


async def _rename(call: ServiceCall) -> ServiceResponse:
    """Rename a device at Particle; the name in the device registry follows."""
    device = async_get_only_device(call)
    with cloud_errors(device.entry, device.name):
        await device.coordinator.async_rename(call.data[ATTR_NAME])
    return {"name": call.data[ATTR_NAME]} if call.return_response else None


ACTIONS: Final = (
    Action(
        "call_function",
        _call_function,
        CALL_FUNCTION_SCHEMA,
        SupportsResponse.OPTIONAL,
        Access.CONTROL,
    ),
    Action(
        "read_variable",
        _read_variable,
        READ_VARIABLE_SCHEMA,
        # Useful without a response, too: it updates the variable's entity.
        SupportsResponse.OPTIONAL,
        Access.CONTROL,
    ),
    Action("ping", _ping, TARGET_SCHEMA, SupportsResponse.OPTIONAL, Access.CONTROL),
    Action("signal", _signal, SIGNAL_SCHEMA, SupportsResponse.OPTIONAL, Access.CONTROL),
    Action("rename", _rename, RENAME_SCHEMA, SupportsResponse.OPTIONAL, Access.ADMINISTRATORS),
)
