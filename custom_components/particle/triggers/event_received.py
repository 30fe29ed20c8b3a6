"""The trigger "event received", with filters for names and payloads."""

from collections.abc import Iterable
from typing import Any, Final, override

from homeassistant.const import CONF_EVENT
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import TriggerConfig
import voluptuous as vol

from ..coordinator import ParticleConfigEntry
from ..events.hub import ParticleEvent
from ..validation.fields import TEXT
from .base import ParticleTrigger, trigger_schema
from .payload import FIELD_SCHEMA, check_payload
from .variables import event_variables

CONF_MATCH: Final = "match"
CONF_PAYLOAD: Final = "payload"

EVERYTHING = "*"


def event_pattern(value: Any) -> str:
    """Validate an event name, or a prefix that ends with an asterisk.

    Raises:
        vol.Invalid: The pattern is empty, or has an asterisk elsewhere.
    """
    pattern: str = TEXT(value)
    if not pattern:
        raise vol.Invalid("the name of the event is empty")
    if "*" in pattern[:-1]:
        raise vol.Invalid(f"the asterisk is only allowed at the end: {pattern}")
    return pattern


def event_patterns(value: Any) -> list[str]:
    """Validate one pattern or a list; an empty list means every event.

    Raises:
        vol.Invalid: One of them is not a pattern.
    """
    return [event_pattern(pattern) for pattern in cv.ensure_list(value)] or [EVERYTHING]


def distinct_patterns(patterns: Iterable[str]) -> list[str]:
    """Remove patterns that others cover, so that an event matches at most one."""
    kept: list[str] = []
    # A prefix is sorted before everything that it covers.
    for pattern in sorted(
        set(patterns), key=lambda pattern: (pattern.removesuffix("*"), pattern[-1] != "*")
    ):
        covers = (known for known in kept if known.endswith("*"))
        if not any(pattern.startswith(known[:-1]) for known in covers):
            kept.append(pattern)
    return kept


class EventReceivedTrigger(ParticleTrigger):
    """Fires when a device publishes an event."""

    schema = trigger_schema(
        {
            vol.Optional(CONF_EVENT, default=list): vol.All(cv.ensure_list, [event_pattern]),
            vol.Optional(CONF_MATCH): vol.All(
                dict, msg="keys and values are needed, such as door: open"
            ),
            vol.Optional(CONF_PAYLOAD, default=list): vol.All(cv.ensure_list, [FIELD_SCHEMA]),
        }
    )

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Initialize the trigger."""
        super().__init__(hass, config)
        self._names = distinct_patterns(self._options[CONF_EVENT] or [EVERYTHING])
        self._everything = self._names == [EVERYTHING]

    @override
    @callback
    def _async_listen(self) -> CALLBACK_TYPE:
        """Subscribe to the events."""
        return self._async_listen_events(self._handle, self._names)

    @callback
    def _handle(self, entry: ParticleConfigEntry, event: ParticleEvent) -> None:
        if self._everything and not event.is_users_own:
            # Without a name, only the user's own events trigger; system events have to be named.
            return
        mismatch = check_payload(
            event.data,
            event.json,
            self._options.get(CONF_MATCH),
            self._options[CONF_PAYLOAD],
        )
        variables = event_variables(self._hass, entry, event)
        if mismatch is None:
            self._fire(variables, describe(variables), event.context)
        else:
            looked_at = {key: variables[key] for key in ("event", "device_name")}
            self._report_not_triggered(
                mismatch.reason,
                {**looked_at, **mismatch.data},
                event.context,
                always=event.replayed,
            )


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name matches one of the patterns."""
    return any(
        name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
        for pattern in patterns
    )


def describe(variables: dict[str, Any]) -> str:
    """Return the description of an event for the trace and the logbook."""
    sender = variables["device_name"] or "the Particle Cloud"
    again = " (replayed)" if variables["replayed"] else ""
    return f"event {variables['event']} of {sender}{again}"
