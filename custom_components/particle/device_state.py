"""What is known of one board, from listings, details and events."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .api import Device, NotFoundError, ParticleCloud, ParticleError, Scope
from .api.system_events import (
    AppHashEvent,
    ConnectionStatus,
    FlashState,
    FlashStatusEvent,
    SafeModeEvent,
    StatusEvent,
)
from .board import BoardState
from .board_events import changes, with_vitals
from .event_hub import ParticleEvent

if TYPE_CHECKING:
    from .coordinator import ParticleConfigEntry

_LOGGER = logging.getLogger(__name__)

# Where the cloud had not noticed that a board was gone, it says "offline" right before the next
# "online". An "offline" counts only when no "online" follows it at once.
OFFLINE_DEBOUNCE = 2.0

# A board has just been added: give its entities this long to say which variables they show.
FIRST_POLL = timedelta(seconds=1)


class DeviceStateCoordinator(DataUpdateCoordinator[BoardState]):
    """Keeps one board's state: what listings, details and events tell of it.

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
        scope: Scope,
        state: BoardState,
        request_account_refresh: Callable[[], None],
    ) -> None:
        """Start with what the account's listing says.

        Args:
            hass: Home Assistant.
            entry: The account.
            cloud: The client.
            scope: Where the board is reached: the account or a product.
            state: What is known of the board.
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
        self._request_account_refresh = request_account_refresh
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

    def _update(self, **told: object) -> None:
        """Take changes and tell the entities, without moving the timer of the next poll."""
        state = replace(self.data, **told)  # type: ignore[arg-type]
        if state != self.data:
            self.data = state
            self.async_update_listeners()

    @override
    async def async_shutdown(self) -> None:
        """End the timers."""
        self._stop_waiting_for_offline()
        await super().async_shutdown()
