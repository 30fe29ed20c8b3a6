"""Limits of names, arguments and event data, which are validated before a request is sent.

The limits are those of Device OS and depend on its version.
"""

import json
import math
import re

from .errors import InvalidRequestError
from .models import Device

MAX_EVENT_NAME = 64
# The limit of current devices; that of the REST API is not documented.
MAX_EVENT_DATA = 1024
MAX_FUNCTION_ARGUMENT = 1024
MAX_NAME = 64

_GEN_2 = {6, 8, 10}
_EVENT_NAME = re.compile(r"[A-Za-z0-9_/-]+")
_VERSION = re.compile(r"\s*v?(\d+)\.(\d+)")


def device_os_version(device: Device | None) -> tuple[int, int] | None:
    """Return the major and minor version of Device OS; None if unknown."""
    if device is None or device.system_firmware_version is None:
        return None
    found = _VERSION.match(device.system_firmware_version[:40])
    return (int(found[1]), int(found[2])) if found else None


def function_argument_limit(device: Device | None) -> int:
    """Return the maximum size of a function argument in bytes, by Device OS version and hardware."""
    return _limit(device, before_0_8=63)


def variable_data_limit(device: Device | None) -> int:
    """Return the maximum size of a variable in bytes, by Device OS version and hardware."""
    return _limit(device, before_0_8=622)


def _limit(device: Device | None, *, before_0_8: int) -> int:
    version = device_os_version(device)
    if device is None or version is None:
        return MAX_FUNCTION_ARGUMENT
    if version < (0, 8):
        return before_0_8
    if version < (3, 0):
        return 622
    return 864 if device.platform_id in _GEN_2 else 1024


def name_limit(device: Device | None) -> int:
    """Return the maximum length of the name of a function or variable."""
    version = device_os_version(device)
    return 12 if version is not None and version < (0, 8) else MAX_NAME


def validate_name(name: str, argument: str, device: Device | None = None) -> str:
    """Validate the name of a function or a variable.

    Raises:
        InvalidRequestError: The name is empty or too long.
    """
    if not isinstance(name, str) or not name.strip():
        raise InvalidRequestError(f"The {argument} name is empty", argument=argument)
    if len(name) > (limit := name_limit(device)):
        raise InvalidRequestError(
            f"The {argument} name has {len(name)} characters; the device takes {limit}",
            argument=argument,
        )
    return name


def function_argument(value: object) -> str:
    """Convert a function argument to text; numbers and truth values are written as in JSON.

    Raises:
        InvalidRequestError: The argument is neither text nor a finite number.
    """
    if isinstance(value, str):
        return value
    if (isinstance(value, int) and value.bit_length() <= 64) or (
        isinstance(value, float) and math.isfinite(value)
    ):
        return json.dumps(value)
    raise InvalidRequestError(
        "The function argument has to be text or a finite number", argument="argument"
    )


def validate_function_argument(device: Device | None, value: str) -> str:
    """Validate the argument of a function call, without a device against the limit of current devices.

    Raises:
        InvalidRequestError: The argument is too long or contains invalid characters.
    """
    return _validate_bytes(value, function_argument_limit(device), "argument", "function argument")


def validate_event_name(name: str) -> str:
    """Validate the name of an event.

    Raises:
        InvalidRequestError: The name is empty, too long, reserved or contains invalid characters.
    """
    if not isinstance(name, str) or not name:
        raise InvalidRequestError("The event name is empty", argument="name")
    if len(name) > MAX_EVENT_NAME:
        raise InvalidRequestError(
            f"The event name has {len(name)} characters; {MAX_EVENT_NAME} are possible",
            argument="name",
        )
    if not _EVENT_NAME.fullmatch(name):
        raise InvalidRequestError(
            "An event name consists of the letters a-z, digits, '_', '-' and '/'", argument="name"
        )
    if name.lower().startswith(("particle", "spark")):
        raise InvalidRequestError(
            "Event names that start with 'particle' or 'spark' are reserved", argument="name"
        )
    return name


def validate_event_data(data: str, limit: int = MAX_EVENT_DATA) -> str:
    """Validate the data of an event.

    Raises:
        InvalidRequestError: The data is too long or contains invalid characters.
    """
    return _validate_bytes(data, limit, "data", "event data")


def _validate_bytes(value: str, limit: int, argument: str, what: str) -> str:
    if not isinstance(value, str):
        raise InvalidRequestError(f"The {what} has to be text", argument=argument)
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise InvalidRequestError(
            f"The {what} contains characters that cannot be sent", argument=argument
        ) from None
    if size > limit:
        raise InvalidRequestError(
            f"The {what} has {size} bytes; {limit} are possible", argument=argument
        )
    return value
