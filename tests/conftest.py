"""What the tests share: Home Assistant with a simulated Particle cloud on loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from unittest.mock import PropertyMock, patch

from freezegun import freeze_time
from freezegun.api import TickingDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

# Imported before Home Assistant is built: the plug-in's own custom_components would shadow ours.
from custom_components.particle.const import (
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_LOGIN,
    CONF_SERVER_URL,
    DOMAIN,
    Login,
)
from tests import logs, time_limit
from tests.simulator import SimulatedCloud

type SetUp = Callable[[], Awaitable[MockConfigEntry]]

only_expected_logs = logs.only_expected_logs
pytest_runtest_teardown = time_limit.pytest_runtest_teardown
pytest_timeout_set_timer = time_limit.pytest_timeout_set_timer


@pytest.fixture(autouse=True)
def _custom_integrations(
    request: pytest.FixtureRequest,
    only_expected_logs: None,
    enable_custom_integrations: None,
    socket_enabled: None,
) -> None:
    """Let Home Assistant load the integration, and real sockets open on loopback."""
    if "clock" in request.fixturenames:
        # First in, last out: nothing that is still running may see the time jump back.
        request.getfixturevalue("clock")


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """A folder of its own for the configuration: event logs are written into it."""
    return str(tmp_path)


@pytest.fixture
def clock() -> Iterator[TickingDateTimeFactory]:
    """A clock that goes on by itself, so that sockets work, and that a test can let jump."""
    with freeze_time(tick=True) as ticking:
        assert isinstance(ticking, TickingDateTimeFactory)
        yield ticking


@pytest.fixture
async def cloud(
    request: pytest.FixtureRequest, socket_enabled: None
) -> AsyncIterator[SimulatedCloud]:
    """A simulated Particle cloud whose boards do nothing by themselves."""

    def note(fault: str, active: bool) -> None:
        request.node.stash[logs.CLOUD_WAS_FAULTY] = True

    async with SimulatedCloud() as simulated:
        simulated.faults.listeners.append(note)
        yield simulated


@pytest.fixture
def config_entry(cloud: SimulatedCloud) -> MockConfigEntry:
    """The simulated user's account, connected with client id and secret."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=cloud.username,
        unique_id=cloud.world.users[cloud.username].id,
        data={
            CONF_LOGIN: Login.CLIENT_CREDENTIALS,
            CONF_SERVER_URL: cloud.base_url,
            CONF_CLIENT_ID: cloud.client_id,
            CONF_CLIENT_SECRET: cloud.client_secret,
        },
    )


@pytest.fixture
def entity_registry_enabled_by_default() -> Iterator[None]:
    """Enable entities that are disabled by default."""
    enabled = PropertyMock(return_value=True)
    with patch.object(Entity, "entity_registry_enabled_default", enabled):
        yield


@pytest.fixture
async def set_up(hass: HomeAssistant, config_entry: MockConfigEntry) -> AsyncIterator[SetUp]:
    """Set the account up, with the options that a test has given it, and unload it at the end."""

    async def run() -> MockConfigEntry:
        if hass.config_entries.async_get_entry(config_entry.entry_id) is None:
            config_entry.add_to_hass(hass)
        await hass.config_entries.async_setup(config_entry.entry_id)
        await hass.async_block_till_done()
        return config_entry

    yield run
    if config_entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(config_entry.entry_id)
        await hass.async_block_till_done()
