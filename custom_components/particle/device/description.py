"""Which functions and variables a firmware has, and when its description may be believed."""

from ..api import Device

# A device that has just started has not told its functions and variables yet, and the cloud may show
# them as empty. Only what is still empty after this many seconds is a firmware that has none.
EMPTY_DESCRIPTION_GRACE = 120.0


class Description:
    """Tells a firmware without functions and variables from a device that has not told them yet.

    Attributes:
        known: Whether the device has told its functions and variables over the present connection.
    """

    def __init__(self) -> None:
        """Initialize without a description."""
        self.known = False
        self._empty_since: float | None = None

    def forget(self) -> None:
        """Expect a new description, as after a restart of the device."""
        self.known = False
        self._empty_since = None

    def is_believable(
        self, device: Device, *, described: bool, safe_mode: bool, requested: float
    ) -> bool:
        """Whether functions and variables of an answer are those of the firmware.

        Args:
            device: The answer.
            described: Whether it is about this device alone; a list may leave out details.
            safe_mode: Whether the device runs without its application.
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
