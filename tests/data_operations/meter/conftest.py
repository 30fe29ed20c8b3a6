"""An account that reads nothing by itself, in a cloud that tells of the plan."""

from collections.abc import AsyncIterator

from freezegun.api import TickingDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import DOMAIN
from tests.simulator import SimulatedCloud
from tests.simulator.api import ENDPOINTS
from tests.simulator.endpoint import Access, Routes

from .budget import NOW, QUIET, Agreements


@pytest.fixture
def agreements() -> Agreements:
    """What the simulated cloud says of the plan."""
    return Agreements()


@pytest.fixture
async def cloud(
    socket_enabled: None, agreements: Agreements, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SimulatedCloud]:
    """A simulated cloud that tells of the plan."""
    routes = Routes("Usage")
    path = "/v1/user/service_agreements"
    routes.add("GET", path, "Show the plan and its use", Access.USER)(agreements.show)
    known = [endpoint for endpoint in ENDPOINTS if endpoint.path != path]
    monkeypatch.setattr("tests.simulator.cloud.ENDPOINTS", [*known, *routes.endpoints])
    async with SimulatedCloud() as simulated:
        yield simulated


@pytest.fixture(autouse=True)
def _middle_of_april(clock: TickingDateTimeFactory) -> None:
    """Half of the calendar month is over."""
    clock.move_to(NOW)


@pytest.fixture
def config_entry(config_entry: MockConfigEntry) -> MockConfigEntry:
    """An account that reads nothing by itself, so that each count has one cause."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=config_entry.title,
        unique_id=config_entry.unique_id,
        data=dict(config_entry.data),
        options=QUIET,
    )
