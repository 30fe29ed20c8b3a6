"""Whose a board is."""

import pytest

from custom_components.particle.api import (
    DeviceNotFoundError,
    DeviceOfflineError,
    InvalidRequestError,
    ParticleCloud,
    PermissionDeniedError,
    ProductNotFoundError,
    Scope,
)
from tests.simulator import SimulatedCloud

GREENHOUSE = "0a10aced202194944a000001"
VAN = "0a10aced202194944a000011"
UNCLAIMED = "0a10aced202194944a0000fe"
STRANGERS = "0a10aced202194944a0000ff"


async def names(particle: ParticleCloud) -> set[str]:
    """Ids of the user's boards."""
    return {board.id async for board in particle.devices.list()}


@pytest.mark.parametrize("old", [False, True])
async def test_claiming_and_giving_up(
    cloud: SimulatedCloud, particle: ParticleCloud, old: bool
) -> None:
    """A claimed board is in the list, a board that was given up is not."""
    if old:
        cloud.faults.set("claim_2015")
    claimed = await particle.claims.claim(f" {UNCLAIMED.upper()} ")
    assert claimed.device_id == UNCLAIMED
    assert UNCLAIMED in await names(particle)
    await particle.claims.unclaim(UNCLAIMED)
    assert UNCLAIMED not in await names(particle)


async def test_boards_that_cannot_be_claimed(
    cloud: SimulatedCloud, particle: ParticleCloud
) -> None:
    """Unknown, offline, or somebody else's: each has its own error."""
    with pytest.raises(DeviceNotFoundError):
        await particle.claims.claim("0a10aced2021949440000099")
    with pytest.raises(PermissionDeniedError, match="someone else"):
        await particle.claims.claim(STRANGERS)
    transfer = await particle.claims.claim(STRANGERS, request_transfer=True)
    assert transfer.transfer_id is not None
    core = cloud.world.add_board("core", platform_id=0, owner=None, online=False)
    with pytest.raises(DeviceOfflineError):
        await particle.claims.claim(core.id)
    with pytest.raises(InvalidRequestError) as caught:
        await particle.claims.claim(" ")
    assert caught.value.argument == "device_id"


async def test_a_board_of_a_product(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """It loses its owner and stays in the product."""
    await particle.claims.unclaim(VAN, scope=Scope.product(cloud.product_id))
    board = cloud.world.board(VAN)
    assert board.owner is None
    assert board.product_id == cloud.product_id


async def test_new_hardware(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """An id for hardware of one's own, a key for it, and a code to set it up."""
    made = await particle.claims.provision(cloud.product_id)
    assert made.device_id in cloud.world.boards
    await particle.claims.register_key(made.device_id, "-----BEGIN PUBLIC KEY-----")
    code = await particle.claims.create_code()
    assert len(code.code) == 63
    assert GREENHOUSE in code.device_ids
    assert code.code not in repr(code)
    code = await particle.claims.create_code(
        scope=Scope.product(cloud.product_id), iccid="8934076500000000000"
    )
    assert code.code
    with pytest.raises((ProductNotFoundError, PermissionDeniedError)):
        await particle.claims.provision(24099)


async def test_finding_a_board_by_its_label(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """The serial number leads to the id."""
    serial = cloud.world.board("greenhouse").serial_number
    assert await particle.devices.find_by_serial_number(serial) == GREENHOUSE


async def test_taking_protection_off(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Two steps: the cloud gives what the board signs."""
    board = cloud.world.board("greenhouse")
    board.protection = "active"
    prepared = await particle.devices.unprotect(GREENHOUSE, {"action": "prepare"})
    await particle.devices.unprotect(
        GREENHOUSE,
        {
            "action": "confirm",
            "server_nonce": prepared["server_nonce"],
            "device_signature": "c2lnbmVk",
        },
    )
    assert board.protection == "disabled"
    with pytest.raises(InvalidRequestError):
        await particle.devices.unprotect(GREENHOUSE, {"action": "smash"})
