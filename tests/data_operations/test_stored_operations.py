"""The file of counted operations: damaged, not writable, and after a power failure."""

from collections.abc import Iterator
from copy import deepcopy
import errno
import json
from pathlib import Path
from random import Random
import signal
import subprocess
import sys
from typing import Any
from unittest.mock import patch

from freezegun.api import TickingDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.file import WriteError
from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.api import DataOperation, DataOperationKind
from custom_components.particle.const import PollingMode
from custom_components.particle.data_operations.meter import DataOperations
from custom_components.particle.storage.values import StoredValues
from tests.simulator import SimulatedCloud

GREENHOUSE = "0a10aced202194944a000001"
READ = DataOperation(DataOperationKind.VARIABLE, GREENHOUSE, "temperature")

GOOD: dict[str, Any] = {
    "version": 1,
    "minor_version": 1,
    "key": "particle.data_operations",
    "data": {
        "start": "2026-04-10T00:00:00+00:00",
        "first_day": 10,
        "first_month": None,
        "month_start": "2026-04-10T00:00:00+00:00",
        "by_kind": {"variable": 400, "function": 30},
        "by_device": {GREENHOUSE: 430},
        "reported": 700,
        "at_report": {GREENHOUSE: 400},
        "previous": {
            "start": "2026-03-10T00:00:00+00:00",
            "by_kind": {"variable": 9},
            "by_device": {GREENHOUSE: 9},
            "reported": None,
            "at_report": {},
        },
        "calls_by_hour": {"493000": 3, "493001": 4},
        "plan_allowance": 100_000,
        "refusal": {"since": "2026-04-15T12:00:00+00:00", "reason": "paused"},
    },
}
WRONG: list[Any] = [
    None,
    True,
    0,
    -1,
    3.5,
    10**18,
    "",
    "soon",
    "0001-01-01T00:00:00+00:00",
    "9999-12-31T23:59:59-23:59",
    "2026-04-10T00:00:00",
    [],
    [[]],
    {},
    {"": -1},
    {"x": {}},
    {"12": "3", "²": 4},
]


