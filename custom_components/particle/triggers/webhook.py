"""The triggers "webhook answered" and "webhook failed"."""

from typing import Any, ClassVar, override

from homeassistant.const import CONF_EVENT
from homeassistant.core import CALLBACK_TYPE, callback
import voluptuous as vol

from ..api import CloudEvent
from ..api.hook_responses import HookReport, HookResponse, parse_hook_event
from ..coordinator import ParticleConfigEntry
from ..events.hub import payload_as_json
from ..targeting import async_follow_accounts
from .base import ParticleTrigger, trigger_schema
from .event_received import event_patterns, matches
from .variables import device_variables


class _WebhookTrigger(ParticleTrigger):
    """Base class of the triggers for webhooks.

    There is no target, because the cloud reports the triggering device only for products.
    """

    schema = trigger_schema({vol.Optional(CONF_EVENT, default=list): event_patterns}, target=False)
    report: ClassVar[HookReport]
    happened: ClassVar[str]

    @override
    @callback
    def _async_listen(self) -> CALLBACK_TYPE:
        """Subscribe to the webhook responses of the accounts."""

        @callback
        def attach(entry: ParticleConfigEntry) -> CALLBACK_TYPE:
            @callback
            def handle(response: HookResponse) -> None:
                self._handle(entry, response)

            return entry.runtime_data.hub.async_listen_responses(handle)

        return async_follow_accounts(self._hass, self._entry_id, attach)

    @callback
    def _handle(self, entry: ParticleConfigEntry, response: HookResponse) -> None:
        hook = parse_hook_event(CloudEvent(f"{response.name}/0"))
        if hook is None or hook.report is not self.report:
            return
        selected: list[str] = self._options[CONF_EVENT]
        if not matches(hook.trigger, selected):
            return
        variables: dict[str, Any] = device_variables(self._hass, entry, hook.device_id)
        self._fire(
            variables
            | {
                "event": hook.trigger,
                "data": response.text,
                "json": payload_as_json(response.text),
                "complete": response.complete,
                "problem": response.problem,
            },
            f"the webhook for {hook.trigger} {self.happened}",
        )


class WebhookAnsweredTrigger(_WebhookTrigger):
    """Fires when the target of a webhook has answered; the answer is assembled from its parts."""

    report = HookReport.RESPONSE
    happened = "was answered"


class WebhookFailedTrigger(_WebhookTrigger):
    """Fires when the target of a webhook could not be reached or refused the event."""

    report = HookReport.ERROR
    happened = "has failed"
