"""Which boards and accounts an automation is about, while they move and change."""

from functools import partial

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.particle.const import (
    CONF_ACCOUNT_DEVICES,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_PRODUCTS,
    DOMAIN,
)
from tests.automations import NAME, automate, end_of_line, listening, received, registry_id, trigger
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import until


async def set_up_fleet(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry
) -> MockConfigEntry:
    """Set up a second account, which shows the boards of a product."""
    fleet = MockConfigEntry(
        domain=DOMAIN,
        title="Delivery Vans",
        unique_id=f"product_{cloud.product_id}",
        data=config_entry.data
        | {
            CONF_CLIENT_ID: cloud.product_client_id,
            CONF_CLIENT_SECRET: cloud.product_client_secret,
        },
        options={CONF_ACCOUNT_DEVICES: False, CONF_PRODUCTS: [str(cloud.product_id)]},
    )
    fleet.add_to_hass(hass)
    await hass.config_entries.async_setup(fleet.entry_id)
    await until(hass, lambda: fleet.runtime_data.streams[0].state.connected)
    return fleet


async def test_some_boards_by_page_and_entity(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """A board is meant by its page and by each of its entities."""
    await listening(hass, set_up)
    automation = await automate(
        hass,
        received({"device_id": registry_id(hass, cloud, "greenhouse")}, event="ping"),
        received({"entity_id": "binary_sensor.garage_connection"}, event="ping"),
        wrote=NAME,
    )
    for board in ("boat", "garage", "greenhouse"):
        cloud.world.publish(board, "ping", "")
    await automation.times(2)
    assert {run["board"] for run in automation.runs} == {"garage", "greenhouse"}


async def test_boards_that_move_between_areas_and_labels(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    area_registry: ar.AreaRegistry,
    floor_registry: fr.FloorRegistry,
    label_registry: lr.LabelRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    """The automation follows at once, in both directions."""
    await listening(hass, set_up)
    floor = floor_registry.async_create("Ground")
    garden = area_registry.async_create("Garden", floor_id=floor.floor_id)
    wet = label_registry.async_create("Wet")
    automation = await automate(
        hass,
        received({"area_id": garden.id}, event="area"),
        received({"floor_id": floor.floor_id}, event="floor"),
        received({"label_id": wet.label_id}, event="label"),
        received(event="last"),
        wrote=NAME,
    )

    def publish() -> None:
        for board in ("boat", "greenhouse"):
            for name in ("area", "floor", "label"):
                cloud.world.publish(board, name, "")

    publish()
    await end_of_line(hass, cloud, automation, 0)

    device_registry.async_update_device(registry_id(hass, cloud, "greenhouse"), area_id=garden.id)
    device_registry.async_update_device(registry_id(hass, cloud, "boat"), labels={wet.label_id})
    publish()
    await automation.times(4)
    assert [(run["board"], run["event"]) for run in automation.runs[1:]] == [
        ("boat", "label"),
        ("greenhouse", "area"),
        ("greenhouse", "floor"),
    ]

    device_registry.async_update_device(registry_id(hass, cloud, "greenhouse"), area_id=None)
    device_registry.async_update_device(registry_id(hass, cloud, "boat"), labels=set())
    publish()
    await end_of_line(hass, cloud, automation, 4)

    area_registry.async_update(garden.id, floor_id=None)
    device_registry.async_update_device(registry_id(hass, cloud, "greenhouse"), area_id=garden.id)
    cloud.world.publish("greenhouse", "floor", "")
    await end_of_line(hass, cloud, automation, 5)


async def test_an_entity_that_is_put_in_an_area(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    area_registry: ar.AreaRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    """Its board belongs to the area from then on."""
    await listening(hass, set_up)
    area = area_registry.async_create("Shed")
    automation = await automate(hass, received({"area_id": area.id}, event="ping"), wrote=NAME)
    entity_registry.async_update_entity("sensor.garage_position", area_id=area.id)
    cloud.world.publish("garage", "ping", "")
    await automation.times(1)


async def test_the_accounts_page_means_all_its_boards(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, device_registry: dr.DeviceRegistry
) -> None:
    """Also those that appear later."""
    entry = await listening(hass, set_up)
    page = next(
        page
        for page in dr.async_entries_for_config_entry(device_registry, entry.entry_id)
        if page.entry_type is dr.DeviceEntryType.SERVICE
    )
    automation = await automate(hass, received({"device_id": page.id}, event="ping"), wrote=NAME)
    cloud.world.publish("garage", "ping", "")
    await automation.times(1)

    cloud.world.add_board("cellar")
    await entry.runtime_data.account.async_refresh()
    await hass.async_block_till_done()
    cloud.world.publish("cellar", "ping", "")
    await automation.times(2)
    assert automation.runs[-1]["board"] == "cellar"


async def test_a_board_that_two_accounts_bring(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, config_entry: MockConfigEntry
) -> None:
    """Its events start the automation once, by the account that shows the board."""
    await listening(hass, set_up)
    fleet = await set_up_fleet(hass, cloud, config_entry)
    automation = await automate(
        hass,
        received(event=["ping", "last"]),
        wrote={"event": "{{ trigger.event }}", "entry": "{{ trigger.config_entry_id }}"} | NAME,
    )
    heard: list[str] = []
    fleet.runtime_data.hub.async_listen(lambda event: heard.append(event.name))
    cloud.world.publish("van-1", "ping", "")
    await until(hass, lambda: "ping" in heard)
    cloud.world.publish("van-2", "ping", "")
    await automation.times(2)
    assert automation.runs == [
        {"event": "ping", "board": "van-1", "entry": config_entry.entry_id},
        {"event": "ping", "board": "van-2", "entry": fleet.entry_id},
    ]
    await hass.config_entries.async_unload(fleet.entry_id)


async def test_only_one_account(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, config_entry: MockConfigEntry
) -> None:
    """Another one's events do nothing, also if it is loaded later, and again."""
    await listening(hass, set_up)
    automation = await automate(
        hass,
        received(event=["ping", "last"], config_entry_id=config_entry.entry_id),
        wrote={"event": "{{ trigger.event }}"} | NAME,
    )
    fleet = await set_up_fleet(hass, cloud, config_entry)
    heard: list[str] = []

    async def publish_from_the_fleet() -> None:
        """Publish as a board that the fleet alone shows, and wait until Home Assistant has it."""
        heard.clear()
        remove = fleet.runtime_data.hub.async_listen(lambda event: heard.append(event.name))
        cloud.world.publish("van-2", "ping", "")
        await until(hass, lambda: "ping" in heard)
        remove()

    await publish_from_the_fleet()
    await hass.config_entries.async_reload(fleet.entry_id)
    await until(hass, lambda: len(cloud.streams) == 2)
    await publish_from_the_fleet()
    await end_of_line(hass, cloud, automation, 0)
    await hass.config_entries.async_unload(fleet.entry_id)


async def test_only_one_account_that_is_loaded_later(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, config_entry: MockConfigEntry
) -> None:
    """It is listened to from then on, and so it is after each reload."""
    fleet = await set_up_fleet(hass, cloud, config_entry)
    automation = await automate(
        hass, received(event="ping", config_entry_id=config_entry.entry_id), wrote=NAME
    )
    await listening(hass, set_up)
    for runs in (1, 2):
        cloud.world.publish("greenhouse", "ping", "")
        await automation.times(runs)
        await hass.config_entries.async_reload(config_entry.entry_id)
        await until(hass, lambda: config_entry.runtime_data.streams[0].state.connected)
    await hass.config_entries.async_unload(fleet.entry_id)


async def test_what_the_editor_offers_for_a_board(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Whoever picks a board finds all triggers and conditions that are about boards."""
    await set_up()
    client = await hass_ws_client(hass)
    target = {"device_id": [registry_id(hass, cloud, "greenhouse")]}

    async def offered(kind: str) -> set[str]:
        await client.send_json_auto_id({"type": f"get_{kind}_for_target", "target": target})
        answer = await client.receive_json()
        assert answer["success"]
        return {name for name in answer["result"] if name.startswith("particle.")}

    assert await offered("triggers") == {
        "particle.came_online",
        "particle.entered_safe_mode",
        "particle.event_received",
        "particle.firmware_changed",
        "particle.flash_finished",
        "particle.reset",
        "particle.went_offline",
    }
    assert await offered("conditions") == {"particle.is_online", "particle.runs_firmware"}


def subscriptions(entry: MockConfigEntry) -> tuple[int, int, int]:
    """Count who listens to events, to the account and to its devices."""
    data = entry.runtime_data
    return (
        sum(len(listeners) for listeners in data.hub._exact.values()),
        len(data.account._listeners),
        sum(len(device._listeners) for device in data.devices.values()),
    )


async def test_an_automation_that_is_switched_off_leaves_no_subscription(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    label_registry: lr.LabelRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    """Not even when another device gets the label of its target later."""
    entry = await listening(hass, set_up)
    wet = label_registry.async_create("Wet").label_id
    device_registry.async_update_device(registry_id(hass, cloud, "greenhouse"), labels={wet})
    before = subscriptions(entry)
    await automate(
        hass,
        received({"label_id": wet}, event="label"),
        trigger("went_offline", {"label_id": wet}),
        wrote=NAME,
    )
    during = subscriptions(entry)
    assert all(more > fewer for more, fewer in zip(during, before, strict=True))
    await hass.services.async_call(
        AUTOMATION_DOMAIN, "turn_off", {"entity_id": "automation.under_test"}, blocking=True
    )
    device_registry.async_update_device(registry_id(hass, cloud, "garage"), labels={wet})
    await hass.async_block_till_done()
    assert subscriptions(entry) == before


async def test_a_device_that_loses_the_label_starts_nothing_any_more(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    label_registry: lr.LabelRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    """However often it connects and disconnects."""
    await listening(hass, set_up)
    wet = label_registry.async_create("Wet").label_id
    garage = registry_id(hass, cloud, "garage")
    device_registry.async_update_device(garage, labels={wet})
    automation = await automate(
        hass,
        trigger("went_offline", {"label_id": wet}),
        trigger("came_online", {"label_id": wet}),
        wrote={"idx": "{{ trigger.idx }}"},
    )
    cloud.world.set_online("garage", False)
    await automation.times(1)
    device_registry.async_update_device(garage, labels=set())
    for online, state in ((True, STATE_ON), (False, STATE_OFF)):
        cloud.world.set_online("garage", online)
        await until(hass, partial(hass.states.is_state, "binary_sensor.garage_connection", state))
    await automation.times(1)
