"""Vitals: asked for, read, and taken apart whatever is missing in them."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.particle.api import (
    InvalidRequestError,
    NotFoundError,
    ParticleCloud,
    Scope,
    Vitals,
)
from tests.simulator import SimulatedCloud

GREENHOUSE = "0a10aced202194944a000001"
VAN = "0a10aced202194944a000011"


async def test_a_board_reports(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Asked for, the report is there; before, there is none; it costs nothing."""
    with pytest.raises(NotFoundError):
        await particle.diagnostics.last(GREENHOUSE)
    await particle.diagnostics.refresh(GREENHOUSE)
    await cloud.world.board("greenhouse").send_vitals()
    vitals = await particle.diagnostics.last(GREENHOUSE)
    assert vitals.device_id == GREENHOUSE
    assert vitals.updated_at is not None
    assert vitals.signal_technology == "Wi-Fi"
    assert vitals.uptime is not None
    assert vitals.memory_used_percent is not None
    assert 0 < vitals.memory_used_percent < 100
    history = await particle.diagnostics.history(
        GREENHOUSE, start=datetime.now(UTC) - timedelta(days=2)
    )
    assert vitals in history
    table = await particle.diagnostics.history_csv(GREENHOUSE)
    assert len(table.splitlines()) == len(history) + 1
    assert cloud.operations.total == 0


async def test_a_board_of_a_product(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """The vitals are requested and read with the endpoints of the product."""
    scope = Scope.product(cloud.product_id)
    await particle.diagnostics.refresh(VAN, scope=scope)
    await cloud.world.board(VAN).send_vitals()
    vitals = await particle.diagnostics.last(VAN, scope=scope)
    assert vitals.operator is not None
    assert await particle.diagnostics.history(VAN, scope=scope)


async def test_dates_that_are_wrong(particle: ParticleCloud) -> None:
    """The cloud's reason comes out."""
    with pytest.raises(InvalidRequestError):
        await particle.diagnostics.history(
            GREENHOUSE,
            start=datetime(2026, 5, 1, tzinfo=UTC),
            end=datetime(2026, 4, 1, tzinfo=UTC),
        )


def test_measurements_that_failed() -> None:
    """An error object in place of a number is unknown, and named."""
    vitals = Vitals.from_json(
        {
            "device": {
                "power": {"battery": {"charge": {"err": -210}, "state": "charging"}},
                "network": {"signal": {"strength": "74", "strengthv": True}},
                "system": {"memory": {"used": 5, "total": 0}, "uptime": {"err": None}},
            },
            "service": None,
        }
    )
    assert vitals.battery_charge is None
    assert vitals.battery_state == "charging"
    assert vitals.signal_strength == 74
    assert vitals.signal_strength_value is None
    assert vitals.memory_used_percent is None
    assert vitals.errors == {"power.battery.charge": -210, "system.uptime": None}


async def test_error_leaves_of_the_cloud(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Error objects in the simulated cloud's reports are listed as errors."""
    cloud.faults.set("vitals_error_leaf")
    await cloud.world.board("greenhouse").send_vitals()
    assert (await particle.diagnostics.last(GREENHOUSE)).errors
