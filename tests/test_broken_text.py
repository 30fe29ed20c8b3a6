"""Text and numbers that JSON, a database or Home Assistant cannot hold: half of a surrogate pair, NUL, huge numbers."""

from datetime import timedelta
import json
import re
from typing import Any

from homeassistant.components.recorder import Recorder, get_instance, history
from homeassistant.const import STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.json import json_bytes, prepare_save_json
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.particle.const import CONF_ACCOUNT_DEVICES, CONF_PRODUCTS, DOMAIN
from tests.actions import Act
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import until

STREAM = "binary_sensor.jane_example_com_event_stream"
PUBLISHED = "event.greenhouse_published_event"
MODE = "sensor.greenhouse_mode"

SOIL = "sensor.greenhouse_soil"
HUMIDITY = "sensor.greenhouse_humidity"

HALF = "\ud83d"
REPLACED = "\ufffd"

BROKEN = [f"a{HALF}b", "a\x00b", f"{HALF}{HALF}"]
IDS = ["half a pair", "NUL", "two halves"]


@pytest.fixture
def enable_custom_integrations(recorder_mock: Recorder, enable_custom_integrations: None) -> None:
    """Start the recorder before anything else: it insists on that."""


def _shown(text: str) -> str:
    """Return what stands in place of a broken text."""
    return re.sub("[\ud800-\udfff\x00]", REPLACED, text)


async def _recorded(hass: HomeAssistant, entity_id: str) -> list[str]:
    """Return the states of an entity that the database holds."""
    found = await get_instance(hass).async_add_executor_job(
        history.state_changes_during_period,
        hass,
        dt_util.utcnow() - timedelta(hours=1),
        None,
        entity_id,
    )
    return [state.state for state in found.get(entity_id, [])]


async def _answers(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> list[Any]:
    """Return what Home Assistant tells a browser about all states."""
    # Before the server starts: afterwards nothing can be added to it.
    assert await async_setup_component(hass, "api", {})
    assert await async_setup_component(hass, "websocket_api", {})
    client = await hass_client()
    answer = await client.get("/api/states")
    assert answer.status == 200, await answer.text()
    states: list[Any] = await answer.json()
    return states


def _assert_savable(hass: HomeAssistant) -> None:
    """Write both registries as Home Assistant does when it saves them."""
    for registry in (dr.async_get(hass), er.async_get(hass)):
        _mode, written = prepare_save_json({"data": registry._data_to_save()}, encoder=None)
        text = written if isinstance(written, str) else written.decode()
        assert "\\u0000" not in text


@pytest.mark.parametrize("broken", BROKEN, ids=IDS)
async def test_names_of_devices_variables_and_functions(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
    broken: str,
) -> None:
    """Home Assistant can save its registries and show every state."""
    cloud.world.add_board(
        f"hut{broken}",
        variables={f"level{broken}": 3},
        functions={f"fill{broken}": lambda argument: 1},
    )
    await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))

    _assert_savable(hass)
    names = [
        state["attributes"].get("friendly_name") for state in await _answers(hass, hass_client)
    ]
    assert f"hut{_shown(broken)} level{_shown(broken)}" in names


async def test_names_of_products_and_groups(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, config_entry: MockConfigEntry
) -> None:
    """A product is set up like any other, and its devices can be listed."""
    product = cloud.world.products[cloud.product_id]
    product.name = f"Vans{HALF}"
    cloud.world.board("van-2").groups = [f"north{HALF}"]
    config_entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        config_entry,
        options={CONF_ACCOUNT_DEVICES: False, CONF_PRODUCTS: [str(cloud.product_id)]},
    )
    assert await hass.config_entries.async_setup(config_entry.entry_id)
    await hass.async_block_till_done()
    _assert_savable(hass)
    answer = await Act(hass)("list_devices")
    assert f"north{REPLACED}" in json_bytes(answer).decode()
    await hass.config_entries.async_unload(config_entry.entry_id)


@pytest.mark.parametrize("broken", BROKEN, ids=IDS)
async def test_values(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
    broken: str,
) -> None:
    """A text of a device reaches the dashboard, the browser and the recorder."""
    cloud.world.board("greenhouse").set("mode", broken)
    await set_up()
    await until(hass, lambda: hass.states.is_state(MODE, _shown(broken)))

    await _answers(hass, hass_client)
    await async_wait_recording_done(hass)
    assert _shown(broken) in await _recorded(hass, MODE)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (10**400, STATE_UNKNOWN),
        (2**80, "1.20892581961463e+24"),
        (2**63, str(2**63)),
    ],
    ids=["beyond doubles", "beyond 64 bits", "unsigned"],
)
async def test_huge_numbers(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
    value: int,
    shown: str,
) -> None:
    """A number that no computer's number holds is no value; the others stay as exact as they can."""
    cloud.world.board("greenhouse").set("soil", value)
    await set_up()
    await until(hass, lambda: hass.states.is_state(HUMIDITY, "62"))
    await until(hass, lambda: hass.states.is_state(SOIL, shown))
    await _answers(hass, hass_client)
    await async_wait_recording_done(hass)
    assert shown in await _recorded(hass, SOIL)


@pytest.mark.parametrize(
    "data",
    [
        *BROKEN,
        *(json.dumps({"text": broken, broken: 1}) for broken in BROKEN),
        '{"huge": 1' + "0" * 400 + "}",
        '{"huge": 1e999, "none": NaN}',
        "[" * 300 + "]" * 300,
    ],
    ids=[*IDS, *(f"JSON with {name}" for name in IDS), "huge number", "endless", "deep"],
)
async def test_payloads(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    data: str,
) -> None:
    """The event entity fires, the recorder keeps it, and `recent_events` answers."""
    await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    cloud.world.publish("greenhouse", "reading", data)
    await until(hass, lambda: not hass.states.is_state(PUBLISHED, STATE_UNKNOWN))

    await _answers(hass, hass_client)
    await async_wait_recording_done(hass)
    state = hass.states.get(PUBLISHED)
    assert state is not None
    assert state.state in await _recorded(hass, PUBLISHED)
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {
            "type": "call_service",
            "domain": DOMAIN,
            "service": "recent_events",
            "service_data": {"device_id": registry_id(hass, cloud, "greenhouse")},
            "return_response": True,
        }
    )
    answer = await client.receive_json()
    assert answer["success"], answer
    assert "reading" in str(answer["result"])


@pytest.mark.expect_log("Error during service call to particle.request")
async def test_words_of_an_error(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, hass_ws_client: WebSocketGenerator
) -> None:
    """They reach the browser too."""
    entry = await set_up()
    cloud.faults.set("forbidden", body={"error": f"not{HALF} for\x00you"}, path="/v1/user")
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {
            "type": "call_service",
            "domain": DOMAIN,
            "service": "request",
            "service_data": {"config_entry_id": entry.entry_id, "path": "user"},
            "return_response": True,
        }
    )
    answer = await client.receive_json()
    assert f"not{REPLACED} for{REPLACED}you" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"error": f"x{HALF}y"}, f"x{REPLACED}y"),
        ({HALF: "x"}, "status 403"),
        ({"error": [["deep"] * 2] * 2}, "deep"),
    ],
    ids=["text", "key", "nested"],
)
async def test_errors_of_the_request_action(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, body: Any, shown: str
) -> None:
    """Their words can be shown, whatever shape they come in."""
    entry = await set_up()
    cloud.faults.set("forbidden", body=body, path="/v1/user")
    with pytest.raises(HomeAssistantError) as raised:
        await Act(hass)("request", config_entry_id=entry.entry_id, path="user")
    assert shown in str(raised.value)
