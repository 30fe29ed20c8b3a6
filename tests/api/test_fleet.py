"""The boards of a product as a fleet, their groups, places and settings."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.particle.api import (
    DeviceLocation,
    InvalidRequestError,
    NotFoundError,
    ParticleCloud,
    Scope,
)
from tests.simulator import SimulatedCloud

VAN = "0a10aced202194944a000011"
VAN_4 = "0a10aced202194944a000014"


@pytest.fixture
def scope(cloud: SimulatedCloud) -> Scope:
    """The simulated product."""
    return Scope.product(cloud.product_id)


async def test_bringing_boards_in(
    cloud: SimulatedCloud, particle: ParticleCloud, scope: Scope
) -> None:
    """Each board ends in one of the lists of the answer."""
    fresh = cloud.world.add_board("fresh", platform_id=26, owner=None)
    other = cloud.world.add_board("other", platform_id=26, owner=None)
    result = await particle.fleet.add(
        [fresh.id.upper(), VAN, "nonsense"], scope=scope, claim_user=cloud.username
    )
    assert result.updated == 1
    assert result.updated_ids == (fresh.id,)
    assert result.existing == (VAN,)
    assert result.invalid == ("nonsense",)
    assert fresh.owner == cloud.username
    result = await particle.fleet.add_file([other.serial_number], scope=scope, import_sims=True)
    assert result.updated_ids == (other.id,)
    listed = {board.id async for board in particle.devices.list(scope)}
    assert {fresh.id, other.id} <= listed
    for refused in (
        particle.fleet.add([], scope=scope),
        particle.fleet.add_file([" "], scope=scope),
    ):
        with pytest.raises(InvalidRequestError):
            await refused


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({}, {}),
        ({"import_sims": True}, {"import_sims": True}),
        ({"import_sims": False, "claim_user": "jane@example.com"}, {"import_sims": False}),
    ],
)
async def test_the_cloud_decides_about_sims_unless_it_is_told(
    cloud: SimulatedCloud,
    particle: ParticleCloud,
    scope: Scope,
    options: dict[str, Any],
    sent: dict[str, Any],
) -> None:
    """What the caller leaves out is not sent; one board goes by its id, several as a list."""
    fresh = cloud.world.add_board("fresh", platform_id=26, owner=None)
    await particle.fleet.add([fresh.id], scope=scope, **options)
    await particle.fleet.add([fresh.id, VAN], scope=scope, **options)
    sent |= {key: value for key, value in options.items() if key == "claim_user"}
    assert [one.body for one in cloud.requests.matching("POST", "/v1/products/*/devices")] == [
        {"id": fresh.id, **sent},
        {"ids": [fresh.id, VAN], **sent},
    ]


async def test_letting_boards_go(
    cloud: SimulatedCloud, particle: ParticleCloud, scope: Scope
) -> None:
    """Removed, or denied while in quarantine."""
    await particle.fleet.remove(VAN_4, scope=scope)
    assert VAN_4 not in {board.id async for board in particle.devices.list(scope)}
    stray = cloud.world.add_board("stray", platform_id=26, product_id=cloud.product_id)
    stray.quarantined = True
    await particle.fleet.remove(stray.id, scope=scope, deny=True)
    assert stray.denied
    with pytest.raises(InvalidRequestError, match="for product"):
        await particle.fleet.remove(VAN, scope=Scope.account())


async def test_firmware_of_one_board(
    cloud: SimulatedCloud, particle: ParticleCloud, scope: Scope
) -> None:
    """Locked to a version, free again, marked for development, updates forced, notes taken."""
    board = cloud.world.board(VAN)
    await particle.fleet.lock_firmware(VAN, 1, scope=scope)
    locked = board.desired_firmware_version
    await particle.fleet.unlock_firmware(VAN, scope=scope)
    await particle.fleet.mark_development(VAN, True, scope=scope)
    assert (locked, board.desired_firmware_version, board.development) == (1, None, True)
    await particle.devices.force_updates(VAN, True, scope=scope)
    await particle.devices.set_notes(VAN, "behind the shed", scope=scope)
    details = await particle.devices.get(VAN, scope=scope)
    assert details.firmware_updates_forced
    assert details.notes == "behind the shed"
    with pytest.raises(InvalidRequestError):
        await particle.fleet.lock_firmware(VAN, -1, scope=scope)
    await particle.fleet.mark_development(VAN, False, scope=scope)
    await particle.fleet.lock_firmware(VAN, 2, scope=scope)
    assert not board.updating
    await particle.fleet.lock_firmware(VAN, 2, scope=scope, flash=True)
    assert board.updating


async def test_groups(cloud: SimulatedCloud, particle: ParticleCloud, scope: Scope) -> None:
    """Groups are made, filled, renamed and deleted."""
    groups = particle.device_groups
    made = await groups.create("east", scope=scope, color="#00aeef", description="far away")
    assert made.name == "east"
    await particle.fleet.change_groups([VAN], scope=scope, add=["east"], remove=["north"])
    assert cloud.world.board(VAN).groups == ["east"]
    await particle.fleet.set_groups(VAN_4, ["east", "south"], scope=scope)
    assert set(cloud.world.board(VAN_4).groups) == {"east", "south"}
    got = await groups.get("east", scope=scope)
    assert (got.device_count, got.description) == (2, "far away")
    assert {group.name for group in await groups.list(scope=scope)} == {"north", "south", "east"}
    assert [group.name for group in await groups.list(scope=scope, name="eas")] == ["east"]
    renamed = await groups.update("east", scope=scope, new_name="orient")
    assert renamed.name == "orient"
    await groups.delete("orient", scope=scope)
    assert {group.name for group in await groups.list(scope=scope)} == {"north", "south"}
    impact = await groups.impact(
        "edit_groups_for_firmware", scope=scope, edit_groups=["north"], firmware_version="1"
    )
    assert isinstance(impact, dict)


async def test_groups_that_cannot_be(particle: ParticleCloud, scope: Scope) -> None:
    """Names are plain, and there has to be something to do."""
    with pytest.raises(InvalidRequestError) as caught:
        await particle.device_groups.create("East Side", scope=scope)
    assert caught.value.argument == "name"
    with pytest.raises(InvalidRequestError):
        await particle.device_groups.update("north", scope=scope)
    with pytest.raises(InvalidRequestError):
        await particle.fleet.change_groups([VAN], scope=scope)
    with pytest.raises(InvalidRequestError):
        await particle.fleet.change_groups([], scope=scope, add=["x"])
    with pytest.raises(NotFoundError):
        await particle.device_groups.get("nowhere", scope=scope)


async def test_places(cloud: SimulatedCloud, particle: ParticleCloud, scope: Scope) -> None:
    """Where boards are and have been; the cloud's longitude first does not leak."""
    board = cloud.world.board(VAN)
    board.locate(52.5, 13.4, {"spd": 5.0, "hd": 90.0, "lck": 1, "h_acc": 3.0})
    board.locate(52.6, 13.5, {"spd": 6.0, "hd": 91.0, "lck": 1, "h_acc": 3.0})
    location = await particle.locations.get(VAN, scope=scope)
    (point,) = location.points
    assert (point.latitude, point.longitude) == (52.6, 13.5)
    assert point.properties["speed"] == 6.0
    assert point.time is not None
    day = (datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=1))
    way = await particle.locations.get(VAN, scope=scope, date_range=day)
    assert [(place.latitude, place.longitude) for place in way.points][-2:] == [
        (52.5, 13.4),
        (52.6, 13.5),
    ]
    inside = ((52.55, 13.45), (52.65, 13.55))
    listed = [item async for item in particle.locations.list(scope=scope, rect=inside)]
    assert VAN in {item.device_id for item in listed}
    assert await particle.locations.fleet(scope=scope)
    with pytest.raises(NotFoundError):
        await particle.locations.get(VAN, scope=scope, date_range=(day[0], day[0]))


