"""Run the event streams of an account, and report their state."""

from collections.abc import Callable
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..account.reauth import async_reauth_guard, async_report_refusal
from ..api import EventStream, ParticleCloud, ParticleError, Scope, StreamState
from ..const import DOMAIN
from ..exceptions import rule_for
from .hub import EventHub

_LOGGER = logging.getLogger(__name__)

# Number of refusals in a row after which a repair issue is created; a single 403 may be temporary.
REPORTED_DENIAL = 2


class SupervisedStream:
    """An event stream that feeds the hub, and logs once when it is lost and once when it is back."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        cloud: ParticleCloud,
        hub: EventHub,
        scope: Scope,
        *,
        on_gap: Callable[[], None],
    ) -> None:
        """Initialize the stream without opening it.

        Args:
            hass: Home Assistant.
            entry: The account.
            cloud: The client.
            hub: Receives the events.
            scope: The account or a product.
            on_gap: Called when the stream is back after a gap, during which events may have been lost.
        """
        self.scope = scope
        self._hass = hass
        self._entry = entry
        self._on_gap = on_gap
        self._listeners: list[CALLBACK_TYPE] = []
        self._reported_loss = False
        self._denied = 0
        self._listing_failed = False
        self._reauth = async_reauth_guard(hass, entry)
        self._stream: EventStream = cloud.events.stream(
            hub.receive,
            self._handle_state,
            scope=scope,
            wait_for_room=hub.async_wait_for_room,
        )

    @property
    def state(self) -> StreamState:
        """The state of the connection."""
        return self._stream.state

    @property
    def key(self) -> str:
        """The scope as part of a unique ID."""
        return self.scope.id or "account"

    @property
    def _name(self) -> str:
        return (
            f"{self._entry.title}, product {self.scope.id}" if self.scope.id else self._entry.title
        )

    @property
    def _source(self) -> str:
        return f"stream {self.key}"

    @property
    def _issue_id(self) -> str:
        return f"events_not_permitted_{self._entry.entry_id}_{self.key}"

    @callback
    def start(self) -> None:
        """Keep the stream open until the entry is unloaded."""
        self._entry.async_create_background_task(
            self._hass, self._stream.run(), f"particle event stream {self._name}"
        )
        self._entry.async_on_unload(self._delete_issue)

    @callback
    def handle_listing(self, succeeded: bool) -> None:
        """Handle the result of a listing: when it succeeds again, reconnect the stream at once."""
        if succeeded and self._listing_failed:
            self._stream.retry_now()
        self._listing_failed = not succeeded

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when the state changes; return a function that unsubscribes."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def _handle_state(self, state: StreamState) -> None:
        if state.connected:
            self._handle_connected()
        else:
            self._handle_failure(state)
        for listener in list(self._listeners):
            try:
                listener()
            except Exception:
                # An error in one listener must not affect the others.
                _LOGGER.exception("Error while handling the state of the stream %s", self._name)

    @callback
    def _handle_connected(self) -> None:
        self._reauth.accepted(self._source)
        self._denied = 0
        self._delete_issue()
        if self._reported_loss:
            _LOGGER.info("%s: the event stream is back", self._name)
            self._on_gap()
        self._reported_loss = False

    @callback
    def _handle_failure(self, state: StreamState) -> None:
        """Handle a failed attempt; the stream reconnects by itself."""
        if not self._reported_loss:
            self._reported_loss = True
            _LOGGER.info("%s: the event stream is lost: %s", self._name, state.error)
        match state.error:
            case ParticleError() as error if rule_for(error).reauth:
                async_report_refusal(self._hass, self._entry, self._source)
            case ParticleError() as error if rule_for(error).closed:
                self._denied += 1
                if self._denied == REPORTED_DENIAL:
                    self._create_issue(error)

    @callback
    def _create_issue(self, error: ParticleError) -> None:
        _LOGGER.warning("%s: the event stream is not permitted: %s", self._name, error)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="events_not_permitted",
            translation_placeholders={"account": self._name, "reason": error.message.rstrip(".")},
        )

    @callback
    def _delete_issue(self) -> None:
        ir.async_delete_issue(self._hass, DOMAIN, self._issue_id)
