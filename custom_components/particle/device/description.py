"""Decide whether a description of functions and variables is complete."""

from ..api import Device

# The cloud may list no functions and variables while a device is starting. The firmware really has
# none only if the lists are still empty after this many seconds.
EMPTY_DESCRIPTION_GRACE = 120.0


class Description:
    """Distinguish firmware without functions and variables from a device that is still starting.

    Attributes:
        known: Whether the functions and variables are known for the current connection.
    """

    def __init__(self) -> None:
        """Initialize without a description."""
        self.known = False
        self._empty_since: float | None = None

    def forget(self) -> None:
        """Discard the description, for example after a restart of the device."""
        self.known = False
        self._empty_since = None

    def is_believable(
        self, device: Device, *, described: bool, safe_mode: bool, requested: float
    ) -> bool:
        """Whether an answer contains the functions and variables of the firmware.

        Args:
            device: The answer.
            described: Whether the answer is the device's details; listings may be incomplete.
            safe_mode: Whether the device is in safe mode.
            requested: When the request was sent, by the monotonic clock.
        """
        if not device.online or device.functions is None or device.variables is None:
            return False
        if device.functions or device.variables:
            self.known = True
            self._empty_since = None
            return True
        if safe_mode:
            self._empty_since = None
            return False
        if not described:
            return False
        if self._empty_since is None:
            self._empty_since = requested
        if requested - self._empty_since < EMPTY_DESCRIPTION_GRACE:
            return False
        self.known = True
        return True
