"""The event log of an account in Home Assistant: what devices publish is found, and nothing waits for it."""

from collections.abc import Callable
from datetime import UTC, datetime
import json
from pathlib import Path
import threading
from typing import Any
from unittest.mock import patch

from homeassistant.components.backup.const import DATA_MANAGER as BACKUP_MANAGER
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.api import CloudEvent
from custom_components.particle.const import DOMAIN
from custom_components.particle.diagnostics import async_get_config_entry_diagnostics
from custom_components.particle.event_log import database, log as log_module, schema, waiting
from custom_components.particle.event_log.log import EventLog
from custom_components.particle.event_log.models import EventCount, EventQuery, StoredEvent
from custom_components.particle.event_log.search import EventSearch
from tests.automations import Ear, automate, listening, received
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import delivered, until


def log_of(entry: MockConfigEntry) -> EventLog:
    """Return the event log of an account that is set up."""
    kept: EventLog = entry.runtime_data.event_log
    return kept


def found_in(path: Path, query: EventQuery) -> list[StoredEvent]:
    """Search a file that nobody else has opened."""
    search = EventSearch(path)
    try:
        return search.page(query).events
    finally:
        search.close()


async def names(entry: MockConfigEntry, **conditions: Any) -> list[str]:
    """Return the names of events that a search finds, newest first."""
    page = await log_of(entry).async_query(EventQuery(**conditions))
    return [stored.event.name for stored in page.events]


