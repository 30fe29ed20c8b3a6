"""Track the flashes of one device, with a time limit for each step."""

import asyncio
from collections.abc import Callable
from datetime import datetime
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..api import ParticleError
from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from ..events.hub import ParticleEvent
from .story import FlashOutcome, FlashProgress, FlashStep, FlashStory, begins_flash

_LOGGER = logging.getLogger(__name__)

# Outcomes due to missing events, which the event stream may have lost.
_DUE_TO_MISSING_EVENTS: Final = frozenset(
    {
        FlashOutcome.TRANSFER_NOT_STARTED,
        FlashOutcome.TRANSFER_NOT_FINISHED,
        FlashOutcome.NOT_RESTARTED,
        FlashOutcome.NOT_BACK,
        FlashOutcome.NOT_PROVEN,
    }
)
_AFTER_TRANSFER: Final = frozenset(
    {
        FlashOutcome.SUCCEEDED,
        FlashOutcome.NOT_RESTARTED,
        FlashOutcome.NOT_BACK,
        FlashOutcome.NOT_PROVEN,
    }
)

type EndOfFlash = Callable[[FlashOutcome, FlashProgress, Context], None]


class FlashWatch:
    """Report the outcome of each flash of a device."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ParticleConfigEntry,
        device_id: str,
        on_end: EndOfFlash,
        *,
        on_step: Callable[[FlashStep | None], None] = lambda step: None,
    ) -> None:
        """Initialize the watch.

        Args:
            hass: Home Assistant.
            entry: The account.
            device_id: Particle device ID.
            on_end: Called with the outcome, the progress and the context of the last event.
            on_step: Called with each step that the flash is waiting for; None at the end.
        """
        self._hass = hass
        self._entry = entry
        self._device_id = device_id
        self._on_end = on_end
        self._on_step = on_step
        self._story: FlashStory | None = None
        self._step: FlashStep | None = None
        self._begun = dt_util.utcnow()
        self._context = Context()
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._confirming: asyncio.Task[None] | None = None

    @callback
    def async_handle(self, event: ParticleEvent) -> None:
        """Handle an event of the device."""
        if event.system is None:
            return
        if self._story is None:
            if not begins_flash(event.system):
                return
            self._story = FlashStory(self._app_hash())
            self._begun = dt_util.utcnow()
        self._context = event.context
        outcome = self._story.feed(event.system)
        if outcome is not None:
            self._end(outcome)
        elif self._story.step is not self._step or begins_flash(event.system):
            self._stop_waiting()
            self._step = self._story.step
            self._on_step(self._step)
            self._cancel_timer = async_call_later(self._hass, self._story.patience, self._expire)

    @callback
    def async_stop(self) -> None:
        """Stop tracking the current flash."""
        self._stop_waiting()
        if self._step is not None:
            self._on_step(None)
        self._story = self._step = None

    def _app_hash(self) -> str | None:
        device = self._device()
        return device.data.app_hash if device else None

    def _device(self) -> DeviceCoordinator | None:
        if self._entry.state is not ConfigEntryState.LOADED:
            return None
        return self._entry.runtime_data.devices.get(self._device_id)

    def _stop_waiting(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        if self._confirming is not None:
            self._confirming.cancel()
            self._confirming = None

    @callback
    def _expire(self, _now: datetime) -> None:
        """Check the state with the cloud after no more events have arrived."""
        self._cancel_timer = None
        if self._story is not None:
            self._confirming = self._hass.async_create_background_task(
                self._confirm(self._story), f"particle flash of {self._device_id}"
            )

    async def _confirm(self, story: FlashStory) -> None:
        device, outcome = self._device(), story.expire()
        if device is not None:
            outcome = await async_confirm(device, outcome, self._begun)
        elif outcome in _DUE_TO_MISSING_EVENTS and self._entry.state is not ConfigEntryState.LOADED:
            outcome = FlashOutcome.EVENTS_LOST
        self._confirming = None
        self._end(outcome)

    def _end(self, outcome: FlashOutcome) -> None:
        story = self._story
        self.async_stop()
        if story is not None:
            self._on_end(outcome, story.progress, self._context)


async def async_confirm(
    device: DeviceCoordinator, outcome: FlashOutcome, begun: datetime
) -> FlashOutcome:
    """Verify the outcome of a flash with the cloud; free.

    Args:
        device: The device.
        outcome: The outcome according to the events.
        begun: When the flash began, UTC.

    Returns:
        The verified or corrected outcome.
    """
    if outcome in _DUE_TO_MISSING_EVENTS and not _was_stream_connected(device, begun):
        return FlashOutcome.EVENTS_LOST
    if outcome not in _AFTER_TRANSFER:
        return outcome
    try:
        # A device that does not come back counts as online until the cloud notices.
        if outcome is FlashOutcome.NOT_RESTARTED and not await device.async_ping():
            return FlashOutcome.NOT_BACK
        await device.async_describe()
    except ParticleError as err:
        _LOGGER.debug("No details of %s after its flash: %s", device.name, err)
        return outcome
    if device.device.safe_mode:
        return FlashOutcome.SAFE_MODE
    if not device.device.online:
        return FlashOutcome.NOT_BACK
    return FlashOutcome.NOT_PROVEN if outcome is FlashOutcome.NOT_BACK else outcome


def _was_stream_connected(device: DeviceCoordinator, begun: datetime) -> bool:
    """Whether the device's event stream has been connected all the time."""
    streams = device.config_entry.runtime_data.streams
    return any(
        stream.scope == device.scope and stream.state.connected and stream.state.since <= begun
        for stream in streams
    )
