"""Boards are listed, claimed and given up; what Particle keeps of them is changed."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import CONF_ACCOUNT_DEVICES, CONF_PRODUCTS, DOMAIN
from tests.actions import Act
from tests.automations import registry_id
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import until

UNCLAIMED = "0a10aced202194944a0000fe"
STRANGERS = "0a10aced202194944a0000ff"


@pytest.fixture
async def act(hass: HomeAssistant, set_up: SetUp) -> Act:
    """Act on an account that is set up."""
    await set_up()
    return Act(hass)


@pytest.fixture
async def in_product(hass: HomeAssistant, config_entry: MockConfigEntry, act: Act) -> Act:
    """Act on an account that includes the product with its boards."""
    hass.config_entries.async_update_entry(
        config_entry, options={CONF_ACCOUNT_DEVICES: True, CONF_PRODUCTS: ["24001"]}
    )
    await hass.async_block_till_done()
    return act


def has_page(registry: dr.DeviceRegistry, device_id: str) -> bool:
    """Whether Home Assistant shows a board."""
    return any((DOMAIN, device_id) in page.identifiers for page in registry.devices)


# Listing


async def test_listing_all_boards(hass: HomeAssistant, cloud: SimulatedCloud, act: Act) -> None:
    """Each comes with its page and its details, and without its secret."""
    answer = await act("list_devices")
    boards = {board["name"]: board for board in answer["devices"]}
    assert {"greenhouse", "garage", "boat", "old photon", "van-1"} == boards.keys()
    greenhouse = boards["greenhouse"]
    assert greenhouse["device_id"] == registry_id(hass, cloud, "greenhouse")
    assert greenhouse["particle_id"] == cloud.world.board("greenhouse").id
    assert greenhouse["platform"] == "Photon 2 / P2"
    assert greenhouse["online"] is True
    assert greenhouse["variables"]["temperature"] == "double"
    assert greenhouse["system_firmware_version"] == "5.8.0"
    assert boards["van-1"]["groups"] == ["north"]
    assert cloud.world.board("greenhouse").mobile_secret not in str(answer)


async def test_listing_the_boards_of_a_product(cloud: SimulatedCloud, act: Act) -> None:
    """Also of one whose boards Home Assistant does not show; a group narrows it down."""
    answer = await act("list_devices", product_id="delivery-vans")
    assert sorted(board["name"] for board in answer["devices"]) == [
        "van-1",
        "van-2",
        "van-3",
        "van-4",
    ]
    pages = {board["name"]: board["device_id"] for board in answer["devices"]}
    assert pages["van-1"]
    assert pages["van-2"] is None

    answer = await act("list_devices", product_id=24001, groups="south")
    assert sorted(board["name"] for board in answer["devices"]) == ["van-3", "van-4"]


async def test_known_functions_of_product_boards_are_listed(
    cloud: SimulatedCloud, in_product: Act
) -> None:
    """The product's listing does not tell them, Home Assistant knows them."""
    answer = await in_product("list_devices", groups=["north"])
    boards = {board["name"]: board for board in answer["devices"]}
    assert boards.keys() == {"van-1", "van-2"}
    assert boards["van-2"]["functions"] == list(cloud.world.board("van-2").program.functions)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"groups": ["north"]}, "No product is entered"),
        ({"product_id": "nothing"}, "The product does not exist"),
        ({"product_id": "24099"}, "is not allowed to do this"),
        ({"product_id": ".."}, "cannot be '..'"),
    ],
)
async def test_listings_that_are_not_possible(
    cloud: SimulatedCloud, act: Act, data: dict[str, Any], told: str
) -> None:
    """Each says what is wrong."""
    with pytest.raises(HomeAssistantError, match=told):
        await act("list_devices", **data)


# Claiming


async def test_claiming_a_board(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    act: Act,
    device_registry: dr.DeviceRegistry,
) -> None:
    """It belongs to the account, and Home Assistant shows it."""
    answer = await act("claim_device", particle_id=f" {UNCLAIMED.upper()} ")
    assert answer == {"particle_id": UNCLAIMED, "claimed": True, "transfer_id": None}
    assert cloud.world.boards[UNCLAIMED].owner == cloud.username
    await until(hass, lambda: has_page(device_registry, UNCLAIMED))


