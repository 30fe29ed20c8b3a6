"""Coordinator of one device: its state, the polling of its variables, and commands."""

from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
import logging
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..api import (
    Device,
    DeviceOfflineError,
    DeviceUnreachableError,
    FunctionNotFoundError,
    FunctionResult,
    NotFoundError,
    ParticleError,
    QuotaExceededError,
    Scope,
    VariableNotFoundError,
    validate_function_argument,
)
from ..api.system_events import (
    AppHashEvent,
    FlashState,
    FlashStatusEvent,
    SafeModeEvent,
    StatusEvent,
)
from ..events.hub import ParticleEvent
from ..slices.coordinator import SlicedCoordinator
from .connection import Connection
from .description import Description
from .polling import Polling
from .presence import Verdict
from .shared import SharedByDevices
from .state import DeviceState, FunctionCall, Reading, Source

_LOGGER = logging.getLogger(__name__)

# Delay of the first poll, so that all entities have registered which variables they show.
FIRST_POLL = timedelta(seconds=1)


class DeviceCoordinator(SlicedCoordinator[DeviceState]):
    """Coordinate a device's state, poll its variables and send commands to it.

    Updates never fail: the account's coordinator tracks whether the cloud can be reached, and the
    device's state contains whether a value is current.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        shared: SharedByDevices,
        scope: Scope,
        state: DeviceState,
    ) -> None:
        """Initialize the coordinator with the known state of the device.

        Args:
            hass: Home Assistant.
            entry: The account.
            shared: Objects that all devices of the account share.
            scope: The account or the product that lists the device.
            state: The known state.
        """
        super().__init__(
            hass,
            entry,
            shared.work,
            name=state.device.name or state.device.id,
            update_interval=FIRST_POLL,
        )
        self.data = state
        self.cloud = shared.cloud
        self.scope = scope
        self.device_id = state.device.id
        self._shared = shared
        self._operations = shared.operations
        self._connection = Connection(
            hass,
            is_online=lambda: self.online,
            on_connected=self._handle_connected,
            on_disconnected=lambda: self._set_state(replace(self.data, online=False)),
            on_uncertain=self.async_describe_soon,
        )
        self._description = Description()
        self._polling = Polling(
            shared,
            state=lambda: self.data,
            enabled=self.enabled_variables,
            read=partial(self.async_read_variable, source=Source.POLL),
            now=hass.loop.time,
        )

    @property
    def device(self) -> Device:
        """The device as the cloud describes it."""
        return self.data.device

    @property
    def online(self) -> bool:
        """Whether the device is known to be connected."""
        return self.data.online

    # Answers of the cloud

    async def async_describe(self) -> None:
        """Fetch the device's details; free.

        Raises:
            ParticleError: The request failed.
        """
        requested = self.hass.loop.time()
        device = await self.cloud.devices.get(self.device_id, scope=self.scope)
        self.async_set_device(device, requested=requested, described=True)

    @callback
    def async_describe_soon(self) -> None:
        """Fetch the device's details in the background."""
        self.config_entry.async_create_background_task(
            self.hass, self._describe_quietly(), f"particle describe {self.device_id}"
        )

    async def _describe_quietly(self) -> None:
        try:
            await self.async_describe()
        except ParticleError as err:
            _LOGGER.debug("No details of %s: %s", self.name, err)
            self._shared.request_listing()

    @property
    def needs_description(self) -> bool:
        """Whether the device is online and its functions and variables are not known yet."""
        return self.online and not self._description.known

    @callback
    def async_set_device(
        self, device: Device, *, requested: float, described: bool = False
    ) -> None:
        """Apply an answer of the cloud.

        Args:
            device: The answer; it may be older than events that have arrived since the request.
            requested: When the request was sent, by the event loop's clock.
            described: Whether the answer is the device's details, and not a listing.
        """
        verdict = self._connection.judge_answer(device, requested)
        if verdict is Verdict.STALE:
            return
        self.name = device.name or device.id
        state = self.data.after_answer(device)
        if self._description.is_believable(
            device, described=described, safe_mode=state.safe_mode, requested=requested
        ):
            state = state.with_firmware(device, dt_util.utcnow())
        self._set_state(state)
        self._connection.apply(verdict)

    @callback
    def async_set_listed(self, listed: bool) -> None:
        """Set whether the credentials may list the device."""
        if listed and not self.data.listed:
            self.async_poll_soon()
        self._set_state(replace(self.data, listed=listed))

    @callback
    def async_set_flash_step(self, step: str | None) -> None:
        """Set the step that the current flash is waiting for; None at its end."""
        self._set_state(replace(self.data, flash_step=step))

    def _handle_connected(self) -> None:
        self._description.forget()
        self._set_state(self.data.after_connecting())
        self.async_poll_soon()

    async def async_fetch_vitals(self) -> None:
        """Fetch the last vitals of the device; free.

        Raises:
            ParticleError: The request failed.
        """
        try:
            vitals = await self.cloud.diagnostics.last(
                self.device_id, scope=self.scope, background=True
            )
        except NotFoundError:
            return
        session = self.device.last_handshake_at
        is_current = bool(
            self.online and session and vitals.updated_at and vitals.updated_at >= session
        )
        self._set_state(self.data.after_vitals(vitals, is_current=is_current))

    # Events

    @callback
    def async_handle_event(self, event: ParticleEvent) -> None:
        """Apply an event of the device to its state."""
        self._set_state(self.data.after_event(event, dt_util.utcnow()))
        match event.system:
            case StatusEvent(status=status):
                verdict = self._connection.judge_status(status, event.published_at)
                if verdict is Verdict.CONNECTED:
                    self._set_state(self.data.after_starting())
                    self.async_describe_soon()
                self._connection.apply(verdict)
                return
            case AppHashEvent() | SafeModeEvent():
                self.async_describe_soon()
            case FlashStatusEvent(state=FlashState.SUCCESS | FlashState.FAILED):
                self.async_describe_soon()
        self._connection.apply(self._connection.judge_activity(event.published_at))
        if self.online and not self.data.answering:
            self._set_answering(True)

    def _set_answering(self, answering: bool) -> None:
        self._set_state(replace(self.data, answering=answering))

    def _set_state(self, state: DeviceState) -> None:
        """Set a new state and update the entities, without rescheduling the next poll."""
        if state != self.data:
            self.data = state
            self.async_update_listeners()

    @override
    async def async_shutdown(self) -> None:
        """Cancel the timers."""
        self._connection.close()
        await super().async_shutdown()

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: Any = None
    ) -> CALLBACK_TYPE:
        """Add a listener; if it shows a variable, that is read soon."""
        remove = super().async_add_listener(update_callback, context)
        if context is not None:
            self.async_poll_soon()
        return remove

    @callback
    def async_poll_soon(self) -> None:
        """Poll the variables that are due."""
        if self._listeners:
            self.update_interval = FIRST_POLL
            self._schedule_refresh()

    def enabled_variables(self) -> set[str]:
        """Return the names of the variables that have an enabled entity."""
        return {name for name in self.async_contexts() if name in self.data.variables}

    def is_live(self, name: str) -> bool:
        """Whether the variable's value counts as current."""
        return self._polling.is_live(name)

    @override
    async def _async_update_data(self) -> DeviceState:
        """Poll the variables that are due."""
        self.update_interval = await self._polling.async_poll()
        return self.data

    async def async_read_variable(self, name: str, *, source: Source = Source.ACTION) -> Reading:
        """Read a variable; costs one data operation.

        Raises:
            VariableNotFoundError: The variable does not exist; free if that was known beforehand.
            DeviceOfflineError: The device is not connected; free.
            ParticleError: The request failed for another reason.
        """
        await self._ensure_online()
        if not await self._is_registered(name, lambda: self.data.variables):
            error = VariableNotFoundError(f"{self.name} has no variable {name}")
            error.variable = name
            raise error
        connection = self.data.connection
        with self._paid_call():
            variable = await self.cloud.devices.read_variable(
                self.device_id, name, scope=self.scope, background=source is Source.POLL
            )
        now = self.hass.loop.time()
        reading = Reading(variable.value, dt_util.utcnow(), source, at=now, connection=connection)
        self._set_answering(True)
        self.data = self.data.with_reading(name, reading)
        self.async_update_context(name)
        self._shared.request_save()
        return reading

    # Commands

    async def async_call_function(
        self, name: str, argument: str = "", *, context: Context | None = None
    ) -> FunctionResult:
        """Call a function; costs one data operation and is never retried.

        Raises:
            FunctionNotFoundError: The function does not exist; free if that was known beforehand.
            InvalidRequestError: The argument is longer than the device accepts; free.
            DeviceOfflineError: The device is not connected; free.
            ParticleError: The request failed for another reason.
        """
        validate_function_argument(self.device, argument)
        await self._ensure_online()
        if not await self._is_registered(name, lambda: self.data.functions):
            error = FunctionNotFoundError(f"{self.name} has no function {name}")
            error.function = name
            raise error
        with self._paid_call():
            result = await self.cloud.devices.call_function(
                self.device_id, name, argument, scope=self.scope
            )
        call = FunctionCall(name, argument, result.return_value, dt_util.utcnow(), context)
        self._set_state(self.data.with_call(call))
        return result

    async def async_ping(self) -> bool:
        """Ping the device and return whether it answered; free."""
        result = await self.cloud.devices.ping(self.device_id, scope=self.scope)
        if result.online != self.online:
            await self.async_describe()
        return result.online

    async def async_signal(self, on: bool) -> None:
        """Start or stop the rainbow on the device's status LED; free."""
        await self._ensure_online()
        await self.cloud.devices.signal(self.device_id, on)

    async def async_rename(self, name: str) -> None:
        """Rename the device at Particle; free."""
        await self.cloud.devices.rename(self.device_id, name, scope=self.scope)
        self._shared.request_listing()

    async def _ensure_online(self) -> None:
        """Raise an error if the device is offline, after a free check with the cloud."""
        if not self.online:
            await self.async_describe()
        if not self.online:
            raise DeviceOfflineError(f"{self.name} is offline")

    async def _is_registered(self, name: str, names: Callable[[], Collection[str]]) -> bool:
        """Whether the firmware has a function or variable, as far as free requests can tell."""
        if name in names():
            return True
        # It may be new.
        await self.async_describe()
        return name in names() or not names()

    @contextmanager
    def _paid_call(self) -> Generator[None]:
        """Update the state of the device and the data operations after a paid call."""
        try:
            yield
        except DeviceUnreachableError as err:
            # The values may be outdated, and the device may be offline.
            _LOGGER.debug("%s did not answer: %s", self.name, err)
            self._set_answering(False)
            self.async_describe_soon()
            raise
        except FunctionNotFoundError, VariableNotFoundError:
            self.async_describe_soon()
            raise
        except QuotaExceededError as err:
            self._operations.refused(err)
            raise
        self._operations.accepted()
