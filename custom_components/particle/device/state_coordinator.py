"""What is known of one board, from listings, details and events."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import logging
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from ..api import Device, NotFoundError, ParticleCloud, ParticleError, Scope
from ..api.system_events import (
    AppHashEvent,
    ConnectionStatus,
    FlashState,
    FlashStatusEvent,
    SafeModeEvent,
    StatusEvent,
)
from ..events.hub import ParticleEvent
from ..slices.work import SlicedWork
from .changes import changes, with_vitals
from .description import Description
from .presence import Presence, Verdict
from .state import BoardState

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

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        cloud: ParticleCloud,
        scope: Scope,
        state: BoardState,
        work: SlicedWork,
        request_account_refresh: Callable[[], None],
    ) -> None:
        """Start with what the account's listing says.

        Args:
            hass: Home Assistant.
            entry: The account.
            cloud: The client.
            scope: Where the board is reached: the account or a product.
            state: What is known of the board.
            work: Where entities that show variables are brought up to date.
            request_account_refresh: Asks for a new listing soon.
        """
        # Given to the base class, the entry would hold a device that is gone until it is unloaded.
        super().__init__(
            hass,
            _LOGGER,
            config_entry=None,
            name=state.device.name or state.device.id,
            update_interval=FIRST_POLL,
        )
        self.config_entry = entry
        self.data = state
        self.cloud = cloud
        self.scope = scope
        self.device_id = state.device.id
        self._work = work
        self._request_account_refresh = request_account_refresh
        self._presence = Presence()
        self._description = Description()
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
        requested = self.hass.loop.time()
        device = await self.cloud.devices.get(self.device_id, scope=self.scope)
        self.async_set_device(device, requested=requested, described=True)

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
        return self.online and not self._description.known

    @callback
    def async_set_device(
        self, device: Device, *, requested: float, described: bool = False
    ) -> None:
        """Take what the cloud says of the board.

        Args:
            device: The cloud's answer.
            requested: When the request was sent, by the event loop's clock: an answer may be older
                than what came in meanwhile.
            described: Whether the answer is about this board alone, and not a listing.
        """
        verdict = self._presence.after_answer(
            online=device.online,
            known_online=self.online,
            handshake_at=device.last_handshake_at,
            received_at=dt_util.utcnow(),
            requested=requested,
        )
        if verdict is Verdict.STALE:
            return
        self.name = device.name or device.id
        safe_mode = self.data.safe_mode if device.status is None else device.safe_mode
        told: dict[str, object] = {"device": device, "safe_mode": safe_mode}
        if self._description.is_believable(
            device, described=described, safe_mode=safe_mode, requested=requested
        ):
            told |= self._firmware(device)
        self._update(**told)
        self._apply(verdict)

    @callback
    def async_set_listed(self, listed: bool) -> None:
        """Take whether the credentials may list the device."""
        if listed and not self.data.listed:
            self.async_poll_soon()
        self._update(listed=listed)

    def _firmware(self, device: Device) -> dict[str, object]:
        """Return what a believable description changes."""
        functions, variables = device.functions or (), device.variables or {}
        same = functions == self.data.functions and variables == self.data.variables
        if same and self.data.firmware_since is not None:
            return {}
        return {
            "functions": functions,
            "variables": variables,
            "firmware_since": dt_util.utcnow(),
        }

    def _apply(self, verdict: Verdict) -> None:
        """Take a change of the connection."""
        match verdict:
            case Verdict.CONNECTED:
                self._stop_waiting_for_offline()
                self._description.forget()
                self._update(
                    online=True, answering=True, connection=self.data.connection + 1, vitals=None
                )
                self.async_poll_soon()
            case Verdict.DISCONNECTED:
                self._stop_waiting_for_offline()
                self._update(online=False)
            case Verdict.PERHAPS_DISCONNECTED if self.online:
                self._stop_waiting_for_offline()
                self._cancel_offline = async_call_later(
                    self.hass, OFFLINE_DEBOUNCE, self._handle_offline
                )
            case Verdict.UNCHANGED:
                self._stop_waiting_for_offline()
            case Verdict.UNCERTAIN:
                self.async_describe_soon()

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
                self._handle_status(status, event.published_at)
                return
            case AppHashEvent() | SafeModeEvent():
                self.async_describe_soon()
            case FlashStatusEvent(state=FlashState.SUCCESS | FlashState.FAILED):
                self.async_describe_soon()
        self._heard(event.published_at)

    def _handle_status(self, status: ConnectionStatus | None, at: datetime | None) -> None:
        if status not in {ConnectionStatus.ONLINE, ConnectionStatus.OFFLINE}:
            return
        verdict = self._presence.after_status(
            online=status is ConnectionStatus.ONLINE,
            published_at=at,
            received_at=dt_util.utcnow(),
            received=self.hass.loop.time(),
        )
        if verdict is Verdict.CONNECTED:
            # The board may have restarted; whether it is in safe mode it will say again.
            self._update(safe_mode=False, modules=())
            self.async_describe_soon()
        self._apply(verdict)

    @callback
    def _handle_offline(self, _now: datetime) -> None:
        """No "online" followed the "offline"."""
        self._cancel_offline = None
        self._apply(Verdict.DISCONNECTED)

    def _stop_waiting_for_offline(self) -> None:
        if self._cancel_offline is not None:
            self._cancel_offline()
            self._cancel_offline = None

    def _heard(self, at: datetime | None) -> None:
        """The board published something."""
        if not self.online:
            self._apply(self._presence.after_activity(at))
        elif not self.data.answering:
            self._update(answering=True)

    def _update(self, **told: object) -> None:
        """Take changes and tell the entities, without moving the timer of the next poll."""
        state = replace(self.data, **told)  # type: ignore[arg-type]
        if state != self.data:
            self.data = state
            self.async_update_listeners()

    # Whoever follows the board

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Tell everybody; the entities of variables, which may be thousands, in slices."""
        listeners = list(self._listeners.items())
        for listener_id, (_, variable) in listeners:
            if variable is None:
                self._tell(listener_id)
        self._work.put(
            _Notice(self, listener_id) for listener_id, (_, variable) in listeners if variable
        )

    @callback
    def async_update_entities(self) -> None:
        """Tell everybody in slices, where nothing about the board itself has changed."""
        self._work.put(_Notice(self, listener_id) for listener_id in list(self._listeners))

    @callback
    def _update_variable(self, name: str) -> None:
        """Tell those who follow one variable."""
        self._work.put(
            _Notice(self, listener_id)
            for listener_id, (_, variable) in list(self._listeners.items())
            if variable == name
        )

    def _tell(self, listener_id: int) -> None:
        """Call one listener, unless it has gone meanwhile."""
        if (listener := self._listeners.get(listener_id)) is None:
            return
        try:
            listener[0]()
        except Exception:
            # One listener's fault must not keep the news from the others.
            _LOGGER.exception("Unexpected error updating an entity of %s", self.name)

    @override
    async def async_shutdown(self) -> None:
        """End the timers."""
        self._stop_waiting_for_offline()
        await super().async_shutdown()


@dataclass(frozen=True, slots=True)
class _Notice:
    """Something has changed for one listener of a board."""

    board: DeviceStateCoordinator
    listener_id: int

    def __call__(self) -> None:
        """Tell the listener."""
        self.board._tell(self.listener_id)  # noqa: SLF001
