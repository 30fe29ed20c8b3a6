"""The repair issue that tells people when the month's data operations run short."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir

from .budget import BillingMonth, Usage
from .const import DOMAIN

# Per cent of the allowance from which a repair issue tells the user, and how grave it is.
LEVELS: Final = {
    100: ir.IssueSeverity.CRITICAL,
    90: ir.IssueSeverity.ERROR,
    70: ir.IssueSeverity.WARNING,
}


class OperationsIssue:
    """Keeps one issue for an account, for the highest level that is reached."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Start with nothing told."""
        self._hass = hass
        self._entry = entry
        self._level = 0

    @callback
    def async_update(
        self, usage: Usage, allowance: int, month: BillingMonth, by_device: Mapping[str, int]
    ) -> None:
        """Tell the user when much of the allowance is used.

        Args:
            usage: What the month has cost so far.
            allowance: Data operations a month.
            month: The billing month.
            by_device: Own operations of the month by device id.
        """
        percent = 100 * usage.used / allowance
        level = next((level for level in LEVELS if percent >= level), 0)
        if level == self._level:
            return
        self._level = level
        async_delete_issues(self._hass, self._entry.entry_id, but=level)
        if not level:
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            _issue_id(self._entry.entry_id, level),
            is_fixable=False,
            severity=LEVELS[level],
            translation_key=f"data_operations_{level}",
            translation_placeholders={
                "account": self._entry.title,
                "used": f"{usage.used:,}",
                "allowance": f"{allowance:,}",
                "reads": f"{usage.reads:,}",
                "calls": f"{usage.calls:,}",
                "others": f"{usage.others:,}",
                "board": self._costliest_board(by_device),
                "next_month": f"{month.end:%Y-%m-%d}",
            },
        )

    def _costliest_board(self, by_device: Mapping[str, int]) -> str:
        """Name of the board that most of the own operations went to."""
        if not by_device:
            return "–"
        device_id = max(by_device, key=by_device.__getitem__)
        device = dr.async_get(self._hass).async_get_device_by_identifier(
            (DOMAIN, device_id), self._entry.entry_id
        )
        return (device and (device.name_by_user or device.name)) or device_id


@callback
def async_delete_issues(hass: HomeAssistant, entry_id: str, *, but: int = 0) -> None:
    """Delete an account's issues, but for that of one level."""
    for level in LEVELS:
        if level != but:
            ir.async_delete_issue(hass, DOMAIN, _issue_id(entry_id, level))


def _issue_id(entry_id: str, level: int) -> str:
    return f"data_operations_{level}_{entry_id}"
