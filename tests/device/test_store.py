"""What is kept of devices across restarts, in files that may be damaged."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
import json
import random
from types import MappingProxyType
from typing import Any, Final

from freezegun.api import TickingDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from hypothesis import given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.api import CloudEvent, Device, VariableType
from custom_components.particle.api.location_events import parse_location_event
from custom_components.particle.api.vitals import Vitals
from custom_components.particle.device.memory import from_json, to_json
from custom_components.particle.device.state import DeviceState, Reading, Source
from custom_components.particle.device.store import DeviceStore
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import pass_time, until

from .running import CONNECTION, TEMPERATURE, is_available, running

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
# What a damaged file holds in the place of something else.
RUBBISH: Final[tuple[Any, ...]] = (
    None,
    True,
    -1,
    10**30,
    1.5,
    "",
    "\u0000",
    "2026-13-99",
    [],
    [1],
    {},
    {"a": {}},
    "NaN",
)


def _state() -> DeviceState:
    """Return a device of which everything is known."""
    loc = '{"cmd":"loc","time":1760000000,"loc":{"lck":1,"lat":52.5,"lon":13.4}}'
    return DeviceState(
        device=Device("0a10aced202194944a000001", online=True, last_handshake_at=NOON),
        online=True,
        functions=("blink",),
        variables=MappingProxyType({"t": VariableType.DOUBLE, "mode": VariableType.STRING}),
        readings={
            "t": Reading(21.5, NOON, Source.POLL, at=0, connection=0),
            "mode": Reading("auto", NOON, Source.ACTION, at=0, connection=-1),
        },
        firmware_since=NOON,
        vitals=Vitals.from_json({"payload": {"device": {"battery": {"charge": {"v": 80}}}}}),
        vitals_kinds=frozenset({"battery_charge"}),
        location=parse_location_event(CloudEvent("loc", loc, NOON)),
    )


def test_what_is_kept_comes_back() -> None:
    """Through JSON text, as a file holds it."""
    state, dropped = _state(), list[str]()
    memory = from_json(json.loads(json.dumps(to_json(state))), dropped)
    assert dropped == []
    assert memory.functions == ("blink",)
    assert memory.variables == state.variables
    assert memory.firmware_since == memory.handshake_at == NOON
    assert memory.readings == {
        "t": (21.5, NOON, Source.POLL),
        "mode": ("auto", NOON, Source.ACTION),
    }
    assert memory.fresh == {"t"}
    assert memory.vitals == state.vitals
    assert memory.vitals_kinds == state.vitals_kinds
    assert memory.location == state.location


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, -(2**63) - 1])
def test_values_that_home_assistant_cannot_write(value: float) -> None:
    """They are left out; one of them must not keep everything else from being written."""
    state = _state()
    kept = to_json(
        DeviceState(
            device=state.device,
            online=True,
            readings={"t": Reading(value, NOON, Source.POLL, at=0, connection=0)},
        )
    )
    assert kept["readings"] == {}


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*to_json(_state()), "value", "read_at", "source", "fresh", "t"]),
                inner,
                max_size=5,
            )
        ),
    )
)
def test_any_json_can_be_read(value: object) -> None:
    """Nothing raises, and what is not an object is noted."""
    dropped: list[str] = []
    from_json(value, dropped)
    assert dropped or value is None or isinstance(value, dict)


def _damaged(kept: dict[str, Any], seed: int) -> Iterator[Any]:
    """Return files in which one value, somewhere, is something else."""
    chance = random.Random(seed)
    while True:
        damaged = deepcopy(kept)
        place: Any = damaged if chance.random() < 0.2 else damaged["data"]
        while True:
            key = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
            if not isinstance(place[key], dict | list) or not place[key] or chance.random() < 0.3:
                break
            place = place[key]
        place[key] = chance.choice(RUBBISH)
        yield damaged


@pytest.mark.expect_log("are damaged; left out: ", "cannot be read; starting without it")
async def test_a_hundred_damaged_files(
    hass: HomeAssistant, hass_storage: dict[str, Any], config_entry: MockConfigEntry
) -> None:
    """Each is damaged in one place; what it holds of the device can be used and written again."""
    state = _state()
    device_id = state.device.id
    key = f"particle.{config_entry.entry_id}.devices"
    file = {"version": 1, "minor_version": 1, "key": key, "data": {device_id: to_json(state)}}
    files = _damaged(json.loads(json.dumps(file)), seed=1)
    for _ in range(100):
        hass_storage[key] = next(files)
        restored: dict[str, DeviceState] = {}
        store = DeviceStore(hass, config_entry, lambda restored=restored: restored)  # type: ignore[misc]
        await store.async_load()
        restored[device_id] = store.restore(state.device)
        assert restored[device_id].device.id == device_id
        await store.async_save()
        dropped: list[str] = []
        from_json(hass_storage[key]["data"][device_id], dropped)
        assert dropped == []


async def test_a_new_value_is_written_soon(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    one_device: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
) -> None:
    """After a power failure it comes back, and need not be paid for again."""
    entry = await running(hass, set_up, clock)
    board = one_device.world.board("greenhouse")
    key = f"particle.{entry.entry_id}.devices"
    await until(hass, lambda: entry.runtime_data.operations.used == len(board.variables))
    await pass_time(hass, clock, 40)
    await until(hass, lambda: key in hass_storage)

    board.set("temperature", 35.5)
    await entry.runtime_data.devices[board.id].async_read_variable("temperature")
    await pass_time(hass, clock, 40)
    await until(
        hass,
        lambda: hass_storage[key]["data"][board.id]["readings"]["temperature"]["value"] == 35.5,
    )


@pytest.mark.expect_log("The stored states of the devices of jane@example.com are damaged")
@pytest.mark.parametrize("data", [[], 7, {"": 3}, {"0a10aced202194944a000001": [1]}], ids=str)
async def test_a_damaged_file_does_not_keep_the_account_down(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    one_device: SimulatedCloud,
    config_entry: MockConfigEntry,
    set_up: SetUp,
    data: object,
) -> None:
    """The devices are there, and everything is learned anew."""
    key = f"particle.{config_entry.entry_id}.devices"
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}
    entry = await set_up()
    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.is_state(CONNECTION, STATE_ON)


@pytest.mark.expect_log("The stored states of the devices of jane@example.com are damaged")
async def test_what_is_left_of_a_damaged_file_is_used(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    one_device: SimulatedCloud,
    set_up: SetUp,
    clock: TickingDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Other values come back and cost nothing; what was dropped is said once."""
    entry = await running(hass, set_up, clock)
    board = one_device.world.board("greenhouse")
    await until(hass, lambda: entry.runtime_data.operations.used == len(board.variables))
    await hass.config_entries.async_unload(entry.entry_id)
    kept = hass_storage[f"particle.{entry.entry_id}.devices"]["data"][board.id]
    kept["readings"]["soil"] = "dry"
    kept["vitals"] = 7
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert is_available(hass, TEMPERATURE)
    assert caplog.text.count("left out: readings, vitals") == 1