@pytest.mark.parametrize(
    "geometry",
    [None, {}, {"coordinates": 3}, {"coordinates": [["x", 1], 7, [None, 2]]}, {"coordinates": [1]}],
)
def test_places_that_are_none(geometry: object) -> None:
    """Odd geometry is no point."""
    assert DeviceLocation.from_json({"device_id": VAN, "geometry": geometry}).points == ()


def test_places_without_a_time() -> None:
    """An answer may tell fewer times and properties than places: what it does not tell is unknown."""
    location = DeviceLocation.from_json(
        {
            "device_id": VAN,
            "geometry": {"coordinates": [[13.4, 52.5], [13.5, 52.6]]},
            "timestamps": ["2026-11-25T10:00:00Z"],
            "properties": [{"speed": 8}],
        }
    )
    first, second = location.points
    assert first.time == datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert first.properties == {"speed": 8}
    assert (second.latitude, second.longitude) == (52.6, 13.5)
    assert second.time is None
    assert second.properties == {}


async def test_settings(cloud: SimulatedCloud, particle: ParticleCloud, scope: Scope) -> None:
    """Settings are kept for a board that is offline and refused where the schema forbids them."""
    configuration = particle.configuration
    with pytest.raises(NotFoundError):
        await configuration.get_schema(scope=scope)
    schema = {
        "type": "object",
        "properties": {"location": {"type": "object"}},
        "additionalProperties": False,
    }
    await configuration.set_schema(schema, scope=scope)
    assert (await configuration.get_schema(scope=scope))["type"] == "object"
    settings = {"location": {"interval": 60}}
    assert (await configuration.set(settings, scope=scope)).applied
    assert (await configuration.get(scope=scope)).settings == settings
    assert (await configuration.set(settings, VAN, scope=scope)).applied
    assert not (await configuration.set(settings, VAN_4, scope=scope)).applied
    running = await configuration.get(VAN, scope=scope)
    assert (running.settings, running.applied) == (settings, True)
    waiting = await configuration.get(VAN_4, scope=scope)
    assert (waiting.settings, waiting.applied) == (settings, False)
    with pytest.raises(InvalidRequestError, match="additional properties"):
        await configuration.set({"nonsense": 1}, VAN, scope=scope)
    cloud.faults.set("configuration_rejected", count=1)
    with pytest.raises(InvalidRequestError, match="updates failed"):
        await configuration.set(settings, VAN, scope=scope)
    with pytest.raises(InvalidRequestError, match="Invalid Schema"):
        await configuration.set_schema({"properties": 3}, scope=scope)
