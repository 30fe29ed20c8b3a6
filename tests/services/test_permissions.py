"""What each action lets people do who may not do everything."""

from collections.abc import Awaitable, Callable
import re
from typing import Any, Final

from homeassistant.auth.const import GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.auth.models import Group
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.auth.permissions.models import PermissionLookup
from homeassistant.core import Context, HomeAssistant, SupportsResponse
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.particle.const import CONF_PACE, DOMAIN, PollingMode
from tests.actions import Act
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.simulator.recorder import RecordedRequest
from tests.waiting import until

VAN: Final = "van-1"

# Every action with what it needs; the device stands for its id.
READS: Final[dict[str, dict[str, Any]]] = {
    "get_library": {"name": "NeoThing"},
    "get_vitals": {"device_id": VAN},
    "list_devices": {},
    "list_products": {},
    "recent_events": {"device_id": VAN},
    "search_libraries": {},
}
ACTS: Final[dict[str, dict[str, Any]]] = {
    "call_function": {"device_id": VAN, "function": "cmd", "argument": '{"cmd":"get_loc"}'},
    "ping": {"device_id": VAN},
    "publish_event": {"event": "open/sesame"},
    "read_variable": {"device_id": VAN, "variable": "speed"},
    "refresh_vitals": {"device_id": VAN},
    "replay_event": {"event": "open/sesame"},
    "signal": {"device_id": VAN},
}
ADMINISTERS: Final[dict[str, dict[str, Any]]] = {
    "claim_device": {"particle_id": "0a10aced202194944a0000fe"},
    "compile": {"path": "x.ino", "platform_id": "32"},
    "create_customer": {"product_id": "24001", "email": "kim@example.com", "password": "x"},
    "create_oauth_client": {"name": "x"},
    "create_webhook": {"event": "x", "url": "https://example.com"},
    "delete_customer": {"product_id": "24001", "email": "kim@example.com"},
    "delete_oauth_client": {"client_id": "x"},
    "delete_webhook": {"webhook_id": "x"},
    "flash": {"device_id": VAN, "path": "x.bin"},
    "force_firmware_updates": {"device_id": VAN},
    "get_webhook": {"webhook_id": "x"},
    "inspect_token": {},
    "list_build_targets": {},
    "list_customers": {"product_id": "24001"},
    "list_oauth_clients": {},
    "list_product_firmware": {"product_id": "24001"},
    "list_webhooks": {},
    "lock_firmware": {"device_id": VAN, "version": 2},
    "mark_development": {"device_id": VAN},
    "release_product_firmware": {"product_id": "24001", "version": 2},
    "rename": {"device_id": VAN, "name": "x"},
    "request": {"path": "orgs"},
    "revoke_all_tokens": {},
    "revoke_token": {},
    "set_groups": {"device_id": VAN, "add": ["a"]},
    "set_notes": {"device_id": VAN, "notes": "x"},
    "test_webhook": {"webhook_id": "x"},
    "unclaim_device": {"device_id": VAN},
    "unlock_firmware": {"device_id": VAN},
    "update_webhook": {"webhook_id": "x"},
    "upload_product_firmware": {
        "product_id": "24001",
        "path": "x.bin",
        "version": 3,
        "title": "x",
    },
}
ALL: Final = READS | ACTS | ADMINISTERS
BY_ITSELF: Final = re.compile(r"/v1/devices(/events|/[0-9a-f]{24})?")
ON_DEVICES: Final = {name: data for name, data in (READS | ACTS).items() if "device_id" in data}


def filled_in(hass: HomeAssistant, cloud: SimulatedCloud, data: dict[str, Any]) -> dict[str, Any]:
    """Replace the device's name with its id."""
    if "device_id" not in data:
        return data
    return {**data, "device_id": registry_id(hass, cloud, data["device_id"])}


@pytest.fixture
async def account(
    hass: HomeAssistant, cloud: SimulatedCloud, config_entry: MockConfigEntry, set_up: SetUp
) -> None:
    """Set the account up, without polling; the van has reported its vitals."""
    config_entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        config_entry, options={CONF_PACE: PollingMode.EVENTS_ONLY}
    )
    await hass.config_entries.async_setup(config_entry.entry_id)
    await hass.async_block_till_done()
    van = cloud.world.board(VAN)
    van.diagnostics.append(
        {"updated_at": "2026-01-02T12:00:00.000Z", "deviceID": van.id, "payload": {}}
    )


def asked(cloud: SimulatedCloud, since: int) -> list[RecordedRequest]:
    """Return the requests that Home Assistant does not make by itself."""
    return [
        request
        for request in list(cloud.requests)[since:]
        if request.method != "GET" or not BY_ITSELF.fullmatch(request.path)
    ]


def user_who_may(hass: HomeAssistant, **entities: Any) -> MockUser:
    """Return a user with a policy for entities."""
    group = Group(id="tenants", name="Tenants", policy={"entities": entities})
    user = MockUser(groups=[group]).add_to_hass(hass)
    user.perm_lookup = PermissionLookup(er.async_get(hass), dr.async_get(hass))
    return user


async def test_the_table_names_every_action(hass: HomeAssistant, account: None) -> None:
    """A new action cannot be forgotten here."""
    assert set(hass.services.async_services_for_domain(DOMAIN)) == set(ALL)


