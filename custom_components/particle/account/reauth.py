"""Decide when to start a reauthentication flow and when to withdraw it."""

from collections.abc import Callable
from typing import Final

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import UpdateFailed
from homeassistant.util.hass_dict import HassKey

from ..api import AuthenticationError, InvalidCredentialsError
from ..const import DOMAIN

# Particle has refused valid tokens temporarily. The login counts as refused only after this many
# seconds without a success.
CONFIRMATION_TIME: Final = 60

# Sources of refusals: listings, actions, or a stream by its name.
LISTING: Final = "listing"
ACTION: Final = "action"

# Seconds until a refused listing is retried, with a margin for inexact timers.
CHECK_INTERVAL: Final = CONFIRMATION_TIME + 5

# Seconds after which the usual listing interval applies again.
QUICK_CHECK_PERIOD: Final = 600

_GUARDS: HassKey[dict[str, ReauthGuard]] = HassKey(f"{DOMAIN}_reauth")


class ReauthGuard:
    """Decide for one account whether its login is permanently refused.

    Listings, streams and actions report refusals here. A successful listing clears all of them,
    because it proves that the login is valid. A stream that connects clears only its own, because
    listings may still be refused. The guard survives reloads, so that it covers all attempts of a
    failing set-up.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Initialize the guard."""
        self._hass = hass
        self._entry = entry
        # When each source was first refused since its last success.
        self._refused_since: dict[str, float] = {}
        self._requested = False
        self._request_listing: Callable[[], None] | None = None

    @callback
    def async_start(self, request_listing: Callable[[], None]) -> CALLBACK_TYPE:
        """Request a listing, which is free, whenever another source is refused.

        Returns:
            A function that stops this.
        """
        self._request_listing = request_listing

        @callback
        def stop() -> None:
            self._request_listing = None

        return stop

    @callback
    def accepted(self, source: str) -> None:
        """Record a success of a source; withdraw the reauthentication flow if none is refused.

        Args:
            source: `LISTING`, or the name of a stream.
        """
        if source == LISTING:
            self._refused_since.clear()
        else:
            self._refused_since.pop(source, None)
        if self._refused_since or not self._requested:
            return
        self._requested = False
        for flow in list(self._entry.async_get_active_flows(self._hass, {SOURCE_REAUTH})):
            self._hass.config_entries.flow.async_abort(flow["flow_id"])

    @callback
    def refused(self, source: str) -> bool:
        """Record a refusal of a source, and start a reauthentication flow once it is certain.

        Args:
            source: `LISTING`, `ACTION` or the name of a stream.

        Returns:
            Whether reauthentication has been requested.
        """
        self._note(source)
        if not self._is_certain():
            return False
        self._requested = True
        self._entry.async_start_reauth_if_available(self._hass)
        return True

    @callback
    def report(self, source: str) -> None:
        """Record a refusal of a stream or an action, and request a listing to verify it."""
        self.refused(source)
        if self._request_listing is not None:
            self._request_listing()

    def failed_listing(
        self, err: AuthenticationError, *, setting_up: bool
    ) -> UpdateFailed | ConfigEntryAuthFailed:
        """Return the exception to raise for a refused listing.

        Home Assistant does not retry a set-up that failed authentication, so a refused token is retried
        for a minute first. If the token endpoint refuses the client's credentials, the set-up fails at
        once. After set-up, `ConfigEntryAuthFailed` is never raised: Home Assistant would stop listing
        and would not notice that the login works again.
        """
        self._note(LISTING)
        if setting_up:
            if isinstance(err, InvalidCredentialsError) or self._is_certain():
                # Home Assistant starts the flow.
                self._requested = True
                return ConfigEntryAuthFailed(
                    translation_domain=DOMAIN, translation_key="authentication_failed"
                )
            requested = False
        else:
            requested = self.refused(LISTING)
        return UpdateFailed(
            translation_domain=DOMAIN,
            translation_key="authentication_failed" if requested else "login_in_doubt",
            retry_after=CHECK_INTERVAL if self._refused_for() < QUICK_CHECK_PERIOD else None,
        )

    def _note(self, source: str) -> None:
        self._refused_since.setdefault(source, self._hass.loop.time())

    def _refused_for(self) -> float:
        """Return the seconds since the first refusal that no success has cleared."""
        return self._hass.loop.time() - min(self._refused_since.values())

    def _is_certain(self) -> bool:
        return self._refused_for() >= CONFIRMATION_TIME


@callback
def async_reauth_guard(hass: HomeAssistant, entry: ConfigEntry) -> ReauthGuard:
    """Return the guard of an account."""
    guards = hass.data.setdefault(_GUARDS, {})
    if (guard := guards.get(entry.entry_id)) is None:
        guard = guards[entry.entry_id] = ReauthGuard(hass, entry)
    return guard


@callback
def async_report_refusal(hass: HomeAssistant, entry: ConfigEntry, source: str) -> None:
    """Report a refusal of a stream or an action; a listing, which is free, verifies it."""
    async_reauth_guard(hass, entry).report(source)


@callback
def async_forget_reauth_guard(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Discard the guard of a removed account."""
    hass.data.get(_GUARDS, {}).pop(entry.entry_id, None)
