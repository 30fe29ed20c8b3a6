"""Scopes that the credentials may not list, while other scopes can be listed."""

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..api import ParticleError, Scope
from ..const import DOMAIN, GRACE


class ClosedScopes:
    """Decide which scopes are closed, and report each as a repair issue.

    A single refusal may be temporary: a scope with known devices counts as closed only if it is still
    refused after a grace period.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, product_name: Callable[[str], str]
    ) -> None:
        """Initialize without closed scopes.

        Args:
            hass: Home Assistant.
            entry: The account.
            product_name: Returns the name of a product.
        """
        self._hass = hass
        self._entry = entry
        self._product_name = product_name
        self._refused_since: dict[Scope, float] = {}
        self._closed: set[Scope] = set()

    @property
    def in_doubt(self) -> bool:
        """Whether a scope has been refused but does not count as closed yet."""
        return not self._closed.issuperset(self._refused_since)

    def __contains__(self, scope: Scope) -> bool:
        """Return whether a scope is closed."""
        return scope in self._closed

    @callback
    def refused(self, scope: Scope, err: ParticleError, *, has_devices: bool) -> None:
        """Record that the listing of a scope was refused.

        Args:
            scope: The scope.
            err: The error from the cloud.
            has_devices: Whether devices of the scope are known.
        """
        now = self._hass.loop.time()
        since = self._refused_since.setdefault(scope, now)
        if has_devices and now - since < GRACE:
            return
        self._closed.add(scope)
        placeholders = {"account": self._entry.title, "reason": err.message}
        if scope.id is not None:
            placeholders["product"] = self._product_name(scope.id)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue_id(scope),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="account_unavailable" if scope.id is None else "product_unavailable",
            translation_placeholders=placeholders,
        )

    @callback
    def listed(self, scope: Scope) -> None:
        """Record that a scope was listed."""
        self._refused_since.pop(scope, None)
        self._closed.discard(scope)
        ir.async_delete_issue(self._hass, DOMAIN, self._issue_id(scope))

    def _issue_id(self, scope: Scope) -> str:
        if scope.id is None:
            return f"account_unavailable_{self._entry.entry_id}"
        return f"product_unavailable_{self._entry.entry_id}_{scope.id}"
