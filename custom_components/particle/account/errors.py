"""Errors of calls that a person has started, as messages that name the cause and the way out."""

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
    """Turn errors of the client into messages that name the cause and the way out.

    A login that is refused is checked by a listing, and the user is asked for another one if need be.

    Args:
        entry: The account.
        device_name: The device that was asked; None for a call about the account.
        known: Names of the device's functions or variables, to pick from where one is unknown; None
            where they are not known here.

    Raises:
        ServiceValidationError: What the user asked for is not possible.
        HomeAssistantError: The call failed.
    """
    try:
        yield
    except ParticleError as err:
        if rule_for(err).reauth:
            async_report_refusal(async_get_hass(), entry, ACTION)
        raise translated(err, account=entry.title, device_name=device_name, known=known) from err
