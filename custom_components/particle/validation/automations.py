"""Error messages for invalid configurations of triggers and conditions."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

from homeassistant.const import (
    ATTR_AREA_ID,
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
    CONF_OPTIONS,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.translation import async_get_translations
import voluptuous as vol

from ..const import DOMAIN
from .fields import field_error

# Messages for the fields of a target, in place of those of the validation library.
_TARGET_FIELDS: Final = {
    ATTR_ENTITY_ID: "entity IDs are needed, such as binary_sensor.garage_connection",
    ATTR_DEVICE_ID: "IDs of devices are needed",
    ATTR_AREA_ID: "IDs of areas are needed",
    ATTR_FLOOR_ID: "IDs of floors are needed",
    ATTR_LABEL_ID: "IDs of labels are needed",
}


def duration(value: Any) -> timedelta:
    """Validate a duration.

    Raises:
        vol.Invalid: The value is not a duration, or is too long.
    """
    try:
        return cv.positive_time_period(value)
    except (OverflowError, vol.Invalid) as err:
        raise vol.Invalid("a duration is needed, such as 00:05:00 for five minutes") from err


@asynccontextmanager
async def explained_errors(
    hass: HomeAssistant, config: Mapping[str, Any], schema: vol.Schema
) -> AsyncIterator[None]:
    """Explain in one sentence what is wrong with the target or the options.

    Home Assistant appends the invalid value to a schema error, which mostly is "Got None" because it
    looks the path up from the top of the automation. Errors of other classes are shown unchanged.

    Raises:
        ServiceValidationError: The target or the options are not valid.
    """
    try:
        yield
    except vol.Invalid as err:
        first = err.errors[0] if isinstance(err, vol.MultipleInvalid) else err
        error = _explained(first, config, schema)
        # An automation may be validated before the integration's translations are loaded. Home
        # Assistant would then show the key instead of the sentence.
        texts = await async_get_translations(hass, "en", "exceptions", {DOMAIN})
        text = texts[f"component.{DOMAIN}.exceptions.{error.translation_key}.message"]
        raise ServiceValidationError(
            text.format(**(error.translation_placeholders or {})),
            translation_domain=DOMAIN,
            translation_key=error.translation_key,
            translation_placeholders=error.translation_placeholders,
        ) from err


def _explained(
    err: vol.Invalid, config: Mapping[str, Any], schema: vol.Schema
) -> ServiceValidationError:
    parts = {str(key): fields for key, fields in schema.schema.items()}
    options = parts[CONF_OPTIONS]
    known = {
        str(key) for key in (options.validators[0] if isinstance(options, vol.All) else options)
    }
    part, *path = err.path
    if not path:
        if part in known:
            err = vol.Invalid(f"it belongs below {CONF_OPTIONS}")
            return field_error(err, [part], {part: part}, known)
        return field_error(err, [part], config, parts)
    if part == CONF_OPTIONS:
        return field_error(err, path, config[part], known)
    return field_error(vol.Invalid(_TARGET_FIELDS.get(path[0])), path, config[part], _TARGET_FIELDS)
