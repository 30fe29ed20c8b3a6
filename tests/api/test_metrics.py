"""Counts of a product's fleet."""

from datetime import timedelta

import pytest

from custom_components.particle.api import InvalidRequestError, MetricFilter, ParticleCloud, Scope
from tests.simulator import SimulatedCloud


async def test_counts_of_a_fleet(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Each metric has buckets with a time, and the last one what has just been counted."""
    scope = Scope.product(cloud.product_id)
    van = cloud.world.board("van-1")
    await particle.devices.call_function(van.id, "locate", scope=scope)
    await particle.devices.read_variable(van.id, "lock", scope=scope)
    van.publish("loc", "{}")

    online = await particle.metrics.online(scope=scope)
    assert online[-1].counts == {"count": 3}
    assert online[-1].time is not None
    assert (await particle.metrics.events(scope=scope))[-1].counts["received"] >= 1
    assert (await particle.metrics.functions(scope=scope))[-1].counts == {"success": 1}
    assert (await particle.metrics.variables(scope=scope))[-1].counts == {"success": 1}
    assert (await particle.metrics.integrations(scope=scope))[-1].counts == {}


async def test_what_to_count(cloud: SimulatedCloud, particle: ParticleCloud) -> None:
    """Times, length of buckets and a group go into the query."""
    scope = Scope.product(cloud.product_id)
    now = cloud.clock.now()
    only = MetricFilter(start=now - timedelta(hours=1), end=now, bucket_seconds=600, group="north")
    buckets = await particle.metrics.online(scope=scope, only=only)
    assert len(buckets) == 7
    assert buckets[-1].counts == {"count": 2}
    with pytest.raises(InvalidRequestError):
        await particle.metrics.online(scope=scope, only=MetricFilter(bucket_seconds=15))
    with pytest.raises(InvalidRequestError):
        await particle.metrics.online(scope=Scope.account())
