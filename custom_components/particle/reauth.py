"""When the user is asked to log in again, and when the request is taken back."""

from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import UpdateFailed
from homeassistant.util.hass_dict import HassKey

from .api import AuthenticationError, InvalidCredentialsError
from .const import DOMAIN

if TYPE_CHECKING:
    from .coordinator import ParticleConfigEntry

# Particle has refused good tokens for a while before. Two refusals in a row that are so many seconds
# apart, each also for a renewed token, are believed.
REFUSALS_APART: Final = 60

# Seconds until a refused listing is tried again; a little more, because timers are not exact.
CHECK_AGAIN: Final = REFUSALS_APART + 5

# Seconds for which that goes on before the usual interval is enough.
CHECK_QUICKLY: Final = 600

_GUARDS: HassKey[dict[str, ReauthGuard]] = HassKey(f"{DOMAIN}_reauth")


class ReauthGuard:
    """Judges for one account whether its login is refused for good.

    Listings, streams and actions report refusals here; a listing or a stream that succeeds takes back
    what was reported. It outlives reloads, so that it can compare the tries of a failing set-up.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Initialize the guard."""
        self._hass = hass
        self._entry = entry
        self._refused_since: float | None = None
        self._requested = False

    @callback
    def accepted(self) -> None:
        """Note that the login works, and end the request to log in again that we have made."""
        self._refused_since = None
        if not self._requested:
            return
        self._requested = False
        for flow in list(self._entry.async_get_active_flows(self._hass, {SOURCE_REAUTH})):
            self._hass.config_entries.flow.async_abort(flow["flow_id"])

    @callback
    def refused(self) -> bool:
        """Note that a call was refused, and ask the user to log in again once that is certain.

        Returns:
            Whether the user has been asked.
        """
        if not self._is_certain():
            return False
        self._requested = True
        self._entry.async_start_reauth_if_available(self._hass)
        return True

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
        if setting_up:
            if isinstance(err, InvalidCredentialsError) or self._is_certain():
                # Home Assistant makes the request.
                self._requested = True
                return ConfigEntryAuthFailed(
                    translation_domain=DOMAIN, translation_key="authentication_failed"
                )
            requested = False
        else:
            requested = self.refused()
        return UpdateFailed(
            translation_domain=DOMAIN,
            translation_key="authentication_failed" if requested else "login_in_doubt",
            retry_after=CHECK_AGAIN if self._refused_for() < CHECK_QUICKLY else None,
        )

    def _refused_for(self) -> float:
        """Seconds since the first of the refusals in a row."""
        now = self._hass.loop.time()
        if self._refused_since is None:
            self._refused_since = now
        return now - self._refused_since

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
def async_report_refusal(hass: HomeAssistant, entry: ParticleConfigEntry | ConfigEntry) -> None:
    """Note that a stream or an action was refused; a free listing confirms or refutes it."""
    async_reauth_guard(hass, entry).refused()
    if entry.state is ConfigEntryState.LOADED:
        entry.runtime_data.account.async_refresh_soon()


@callback
def async_forget_reauth_guard(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Forget the guard of an account that is removed."""
    hass.data.get(_GUARDS, {}).pop(entry.entry_id, None)
