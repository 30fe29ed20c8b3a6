"""Work of many pieces leaves room for everything else."""

from functools import partial

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.slices import work as work_module
from custom_components.particle.slices.work import SlicedWork


async def test_others_have_their_turn_in_between(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not fit into one slice is done in later turns of the event loop, in order."""
    monkeypatch.setattr(work_module, "SLICE_SECONDS", 0)
    done: list[int] = []
    others: list[int] = []
    work = SlicedWork(hass, MockConfigEntry())
    work.put(partial(done.append, number) for number in range(5))
    assert done == [0]
    hass.loop.call_soon(lambda: others.append(len(done)))
    await work.async_done()
    assert done == [0, 1, 2, 3, 4]
    assert others[0] < 5


async def test_little_work_is_done_at_once(hass: HomeAssistant) -> None:
    """It is finished when the call returns."""
    done: list[int] = []
    work = SlicedWork(hass, MockConfigEntry())
    work.put([partial(done.append, 1), partial(done.append, 2)])
    assert done == [1, 2]
    await work.async_done()


async def test_a_piece_that_waits_is_not_done_twice(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is done again when it comes after that."""
    monkeypatch.setattr(work_module, "SLICE_SECONDS", 0)
    done: list[int] = []
    work = SlicedWork(hass, MockConfigEntry())
    piece = partial(done.append, 2)
    work.put([partial(done.append, 1), piece])
    work.put([piece])
    await work.async_done()
    assert done == [1, 2]
    work.put([piece])
    assert done == [1, 2, 2]


@pytest.mark.expect_log("Unexpected error in ")
async def test_a_piece_that_fails_does_not_stop_the_others(hass: HomeAssistant) -> None:
    """Its exception is logged."""
    done: list[int] = []
    work = SlicedWork(hass, MockConfigEntry())
    work.put([partial(done.remove, 7), partial(done.append, 2)])
    await work.async_done()
    assert done == [2]


async def test_nothing_is_done_after_the_end(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither what waits nor what comes later."""
    monkeypatch.setattr(work_module, "SLICE_SECONDS", 0)
    done: list[int] = []
    work = SlicedWork(hass, MockConfigEntry())
    work.put(partial(done.append, number) for number in range(3))
    work.close()
    work.put([partial(done.append, 9)])
    await work.async_done()
    assert done == [0]
