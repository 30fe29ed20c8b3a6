"""Flash a device and wait for the outcome.

The cloud only answers "Update started". The events show the rest: the transfer, the restart, and the
reports of the device when it is back.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..api import DeviceOfflineError, FlashStarted
from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from ..events.hub import ParticleEvent
from .story import FlashOutcome, FlashProgress, FlashStep, FlashStory
from .watch import async_confirm

DEFAULT_TIMEOUT: Final = 600.0

DATA_FLASHES: HassKey[dict[str, Flash]] = HassKey(f"{DOMAIN}_flashes")
"""The current flashes by Particle device ID."""


class FlashFailedError(HomeAssistantError):
    """A flash has failed after it was started.

    Attributes:
        failure: The outcome.
        progress: The progress until then.
    """

    def __init__(
        self, failure: FlashOutcome, progress: FlashProgress, *, device: str, seconds: float
    ) -> None:
        """Initialize the error.

        Args:
            failure: The outcome.
            progress: The progress until then.
            device: Name of the device.
            seconds: The time limit.
        """
        super().__init__(
            translation_domain=DOMAIN,
            translation_key=f"flash_{failure}",
            translation_placeholders={
                "device": device,
                "seconds": f"{seconds:g}",
                "reason": progress.reset_reason or "–",
                "panic": progress.panic or "–",
            },
        )
        self.failure = failure
        self.progress = progress


class Flash:
    """One flash of one device."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ParticleConfigEntry,
        device: DeviceCoordinator,
        *,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """Initialize a flash without starting it.

        Args:
            hass: Home Assistant.
            entry: The account.
            device: The device.
            timeout: Seconds from the cloud's "Update started" until the device has to be back.
        """
        self._hass = hass
        self._entry_id = entry.entry_id
        self._hub = entry.runtime_data.hub
        self._streams = entry.runtime_data.streams
        self._device = device
        self._timeout = timeout
        self._story = FlashStory(device.data.app_hash)
        self._failure: FlashOutcome | None = None
        self._changed = asyncio.Event()

    @property
    def progress(self) -> FlashProgress:
        """The progress of the flash."""
        return self._story.progress

    async def async_start(self, send: Callable[[], Awaitable[FlashStarted]]) -> FlashStarted:
        """Send firmware to the device without waiting for the outcome.

        Args:
            send: Requests the flash from the cloud.

        Raises:
            DeviceOfflineError: The device is not connected; nothing was sent.
            ParticleError: The cloud refused the request.
        """
        await self._ensure_online()
        return await send()

    async def async_run(self, send: Callable[[], Awaitable[FlashStarted]]) -> FlashProgress:
        """Send firmware to the device and wait until the device proves that it runs.

        Args:
            send: Requests the flash from the cloud.

        Returns:
            The progress as the device reported it.

        Raises:
            FlashFailedError: The flash failed after it was started.
            HomeAssistantError: Another flash of the device is in progress, or its event stream is not
                connected; nothing was sent.
            DeviceOfflineError: The device is not connected; nothing was sent.
            ParticleError: The cloud refused the request.
        """
        flashes = self._hass.data.setdefault(DATA_FLASHES, {})
        if self._device.device_id in flashes:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="flash_going_on",
                translation_placeholders={"device": self._device.name},
            )
        flashes[self._device.device_id] = self
        # Before the request, because the first events may arrive before its answer.
        stop_listening = self._hub.async_listen(
            self._handle_event, device_id=self._device.device_id
        )
        try:
            self._ensure_events()
            begun = dt_util.utcnow()
            await self.async_start(send)
            outcome = await self._follow(begun)
        finally:
            stop_listening()
            del flashes[self._device.device_id]
        if outcome is not FlashOutcome.SUCCEEDED:
            raise FlashFailedError(
                outcome, self.progress, device=self._device.name, seconds=self._timeout
            )
        return self.progress

    async def _ensure_online(self) -> None:
        """Raise an error if the device is offline, after a free check with the cloud."""
        if not self._device.online:
            await self._device.async_describe()
        if not self._device.online:
            raise DeviceOfflineError(f"{self._device.name} is offline")

    def _ensure_events(self) -> None:
        """Raise an error if the device's event stream is not connected: the outcome would be unknown."""
        for stream in self._streams:
            if stream.scope == self._device.scope and stream.state.connected:
                return
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="flash_without_events",
            translation_placeholders={"device": self._device.name},
        )

    async def _follow(self, begun: datetime) -> FlashOutcome:
        """Wait for the end of the flash and return the outcome."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._timeout
        story = self._story
        while self._failure is None:
            step = story.step
            # The caller's timeout applies to the transfer and the restart.
            limited = step in {FlashStep.START, FlashStep.TRANSFER, FlashStep.RESTART}
            timeout = end - loop.time() if limited else story.patience
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    while story.step is step and self._failure is None:
                        self._changed.clear()
                        await self._changed.wait()
                    continue
            outcome = await async_confirm(self._device, story.expire(), begun)
            # More events may have arrived in the meantime.
            if story.step is step and self._failure is None:
                self.progress.safe_mode = outcome is FlashOutcome.SAFE_MODE
                self.progress.online = self.progress.online and outcome is not FlashOutcome.NOT_BACK
                return outcome
        return self._failure

    @callback
    def _handle_event(self, event: ParticleEvent) -> None:
        """Handle an event of the device."""
        if event.system is not None and not event.replayed and self._failure is None:
            self._failure = self._story.feed(event.system)
            self._changed.set()

    @callback
    def async_stop(self, entry_id: str) -> None:
        """Stop waiting if the flash belongs to the account, whose events end."""
        if self._entry_id == entry_id and self._failure is None:
            self._failure = FlashOutcome.EVENTS_LOST
            self._changed.set()


@callback
def async_end_flashes_with(hass: HomeAssistant, entry: ParticleConfigEntry) -> None:
    """Stop waiting for flashes when the account is unloaded or Home Assistant stops.

    The action then reports an unknown result at once, instead of after its timeout.
    """

    @callback
    def stop(_event: Event | None = None) -> None:
        for flash in list(hass.data.get(DATA_FLASHES, {}).values()):
            flash.async_stop(entry.entry_id)

    entry.async_on_unload(stop)
    entry.async_on_unload(hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, stop))
