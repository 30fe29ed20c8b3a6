"""What the tests of the config flow share."""

from collections.abc import AsyncIterator

from homeassistant.core import HomeAssistant
import pytest

from custom_components.particle.const import DOMAIN
from tests.flow.steps import is_loaded
from tests.simulator import SimulatedCloud
from tests.simulator.world import Token, TokenKind, User


@pytest.fixture(autouse=True)
async def _unload(hass: HomeAssistant, cloud: SimulatedCloud) -> AsyncIterator[None]:
    """Unload what the flows have set up, while the cloud still answers."""
    yield
    for entry in hass.config_entries.async_entries(DOMAIN):
        if is_loaded(entry):
            await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture
def newcomer(cloud: SimulatedCloud) -> str:
    """The token of somebody who has no board and no product."""
    name = "new@example.com"
    cloud.world.users[name] = User("5c00000000000000000000a9", name, "secret-of-newcomer")
    cloud.world.tokens.add(Token("f" * 40, TokenKind.USER, name, "particle-cli"))
    return "f" * 40
