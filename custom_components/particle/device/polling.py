"""Polling of a device's variables."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
import logging

from ..api import (
    DeviceUnreachableError,
    ParticleError,
    QuotaExceededError,
    RateLimitedError,
    VariableNotFoundError,
)
from .schedule import PollSchedule
from .shared import SharedByDevices
from .state import DeviceState

_LOGGER = logging.getLogger(__name__)

# Seconds without polls after the cloud has refused one because of its rate limit, and has not said
# for how long.
RATE_LIMIT_PAUSE = 300


class Polling:
    """Read the variables of a device at the pace that the budget allows."""

    def __init__(
        self,
        shared: SharedByDevices,
        *,
        state: Callable[[], DeviceState],
        enabled: Callable[[], set[str]],
        read: Callable[[str], Awaitable[object]],
        now: Callable[[], float],
    ) -> None:
        """Initialize the polling.

        Args:
            shared: Objects that all devices of the account share.
            state: Returns the device's present state.
            enabled: Returns the variables that have an enabled entity.
            read: Reads a variable.
            now: The event loop's clock, in seconds.
        """
        self._shared = shared
        self._operations = shared.operations
        self._state = state
        self._enabled = enabled
        self._read = read
        self._now = now
        self._schedule = PollSchedule()
        self._is_active = shared.operations.is_polling

    def is_live(self, name: str) -> bool:
        """Whether the variable's value counts as current.

        It expires when polls are missed, but not if the variable is not polled.
        """
        state = self._state()
        if not state.answering or state.safe_mode or name not in state.readings:
            return False
        if not self._is_active:
            return True
        return state.is_fresh(name) and not self._schedule.is_old(name, state, self._now())

    async def async_poll(self) -> timedelta:
        """Read the variables that are due, one after the other; return when to look again."""
        schedule, variables = self._schedule, self._enabled()
        # The number for all devices is cached and may be outdated.
        polled = max(self._shared.polled_variables(), len(variables))
        schedule.interval = self._operations.interval(polled)
        for name in schedule.due(variables, self._state(), self._now()):
            if not self._operations.may_poll() or not await self._poll(name):
                break
        self._is_active = self._operations.is_polling
        return schedule.wait(self._enabled(), self._state(), self._now())

    async def _poll(self, name: str) -> bool:
        """Read one variable; return False if polling has to stop for now."""
        self._schedule.attempted(name, self._state(), self._now())
        try:
            await self._read(name)
        except VariableNotFoundError:
            pass
        except RateLimitedError as err:
            pause = RATE_LIMIT_PAUSE if err.retry_after is None else err.retry_after
            self._schedule.pause(self._now() + pause)
            return False
        except DeviceUnreachableError, QuotaExceededError:
            return False
        except ParticleError as err:
            # A listing shows whether the cloud, the credentials or the device is the reason.
            device = self._state().device
            _LOGGER.debug("Reading %s of %s failed: %s", name, device.name or device.id, err)
            self._shared.request_listing()
            return False
        return True
