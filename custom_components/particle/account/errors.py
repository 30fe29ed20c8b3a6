"""Translate errors of the client into messages for the user."""

from collections.abc import Collection, Generator
from contextlib import contextmanager

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import async_get_hass

from ..api import ParticleError
from ..exceptions import rule_for, translated
from .reauth import ACTION, async_report_refusal


@contextmanager
def cloud_errors(
    entry: ConfigEntry, device_name: str | None = None, *, known: Collection[str] | None = None
) -> Generator[None]:
    """Turn errors of the client into Home Assistant exceptions.

    If the login was refused, a listing verifies that before the user is asked to reauthenticate.

    Args:
        entry: The account.
        device_name: Name of the device; None for a call about the account.
        known: Names of the device's functions or variables, which the message lists if one does not
            exist; None if they are unknown.

    Raises:
        ServiceValidationError: The user's input is not valid.
        HomeAssistantError: The call failed.
    """
    try:
        yield
    except ParticleError as err:
        if rule_for(err).reauth:
            async_report_refusal(async_get_hass(), entry, ACTION)
        raise translated(err, account=entry.title, device_name=device_name, known=known) from err