async def test_asking_for_somebody_elses_board(cloud: SimulatedCloud, act: Act) -> None:
    """It is refused with a way out, which is to ask for its transfer."""
    with pytest.raises(
        ServiceValidationError, match=r"belongs to someone else.*request its transfer"
    ):
        await act("claim_device", particle_id=STRANGERS)
    answer = await act("claim_device", particle_id=STRANGERS, request_transfer=True)
    assert answer["claimed"] is False
    assert cloud.world.transfers == {answer["transfer_id"]: (STRANGERS, cloud.username)}
    assert cloud.world.boards[STRANGERS].owner != cloud.username


async def test_claiming_a_board_that_does_not_exist(cloud: SimulatedCloud, act: Act) -> None:
    """The message asks to check the digits."""
    with pytest.raises(
        ServiceValidationError, match=r"not know a device with the ID f{24}.*Check the ID"
    ):
        await act("claim_device", particle_id="f" * 24)


@pytest.mark.parametrize("wrong", ["greenhouse", "0a10", "", "g" * 24, ["a"]])
async def test_ids_that_are_none(cloud: SimulatedCloud, act: Act, wrong: object) -> None:
    """They are refused before anything is sent."""
    with pytest.raises(ServiceValidationError):
        await act("claim_device", particle_id=wrong)
    assert not cloud.requests.matching("POST", "/v1/devices")


async def test_giving_a_board_up_and_claiming_it_again(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    act: Act,
    device_registry: dr.DeviceRegistry,
) -> None:
    """It belongs to nobody, and its page goes; then it is there again."""
    garage = cloud.world.board("garage")
    answer = await act("unclaim_device", device_id=registry_id(hass, cloud, "garage"))
    assert answer == {"name": "garage", "particle_id": garage.id}
    assert garage.owner is None
    await until(hass, lambda: not has_page(device_registry, garage.id))
    await act.without_answer("claim_device", particle_id=garage.id)
    await until(hass, lambda: has_page(device_registry, garage.id))


async def test_giving_a_board_of_a_product_up(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    in_product: Act,
    device_registry: dr.DeviceRegistry,
) -> None:
    """It stays in the product, so its page stays too."""
    van = cloud.world.board("van-2")
    van.owner = cloud.username
    await in_product.without_answer("unclaim_device", device_id=registry_id(hass, cloud, "van-2"))
    assert cloud.world.board("van-2").owner is None
    assert van.product_id == cloud.product_id
    assert has_page(device_registry, van.id)


# Notes and flags


async def test_notes(hass: HomeAssistant, cloud: SimulatedCloud, act: Act) -> None:
    """Boards get notes, and lose them by an empty text."""
    pages = [registry_id(hass, cloud, name) for name in ("greenhouse", "garage")]
    answer = await act("set_notes", device_id=pages, notes="On the roof\nleft")
    assert answer["devices"][pages[1]] == {"name": "garage", "notes": "On the roof\nleft"}
    assert cloud.world.board("greenhouse").notes == "On the roof\nleft"
    await act("set_notes", device_id=pages[0], notes="")
    assert cloud.world.board("greenhouse").notes == ""
    assert cloud.world.board("garage").notes == "On the roof\nleft"


@pytest.mark.parametrize("forced", [True, False])
async def test_forcing_updates(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, forced: bool
) -> None:
    """The flag is set or taken away, and Home Assistant knows it."""
    board = cloud.world.board("greenhouse")
    board.updates_forced = not forced
    page = registry_id(hass, cloud, "greenhouse")
    answer = await act("force_firmware_updates", device_id=page, forced=forced)
    assert answer["firmware_updates_forced"] is forced
    assert board.updates_forced is forced
    [entry] = hass.config_entries.async_loaded_entries(DOMAIN)
    known = entry.runtime_data.devices[board.id]
    await until(hass, lambda: known.device.firmware_updates_forced is forced)


@pytest.mark.parametrize("development", [True, False])
async def test_marking_for_development(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, development: bool
) -> None:
    """Also a board of a product that is listed with the account's own."""
    cloud.world.board("van-1").development = not development
    page = registry_id(hass, cloud, "van-1")
    answer = await act("mark_development", device_id=page, development=development)
    assert answer["development"] is development
    assert cloud.world.board("van-1").development is development


# Groups


