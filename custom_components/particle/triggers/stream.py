"""The triggers "event stream lost" and "event stream back"."""

from abc import abstractmethod
from datetime import datetime, timedelta
from functools import partial
from typing import Any, override

from homeassistant.const import CONF_FOR
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.trigger import TriggerConfig
import voluptuous as vol

from ..coordinator import ParticleConfigEntry
from ..events.streams import SupervisedStream
from ..targeting import async_follow_accounts
from ..validation.automations import duration
from .base import ParticleTrigger, trigger_schema

# Servers close streams now and then, so that short interruptions are normal.
DEFAULT_FOR = timedelta(minutes=1)


class _StreamTrigger(ParticleTrigger):
    """Base class of the triggers for event streams."""

    @override
    @callback
    def _async_listen(self) -> CALLBACK_TYPE:
        """Subscribe to the streams."""
        return async_follow_accounts(self._hass, self._entry_id, self._attach)

    @callback
    def _attach(self, entry: ParticleConfigEntry) -> CALLBACK_TYPE:
        follow = [
            stream.async_add_listener(partial(self._handle_state, entry, stream))
            for stream in entry.runtime_data.streams
        ]
        for stream in entry.runtime_data.streams:
            self._handle_state(entry, stream)

        @callback
        def detach() -> None:
            for unsubscribe in follow:
                unsubscribe()
            self._detached(entry)

        return detach

    @abstractmethod
    @callback
    def _handle_state(self, entry: ParticleConfigEntry, stream: SupervisedStream) -> None:
        """Handle the state of a stream."""

    @abstractmethod
    @callback
    def _detached(self, entry: ParticleConfigEntry) -> None:
        """Discard the state of an account that is no longer loaded."""

    def _variables(self, entry: ParticleConfigEntry, stream: SupervisedStream) -> dict[str, Any]:
        state = stream.state
        return {
            "config_entry_id": entry.entry_id,
            "account": entry.title,
            "product_id": stream.scope.id,
            "connected": state.connected,
            "since": state.since,
            "reason": None if state.error is None else state.error.message,
            "gap_seconds": state.last_gap and state.last_gap.total_seconds(),
        }


class StreamLostTrigger(_StreamTrigger):
    """Fires when an event stream has been disconnected for a while."""

    schema = trigger_schema({vol.Optional(CONF_FOR, default=DEFAULT_FOR): duration}, target=False)

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Initialize the trigger."""
        super().__init__(hass, config)
        self._for: timedelta = self._options[CONF_FOR]
        self._waiting: dict[tuple[str, str], CALLBACK_TYPE] = {}
        self._fired: set[tuple[str, str]] = set()

    @override
    @callback
    def _handle_state(self, entry: ParticleConfigEntry, stream: SupervisedStream) -> None:
        key = (entry.entry_id, stream.key)
        if stream.state.connected:
            self._fired.discard(key)
            if cancel := self._waiting.pop(key, None):
                cancel()
                self._report_not_triggered("came_back_in_time", {"account": entry.title})
        elif key not in self._waiting and key not in self._fired:
            # A stream that is being opened counts too, because it may never connect.
            fire = partial(self._fire_for, entry, stream)
            self._waiting[key] = async_call_later(self._hass, self._for, fire)

    @override
    @callback
    def _detached(self, entry: ParticleConfigEntry) -> None:
        for key in [key for key in self._waiting if key[0] == entry.entry_id]:
            self._waiting.pop(key)()

    @callback
    def _fire_for(
        self, entry: ParticleConfigEntry, stream: SupervisedStream, _now: datetime
    ) -> None:
        key = (entry.entry_id, stream.key)
        self._waiting.pop(key, None)
        self._fired.add(key)
        variables = self._variables(entry, stream)
        reason = variables["reason"] or "no answer"
        self._fire(variables, f"the event stream of {entry.title} is lost: {reason}")


class StreamBackTrigger(_StreamTrigger):
    """Fires when an event stream is connected again."""

    schema = trigger_schema(target=False)

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Initialize the trigger."""
        super().__init__(hass, config)
        self._connected: dict[tuple[str, str], bool] = {}

    @override
    @callback
    def _handle_state(self, entry: ParticleConfigEntry, stream: SupervisedStream) -> None:
        key = (entry.entry_id, stream.key)
        was_lost = self._connected.get(key) is False
        if stream.state.connected:
            self._connected[key] = True
            if was_lost:
                variables = self._variables(entry, stream)
                self._fire(variables, f"the event stream of {entry.title} is back")
        elif key in self._connected:
            # The first connection does not count as a return.
            self._connected[key] = False

    @override
    @callback
    def _detached(self, entry: ParticleConfigEntry) -> None:
        for key in [key for key in self._connected if key[0] == entry.entry_id]:
            del self._connected[key]
