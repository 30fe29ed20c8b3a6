"""A coordinator for thousands of listeners."""

from dataclasses import dataclass
import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .work import SlicedWork

_LOGGER = logging.getLogger(__name__)

# The context of a listener that is updated for every context.
ALL_CONTEXTS: Final = object()


class SlicedCoordinator[T](DataUpdateCoordinator[T]):
    """Coordinator that updates listeners with a context, such as a variable's name, in slices."""

    config_entry: ConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, work: SlicedWork, **options: Any
    ) -> None:
        """Initialize the coordinator.

        Args:
            hass: Home Assistant.
            entry: The account, which owns the tasks.
            work: Runs the updates in slices.
            options: Further arguments of the base class.
        """
        # The base class would register an unload callback and thereby keep removed devices in memory.
        super().__init__(hass, _LOGGER, config_entry=None, **options)
        self.config_entry = entry
        self._work = work

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Update all listeners: those without a context at once, the others in slices."""
        listeners = list(self._listeners.items())
        for listener_id, (_, context) in listeners:
            if context is None:
                self._update_listener(listener_id)
        self._work.put(
            _ListenerUpdate(self, listener_id)
            for listener_id, (_, context) in listeners
            if context is not None
        )

    @callback
    def async_update_in_slices(self) -> None:
        """Update all listeners in slices, for changes outside the data."""
        self._work.put(_ListenerUpdate(self, listener_id) for listener_id in list(self._listeners))

    @callback
    def async_update_context(self, context: object) -> None:
        """Update the listeners of one context, and those that follow all."""
        self._work.put(
            _ListenerUpdate(self, listener_id)
            for listener_id, (_, listener_context) in list(self._listeners.items())
            if listener_context == context or listener_context is ALL_CONTEXTS
        )

    def _update_listener(self, listener_id: int) -> None:
        """Call one listener, unless it has been removed."""
        if (listener := self._listeners.get(listener_id)) is None:
            return
        try:
            listener[0]()
        except Exception:
            # An error in one listener must not affect the others.
            _LOGGER.exception("Unexpected error updating an entity of %s", self.name)


@dataclass(frozen=True, slots=True)
class _ListenerUpdate:
    """The update of one listener; equal ones are run once."""

    coordinator: SlicedCoordinator[Any]
    listener_id: int

    def __call__(self) -> None:
        """Update the listener."""
        self.coordinator._update_listener(self.listener_id)  # noqa: SLF001
