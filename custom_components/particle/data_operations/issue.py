"""The repair issue for data operations that run short or are refused."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from .budget import BillingMonth, Usage
from .refusal import Refusal

# Severity of the repair issue by percentage of the allowance.
LEVELS: Final = {
    100: ir.IssueSeverity.CRITICAL,
    90: ir.IssueSeverity.ERROR,
    70: ir.IssueSeverity.WARNING,
}

REFUSED: Final = "refused"

# The kinds of issues; each has its own texts and ID.
KINDS: Final = (REFUSED, *(str(level) for level in LEVELS))


class OperationsIssue:
    """Maintain one issue for an account: for a refusal, or else for the highest level reached."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Initialize without an issue."""
        self._hass = hass
        self._entry = entry
        self._shown: tuple[str, str] | None = None

    @callback
    def async_update(
        self,
        usage: Usage,
        allowance: int,
        month: BillingMonth,
        by_device: Mapping[str, int],
        refusal: Refusal | None,
    ) -> None:
        """Create, replace or delete the issue.

        Args:
            usage: The usage in the current billing period.
            allowance: Data operations in a billing period.
            month: The billing period.
            by_device: Own operations in the period by device ID.
            refusal: Particle's refusal of paid calls, if any.
        """
        percent = 100 * usage.used / allowance
        level = next((level for level in LEVELS if percent >= level), None)
        kind, detail = str(level or ""), "reported" if usage.reported else "own"
        if refusal is not None:
            kind, detail, level = REFUSED, refusal.reason, None
        if self._shown == (kind, detail):
            return
        self._shown = (kind, detail)
        async_delete_issues(self._hass, self._entry.entry_id, but=kind)
        if not kind:
            return
        placeholders = {
            "account": self._entry.title,
            "used": f"{usage.used:,}",
            "allowance": f"{allowance:,}",
            "reads": f"{usage.reads:,}",
            "calls": f"{usage.calls:,}",
            "others": f"{usage.others:,}",
            "device": self._costliest_device(by_device),
            "next_month": f"{month.end:%Y-%m-%d}",
        }
        # The usage of devices and other programs is known only if Particle reports its count.
        key = f"data_operations_{kind}" if usage.reported else f"data_operations_{kind}_own"
        if refusal is not None:
            key = "data_operations_refused"
            placeholders["reason"] = refusal.reason.rstrip(".")
            placeholders["since"] = f"{dt_util.as_local(refusal.since):%Y-%m-%d %H:%M}"
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            _issue_id(self._entry.entry_id, kind),
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR if level is None else LEVELS[level],
            translation_key=key,
            translation_placeholders=placeholders,
        )

    def _costliest_device(self, by_device: Mapping[str, int]) -> str:
        """Return the name of the device with the most own operations."""
        if not by_device:
            return "–"
        device_id = max(by_device, key=by_device.__getitem__)
        device = dr.async_get(self._hass).async_get_device_by_identifier(
            (DOMAIN, device_id), self._entry.entry_id
        )
        return (device and (device.name_by_user or device.name)) or device_id


@callback
def async_delete_issues(hass: HomeAssistant, entry_id: str, *, but: str = "") -> None:
    """Delete an account's issues, except one kind."""
    for kind in KINDS:
        if kind != but:
            ir.async_delete_issue(hass, DOMAIN, _issue_id(entry_id, kind))


def _issue_id(entry_id: str, kind: str) -> str:
    return f"data_operations_{kind}_{entry_id}"
