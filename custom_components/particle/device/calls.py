"""Calls of functions, and who wants to know of them."""

from dataclasses import dataclass
from typing import Final

from homeassistant.core import Context
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalTypeFormat

from ..api import FunctionResult
from .coordinator import DeviceCoordinator


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A call that a device has answered.

    Attributes:
        function: Name of the function.
        argument: What was passed to it.
        return_value: What it returned.
        context: Who asked for it.
    """

    function: str
    argument: str
    return_value: int
    context: Context | None


# Its placeholders are the ids of the config entry and of the device.
FUNCTION_CALLED: Final[SignalTypeFormat[FunctionCall]] = SignalTypeFormat(
    "particle_function_called_{}_{}"
)


async def async_call_function(
    device: DeviceCoordinator, function: str, argument: str = "", *, context: Context | None
) -> FunctionResult:
    """Call a function for somebody, and tell those who follow the device's calls.

    Raises:
        ParticleError: See `DeviceCoordinator.async_call_function`; nobody is told of the call.
    """
    result = await device.async_call_function(function, argument)
    async_dispatcher_send(
        device.hass,
        FUNCTION_CALLED.format(device.config_entry.entry_id, device.device_id),
        FunctionCall(function, argument, result.return_value, context),
    )
    return result
