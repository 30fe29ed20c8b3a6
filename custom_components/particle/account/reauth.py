"""When the user is asked to log in again, and when the request is taken back."""

from collections.abc import Callable
from typing import Final

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import UpdateFailed
from homeassistant.util.hass_dict import HassKey

from ..api import AuthenticationError, InvalidCredentialsError
from ..const import DOMAIN

# Particle has refused good tokens for a while before. Two refusals in a row that are so many seconds
# apart, each also for a renewed token, are believed.
REFUSALS_APART: Final = 60

# Whose calls are refused: listings, actions, or a stream by its own name.
LISTING: Final = "listing"
ACTION: Final = "action"

# Seconds until a refused listing is tried again; a little more, because timers are not exact.
CHECK_AGAIN: Final = REFUSALS_APART + 5

# Seconds for which that goes on before the usual interval is enough.
CHECK_QUICKLY: Final = 600

_GUARDS: HassKey[dict[str, ReauthGuard]] = HassKey(f"{DOMAIN}_reauth")


class ReauthGuard:
    """Judges for one account whether its login is refused for good.

    Listings, streams and actions report refusals here. A listing that succeeds refutes all of them,
    because the login is good and another one would change nothing. A stream that connects refutes
    only its own: the listing may be refused anyway. The guard outlives reloads, so that it can
    compare the tries of a failing set-up.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Initialize the guard."""
        self._hass = hass
        self._entry = entry
        # When each source was refused first since it was refuted.
        self._refused_since: dict[str, float] = {}
        self._requested = False
        self._request_listing: Callable[[], None] | None = None

    @callback
    def async_start(self, request_listing: Callable[[], None]) -> CALLBACK_TYPE:
        """Ask for a listing, which is free, whenever something else is refused.

        Returns:
            A function that ends that.
        """
        self._request_listing = request_listing

        @callback
        def stop() -> None:
            self._request_listing = None

        return stop

    @callback
    def accepted(self, source: str) -> None:
        """Note that a source is accepted; once none is refused, end the request that we have made.

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
        """Note that a call was refused, and ask the user to log in again once that is certain.

        Args:
            source: `LISTING`, `ACTION` or the name of a stream.

        Returns:
            Whether the user has been asked.
        """
        self._note(source)
        if not self._is_certain():
            return False
        self._requested = True
        self._entry.async_start_reauth_if_available(self._hass)
        return True

    @callback
    def report(self, source: str) -> None:
        """Note that a stream or an action was refused, and have that checked by a listing."""
        self.refused(source)
        if self._request_listing is not None:
            self._request_listing()

    def failed_listing(
        self, err: AuthenticationError, *, setting_up: bool
    ) -> UpdateFailed | ConfigEntryAuthFailed:
        """Return what a refused listing raises.

        A set-up that is given up does not come back by itself, so a refused token is tried again for a
        minute. A client that the token endpoint refuses ends it at once: there the credentials
        themselves were judged, and the user is in front of the screen. Later `ConfigEntryAuthFailed`
        is never the answer, because Home Assistant would stop listing and could not find out that the
        login works again.
        """
        self._note(LISTING)
        if setting_up:
            if isinstance(err, InvalidCredentialsError) or self._is_certain():
                # Home Assistant makes the request.
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
            retry_after=CHECK_AGAIN if self._refused_for() < CHECK_QUICKLY else None,
        )

    def _note(self, source: str) -> None:
        self._refused_since.setdefault(source, self._hass.loop.time())

    def _refused_for(self) -> float:
        """Seconds since the first refusal that nothing has refuted."""
        return self._hass.loop.time() - min(self._refused_since.values())

    def _is_certain(self) -> bool:
        return self._refused_for() >= REFUSALS_APART


@callback
def async_reauth_guard(hass: HomeAssistant, entry: ConfigEntry) -> ReauthGuard:
    """Return the guard of an account."""
    guards = hass.data.setdefault(_GUARDS, {})
    if (guard := guards.get(entry.entry_id)) is None:
        guard = guards[entry.entry_id] = ReauthGuard(hass, entry)
    return guard


@callback
def async_report_refusal(hass: HomeAssistant, entry: ConfigEntry, source: str) -> None:
    """Note that a stream or an action was refused; a free listing confirms or refutes it."""
    async_reauth_guard(hass, entry).report(source)


@callback
def async_forget_reauth_guard(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Forget the guard of an account that is removed."""
    hass.data.get(_GUARDS, {}).pop(entry.entry_id, None)
