"""What the tests of the cards share."""

from collections.abc import Awaitable, Callable

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.device.conftest import set_clock  # noqa: F401

from .card import Card

type NewCard = Callable[..., Awaitable[Card]]


@pytest.fixture
def new_card(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> NewCard:
    """Open a card of a connection of its own; of another user with that user's token."""

    async def connect(token: str | None = None) -> Card:
        client = await (hass_ws_client(hass, token) if token else hass_ws_client(hass))
        return Card(hass, client)

    return connect