async def test_joining_and_leaving_groups(
    hass: HomeAssistant, cloud: SimulatedCloud, in_product: Act
) -> None:
    """Other groups stay; a new group is made."""
    pages = [registry_id(hass, cloud, name) for name in ("van-1", "van-3")]
    answer = await in_product("set_groups", device_id=pages, add="beta", remove=["south"])
    assert [answer["devices"][page]["groups"] for page in pages] == [["north", "beta"], ["beta"]]
    assert cloud.world.board("van-1").groups == ["north", "beta"]
    assert cloud.world.board("van-3").groups == ["beta"]
    assert "beta" in cloud.world.products[cloud.product_id].groups


@pytest.mark.parametrize("groups", [["south", "beta"], []])
async def test_exactly_these_groups(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, groups: list[str]
) -> None:
    """An empty list removes the device from all groups."""
    answer = await act("set_groups", device_id=registry_id(hass, cloud, "van-1"), groups=groups)
    assert answer["groups"] == groups
    assert cloud.world.board("van-1").groups == groups


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "No groups are entered"),
        ({"add": [], "remove": []}, "No groups are entered"),
        ({"groups": ["a"], "add": ["b"]}, "Use either Add and Remove"),
        ({"add": ["a", "b"], "remove": ["b"]}, "added and removed: b"),
    ],
)
async def test_groups_that_contradict_each_other(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, data: dict[str, Any], told: str
) -> None:
    """They are refused before anything is sent."""
    with pytest.raises(ServiceValidationError, match=told):
        await act("set_groups", device_id=registry_id(hass, cloud, "van-1"), **data)
    assert not cloud.requests.matching("PUT", "/v1/products/*")


@pytest.mark.parametrize("field", ["add", "groups"])
async def test_groups_with_names_that_none_has(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, field: str
) -> None:
    """They are refused with what a name may be."""
    with pytest.raises(ServiceValidationError, match="lower-case letters"):
        await act(
            "set_groups", device_id=registry_id(hass, cloud, "van-1"), **{field: ["Far North"]}
        )


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("set_groups", {"add": ["a"]}),
        ("lock_firmware", {"version": 1}),
        ("unlock_firmware", {}),
        ("mark_development", {}),
    ],
)
async def test_what_only_products_have(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, action: str, data: dict[str, Any]
) -> None:
    """A board of no product is refused before anything is sent."""
    with pytest.raises(ServiceValidationError, match="greenhouse does not belong to a product"):
        await act(action, device_id=registry_id(hass, cloud, "greenhouse"), **data)
    assert not cloud.requests.matching("PUT", "*")


# Firmware lock


async def test_locking_and_unlocking_the_firmware(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """The board stays at the version until it is unlocked."""
    page, van = registry_id(hass, cloud, "van-1"), cloud.world.board("van-1")
    answer = await act("lock_firmware", device_id=page, version="2")
    assert answer["desired_firmware_version"] == 2
    assert van.desired_firmware_version == 2
    [request] = cloud.requests.matching("PUT", f"/v1/products/{cloud.product_id}/devices/*")
    assert request.body == {"desired_firmware_version": 2}

    await act("unlock_firmware", device_id=page)
    assert van.desired_firmware_version is None


async def test_locking_and_flashing_at_once(
    hass: HomeAssistant, cloud: SimulatedCloud, in_product: Act
) -> None:
    """A board that is online gets the version now; one that is offline is told to be."""
    await in_product(
        "lock_firmware", device_id=registry_id(hass, cloud, "van-1"), version=2, flash=True
    )
    [request] = cloud.requests.matching("PUT", f"/v1/products/{cloud.product_id}/devices/*")
    assert request.body == {"desired_firmware_version": 2, "flash": True}

    with pytest.raises(HomeAssistantError, match="van-4 is offline"):
        await in_product(
            "lock_firmware", device_id=registry_id(hass, cloud, "van-4"), version=2, flash=True
        )
    assert cloud.world.board("van-4").desired_firmware_version is None


async def test_locking_to_a_version_that_does_not_exist(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act
) -> None:
    """The message is about the version and not about the board."""
    with pytest.raises(ServiceValidationError, match=r"locked to version 9.*product 24001 has"):
        await act("lock_firmware", device_id=registry_id(hass, cloud, "van-1"), version=9)


@pytest.mark.parametrize("version", [-1, 65536, "two", None])
async def test_versions_that_are_none(
    hass: HomeAssistant, cloud: SimulatedCloud, act: Act, version: object
) -> None:
    """They are refused before anything is sent."""
    with pytest.raises(ServiceValidationError):
        await act("lock_firmware", device_id=registry_id(hass, cloud, "van-1"), version=version)
    assert not cloud.requests.matching("PUT", "*")
