"""Base class and schema of the triggers."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final, cast, override

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
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

from ..validation.automations import explained_errors
from ..validation.fields import TEXT
from .subscriptions import EventHandler, async_subscribe_events

# Seconds for which the same reason for not triggering is not reported again, and the maximum number
# of reasons that are remembered.
SAME_REASON_PAUSE: Final = 10 * 60
MAX_REPORTED: Final = 500


def trigger_schema(
    options: Mapping[vol.Marker, Any] | None = None, *, target: bool = True
) -> vol.Schema:
    """Return the schema of a trigger: options, account, and optionally a target."""
    return vol.Schema(
        {
            **({vol.Optional(CONF_TARGET): cv.TARGET_FIELDS} if target else {}),
            vol.Required(CONF_OPTIONS, default=dict): {
                **(options or {}),
                vol.Optional(ATTR_CONFIG_ENTRY_ID): TEXT,
            },
        }
    )


class ParticleTrigger(Trigger):
    """Base class of the triggers.

    Attributes:
        schema: Schema of the trigger's target and options.
    """

    schema: ClassVar[vol.Schema]

    @override
    @classmethod
    async def async_validate_complete_config(
        cls, hass: HomeAssistant, complete_config: ConfigType
    ) -> ConfigType:
        """Validate the configuration, with one plain sentence as error message."""
        async with explained_errors(hass, complete_config, cls.schema):
            return await super().async_validate_complete_config(hass, complete_config)

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options and the target."""
        return cast(ConfigType, cls.schema(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Initialize the trigger."""
        super().__init__(hass, config)
        self._target = config.target
        self._options: dict[str, Any] = config.options or {}
        self._entry_id: str | None = self._options.get(ATTR_CONFIG_ENTRY_ID)
        self._run_action: TriggerActionRunner | None = None
        self._did_not_trigger: TriggerNotTriggeredReporter | None = None
        # When each reason was last reported, on the event loop's clock.
        self._reported: dict[tuple[object, ...], float] = {}

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Attach the trigger; return a function that detaches it."""
        self._run_action = run_action
        self._did_not_trigger = did_not_trigger
        return self._async_listen()

    @abstractmethod
    @callback
    def _async_listen(self) -> CALLBACK_TYPE:
        """Start to listen; return a function that unsubscribes."""

    @callback
    def _async_listen_events(self, handler: EventHandler, names: Iterable[str]) -> CALLBACK_TYPE:
        """Call a handler for the events of the target and the account with these names."""
        return async_subscribe_events(
            self._hass, handler, names=names, target=self._target, entry_id=self._entry_id
        )

    @callback
    def _fire(
        self, variables: dict[str, Any], description: str, context: Context | None = None
    ) -> None:
        """Run the actions."""
        self._reported.clear()
        if self._run_action is not None:
            self._run_action(variables, description, context)

    @callback
    def _report_not_triggered(
        self,
        reason: str,
        data: Mapping[str, Any],
        context: Context | None = None,
        *,
        always: bool = False,
    ) -> None:
        """Report in the trace why the actions do not run.

        Home Assistant keeps only a few traces, so the same reason is reported again for the same
        device and event only after a while.

        Args:
            reason: Key of the reason.
            data: The data that was checked.
            context: Context of the event.
            always: Report the reason even if it was reported recently, for example for a replay.
        """
        if self._did_not_trigger is None:
            return
        key = (reason, data.get("device_name"), data.get("event"))
        now = self._hass.loop.time()
        if not always and now - self._reported.get(key, -SAME_REASON_PAUSE) < SAME_REASON_PAUSE:
            return
        if len(self._reported) >= MAX_REPORTED:
            self._reported.clear()
        self._reported[key] = now
        self._did_not_trigger(NotTriggeredInfo(reason, data), context)
