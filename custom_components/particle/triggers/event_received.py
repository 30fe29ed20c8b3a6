"""The trigger "event received": whatever a board publishes, by name and by payload."""

from collections.abc import Iterable
from typing import Any, Final, cast, override

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, CONF_EVENT, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import (
    NotTriggeredInfo,
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from ..coordinator import ParticleConfigEntry
from ..event_hub import ParticleEvent
from ..payload import FIELD_SCHEMA, check_payload
from .subscriptions import async_subscribe_events
from .variables import event_variables

CONF_MATCH: Final = "match"
CONF_PAYLOAD: Final = "payload"

EVERYTHING = "*"


def event_pattern(value: Any) -> str:
    """Validate the name of an event, or the start of names with an asterisk after it.

    Raises:
        vol.Invalid: It is empty, or the asterisk stands somewhere else.
    """
    pattern = cv.string(value)
    if not pattern:
        raise vol.Invalid("the name of the event is empty")
    if "*" in pattern[:-1]:
        raise vol.Invalid(f"the asterisk can only stand at the end: {pattern}")
    return pattern


def event_patterns(value: Any) -> list[str]:
    """Validate one pattern or a list of them; none means every event that boards publish.

    Raises:
        vol.Invalid: One of them is no pattern.
    """
    return [event_pattern(pattern) for pattern in cv.ensure_list(value)] or [EVERYTHING]


def distinct_patterns(patterns: Iterable[str]) -> list[str]:
    """Leave out patterns that others cover, so that an event matches one at the most."""
    kept: list[str] = []
    # A prefix sorts before all that it covers.
    for pattern in sorted(set(patterns), key=lambda one: (one.removesuffix("*"), one[-1] != "*")):
        covers = (known for known in kept if known.endswith("*"))
        if not any(pattern.startswith(known[:-1]) for known in covers):
            kept.append(pattern)
    return kept


_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_TARGET): cv.TARGET_FIELDS,
        vol.Required(CONF_OPTIONS, default=dict): {
            vol.Optional(CONF_EVENT, default=list): event_patterns,
            vol.Optional(CONF_MATCH): dict,
            vol.Optional(CONF_PAYLOAD, default=list): vol.All(cv.ensure_list, [FIELD_SCHEMA]),
            vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
        },
    }
)


class EventReceivedTrigger(Trigger):
    """Fires when a board publishes an event."""

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options and the target."""
        return cast(ConfigType, _SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the validated configuration."""
        super().__init__(hass, config)
        self._target = config.target
        self._options = config.options or {}
        self._names = distinct_patterns(self._options[CONF_EVENT])

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Listen to the boards."""
        everything = self._names == [EVERYTHING]

        @callback
        def handle(entry: ParticleConfigEntry, event: ParticleEvent) -> None:
            if everything and (event.event.is_system or event.event.is_hook):
                # "Everything" means what the firmware publishes; the cloud's own reports have names
                # that can be asked for.
                return
            mismatch = check_payload(
                event.event.data,
                event.json,
                self._options.get(CONF_MATCH),
                self._options[CONF_PAYLOAD],
            )
            variables = event_variables(self._hass, entry, event)
            if mismatch is None:
                run_action(variables, describe(variables), event.context)
            elif did_not_trigger is not None:
                looked_at = {key: variables[key] for key in ("event", "device_name")}
                did_not_trigger(
                    NotTriggeredInfo(mismatch.reason, {**looked_at, **mismatch.data}), event.context
                )

        return async_subscribe_events(
            self._hass,
            handle,
            names=self._names,
            target=self._target,
            entry_id=self._options.get(ATTR_CONFIG_ENTRY_ID),
        )


def describe(variables: dict[str, Any]) -> str:
    """Return what the trace and the logbook say of an event."""
    sender = variables["device_name"] or "the Particle Cloud"
    again = " (replayed)" if variables["replayed"] else ""
    return f"event {variables['event']} of {sender}{again}"
