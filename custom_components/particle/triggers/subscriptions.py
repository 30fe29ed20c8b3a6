"""How triggers listen: to the events and the states of the boards they are about, whatever happens around them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from ..device.state import DeviceState
from ..events.hub import ParticleEvent
from ..targeting import (
    async_follow_accounts,
    async_follow_target,
    async_loaded_entries,
    async_target_boards,
)

type EventHandler = Callable[[ParticleConfigEntry, ParticleEvent], None]


@callback
def async_subscribe_events(
    hass: HomeAssistant,
    handler: EventHandler,
    *,
    names: Iterable[str],
    target: dict[str, Any] | None = None,
    entry_id: str | None = None,
) -> CALLBACK_TYPE:
    """Hand each matching event over, through reloads and while boards move in and out of the target.

    Args:
        hass: Home Assistant.
        handler: Called with the account and the event.
        names: Exact names, or prefixes that end with ``*``; no two of them may match the same event.
        target: The boards; None for every event of the accounts.
        entry_id: Only this account; None for all.

    Returns:
        A function that ends it.
    """
    names = tuple(names)

    @callback
    def attach(entry: ParticleConfigEntry) -> CALLBACK_TYPE:
        hub = entry.runtime_data.hub
        listening: dict[str | None, list[CALLBACK_TYPE]] = {}
        handle = partial(handler if target else partial(_once, hass, handler), entry)

        @callback
        def listen() -> None:
            boards = async_target_boards(hass, target)
            wanted: set[str | None] = (
                {None} if boards is None else set(boards.get(entry.entry_id, ()))
            )
            for board in listening.keys() - wanted:
                _end(listening.pop(board))
            for board in wanted - listening.keys():
                listening[board] = [
                    hub.async_listen(handle, name=name, device_id=board) for name in names
                ]

        listen()
        stop = async_follow_target(hass, target, listen)

        @callback
        def detach() -> None:
            stop()
            for unsubscribe in listening.values():
                _end(unsubscribe)

        return detach

    return async_follow_accounts(hass, entry_id, attach)


def _once(
    hass: HomeAssistant, handler: EventHandler, entry: ParticleConfigEntry, event: ParticleEvent
) -> None:
    """Leave out an event that another account brings too: the one that shows the board hands it over."""
    board = event.device_id
    if (
        board is None
        or board in entry.runtime_data.devices
        or not any(board in other.runtime_data.devices for other in async_loaded_entries(hass))
    ):
        handler(entry, event)


def _end(unsubscribe: Iterable[CALLBACK_TYPE]) -> None:
    for unsub in unsubscribe:
        unsub()


@dataclass(frozen=True, slots=True)
class BoardChange:
    """A board's state has changed.

    Attributes:
        entry: The account.
        board: The board.
        before: The state that was known before.
        now: The state.
        reloaded: Whether the account was loaded again in between.
    """

    entry: ParticleConfigEntry
    board: DeviceCoordinator
    before: DeviceState
    now: DeviceState
    reloaded: bool


class BoardSubscription:
    """Tells of every change of the boards in a target, across reloads of their account."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        target: dict[str, Any] | None,
        entry_id: str | None,
        on_change: Callable[[BoardChange], None],
        on_gone: Callable[[str], object],
    ) -> None:
        """Prepare; nothing is listened to yet.

        Args:
            hass: Home Assistant.
            target: The boards; None for all.
            entry_id: Only this account; None for all.
            on_change: Called when a board's state has changed.
            on_gone: Called with Particle's id of a board that no longer belongs to the target.
        """
        self._hass = hass
        self._target = target
        self._entry_id = entry_id
        self._on_change = on_change
        self._on_gone = on_gone
        # By account and by board, also while an account is being loaded again.
        self._known: dict[tuple[str, str], DeviceState] = {}

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Follow the boards; returns a function that ends it."""
        return async_follow_accounts(self._hass, self._entry_id, self._attach)

    @callback
    def _attach(self, entry: ParticleConfigEntry) -> CALLBACK_TYPE:
        account = entry.runtime_data.account
        following: dict[DeviceCoordinator, CALLBACK_TYPE] = {}

        @callback
        def follow() -> None:
            boards = async_target_boards(self._hass, self._target)
            wanted = {
                board
                for board in account.devices.values()
                if boards is None or board.device_id in boards.get(entry.entry_id, ())
            }
            for board in following.keys() - wanted:
                following.pop(board)()
            present = {(entry.entry_id, board.device_id) for board in wanted}
            # Also those that went while the account was not loaded.
            for gone in [key for key in self._known if key[0] == entry.entry_id]:
                if gone not in present:
                    del self._known[gone]
                    self._on_gone(gone[1])
            for board in wanted - following.keys():
                following[board] = board.async_add_listener(partial(self._take, entry, board))
                self._take(entry, board, reloaded=True)

        follow()
        stop = [
            account.async_add_listener(follow),
            async_follow_target(self._hass, self._target, follow),
        ]

        @callback
        def detach() -> None:
            _end(stop)
            _end(following.values())

        return detach

    @callback
    def _take(
        self, entry: ParticleConfigEntry, board: DeviceCoordinator, *, reloaded: bool = False
    ) -> None:
        key = (entry.entry_id, board.device_id)
        before = self._known.get(key)
        self._known[key] = board.data
        if before is not None and before is not board.data:
            self._on_change(BoardChange(entry, board, before, board.data, reloaded))