@pytest.fixture
async def guest(
    hass: HomeAssistant, cloud: SimulatedCloud, account: None, hass_ws_client: WebSocketGenerator
) -> Callable[[str], Awaitable[dict[str, Any]]]:
    """Run an action in the browser of a user who may only read, and return what comes back."""
    user = await hass.auth.async_create_user("Guest", group_ids=[GROUP_ID_READ_ONLY])
    token = await hass.auth.async_create_refresh_token(user, "https://example.com/app")
    client = await hass_ws_client(hass, hass.auth.async_create_access_token(token))

    async def run(action: str) -> dict[str, Any]:
        supports = hass.services.supports_response(DOMAIN, action)
        await client.send_json_auto_id(
            {
                "type": "call_service",
                "domain": DOMAIN,
                "service": action,
                "service_data": filled_in(hass, cloud, ALL[action]),
                "return_response": supports is not SupportsResponse.NONE,
            }
        )
        answer: dict[str, Any] = await client.receive_json()
        return answer

    return run


@pytest.mark.parametrize("action", sorted(READS))
async def test_what_a_user_sees_who_may_only_read(
    cloud: SimulatedCloud, guest: Callable[[str], Awaitable[dict[str, Any]]], action: str
) -> None:
    """What is free and changes nothing."""
    assert (await guest(action))["success"]
    assert not cloud.operations.log


@pytest.mark.expect_log("Unauthorized")
@pytest.mark.parametrize("action", sorted(ACTS | ADMINISTERS))
async def test_what_a_user_cannot_do_who_may_only_read(
    cloud: SimulatedCloud, guest: Callable[[str], Awaitable[dict[str, Any]]], action: str
) -> None:
    """Whatever acts or costs is refused, as Home Assistant's own actions are; nothing is sent."""
    before = len(cloud.requests)
    answer = await guest(action)
    assert (answer["success"], answer["error"]["message"]) == (False, "Unauthorized")
    assert not asked(cloud, before)
    assert not cloud.operations.log
    assert not cloud.world.function_calls


@pytest.mark.parametrize("action", sorted(READS | ACTS))
async def test_a_user_who_may_control_everything(
    hass: HomeAssistant, cloud: SimulatedCloud, account: None, action: str
) -> None:
    """An ordinary user of the house is no administrator and needs not be."""
    resident = await hass.auth.async_create_user("Resident", group_ids=[GROUP_ID_USER])
    assert await Act(hass, resident)(action, **filled_in(hass, cloud, ALL[action]))


@pytest.mark.parametrize("action", sorted(ON_DEVICES))
async def test_a_user_who_may_control_one_device(
    hass: HomeAssistant, cloud: SimulatedCloud, account: None, action: str
) -> None:
    """That device and no other, alone or in a list."""
    van, boat = registry_id(hass, cloud, VAN), registry_id(hass, cloud, "boat")
    act = Act(hass, user_who_may(hass, device_ids={van: True}))
    data = {**ON_DEVICES[action], "device_id": van}
    assert await act(action, **data)
    before = len(cloud.requests)
    with pytest.raises(Unauthorized) as refused:
        await act(action, **{**data, "device_id": boat})
    assert refused.value.permission == (POLICY_READ if action in READS else POLICY_CONTROL)
    with pytest.raises(Unauthorized):
        await act(action, **{**data, "device_id": [van, boat]})
    areas = ar.async_get(hass)
    dr.async_get(hass).async_update_device(boat, area_id=areas.async_create("Harbor").id)
    del data["device_id"]
    for target in (
        {"area_id": "harbor"},
        {"area_id": "harbor", "device_id": van},
        {"entity_id": "event.boat_published_event"},
    ):
        with pytest.raises(Unauthorized):
            await act(action, **data, **target)
    assert not asked(cloud, before)


async def test_a_user_who_may_control_one_entity(
    hass: HomeAssistant, cloud: SimulatedCloud, account: None
) -> None:
    """An action reaches all of a device, so one permitted entity is not enough."""
    act = Act(hass, user_who_may(hass, entity_ids={"sensor.van_1_speed": True}))
    with pytest.raises(Unauthorized):
        await act("call_function", **filled_in(hass, cloud, ACTS["call_function"]))


@pytest.mark.parametrize("action", ["publish_event", "replay_event", "list_devices"])
async def test_an_account_is_more_than_one_device(
    hass: HomeAssistant, cloud: SimulatedCloud, account: None, action: str
) -> None:
    """Whoever may control one device may not publish for, or look at, all of them."""
    act = Act(hass, user_who_may(hass, device_ids={registry_id(hass, cloud, VAN): True}))
    with pytest.raises(Unauthorized):
        await act(action, **ALL[action])


async def test_playing_an_event_of_another_device_again(
    hass: HomeAssistant, cloud: SimulatedCloud, account: None
) -> None:
    """The number of an event decides whose it is, not the device beside it."""
    entry = hass.config_entries.async_loaded_entries(DOMAIN)[0]
    cloud.world.publish("boat", "boat/status", "{}")
    learner = entry.runtime_data.history
    boat, van = cloud.world.board("boat").id, registry_id(hass, cloud, VAN)
    await until(hass, lambda: learner.events(boat))
    number = learner.events(boat)[0].number
    act = Act(hass, user_who_may(hass, device_ids={van: True}))
    with pytest.raises(ServiceValidationError, match="no longer in the history"):
        await act("replay_event", device_id=van, number=number)


@pytest.mark.parametrize("action", sorted(READS | ACTS))
async def test_a_user_who_is_gone(
    hass: HomeAssistant, cloud: SimulatedCloud, account: None, action: str
) -> None:
    """A script that somebody started who has been removed since does nothing any more."""
    with pytest.raises(UnknownUser):
        await hass.services.async_call(
            DOMAIN,
            action,
            filled_in(hass, cloud, ALL[action]),
            blocking=True,
            context=Context(user_id="gone"),
            return_response=hass.services.supports_response(DOMAIN, action)
            is not SupportsResponse.NONE,
        )
