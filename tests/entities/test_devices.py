"""Boards as Home Assistant shows them: they come, go, sleep, are renamed and get new firmware."""

from datetime import timedelta

from freezegun.api import TickingDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.particle.const import DOMAIN
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import arrived, pass_time, pass_time_until, until

STREAM = "binary_sensor.jane_example_com_event_stream"
CONNECTION = "binary_sensor.greenhouse_connection"
TEMPERATURE = "sensor.greenhouse_temperature"


async def _running(hass: HomeAssistant, set_up: SetUp) -> str:
    """Set up, wait for the stream and return the entry's id."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    return str(entry.entry_id)


async def test_a_boards_page(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    device_registry: dr.DeviceRegistry,
) -> None:
    """It says what the board is, and leads to the console."""
    entry_id = await _running(hass, set_up)
    board = cloud.world.board("greenhouse")
    page = device_registry.async_get_device_by_identifier((DOMAIN, board.id), entry_id)

    assert page is not None
    assert page.name == "greenhouse"
    assert page.manufacturer == "Particle"
    assert page.model == "Photon 2 / P2"
    assert page.model_id is None
    assert page.sw_version == board.system_version
    assert page.serial_number == board.serial_number
    assert page.configuration_url == f"https://console.particle.io/devices/{board.id}"
    assert page.via_device_id is not None
    account = device_registry.async_get(page.via_device_id)
    assert account is not None
    assert account.name == cloud.username


async def test_every_board_of_the_account_has_a_page(
    hass: HomeAssistant, set_up: SetUp, device_registry: dr.DeviceRegistry
) -> None:
    """Those that are offline too; those of other people not."""
    entry_id = await _running(hass, set_up)
    names = {page.name for page in dr.async_entries_for_config_entry(device_registry, entry_id)}
    assert names == {
        "jane@example.com",
        "boat",
        "garage",
        "greenhouse",
        "old photon",
        "van-1",
    }


async def test_a_new_board_appears(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """Its first event leads to a listing; nobody has to reload anything."""
    await _running(hass, set_up)
    assert hass.states.get("binary_sensor.shed_connection") is None

    cloud.world.add_board("shed", variables={"light": 12.5})
    await until(hass, lambda: hass.states.is_state("binary_sensor.shed_connection", STATE_ON))
    await until(hass, lambda: hass.states.is_state("sensor.shed_light", "12.5"))


async def test_a_board_that_leaves_the_account_goes(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    device_registry: dr.DeviceRegistry,
) -> None:
    """Its page and its entities are gone after the next listing."""
    entry_id = await _running(hass, set_up)
    board = cloud.world.board("greenhouse")
    board.owner = None

    await pass_time(hass, clock, timedelta(minutes=6))
    await until(
        hass,
        lambda: (
            device_registry.async_get_device_by_identifier((DOMAIN, board.id), entry_id) is None
        ),
    )
    assert hass.states.get(CONNECTION) is None


@pytest.mark.expect_log("is a web page")
async def test_a_listing_that_fails_removes_nothing(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """A proxy's page instead of a list is trouble, not an empty account."""
    await _running(hass, set_up)
    cloud.faults.set("proxy_html", path="/v1/devices")
    await pass_time_until(hass, clock, lambda: hass.states.is_state(CONNECTION, STATE_UNAVAILABLE))

    cloud.faults.clear()
    await pass_time(hass, clock, timedelta(minutes=6))
    await until(hass, lambda: hass.states.is_state(CONNECTION, STATE_ON))


async def test_a_rename_at_particle_follows(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    device_registry: dr.DeviceRegistry,
) -> None:
    """The page has the new name; entity ids stay as they are."""
    entry_id = await _running(hass, set_up)
    board = cloud.world.board("greenhouse")
    cloud.world.rename(board, "orangery")
    await pass_time(hass, clock, timedelta(minutes=6))

    def name() -> str | None:
        page = device_registry.async_get_device_by_identifier((DOMAIN, board.id), entry_id)
        return page.name if page else None

    await until(hass, lambda: name() == "orangery")
    assert hass.states.is_state(CONNECTION, STATE_ON)


async def test_offline_and_online_again(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """An offline board's values are unavailable, never an old value that looks live."""
    await _running(hass, set_up)
    await until(hass, lambda: hass.states.get(TEMPERATURE) is not None)
    await pass_time(hass, clock, 2)
    await until(hass, lambda: not hass.states.is_state(TEMPERATURE, STATE_UNAVAILABLE))

    cloud.world.set_online("greenhouse", False)
    await arrived(hass, 1)
    await pass_time(hass, clock, 3)
    await until(hass, lambda: hass.states.is_state(CONNECTION, STATE_OFF))
    assert hass.states.is_state(TEMPERATURE, STATE_UNAVAILABLE)

    cloud.world.set_online("greenhouse", True)
    await until(hass, lambda: hass.states.is_state(CONNECTION, STATE_ON))


async def test_an_offline_that_comes_late_is_no_offline(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, clock: TickingDateTimeFactory
) -> None:
    """The cloud tells of the old session's end right before the new one begins."""
    await _running(hass, set_up)
    states: list[str] = []
    hass.bus.async_listen(
        "state_changed",
        lambda event: (
            states.append(event.data["new_state"].state)
            if event.data["entity_id"] == CONNECTION
            else None
        ),
    )
    cloud.world.set_online("greenhouse", False)
    cloud.world.set_online("greenhouse", True)
    await arrived(hass, 2)
    await pass_time(hass, clock, 5)

    assert STATE_OFF not in states
    assert hass.states.is_state(CONNECTION, STATE_ON)


@pytest.mark.parametrize("shape", ["descriptions_null", "descriptions_empty"])
async def test_a_board_that_tells_nothing_right_after_its_start_loses_nothing(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    entity_registry: er.EntityRegistry,
    shape: str,
) -> None:
    """The cloud has no description yet; empty answers, however many, are no new firmware."""
    entry_id = await _running(hass, set_up)
    [entry] = hass.config_entries.async_loaded_entries(DOMAIN)
    board = cloud.world.board("greenhouse")
    coordinator = entry.runtime_data.devices[board.id]
    await until(hass, lambda: coordinator.data.variables)
    functions, variables = coordinator.data.functions, coordinator.data.variables

    def entities() -> set[str]:
        found = er.async_entries_for_config_entry(entity_registry, entry_id)
        return {entity.entity_id for entity in found}

    before = entities()
    cloud.faults.set("descriptions_late", seconds=3600)
    cloud.faults.set(shape)
    board.set("humidity", 47.5)
    board.go_offline()
    board.go_online()
    answer = await coordinator.cloud.devices.get(board.id)
    assert (answer.functions or (), answer.variables or {}) == ((), {})
    for _ in range(3):
        await coordinator.async_describe()
    assert (coordinator.data.functions, coordinator.data.variables) == (functions, variables)
    assert entities() == before
    await until(hass, lambda: hass.states.is_state("sensor.greenhouse_humidity", "47.5"))


async def test_an_offline_boards_variables_are_remembered(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """After a restart of Home Assistant its entities are there, and unavailable."""
    entry_id = await _running(hass, set_up)
    cloud.world.set_online("greenhouse", False)
    await arrived(hass, 1)
    assert await hass.config_entries.async_reload(entry_id)
    await hass.async_block_till_done()

    assert hass.states.is_state(TEMPERATURE, STATE_UNAVAILABLE)
    assert hass.states.is_state(CONNECTION, STATE_OFF)
