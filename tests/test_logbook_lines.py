"""How many lines the logbook shows for one thing that happened, asked as its page asks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from homeassistant import loader
from homeassistant.components.recorder import Recorder
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.particle.const import PollingMode
from custom_components.particle.events.bus import BusEvents
from custom_components.particle.firmware.story import PATIENCE, FlashStep
from tests.automations import STREAM, registry_id
from tests.simulator import SimulatedCloud
from tests.simulator.world.images import Image
from tests.simulator.world.updates import Update
from tests.waiting import MAX_WAIT, until

type Lines = Callable[..., Awaitable[list[dict[str, Any]]]]
type Begin = Callable[..., Awaitable[Lines]]

BOAT = "0a10aced202194944a000003"
PUBLISHED = "event.garage_published_event"


@pytest.fixture
def enable_custom_integrations(recorder_db_url: str, hass: HomeAssistant) -> None:
    """Let Home Assistant load the integration; the database has to come before it."""
    hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)


@pytest.fixture
async def begin(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    config_entry: MockConfigEntry,
) -> AsyncIterator[Begin]:
    """Set the account up with options, and return what asks for the lines of a device since then."""
    await async_setup_component(hass, "logbook", {})

    async def set_up(**options: object) -> Lines:
        config_entry.add_to_hass(hass)
        hass.config_entries.async_update_entry(
            config_entry,
            options={"pace": PollingMode.EVENTS_ONLY, "sleeping_devices": [BOAT], **options},
        )
        await hass.config_entries.async_setup(config_entry.entry_id)
        await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
        client = await hass_client()
        await recorder_mock.async_block_till_done()
        since = dt_util.utcnow()

        async def lines(device: str, **params: str) -> list[dict[str, Any]]:
            await hass.async_block_till_done()
            await recorder_mock.async_block_till_done()
            answer = await client.get(
                f"/api/logbook/{since.isoformat()}",
                params={"end_time": dt_util.utcnow().isoformat(), **params},
            )
            return [line for line in await answer.json() if line["name"].startswith(device)]

        return lines

    yield set_up
    await hass.config_entries.async_unload(config_entry.entry_id)


async def test_a_device_that_goes_to_sleep(
    hass: HomeAssistant, cloud: SimulatedCloud, begin: Begin
) -> None:
    """The logbook shows one line, for the connection."""
    lines = await begin()
    cloud.world.board("boat").go_offline()
    await until(hass, lambda: hass.states.is_state("binary_sensor.boat_connection", STATE_OFF))
    [line] = await lines("boat")
    assert (line["entity_id"], line["state"]) == ("binary_sensor.boat_connection", "off")


async def test_a_flash(
    hass: HomeAssistant, cloud: SimulatedCloud, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its start, its transfer, its end, and why the device restarted in between."""
    monkeypatch.setitem(PATIENCE, FlashStep.CONTRADICTION, 0.1)
    lines = await begin()
    cloud.clock.set_speed(100)
    image = Image(b"new", "ab" * 32)
    cloud.world.flash(cloud.world.board("greenhouse"), Update(image))
    await until(hass, lambda: event_type(hass, "event.greenhouse_firmware_update") == "succeeded")
    flash, restart = "event.greenhouse_firmware_update", "event.greenhouse_restart"

    async def shown() -> list[tuple[str, str]]:
        return [
            (line["entity_id"], line.get("attributes", {}).get("event_type") or line["state"])
            for line in await lines("greenhouse")
            # The logbook shows each moment that a sensor of a moment tells.
            if not line["entity_id"].endswith("_last_heard")
        ]

    async with asyncio.timeout(MAX_WAIT):
        # The recorder writes in its own thread.
        while (flash, "succeeded") not in (told := await shown()):
            await asyncio.sleep(0)
    assert [what for entity_id, what in told if entity_id == flash] == [
        "started",
        "transferred",
        "succeeded",
    ]
    assert sorted(line for line in told if line[0] != flash) == [
        (restart, "update"),
        ("sensor.greenhouse_last_reset", "update"),
    ]


def event_type(hass: HomeAssistant, entity_id: str) -> object:
    """Return what an event entity told last."""
    state = hass.states.get(entity_id)
    return None if state is None else state.attributes["event_type"]


async def test_a_published_event(hass: HomeAssistant, cloud: SimulatedCloud, begin: Begin) -> None:
    """The logbook shows one line, for the event entity."""
    lines = await begin()
    cloud.world.publish("garage", "door", "open")
    await until(hass, lambda: event_type(hass, PUBLISHED) == "door")
    [line] = await lines("garage")
    assert (line["entity_id"], line["attributes"]) == (PUBLISHED, {"event_type": "door"})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param("open", "published door: open", id="text"),
        pytest.param("", "published door", id="nothing"),
        pytest.param("x" * 90, f"published door: {'x' * 80}…", id="long"),
        pytest.param("{data} {}", "published door: {data} {}", id="braces"),
    ],
)
async def test_the_payload_of_a_published_event(
    hass: HomeAssistant, cloud: SimulatedCloud, begin: Begin, data: str, said: str
) -> None:
    """It stands in the line of the entity, if all events go to the bus."""
    lines = await begin(bus_events=BusEvents.ALL)
    cloud.world.publish("garage", "door", data)
    await until(hass, lambda: event_type(hass, PUBLISHED) == "door")
    [line] = await lines("garage", entity=PUBLISHED)
    assert line["attributes"] == {"event_type": "door"}
    assert (line["context_name"], line["context_message"]) == ("garage", said)


async def test_the_page_of_a_device_shows_one_line_with_the_payload(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    begin: Begin,
    hass_ws_client: WebSocketGenerator,
    entity_registry: er.EntityRegistry,
) -> None:
    """The page requests the lines of the device and of its entities."""
    lines = await begin(bus_events=BusEvents.ALL)
    since = dt_util.utcnow()
    cloud.world.publish("garage", "door", "open")
    await until(hass, lambda: event_type(hass, PUBLISHED) == "door")
    await lines("garage")
    device_id = registry_id(hass, cloud, "garage")
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {
            "type": "logbook/get_events",
            "start_time": since.isoformat(),
            "end_time": dt_util.utcnow().isoformat(),
            "device_ids": [device_id],
            "entity_ids": [
                entity.entity_id
                for entity in er.async_entries_for_device(entity_registry, device_id)
            ],
        }
    )
    [line] = (await client.receive_json())["result"]
    assert line["entity_id"] == PUBLISHED
    assert line["context_message"] == "published door: open"
