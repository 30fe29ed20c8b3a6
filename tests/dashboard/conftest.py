"""What the tests of the cards share."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.particle.dashboard import files
from tests.device.conftest import set_clock  # noqa: F401

from .card import Card
from .registered import build

type NewCard = Callable[..., Awaitable[Card]]


@pytest.fixture
def new_card(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> NewCard:
    """Open a card of a connection of its own; of another user with that user's token."""

    async def connect(token: str | None = None) -> Card:
        client = await (hass_ws_client(hass, token) if token else hass_ws_client(hass))
        return Card(hass, client)

    return connect


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build of the cards, whether or not there is one in the clone."""
    folder = tmp_path / "dist"
    build(folder, "first")
    monkeypatch.setattr(files, "DIST", folder)
    return folder


@pytest.fixture
async def http(hass: HomeAssistant, dist: Path) -> None:
    """Home Assistant's HTTP server, which is there before any integration."""
    assert await async_setup_component(hass, "http", {})


@pytest.fixture
async def lovelace(hass: HomeAssistant) -> None:
    """Dashboards whose resources are managed in the user interface, as nearly everywhere."""
    assert await async_setup_component(hass, "lovelace", {})
