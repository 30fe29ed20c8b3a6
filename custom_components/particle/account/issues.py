"""Repair issues of an account."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN

# Issues that listings create; the next listing recreates them after a reload.
LISTING_ISSUES = ("account_unavailable", "product_unavailable")


@callback
def async_delete_issues(hass: HomeAssistant, entry: ConfigEntry, *kinds: str) -> None:
    """Delete the issues of an account: all, or those of some kinds."""
    registry = ir.async_get(hass)
    for domain, issue_id in list(registry.issues):
        if domain == DOMAIN and entry.entry_id in issue_id and issue_id.startswith(kinds or ("",)):
            ir.async_delete_issue(hass, DOMAIN, issue_id)
