"""An account that is connected with a token of the user's own."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import CONF_ACCESS_TOKEN, CONF_LOGIN, DOMAIN, Login
from tests.simulator import SimulatedCloud


@pytest.fixture
def token_entry(cloud: SimulatedCloud) -> MockConfigEntry:
    """The account, connected with a token that cannot be renewed."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=cloud.username,
        unique_id=cloud.world.users[cloud.username].id,
        data={
            CONF_LOGIN: Login.ACCESS_TOKEN,
            CONF_ACCESS_TOKEN: cloud.access_token,
            "server_url": cloud.base_url,
        },
    )
