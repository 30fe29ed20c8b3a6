"""Form fields for the polling options; durations are stored as seconds."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from homeassistant.helpers.selector import (
    DurationSelector,
    DurationSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..const import (
    CONF_FIXED_INTERVAL,
    CONF_MINIMUM_INTERVAL,
    CONF_MONTHLY_ALLOWANCE,
    CONF_PACE,
    CONF_SHARE,
    PollingMode,
)

# Reading one variable every 10 seconds costs 259,200 operations a month.
MIN_INTERVAL: Final = timedelta(seconds=10)
MAX_INTERVAL: Final = timedelta(days=1)

_INTERVALS: Final = (CONF_MINIMUM_INTERVAL, CONF_FIXED_INTERVAL)


def whole_number(low: int, high: int | None = None, unit: str | None = None) -> vol.All:
    """Return a field for a whole number."""
    config = NumberSelectorConfig(min=low, step=1, mode=NumberSelectorMode.BOX)
    if high is not None:
        config["max"] = high
    if unit is not None:
        config["unit_of_measurement"] = unit
    return vol.All(NumberSelector(config), vol.Coerce(int))


_DURATION: Final = DurationSelector(DurationSelectorConfig(enable_day=False, enable_second=True))

POLLING_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_PACE): SelectSelector(
            SelectSelectorConfig(
                options=list(PollingMode), mode=SelectSelectorMode.LIST, translation_key="pace"
            )
        ),
        vol.Optional(CONF_MONTHLY_ALLOWANCE): whole_number(1),
    }
)

# The settings of the polling modes that have any.
PACE_SCHEMAS: Final = {
    PollingMode.AUTOMATIC: vol.Schema(
        {
            vol.Required(CONF_SHARE): whole_number(1, 100, "%"),
            vol.Required(CONF_MINIMUM_INTERVAL): _DURATION,
        }
    ),
    PollingMode.FIXED: vol.Schema({vol.Required(CONF_FIXED_INTERVAL): _DURATION}),
}


def as_durations(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with intervals as the duration selector shows them."""
    return {key: _duration(value) if key in _INTERVALS else value for key, value in options.items()}


def as_seconds(user_input: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the user's input with intervals in seconds, and errors by field."""
    options = dict(user_input)
    errors: dict[str, str] = {}
    for key in _INTERVALS:
        if key in options:
            interval = timedelta(**options[key])
            options[key] = round(interval.total_seconds())
            if not MIN_INTERVAL <= interval <= MAX_INTERVAL:
                errors[key] = "interval_out_of_range"
    return options, errors


def _duration(seconds: float) -> dict[str, int]:
    minutes, second = divmod(round(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return {"hours": hour, "minutes": minute, "seconds": second}
