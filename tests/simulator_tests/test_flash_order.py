"""What a board says after a flash, in each order in which it may arrive."""

from typing import Any

import pytest

from tests.simulator import SimulatedCloud
from tests.simulator.world import Image, Update
from tests.simulator.world.updates import FLASH_ORDERS

from .client import Api

ONLINE, RESET, HASH = "spark/status", "spark/device/last_reset", "spark/device/app-hash"
SAFE_MODE = "spark/status/safe-mode"
STORY = [ONLINE, RESET, "particle/device/updates/forced", HASH]
STORY += ["particle/device/updates/enabled", SAFE_MODE]


async def story(cloud: SimulatedCloud, **options: Any) -> list[str]:
    """Flash the greenhouse into safe mode and return the names of what it says when it is back."""
    cloud.clock.manual()
    cloud.faults.set("flash_safe_mode")
    if options:
        cloud.faults.set("flash_event_order", **options)
    greenhouse = cloud.world.board("greenhouse")
    cloud.world.flash(greenhouse, Update(Image(b"new", "ab" * 32)))
    await cloud.clock.advance(60)
    names = [event.name for event in cloud.world.events.history]
    return names[names.index(ONLINE) + 1 :]


async def test_as_recorded(cloud: SimulatedCloud) -> None:
    """The order of the genuine recording; the safe mode comes last."""
    assert await story(cloud) == STORY


@pytest.mark.parametrize("name", FLASH_ORDERS)
async def test_named_orders(cloud: SimulatedCloud, name: str) -> None:
    """Each has all events, and those that it names come first."""
    told = await story(cloud, order=name)
    assert tuple(told[: len(FLASH_ORDERS[name])]) == FLASH_ORDERS[name]
    assert sorted(told) == sorted(STORY)


async def test_order_of_ones_own_with_losses(cloud: SimulatedCloud) -> None:
    """A list of names; others can be lost."""
    told = await story(cloud, order=[HASH, SAFE_MODE], missing=[RESET, ONLINE])
    assert told == [
        HASH,
        SAFE_MODE,
        "particle/device/updates/forced",
        "particle/device/updates/enabled",
    ]


async def test_time_between_the_events(cloud: SimulatedCloud, api: Api) -> None:
    """The board is online and in safe mode from the first event on, whichever that is."""
    cloud.clock.manual()
    cloud.faults.set("flash_safe_mode")
    cloud.faults.set("flash_event_order", order="hash_first", apart=5)
    greenhouse = cloud.world.board("greenhouse")
    cloud.world.flash(greenhouse, Update(Image(b"new", "ab" * 32)))
    await cloud.clock.advance(16)
    last = cloud.world.events.history[-1]
    assert (last.name, last.data) == (HASH, "ab" * 32)
    device = (await api("GET", "/v1/devices/greenhouse")).json
    assert (device["online"], device["status"]) == (True, "safe_mode")
    assert device["variables"] is None
    await cloud.clock.advance(5)
    assert cloud.world.events.history[-1].name == ONLINE


async def test_description_comes_late(cloud: SimulatedCloud, api: Api) -> None:
    """A board that has just booted is online before the cloud knows what it offers."""
    cloud.clock.manual()
    cloud.faults.set("descriptions_late", seconds=8)
    cloud.faults.set("descriptions_empty")
    greenhouse = cloud.world.board("greenhouse")
    greenhouse.restart()
    for path in ("/v1/devices/greenhouse", f"/v1/devices/{greenhouse.id}"):
        device = (await api("GET", path)).json
        assert (device["online"], device["variables"], device["functions"]) == (True, {}, [])
    await cloud.clock.advance(7.9)
    assert (await api("GET", "/v1/devices/greenhouse")).json["variables"] == {}
    await cloud.clock.advance(0.1)
    assert "soil" in (await api("GET", "/v1/devices/greenhouse")).json["variables"]


async def test_empty_lists_in_safe_mode(cloud: SimulatedCloud, api: Api) -> None:
    """Null by default, empty with the switch."""
    cloud.world.board("greenhouse").enter_safe_mode()
    device = (await api("GET", "/v1/devices/greenhouse")).json
    assert (device["variables"], device["functions"]) == (None, None)
    cloud.faults.set("descriptions_empty")
    device = (await api("GET", "/v1/devices/greenhouse")).json
    assert (device["variables"], device["functions"]) == ({}, [])


@pytest.mark.parametrize("how", ["flash", "restart"])
async def test_uptime_begins_anew(cloud: SimulatedCloud, how: str) -> None:
    """A board that has started again counts from there; the session of the cloud, too."""
    cloud.clock.manual()
    greenhouse = cloud.world.board("greenhouse")
    await cloud.clock.advance(100)
    if how == "flash":
        cloud.world.flash(greenhouse, Update(Image(b"new", "ab" * 32)))
        await cloud.clock.advance(14)
    else:
        greenhouse.restart()
    await cloud.clock.advance(10)
    await greenhouse.send_vitals()
    payload = greenhouse.diagnostics[-1]["payload"]
    assert payload["device"]["system"]["uptime"] == 10
    assert payload["service"]["cloud"]["uptime"] == 10