def places(node: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Find each value of an object, inner ones too."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield node, key
            yield from places(value)


def damaged(random: Random) -> Any:
    """Return the file with up to three values that are wrong or missing."""
    content = deepcopy(GOOD)
    for _ in range(random.randint(1, 3)):
        parent, key = random.choice(list(places(content)) or [({}, "")])
        if random.random() < 0.2:
            parent.pop(key, None)
        else:
            parent[key] = deepcopy(random.choice(WRONG))
    return random.choice(WRONG) if random.random() < 0.05 else content


@pytest.fixture
def config_entry(config_entry: MockConfigEntry, hass: HomeAssistant) -> MockConfigEntry:
    """An account that reads nothing by itself."""
    config_entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(config_entry, options={"pace": PollingMode.EVENTS_ONLY})
    return config_entry


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> DataOperations:
    """Set the account up."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    operations: DataOperations = entry.runtime_data.operations
    return operations


async def shut_down(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Unload the account, which writes the file."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.mark.expect_log("damaged", "cannot be read", "Mock data needs")
async def test_no_damaged_file_stops_the_budget(
    hass: HomeAssistant, config_entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    """A hundred files of valid JSON with wrong content; each is good again once it is written."""
    await set_up(hass, config_entry)
    key = f"particle.data_operations.{config_entry.entry_id}"
    for seed in range(100):
        hass_storage[key] = damaged(Random(seed))
        operations = DataOperations(hass, config_entry)
        await operations.async_load(config_entry.runtime_data.cloud)
        assert operations.month.start <= dt_util.utcnow() < operations.month.end
        before = operations.usage.reads
        operations.record(READ)
        assert operations.usage.reads == before + 1, seed
        assert operations.forecast >= operations.used >= 1
        await operations.async_save()
        assert set(hass_storage[key]["data"]) == {*GOOD["data"]}
    await shut_down(hass, config_entry)


@pytest.mark.expect_log("cannot be read")
@pytest.mark.parametrize("content", [7, {"version": "1", "data": {}}, {"version": 99, "data": {}}])
async def test_a_damaged_file_does_not_keep_the_account_down(
    hass: HomeAssistant,
    config_entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    content: object,
) -> None:
    """Neither is one whose envelope is damaged; the log says why it cannot be read."""
    hass_storage[f"particle.data_operations.{config_entry.entry_id}"] = content
    operations = await set_up(hass, config_entry)
    assert config_entry.state is ConfigEntryState.LOADED
    assert operations.used == 0
    [told] = [record for record in caplog.records if "cannot be read" in record.message]
    assert told.exc_info
    await shut_down(hass, config_entry)


@pytest.mark.expect_log("The stored data operations of jane@example.com are damaged")
async def test_what_can_be_read_is_kept_and_the_rest_is_named_once(
    hass: HomeAssistant,
    clock: TickingDateTimeFactory,
    config_entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One wrong number costs one number."""
    clock.move_to("2026-04-16T00:00:00Z")
    content = deepcopy(GOOD)
    content["data"]["by_device"]["0a10aced202194944a000002"] = -7
    content["data"]["calls_by_hour"] = "many"
    content["data"]["refusal"] = None
    hass_storage[f"particle.data_operations.{config_entry.entry_id}"] = content
    operations = await set_up(hass, config_entry)
    assert operations.by_device == {GREENHOUSE: 430}
    assert (operations.usage.reads, operations.usage.calls) == (400, 30)
    said = [text for text in caplog.messages if "are damaged" in text]
    assert len(said) == 1
    assert said[0].endswith("without them: by_device, calls_by_hour")
    await shut_down(hass, config_entry)


async def test_a_good_file_is_read_as_it_was_written(
    hass: HomeAssistant,
    clock: TickingDateTimeFactory,
    cloud: SimulatedCloud,
    config_entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    """Nothing is lost on the way."""
    clock.move_to("2026-04-16T00:00:00Z")
    cloud.faults.set("hang", path="/v1/user/service_agreements")
    key = f"particle.data_operations.{config_entry.entry_id}"
    hass_storage[key] = deepcopy(GOOD)
    operations = await set_up(hass, config_entry)
    assert operations.used == 730
    operations.record(READ)
    assert operations.refused_since is not None
    await shut_down(hass, config_entry)
    expected = deepcopy(GOOD["data"])
    expected["by_kind"]["variable"] += 1
    expected["by_device"][GREENHOUSE] += 1
    expected["calls_by_hour"] = {}
    assert hass_storage[key]["data"] == expected


@pytest.mark.parametrize(
    ("error", "reads"),
    [
        (WriteError("No space left on device"), 12),
        # Home Assistant does not handle this one in a delayed write: it is left to the unloading.
        (OSError(errno.ENOSPC, "No space left on device"), 3),
    ],
)
@pytest.mark.expect_log("No space left on device")
async def test_a_full_disk_stops_nothing(
    hass: HomeAssistant, config_entry: MockConfigEntry, error: Exception, reads: int
) -> None:
    """Counting goes on, and so does the account."""
    operations = await set_up(hass, config_entry)
    write = Store._async_write_data

    async def write_what_is_not_ours(store: Store[Any], data: dict[str, Any]) -> None:
        # Home Assistant writes its own files meanwhile, and is not what is tested.
        if store.key.startswith("particle."):
            raise error
        await write(store, data)

    with patch.object(Store, "_async_write_data", write_what_is_not_ours):
        for _ in range(reads):
            operations.record(READ)
        await hass.async_block_till_done()
        assert operations.used == reads
        await shut_down(hass, config_entry)
    again = await set_up(hass, config_entry)
    again.record(READ)
    await shut_down(hass, config_entry)


KILLED = """
import asyncio, os, signal, sys
from types import MappingProxyType
from homeassistant.config_entries import ConfigEntries, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from custom_components.particle.api import DataOperation, DataOperationKind
from custom_components.particle.data_operations.meter import DataOperations


class Cloud:
    class users:
        async def service_agreements():
            return ()


async def main():
    hass = HomeAssistant(sys.argv[1])
    hass.config_entries = ConfigEntries(hass, {})
    dr.async_setup(hass)
    await dr.async_load(hass, load_empty=True)
    await ir.async_load(hass)
    entry = ConfigEntry(
        data={}, discovery_keys=MappingProxyType({}), domain="particle", entry_id="killed",
        minor_version=1, options={}, source="user", subentries_data=None, title="Killed",
        unique_id=None, version=1,
    )
    operations = DataOperations(hass, entry)
    await operations.async_load(Cloud)
    for _ in range(48):
        operations.record(DataOperation(DataOperationKind.VARIABLE, "0a10", "temperature"))
        await hass.async_block_till_done()
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def test_a_power_failure_loses_ten_operations_at_most(tmp_path: Path) -> None:
    """A process that is killed at once after 48 of them has written nearly all."""
    (tmp_path / ".storage").mkdir()
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    stored = json.loads((tmp_path / ".storage/particle.data_operations.killed").read_text())
    assert 38 <= stored["data"]["by_kind"]["variable"] <= 48


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("key"), inner),
    )
)
def test_any_value_can_be_asked_for_anything(data: object) -> None:
    """What is of the wrong kind is None or empty, and named."""
    values = StoredValues(data)
    for _ in range(2):
        number, text, moment = values.number("key"), values.text("key"), values.moment("key")
        counts, inner = values.counts("key"), values.values("key")
        assert number is None or number >= 0
        assert text is None or isinstance(text, str)
        assert moment is None or moment.utcoffset() is not None
        assert all(count >= 0 for count in counts.values())
        values = inner or values


@pytest.mark.parametrize(
    ("reader", "good", "bad", "left"),
    [
        ("number", [0, 7], [-1, True, 1.5, "7", [], {}], None),
        ("text", ["", "a"], [0, False, [], {}], None),
        ("moment", ["2026-04-10T00:00:00+00:00"], [7, "", "2026-04-10", "never", []], None),
        ("counts", [{}, {"a": 1}], [7, "a", [], [1]], {}),
        ("counts", [], [{"a": -1}, {"a": True}], {}),
        ("texts", [[], ["a"]], [7, "a", {}], ()),
        ("texts", [], [[1], [None]], ()),
    ],
)
def test_what_cannot_be_used_is_named(
    reader: str, good: list[object], bad: list[object], left: object
) -> None:
    """Nothing else is: a file that is whole, or from before there was such a value, has no damage."""
    for data in ({}, *({"key": value} for value in good)):
        values = StoredValues(data)
        getattr(values, reader)("key")
        assert values.dropped == [], data
    for value in bad:
        values = StoredValues({"key": value})
        assert getattr(values, reader)("key") == left, value
        assert values.dropped == ["key"], value
