"""One board: its state, its variables and what it can be asked to do."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .api import (
    Device,
    DeviceOfflineError,
    DeviceUnreachableError,
    FunctionNotFoundError,
    FunctionResult,
    NotFoundError,
    ParticleCloud,
    ParticleError,
    QuotaExceededError,
    RateLimitedError,
    Scope,
    VariableNotFoundError,
    validate_function_argument,
)
from .api.system_events import (
    AppHashEvent,
    ConnectionStatus,
    FlashState,
    FlashStatusEvent,
    SafeModeEvent,
    StatusEvent,
)
from .board import BoardState, Reading, Source
from .board_events import changes, with_vitals
from .data_operations import DataOperations
from .event_hub import ParticleEvent
from .poll_schedule import PollSchedule

if TYPE_CHECKING:
    from .coordinator import ParticleConfigEntry

_LOGGER = logging.getLogger(__name__)

# Where the cloud had not noticed that a board was gone, it says "offline" right before the next
# "online". An "offline" counts only when no "online" follows it at once.
OFFLINE_DEBOUNCE = 2.0

# A board has just been added: give its entities this long to say which variables they show.
FIRST_POLL = timedelta(seconds=1)


class DeviceCoordinator(DataUpdateCoordinator[BoardState]):
    """Keeps one board's state and reads its variables at the pace that the budget allows.

    It never fails as a coordinator: whether the cloud can be reached is the account's business, and
    whether a value is live stands in the board's state.
    """

    config_entry: ParticleConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ParticleConfigEntry,
        *,
        cloud: ParticleCloud,
        operations: DataOperations,
        scope: Scope,
        state: BoardState,
        polled_variables: Callable[[], int],
        request_account_refresh: Callable[[], None],
    ) -> None:
        """Start with what the account's listing says.

        Args:
            hass: Home Assistant.
            entry: The account.
            cloud: The client.
            operations: The budget.
            scope: Where the board is reached: the account or a product.
            state: What is known of the board.
            polled_variables: How many variables all boards together have read.
            request_account_refresh: Asks for a new listing soon.
        """
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=state.device.name or state.device.id,
            update_interval=FIRST_POLL,
        )
        self.data = state
        self.cloud = cloud
        self.scope = scope
        self.device_id = state.device.id
        self._operations = operations
        self._polled_variables = polled_variables
        self._request_account_refresh = request_account_refresh
        self._schedule = PollSchedule()
        self._described = False
        self._empty_description_seen = False
        self._handshake_at: datetime | None = None
        self._offline_at: datetime | None = None
        self._cancel_offline: CALLBACK_TYPE | None = None

    @property
    def device(self) -> Device:
        """What the cloud says of the board."""
        return self.data.device

    @property
    def online(self) -> bool:
        """Whether the board is connected, as far as is known."""
        return self.data.online

    # Variables

    def wanted_variables(self) -> set[str]:
        """Names of the variables that some enabled entity shows."""
        return {name for name in self.async_contexts() if name in self.data.variables}

    def is_live(self, name: str) -> bool:
        """Whether the variable's value may be shown as the present one.

        It grows old when polling stops.
        """
        if not self.data.answering or self.data.safe_mode or not self.data.is_fresh(name):
            return False
        return not self._schedule.is_old(self.data.readings[name].read_at, dt_util.utcnow())

    @override
    async def _async_update_data(self) -> BoardState:
        """Read the variables that are due, one after the other."""
        schedule, wanted = self._schedule, self.wanted_variables()
        schedule.interval = self._operations.interval(self._polled_variables())
        for name in schedule.due(wanted, self.data, dt_util.utcnow()):
            if not await self._poll(name):
                break
        self.update_interval = schedule.wait(wanted, self.data, dt_util.utcnow())
        return self.data

    async def _poll(self, name: str) -> bool:
        """Read one variable; return False when it makes no sense to ask for the next one now."""
        self._schedule.attempted(name, dt_util.utcnow())
        try:
            await self.async_read_variable(name, source=Source.POLL)
        except VariableNotFoundError:
            self.async_describe_soon()
        except RateLimitedError as err:
            self._schedule.pause(dt_util.utcnow() + timedelta(seconds=err.retry_after or 300))
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
            raise VariableNotFoundError(f"{self.name} has no variable {name}")
        try:
            variable = await self.cloud.devices.read_variable(
                self.device_id, name, scope=self.scope, background=source is Source.POLL
            )
        except DeviceUnreachableError as err:
            self._did_not_answer(err)
            raise
        except QuotaExceededError:
            self._operations.exhausted()
            raise
        reading = Reading(variable.value, dt_util.utcnow(), source)
        self._set_reading(name, reading)
        return reading

    def _set_reading(self, name: str, reading: Reading) -> None:
        self._update(
            readings={**self.data.readings, name: reading},
            answering=True,
        )

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
            raise FunctionNotFoundError(f"{self.name} has no function {name}")
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
        except QuotaExceededError:
            self._operations.exhausted()
            raise
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

    # What the cloud says of the board

    async def async_describe(self) -> None:
        """Ask the cloud for the board's details; free.

        Raises:
            ParticleError: The cloud did not tell.
        """
        device = await self.cloud.devices.get(self.device_id, scope=self.scope)
        self.async_set_device(device, described=True)

    @callback
    def async_describe_soon(self) -> None:
        """Ask for the board's details in the background."""
        self.config_entry.async_create_background_task(
            self.hass, self._describe_quietly(), f"particle describe {self.device_id}"
        )

    async def _describe_quietly(self) -> None:
        try:
            await self.async_describe()
        except ParticleError as err:
            _LOGGER.debug("No details of %s: %s", self.name, err)
            self._request_account_refresh()

    @property
    def needs_description(self) -> bool:
        """Whether the board is online and nobody told its functions and variables yet."""
        return self.online and not self._described

    @callback
    def async_set_device(self, device: Device, *, described: bool = False) -> None:
        """Take what the cloud says of the board, from a listing or from its details."""
        functions, variables = self.data.functions, self.data.variables
        told = device.functions is not None and device.variables is not None
        if told and device.online:
            if device.functions or device.variables:
                functions, variables = device.functions or (), device.variables or {}
                self._empty_description_seen = False
                self._described = True
            elif described:
                # A board that has just started tells of nothing yet. Only when it says so again is
                # it a firmware without functions and variables.
                if self._empty_description_seen:
                    functions, variables = (), {}
                    self._described = True
                self._empty_description_seen = True
        self.name = device.name or device.id
        self._update(
            device=device,
            functions=functions,
            variables=variables,
            safe_mode=self.data.safe_mode if device.status is None else device.safe_mode,
        )
        self._set_online(device.online, reconnected=self._has_new_session(device))

    def _has_new_session(self, device: Device) -> bool:
        """Whether the board has connected again while we did not hear of it."""
        before, self._handshake_at = self._handshake_at, device.last_handshake_at
        return before is not None and self._handshake_at is not None and self._handshake_at > before

    def _set_online(self, online: bool, *, reconnected: bool = False) -> None:
        """Take a change of the connection."""
        self._stop_waiting_for_offline()
        if online and (reconnected or not self.data.online):
            self._described = self._described and not reconnected
            self._update(online=True, answering=True, fresh_since=dt_util.utcnow(), vitals=None)
            self.async_poll_soon()
        elif not online and self.data.online:
            self._update(online=False)

    @callback
    def async_poll_soon(self) -> None:
        """Look at once which variables are due."""
        if self._listeners:
            self.update_interval = FIRST_POLL
            self._schedule_refresh()

    async def async_fetch_vitals(self) -> None:
        """Take the last report of the board's health, if it is of the present connection; free.

        Raises:
            ParticleError: The cloud did not tell.
        """
        try:
            vitals = await self.cloud.diagnostics.last(
                self.device_id, scope=self.scope, background=True
            )
        except NotFoundError:
            return
        told = with_vitals(vitals, self.data)
        session = self.device.last_handshake_at
        if not self.online or not session or not vitals.updated_at or vitals.updated_at < session:
            # Only what the board can measure is still true.
            told["vitals"] = self.data.vitals
        self._update(**told)

    # What events say of the board

    @callback
    def async_handle_event(self, event: ParticleEvent) -> None:
        """Take what an event of this board tells about it."""
        if told := changes(event, self.data):
            self._update(**told)
        match event.system:
            case StatusEvent(status=status):
                self._handle_status(status, event.event.published_at)
                return
            case AppHashEvent() | SafeModeEvent():
                self.async_describe_soon()
            case FlashStatusEvent(state=FlashState.SUCCESS | FlashState.FAILED):
                self.async_describe_soon()
        self._heard(event.event.published_at)

    def _handle_status(self, status: ConnectionStatus | None, at: datetime | None) -> None:
        match status:
            case ConnectionStatus.ONLINE:
                # A new session, even where no "offline" was seen: the board may have restarted.
                # Whether it is in safe mode it will say again.
                self._handshake_at = None
                self._update(safe_mode=False, modules=())
                self._set_online(True, reconnected=True)
                self.async_describe_soon()
            case ConnectionStatus.OFFLINE if self.online:
                self._offline_at = at
                self._stop_waiting_for_offline()
                self._cancel_offline = async_call_later(
                    self.hass, OFFLINE_DEBOUNCE, self._handle_offline
                )

    @callback
    def _handle_offline(self, _now: datetime) -> None:
        """No "online" followed the "offline"."""
        self._cancel_offline = None
        self._set_online(False)

    def _stop_waiting_for_offline(self) -> None:
        if self._cancel_offline is not None:
            self._cancel_offline()
            self._cancel_offline = None

    def _heard(self, at: datetime | None) -> None:
        """The board published something."""
        if self.online:
            if not self.data.answering:
                self._update(answering=True)
            return
        # Events may arrive out of order: only one that is younger than the "offline" is news.
        if at is not None and (self._offline_at is None or at > self._offline_at):
            self.async_describe_soon()

    def _update(self, **changes: object) -> None:
        """Take changes and tell the entities, without moving the timer of the next poll."""
        state = replace(self.data, **changes)  # type: ignore[arg-type]
        if state != self.data:
            self.data = state
            self.async_update_listeners()

    @override
    async def async_shutdown(self) -> None:
        """End the timers."""
        self._stop_waiting_for_offline()
        await super().async_shutdown()
        # Let a task that has just been cancelled end before the entry counts as unloaded.
        await asyncio.sleep(0)
