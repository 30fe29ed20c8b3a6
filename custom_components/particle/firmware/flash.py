"""A flash as a job: from the request through the device's own events to an end that has a name.

The cloud answers "Update started" and no more. What then becomes of it only the events tell: the
transfer, the restart, and what the device says when it is back.
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
"""The flashes that are going on, by Particle's id of the device."""


class FlashFailedError(HomeAssistantError):
    """A flash that had begun did not end well.

    Attributes:
        failure: How.
        progress: How far it came.
    """

    def __init__(
        self, failure: FlashOutcome, progress: FlashProgress, *, device: str, seconds: float
    ) -> None:
        """Say what happened, or what did not.

        Args:
            failure: How it failed.
            progress: How far it came.
            device: Name of the device.
            seconds: The time that it had.
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
        """Prepare a flash; nothing is sent yet.

        Args:
            hass: Home Assistant.
            entry: The account.
            device: The device.
            timeout: Seconds between the cloud's "Update started" and the device being back.
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
        """How far it has come."""
        return self._story.progress

    async def async_start(self, send: Callable[[], Awaitable[FlashStarted]]) -> FlashStarted:
        """Send firmware to the device and leave it at that.

        Args:
            send: Asks the cloud to flash the device.

        Raises:
            DeviceOfflineError: The device is not connected; nothing was sent.
            ParticleError: The cloud refused.
        """
        await self._ensure_online()
        return await send()

    async def async_run(self, send: Callable[[], Awaitable[FlashStarted]]) -> FlashProgress:
        """Send firmware to the device and follow it until the device proves that it runs.

        Args:
            send: Asks the cloud to flash the device.

        Returns:
            What the device said of itself.

        Raises:
            FlashFailedError: The flash began and did not end well.
            HomeAssistantError: Another flash of the device is going on, or no events come in that
                would tell how it ends; nothing was sent.
            DeviceOfflineError: The device is not connected; nothing was sent.
            ParticleError: The cloud refused.
        """
        flashes = self._hass.data.setdefault(DATA_FLASHES, {})
        if self._device.device_id in flashes:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="flash_going_on",
                translation_placeholders={"device": self._device.name},
            )
        flashes[self._device.device_id] = self
        # Before the request: the first events may come before its answer.
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
        """Refuse a device that is offline; what we know may be old, so the cloud is asked, which is free."""
        if not self._device.online:
            await self._device.async_describe()
        if not self._device.online:
            raise DeviceOfflineError(f"{self._device.name} is offline")

    def _ensure_events(self) -> None:
        """Refuse a device whose event stream is not connected: nobody could tell how it ends."""
        for stream in self._streams:
            if stream.scope == self._device.scope and stream.state.connected:
                return
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="flash_without_events",
            translation_placeholders={"device": self._device.name},
        )

    async def _follow(self, begun: datetime) -> FlashOutcome:
        """Wait for the end of the flash and return how it ended."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._timeout
        story = self._story
        while self._failure is None:
            step = story.step
            # The caller's limit is for the transfer and the restart.
            limited = step in {FlashStep.START, FlashStep.TRANSFER, FlashStep.RESTART}
            patience = end - loop.time() if limited else story.patience
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    while story.step is step and self._failure is None:
                        self._changed.clear()
                        await self._changed.wait()
                    continue
            outcome = await async_confirm(self._device, story.expire(), begun)
            # Meanwhile the device may have said more.
            if story.step is step and self._failure is None:
                self.progress.safe_mode = outcome is FlashOutcome.SAFE_MODE
                self.progress.online = self.progress.online and outcome is not FlashOutcome.NOT_BACK
                return outcome
        return self._failure

    @callback
    def _handle_event(self, event: ParticleEvent) -> None:
        """Take what an event tells."""
        if event.system is not None and not event.replayed and self._failure is None:
            self._failure = self._story.feed(event.system)
            self._changed.set()

    @callback
    def async_stop(self, entry_id: str) -> None:
        """End the wait where it goes through an account: no more events come in that would end it."""
        if self._entry_id == entry_id and self._failure is None:
            self._failure = FlashOutcome.EVENTS_LOST
            self._changed.set()


@callback
def async_end_flashes_with(hass: HomeAssistant, entry: ParticleConfigEntry) -> None:
    """End the flashes of an account when it is unloaded and when Home Assistant stops.

    The action then answers at once that the result is unknown, instead of after its time limit.
    """

    @callback
    def stop(_event: Event | None = None) -> None:
        for flash in list(hass.data.get(DATA_FLASHES, {}).values()):
            flash.async_stop(entry.entry_id)

    entry.async_on_unload(stop)
    entry.async_on_unload(hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, stop))
