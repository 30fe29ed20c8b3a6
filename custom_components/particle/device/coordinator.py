"""One board: its variables, read at the pace of the budget, and what it can be asked to do."""

from collections.abc import Callable, Collection
from dataclasses import replace
import logging
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..api import (
    DeviceOfflineError,
    DeviceUnreachableError,
    FunctionNotFoundError,
    FunctionResult,
    ParticleCloud,
    ParticleError,
    QuotaExceededError,
    RateLimitedError,
    Scope,
    VariableNotFoundError,
    validate_function_argument,
)
from ..data_operations.meter import DataOperations
from ..slices.work import SlicedWork
from .schedule import PollSchedule
from .state import BoardState, Reading, Source
from .state_coordinator import DeviceStateCoordinator

_LOGGER = logging.getLogger(__name__)


class DeviceCoordinator(DeviceStateCoordinator):
    """Reads one board's variables at the pace that the budget allows, and passes commands on to it."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        cloud: ParticleCloud,
        operations: DataOperations,
        scope: Scope,
        state: BoardState,
        work: SlicedWork,
        polled_variables: Callable[[], int],
        request_account_refresh: Callable[[], None],
        request_save: Callable[[], None],
    ) -> None:
        """Start with what the account's listing says.

        Args:
            hass: Home Assistant.
            entry: The account.
            cloud: The client.
            operations: The budget.
            scope: Where the board is reached: the account or a product.
            state: What is known of the board.
            work: Where entities that show variables are brought up to date.
            polled_variables: How many variables all boards together have read.
            request_account_refresh: Asks for a new listing soon.
            request_save: Has new values written soon, so that a restart need not read them again.
        """
        super().__init__(
            hass,
            entry,
            cloud=cloud,
            scope=scope,
            state=state,
            work=work,
            request_account_refresh=request_account_refresh,
        )
        self._operations = operations
        self._polled_variables = polled_variables
        self._request_save = request_save
        self._schedule = PollSchedule()
        self._polls = operations.is_polling

    # Variables

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: Any = None
    ) -> CALLBACK_TYPE:
        """Follow the board; a variable that is followed from now on is read soon."""
        remove = super().async_add_listener(update_callback, context)
        if context is not None:
            self.async_poll_soon()
        return remove

    def wanted_variables(self) -> set[str]:
        """Names of the variables that some enabled entity shows."""
        return {name for name in self.async_contexts() if name in self.data.variables}

    def is_live(self, name: str) -> bool:
        """Whether the variable's value may be shown as the present one.

        It grows old when polls are missed. Where nobody is going to read it again, it stays, and its
        time tells how old it is.
        """
        if not self.data.answering or self.data.safe_mode or name not in self.data.readings:
            return False
        if not self._polls:
            return True
        return self.data.is_fresh(name) and not self._schedule.is_old(
            name, self.data, self.hass.loop.time()
        )

    @override
    async def _async_update_data(self) -> BoardState:
        """Read the variables that are due, one after the other."""
        schedule, wanted = self._schedule, self.wanted_variables()
        # The count for all devices may be some seconds old.
        polled = max(self._polled_variables(), len(wanted))
        schedule.interval = self._operations.interval(polled)
        for name in schedule.due(wanted, self.data, self.hass.loop.time()):
            if not self._operations.may_poll() or not await self._poll(name):
                break
        self._polls = self._operations.is_polling
        self.update_interval = schedule.wait(
            self.wanted_variables(), self.data, self.hass.loop.time()
        )
        return self.data

    async def _poll(self, name: str) -> bool:
        """Read one variable; return False when it makes no sense to ask for the next one now."""
        self._schedule.attempted(name, self.data, self.hass.loop.time())
        try:
            await self.async_read_variable(name, source=Source.POLL)
        except VariableNotFoundError:
            self.async_describe_soon()
        except RateLimitedError as err:
            self._schedule.pause(
                self.hass.loop.time() + (300 if err.retry_after is None else err.retry_after)
            )
            return False
        except DeviceUnreachableError, QuotaExceededError:
            return False
        except ParticleError as err:
            # The listing tells whether the cloud, the credentials or the board is the reason.
            _LOGGER.debug("Reading %s of %s failed: %s", name, self.name, err)
            self._request_account_refresh()
            return False
        return True

    async def async_read_variable(self, name: str, *, source: Source = Source.ACTION) -> Reading:
        """Read a variable; costs one data operation.

        Raises:
            VariableNotFoundError: The board has no such variable; nothing was paid if that is known.
            DeviceOfflineError: The board is not connected; nothing was paid.
            ParticleError: Anything else that the cloud says.
        """
        await self._ensure_online()
        if not await self._is_registered(name, lambda: self.data.variables):
            error = VariableNotFoundError(f"{self.name} has no variable {name}")
            error.variable = name
            raise error
        connection = self.data.connection
        try:
            variable = await self.cloud.devices.read_variable(
                self.device_id, name, scope=self.scope, background=source is Source.POLL
            )
        except DeviceUnreachableError as err:
            self._did_not_answer(err)
            raise
        except QuotaExceededError as err:
            self._operations.refused(err)
            raise
        self._operations.accepted()
        reading = Reading(
            variable.value,
            dt_util.utcnow(),
            source,
            at=self.hass.loop.time(),
            connection=connection,
        )
        self._set_reading(name, reading)
        return reading

    def _set_reading(self, name: str, reading: Reading) -> None:
        self._update(answering=True)
        self.data = replace(self.data, readings={**self.data.readings, name: reading})
        self._update_variable(name)
        self._request_save()

    # Commands

    async def async_call_function(self, name: str, argument: str = "") -> FunctionResult:
        """Call a function; costs one data operation and is never repeated.

        Raises:
            FunctionNotFoundError: The board has no such function; nothing was paid if that is known.
            InvalidRequestError: The argument is longer than the board takes; nothing was paid.
            DeviceOfflineError: The board is not connected; nothing was paid.
            ParticleError: Anything else that the cloud says.
        """
        validate_function_argument(self.device, argument)
        await self._ensure_online()
        if not await self._is_registered(name, lambda: self.data.functions):
            error = FunctionNotFoundError(f"{self.name} has no function {name}")
            error.function = name
            raise error
        try:
            result = await self.cloud.devices.call_function(
                self.device_id, name, argument, scope=self.scope
            )
        except DeviceUnreachableError as err:
            self._did_not_answer(err)
            raise
        except FunctionNotFoundError:
            self.async_describe_soon()
            raise
        except QuotaExceededError as err:
            self._operations.refused(err)
            raise
        self._operations.accepted()
        self._update(answering=True)
        return result

    async def async_ping(self) -> bool:
        """Ask the cloud to ping the board; free. Returns whether it answered."""
        result = await self.cloud.devices.ping(self.device_id, scope=self.scope)
        if result.online != self.online:
            await self.async_describe()
        return result.online

    async def async_signal(self, on: bool) -> None:
        """Let the board's status light show a rainbow, or stop it; free."""
        await self._ensure_online()
        await self.cloud.devices.signal(self.device_id, on)

    async def async_rename(self, name: str) -> None:
        """Give the board another name at Particle; free."""
        await self.cloud.devices.rename(self.device_id, name, scope=self.scope)
        self._request_account_refresh()

    async def _ensure_online(self) -> None:
        """Refuse before a paid call when the cloud knows that the board is offline.

        What we know may be old, so the cloud is asked once more, which is free.
        """
        if not self.online:
            await self.async_describe()
        if not self.online:
            raise DeviceOfflineError(f"{self.name} is offline")

    async def _is_registered(self, name: str, names: Callable[[], Collection[str]]) -> bool:
        """Whether the firmware has a function or variable, as far as that can be known for free."""
        if name in names():
            return True
        # Perhaps it is new.
        await self.async_describe()
        return name in names() or not names()

    def _did_not_answer(self, err: DeviceUnreachableError) -> None:
        """Remember that the values cannot be trusted, and ask the cloud whether the board is gone."""
        _LOGGER.debug("%s did not answer: %s", self.name, err)
        self._update(answering=False)
        self.async_describe_soon()