async def test_what_a_device_publishes_is_found_at_once(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """By device, by name and by text; looking costs nothing."""
    entry = await listening(hass, set_up)
    ear = Ear(hass, entry)
    cloud.world.publish("greenhouse", "climate", '{"t": 21.5}')
    cloud.world.publish("garage", "door", "open")
    await ear.hears("door")
    requests, operations = len(cloud.requests), cloud.world.operations.total

    greenhouse = cloud.world.board("greenhouse").id
    assert (await names(entry))[:2] == ["door", "climate"]
    assert await names(entry, device_ids=[greenhouse], name="cl*") == ["climate"]
    assert await names(entry, text='"T": 21') == ["climate"]
    [stored] = (await log_of(entry).async_query(EventQuery(name="climate"))).events
    assert stored.event.device_id == greenhouse
    assert stored.event.published_at is not None
    assert await log_of(entry).async_count(EventQuery(name="door")) == EventCount(1, complete=True)
    assert (len(cloud.requests), cloud.world.operations.total) == (requests, operations)


async def test_system_events_and_answers_of_webhooks_are_kept(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    entry = await listening(hass, set_up)
    ear = Ear(hass, entry)
    cloud.world.board("greenhouse").system_event("spark/status", "online")
    cloud.world.publish_from_cloud(
        "hook-response/weather/0", "sunny", coreid="particle-internal", owner=cloud.username
    )
    await ear.hears("hook-response/weather/0")
    assert (await names(entry))[:2] == ["hook-response/weather/0", "spark/status"]
    [answer] = (await log_of(entry).async_query(EventQuery(device_ids=[None], limit=1))).events
    assert answer.event.coreid == "particle-internal"


async def test_an_event_that_is_replayed_is_not_kept_twice(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    entry = await listening(hass, set_up)
    ear = Ear(hass, entry)
    cloud.world.publish("greenhouse", "climate", "21")
    await ear.hears("climate")
    await hass.services.async_call(DOMAIN, "replay_event", {"event": "climate"}, blocking=True)
    await ear.hears("climate")
    assert await names(entry, name="climate") == ["climate"]


async def test_everything_can_be_exported(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One event a line, over all pages."""
    monkeypatch.setattr(log_module, "MAX_LIMIT", 2)
    entry = await listening(hass, set_up)
    ear = Ear(hass, entry)
    for number in range(5):
        cloud.world.publish("greenhouse", "line", f"{number}\n\u2028ü")
    cloud.world.publish("greenhouse", "end", None)
    await ear.hears("end")
    lines = [line async for line in log_of(entry).async_export(EventQuery(name="line", limit=1))]
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in lines)
    found = [json.loads(line) for line in lines]
    assert [line["data"] for line in found] == [f"{number}\n\u2028ü" for number in range(4, -1, -1)]
    assert found[0]["particle_device_id"] == cloud.world.board("greenhouse").id
    assert found[0]["received_at"].endswith("+00:00")


async def test_unloading_writes_what_waits(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reload loses nothing."""
    monkeypatch.setattr(log_module, "WRITE_INTERVAL", 3_600)
    entry = await listening(hass, set_up)
    ear = Ear(hass, entry)
    cloud.world.publish("greenhouse", "climate", "21")
    await ear.hears("climate")
    assert log_of(entry).waiting
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert await names(entry, name="climate") == ["climate"]


async def test_stopping_home_assistant_writes_what_waits(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_module, "WRITE_INTERVAL", 3_600)
    entry = await listening(hass, set_up)
    ear = Ear(hass, entry)
    cloud.world.publish("greenhouse", "climate", "21")
    await ear.hears("climate")
    kept = log_of(entry)
    await hass.async_stop()
    assert not schema.journal_of(kept.path).exists()
    assert len(found_in(kept.path, EventQuery(name="climate"))) == 1


async def test_each_account_has_a_file_that_goes_with_it(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, config_entry: MockConfigEntry
) -> None:
    """What was put away goes too; the other account's stays."""
    entry = await listening(hass, set_up)
    data = {**entry.data}
    other = MockConfigEntry(domain=DOMAIN, title="other", unique_id="other", data=data)
    other.add_to_hass(hass)
    await hass.config_entries.async_setup(other.entry_id)
    await hass.async_block_till_done()
    await log_of(entry).async_flush()
    await log_of(other).async_flush()
    mine, others = log_of(entry).path, log_of(other).path
    for name in (f"{mine.name}.corrupt-1", f"{mine.name}.corrupt-1-wal"):
        mine.with_name(name).touch()
    assert mine.parent == Path(hass.config.config_dir)
    assert mine.exists() and others.exists()

    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    left = {path.name.partition(".db")[0] for path in mine.parent.glob("particle_events_*")}
    assert left == {others.stem}
    assert await names(other) is not None
    await hass.config_entries.async_unload(other.entry_id)


async def test_zero_days_switch_it_off_and_delete_what_was_kept(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    entry = await listening(hass, set_up)
    path = log_of(entry).path
    await log_of(entry).async_flush()
    assert path.exists()
    hass.config_entries.async_update_entry(entry, options={"event_log_days": 0})
    await hass.async_block_till_done()
    await until(hass, lambda: not path.exists())
    assert not log_of(entry).enabled
    with pytest.raises(HomeAssistantError, match="switched off"):
        await names(entry)
    ear = Ear(hass, entry)
    await until(hass, lambda: len(cloud.streams) == 1)
    cloud.world.publish("greenhouse", "climate", "21")
    await ear.hears("climate")
    assert not path.exists()
    assert log_of(entry).waiting == 0


async def test_diagnostics_tell_how_much_there_is_and_no_event(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    entry = await listening(hass, set_up)
    ear = Ear(hass, entry)
    cloud.world.publish("greenhouse", "climate", "a secret")
    await ear.hears("climate")
    await log_of(entry).async_flush()
    told = (await async_get_config_entry_diagnostics(hass, entry))["event_log"]
    assert told["enabled"] and told["trouble"] is None and told["dropped"] == 0
    assert told["events"] >= 1 and told["bytes"] > 4096
    assert told["oldest"].endswith("+00:00")
    assert "secret" not in json.dumps(told)


class SlowDisk:
    """A disk on which nothing gets on until it is released."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, target: Any, name: str) -> None:
        """Let a function that works on the disk wait."""
        self.reached = threading.Event()
        self.released = threading.Event()
        work: Callable[..., Any] = getattr(target, name)

        def wait(*args: Any) -> Any:
            self.reached.set()
            self.released.wait(30)
            return work(*args)

        monkeypatch.setattr(target, name, wait)


async def test_setting_up_does_not_wait_for_the_check_of_the_file(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor do events; a search waits until there is something to search."""
    disk = SlowDisk(monkeypatch, database, "open_to_write")
    entry = await listening(hass, set_up)
    assert entry.state is ConfigEntryState.LOADED
    automation = await automate(hass, received())
    cloud.world.publish("greenhouse", "climate", "21")
    await automation.times(1)
    assert log_of(entry).waiting
    disk.released.set()
    assert await names(entry, name="climate") == ["climate"]


@pytest.mark.expect_log("events are missing in the event log")
async def test_a_slow_disk_costs_the_oldest_events_of_the_log_and_nobody_elses(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Automations run, searches go on, the memory stays bounded, and what is lost is counted."""
    entry = await listening(hass, set_up)
    kept = log_of(entry)
    ear = Ear(hass, entry)
    cloud.world.publish("greenhouse", "first", "")
    await ear.hears("first")
    await kept.async_flush()
    automation = await automate(hass, received(event="climate"))
    monkeypatch.setattr(waiting, "MAX_BYTES", 50 * 1024)
    monkeypatch.setattr(log_module, "MAX_WAIT_FOR_WRITE", 0.01)
    disk = SlowDisk(monkeypatch, database.EventDatabase, "append")

    cloud.world.publish("greenhouse", "climate", "-1")
    await until(hass, disk.reached.is_set)
    for number in range(20):
        cloud.world.publish("greenhouse", "climate", f"{number} {'x' * 8_000}")
    await automation.times(21)
    assert await names(entry, name="first") == ["first"]
    assert kept.dropped >= 10
    disk.released.set()
    await kept.async_flush()
    page = await kept.async_query(EventQuery(name="climate"))
    found = [(stored.event.data or "").split()[0] for stored in page.events]
    assert found == [*(str(number) for number in range(19, kept.dropped - 1, -1)), "-1"]


async def test_a_backup_copies_a_sound_file(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, tmp_path: Path
) -> None:
    """Events that come in meanwhile reach automations at once, and the log afterwards."""
    assert await async_setup_component(hass, "backup", {})
    entry = await listening(hass, set_up)
    automation = await automate(hass, received(event="climate"))
    cloud.world.publish("greenhouse", "climate", "before")
    await automation.times(1)
    manager = hass.data[BACKUP_MANAGER]
    await manager.async_pre_backup_actions()
    cloud.world.publish("greenhouse", "climate", "meanwhile")
    await automation.times(2)
    await log_of(entry).async_flush()
    copy = tmp_path / "copy.db"
    copy.write_bytes(log_of(entry).path.read_bytes())
    assert not schema.journal_of(log_of(entry).path).stat().st_size
    await manager.async_post_backup_actions()

    assert [stored.event.data for stored in found_in(copy, EventQuery(name="climate"))] == [
        "before"
    ]
    page = await log_of(entry).async_query(EventQuery(name="climate"))
    assert [stored.event.data for stored in page.events] == ["meanwhile", "before"]


async def test_an_event_with_impossible_numbers_and_times(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    """It is kept without them, and so are its neighbours."""
    entry = await set_up()
    hub = entry.runtime_data.hub
    late = datetime.max.replace(tzinfo=UTC)
    hub.receive(CloudEvent("climate", "1", late, product_id=2**63, firmware_version=-(2**64)))
    hub.receive(CloudEvent("climate", "2", datetime.min.replace(tzinfo=UTC), product_id=7))
    hub.receive(CloudEvent("climate", "3 \0 \ud83c"))
    await delivered(hass, hub)
    page = await log_of(entry).async_query(EventQuery(name="climate"))
    assert [
        (stored.event.data, stored.event.product_id, stored.event.published_at)
        for stored in page.events
    ] == [
        ("3 \ufffd \ufffd", None, None),
        ("2", 7, datetime.min.replace(tzinfo=UTC)),
        ("1", None, late.replace(microsecond=999_000)),
    ]


@pytest.mark.expect_log("Error while writing", "1 events are missing in the event log")
async def test_an_error_of_ours_does_not_hold_up_later_events(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    entry = await listening(hass, set_up)
    ear = Ear(hass, entry)
    await log_of(entry).async_flush()
    with patch.object(database.EventDatabase, "append", side_effect=ValueError):
        cloud.world.publish("greenhouse", "lost", "")
        await ear.hears("lost")
        await log_of(entry).async_flush()
    cloud.world.publish("greenhouse", "kept", "")
    await ear.hears("kept")
    assert await names(entry, limit=1) == ["kept"]
    assert log_of(entry).dropped == 1
