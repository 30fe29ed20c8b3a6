"""Offering the cards while there is an account: serve them, register them, say what is missing."""

import asyncio
from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.loader import async_get_integration
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from . import files
from .files import BuiltCards, async_serve, read_built_cards
from .resource import async_ensure_resource, async_remove_resource

_LOGGER = logging.getLogger(__name__)

ISSUE_NOT_BUILT: Final = "cards_not_built"
ISSUE_YAML: Final = "cards_not_in_yaml"

# Home Assistant does not report that the resources of a YAML file have been reloaded.
_YAML_CHECK_INTERVAL: Final = timedelta(minutes=1)


@callback
def async_get_registration(hass: HomeAssistant) -> CardRegistration:
    """Return the registration, which exists once, whatever the accounts."""
    if _REGISTRATION not in hass.data:
        hass.data[_REGISTRATION] = CardRegistration(hass)
    return hass.data[_REGISTRATION]


class CardRegistration:
    """Keeps the cards registered. Whatever goes wrong here, accounts work without."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize without registering anything."""
        self._hass = hass
        self._lock = asyncio.Lock()
        self._wanted = False
        self._served = False
        self._stop_waiting: CALLBACK_TYPE | None = None
        self._stop_checking: CALLBACK_TYPE | None = None

    async def async_register(self) -> None:
        """Register the cards, or say in a repair issue why dashboards cannot load them."""
        self._wanted = True
        await self._async_try()

    async def async_unregister(self) -> None:
        """Remove what was registered; the files stay served until Home Assistant restarts."""
        self._wanted = False
        async with self._lock:
            self._stop()
            for issue in (ISSUE_NOT_BUILT, ISSUE_YAML):
                ir.async_delete_issue(self._hass, DOMAIN, issue)
            if LOVELACE_DATA not in self._hass.data:
                return
            try:
                await async_remove_resource(self._hass)
            except Exception:
                _LOGGER.exception("The resource of the dashboard cards could not be removed")

    async def _async_try(self) -> None:
        """Register the cards as far as that is possible now."""
        async with self._lock:
            if not self._wanted:
                return
            try:
                done = await self._async_register()
            except Exception:
                _LOGGER.exception("The dashboard cards could not be registered")
                done = False
            starting = self._hass.state is not CoreState.running
            if not done and starting and self._stop_waiting is None:
                self._stop_waiting = async_at_started(self._hass, self._async_started)

    async def _async_register(self) -> bool:
        """Register the cards; return False if a later attempt may do better."""
        if self._hass.http is None or LOVELACE_DATA not in self._hass.data:
            # Still to be set up, or a Home Assistant without a frontend.
            return False
        cards = await self._hass.async_add_executor_job(read_built_cards, files.DIST)
        self._set_issue(ISSUE_NOT_BUILT, cards is None)
        if cards is None:
            return True
        if not self._served:
            await async_serve(self._hass, files.DIST)
            self._served = True
        await self._async_register_resource(cards)
        return True

    async def _async_register_resource(self, cards: BuiltCards) -> None:
        """Register the resource, or ask for the line where the user manages resources in YAML."""
        integration = await async_get_integration(self._hass, DOMAIN)
        url = cards.url(str(integration.version))
        registered = await async_ensure_resource(self._hass, url)
        self._set_issue(ISSUE_YAML, not registered, url=url)
        if registered:
            self._stop()
        elif self._stop_checking is None:
            self._stop_checking = async_track_time_interval(
                self._hass, self._async_check, _YAML_CHECK_INTERVAL, cancel_on_shutdown=True
            )

    def _set_issue(self, issue: str, active: bool, **placeholders: str) -> None:
        """Create or delete a repair issue."""
        if not active:
            ir.async_delete_issue(self._hass, DOMAIN, issue)
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=issue,
            translation_placeholders=placeholders or None,
        )

    async def _async_started(self, hass: HomeAssistant) -> None:
        """Try again now that everything that will be set up is."""
        self._stop_waiting = None
        await self._async_try()

    async def _async_check(self, now: datetime) -> None:
        """Look whether the line is there by now."""
        await self._async_try()

    def _stop(self) -> None:
        """End what waits for a better moment."""
        for stop in (self._stop_waiting, self._stop_checking):
            if stop is not None:
                stop()
        self._stop_waiting = self._stop_checking = None


_REGISTRATION: HassKey[CardRegistration] = HassKey(f"{DOMAIN}_cards")
