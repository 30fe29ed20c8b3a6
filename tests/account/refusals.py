"""Requests to log in again, and logins that are refused."""

from collections.abc import Callable
from typing import Any

from freezegun.api import TickingDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import DOMAIN
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until

STREAM = "binary_sensor.jane_example_com_event_stream"
GREENHOUSE = "binary_sensor.greenhouse_connection"
LISTING = "/v1/devices"


def asked(hass: HomeAssistant) -> list[Any]:
    """The requests to log in again that the user sees."""
    return [
        flow
        for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if flow["context"]["source"] == SOURCE_REAUTH
    ]


def count(cloud: SimulatedCloud, path: str) -> int:
    """How many requests the cloud has seen for a path."""
    return sum(request.path == path for request in cloud.requests)


async def refused(
    hass: HomeAssistant, entry: MockConfigEntry, clock: TickingDateTimeFactory, seconds: float
) -> None:
    """Let time pass and wait until another listing has been refused."""
    account = entry.runtime_data.account
    before = account.last_exception
    await pass_time(hass, clock, seconds)
    await until(hass, lambda: account.last_exception is not before)
    assert not account.last_update_success


async def change_options(
    hass: HomeAssistant, entry: MockConfigEntry, options: dict[str, Any]
) -> None:
    """Give the account other options, and wait until its streams are connected again."""
    before = entry.runtime_data
    hass.config_entries.async_update_entry(entry, options=options)
    await until(hass, lambda: entry.runtime_data is not before)
    await until(hass, lambda: entry.state is ConfigEntryState.LOADED)
    await until(hass, lambda: all(s.state.connected for s in entry.runtime_data.streams))


def reached(number: Callable[[], int], expected: int) -> bool:
    """Whether a number is what it has to become."""
    return number() == expected
