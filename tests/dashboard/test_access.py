"""What people see on a card who may not see everything."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.auth.const import GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.auth.models import Group, User
from homeassistant.auth.permissions.models import PermissionLookup
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.automations import registry_id
from tests.conftest import SetUp
from tests.device.running import STREAM
from tests.simulator import SimulatedCloud
from tests.waiting import until

from .card import Card
from .conftest import NewCard

type LogIn = Callable[[User], Awaitable[Card]]


@pytest.fixture(autouse=True)
async def entry(hass: HomeAssistant, set_up: SetUp) -> MockConfigEntry:
    """An account that is set up, with its stream open."""
    entry = await set_up()
    await until(hass, lambda: hass.states.is_state(STREAM, STATE_ON))
    return entry


@pytest.fixture
def log_in(hass: HomeAssistant, new_card: NewCard) -> LogIn:
    """Open a card in the browser of a user."""

    async def connect(user: User) -> Card:
        token = await hass.auth.async_create_refresh_token(user, "https://example.com/app")
        return await new_card(hass.auth.async_create_access_token(token))

    return connect


@pytest.fixture
async def tenant(hass: HomeAssistant, cloud: SimulatedCloud, entry: MockConfigEntry) -> User:
    """Somebody who may see the garage and nothing else."""
    user = await hass.auth.async_create_user("Tenant")
    user.perm_lookup = PermissionLookup(er.async_get(hass), dr.async_get(hass))
    garage = registry_id(hass, cloud, "garage")
    policy: dict[str, Any] = {"entities": {"device_ids": {garage: {"read": True}}}}
    user.groups = [Group(id="tenants", name="Tenants", policy=policy)]
    user.invalidate_cache()
    return user


@pytest.mark.parametrize(
    ("group", "control"),
    [(GROUP_ID_READ_ONLY, False), (GROUP_ID_USER, True)],
    ids=["may only read", "may control"],
)
async def test_what_the_card_offers(
    hass: HomeAssistant, cloud: SimulatedCloud, log_in: LogIn, group: str, control: bool
) -> None:
    """Who may not control a device sees its values, and that he may not."""
    card = await log_in(await hass.auth.async_create_user("Guest", group_ids=[group]))
    await card.follow("particle/device/subscribe", device_id=registry_id(hass, cloud, "garage"))
    await card.until(lambda shown: "variables" in shown)
    assert card.shown["access"] == {"control": control, "administer": False}


async def test_a_device_that_a_user_may_not_see(
    hass: HomeAssistant, cloud: SimulatedCloud, log_in: LogIn, tenant: User
) -> None:
    """It is refused, and a part of it is not enough."""
    card = await log_in(tenant)
    answer = await card.follow(
        "particle/device/subscribe", device_id=registry_id(hass, cloud, "greenhouse")
    )
    assert answer["error"]["code"] == "unauthorized"
    answer = await card.follow(
        "particle/device/subscribe", device_id=registry_id(hass, cloud, "garage")
    )
    assert answer["success"]


async def test_the_fleet_of_a_user_who_may_see_one_device(
    hass: HomeAssistant, cloud: SimulatedCloud, log_in: LogIn, tenant: User
) -> None:
    """Neither the other devices nor what the account has used is among the rows."""
    card = await log_in(tenant)
    await card.follow("particle/fleet/subscribe")
    await card.until(lambda shown: len(shown) > 0)
    assert [row["name"] for row in card.shown.values()] == ["garage"]


async def test_the_events_of_a_user_who_may_see_one_device(
    hass: HomeAssistant, cloud: SimulatedCloud, log_in: LogIn, tenant: User
) -> None:
    """Events of other devices and of the account itself are not for everybody."""
    card = await log_in(tenant)
    await card.follow("particle/events/subscribe")
    cloud.world.publish("greenhouse", "secret", "1")
    cloud.world.publish_from_cloud(
        "hook-error/door/0", "no", coreid="particle-internal", owner=cloud.username
    )
    cloud.world.publish("garage", "door", "open")
    [event] = (await card.next())["events"]
    assert event["event"] == "door"


async def test_an_entity_that_is_hidden_from_the_user(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    log_in: LogIn,
    tenant: User,
) -> None:
    """A card shows all of a device, so one entity that may not be seen closes it."""
    policy: dict[str, Any] = {
        "entities": {"entity_ids": {"sensor.garage_position": {"read": True}}}
    }
    tenant.groups = [Group(id="tenants", name="Tenants", policy=policy)]
    tenant.invalidate_cache()
    card = await log_in(tenant)
    answer = await card.follow(
        "particle/device/subscribe", device_id=registry_id(hass, cloud, "garage")
    )
    assert answer["error"]["code"] == "unauthorized"
