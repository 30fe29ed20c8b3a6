"""Stored events: the pages of the log, and their export."""

from http import HTTPStatus
import json

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.particle.dashboard.event_export import URL
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.device.running import STREAM
from tests.simulator import SimulatedCloud
from tests.waiting import arrived, until

from .card import Card
from .conftest import NewCard

SEARCH = "particle/events/search"


@pytest.fixture(autouse=True)
async def entry(hass: HomeAssistant, set_up: SetUp) -> MockConfigEntry:
    """An account that is set up, with its stream open, in a Home Assistant that serves browsers."""
    assert await async_setup_component(hass, "http", {})
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    return entry


async def _publish(hass: HomeAssistant, cloud: SimulatedCloud, *names: str) -> None:
    """Let the garage publish events, and the cloud one of its own before."""
    cloud.world.board("greenhouse").system_event("spark/status", "online")
    for number, name in enumerate(names):
        cloud.world.publish("garage", name, f"payload {number}")
    await arrived(hass, 1 + len(names))


async def _search(card: Card, **search: object) -> tuple[list[str], dict[str, int] | None]:
    """Return the names of the events on a page, and where the next one begins."""
    answer = await card.ask(SEARCH, **search)
    assert answer["success"], answer
    result = answer["result"]
    return [event["event"] for event in result["events"]], result["cursor"]


async def test_the_newest_come_first_page_by_page(
    hass: HomeAssistant, cloud: SimulatedCloud, new_card: NewCard
) -> None:
    card = await new_card()
    await _publish(hass, cloud, "one", "two", "three")
    names, cursor = await _search(card, limit=2)
    assert names == ["three", "two"]
    names, cursor = await _search(card, limit=2, cursor=cursor)
    assert names == ["one", "spark/status"]
    assert cursor is None or await _search(card, limit=2, cursor=cursor) == ([], None)


async def test_an_event_looks_as_it_did_live(
    hass: HomeAssistant, cloud: SimulatedCloud, new_card: NewCard
) -> None:
    """The card knows by that which events it has already."""
    card = await new_card()
    await card.follow("particle/events/subscribe")
    cloud.world.publish("garage", "door", "open")
    [live] = (await card.next())["events"]
    [stored] = (await card.ask(SEARCH))["result"]["events"]
    for event in (live, stored):
        del event["received_at"]
    assert live == stored


async def test_searching(hass: HomeAssistant, cloud: SimulatedCloud, new_card: NewCard) -> None:
    card = await new_card()
    await _publish(hass, cloud, "one", "two", "three")
    garage = registry_id(hass, cloud, "garage")
    greenhouse = registry_id(hass, cloud, "greenhouse")
    assert (await _search(card, text="PAYLOAD 1"))[0] == ["two"]
    assert (await _search(card, device_ids=[greenhouse]))[0] == ["spark/status"]
    assert (await _search(card, device_ids=[garage], text="o"))[0] == ["three", "two", "one"]
    assert (await _search(card, own=True))[0] == ["three", "two", "one"]
    assert (await _search(card, before="2020-01-01T00:00:00+00:00"))[0] == []
    assert await _search(card, device_ids=["nobody"]) == ([], None)


async def test_who_may_see_nothing_finds_nothing(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    new_card: NewCard,
    hass_read_only_user: MockUser,
    hass_read_only_access_token: str,
) -> None:
    """The card can say so; to those who may see events, it says who may replay them."""
    await _publish(hass, cloud, "one")
    card = await new_card(hass_read_only_access_token)
    [event, _] = (await card.ask(SEARCH))["result"]["events"]
    assert (event["event"], event["may_replay"]) == ("one", False)

    hass_read_only_user.mock_policy({})
    result = (await card.ask(SEARCH))["result"]
    assert result == {"events": [], "cursor": None, "visible": False}


async def test_exporting(
    hass: HomeAssistant, cloud: SimulatedCloud, hass_client: ClientSessionGenerator
) -> None:
    await _publish(hass, cloud, *(f"event {number}" for number in range(20)))
    client = await hass_client()
    answer = await client.get(URL, params={"own": "1", "text": "event 1"})
    assert answer.status == HTTPStatus.OK
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = [json.loads(line) for line in (await answer.text()).splitlines()]
    assert [line["event"] for line in lines] == [
        *(f"event {number}" for number in range(19, 9, -1)),
        "event 1",
    ]
    assert lines[-1]["data"] == "payload 1"

    garage = registry_id(hass, cloud, "greenhouse")
    answer = await client.get(URL, params={"device_id": garage})
    assert [json.loads(line)["event"] for line in (await answer.text()).splitlines()] == [
        "spark/status"
    ]


async def test_exporting_what_one_may_not_see(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_read_only_user: MockUser,
    hass_read_only_access_token: str,
) -> None:
    await _publish(hass, cloud, "one")
    assert (await (await hass_client_no_auth()).get(URL)).status == HTTPStatus.UNAUTHORIZED
    hass_read_only_user.mock_policy({})
    answer = await (await hass_client(hass_read_only_access_token)).get(URL)
    assert await answer.text() == ""
