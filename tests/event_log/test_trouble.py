"""The event log's file is full, unwritable or damaged: people are told, and events still reach everybody."""

from dataclasses import dataclass
from pathlib import Path
import sqlite3

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.const import DOMAIN
from custom_components.particle.event_log import database, files, log as log_module, schema
from custom_components.particle.event_log.log import EventLog
from custom_components.particle.event_log.models import EventQuery
from custom_components.particle.event_log.trouble import Trouble
from tests.automations import Automation, automate, listening, received
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import until

GARBAGE = b"This is not a database.\n" * 1_000


def log_of(entry: MockConfigEntry) -> EventLog:
    """Return the event log of an account that is set up."""
    kept: EventLog = entry.runtime_data.event_log
    return kept


def path_of(hass: HomeAssistant, entry: MockConfigEntry) -> Path:
    """Return where an account's log will be."""
    return files.path_of(hass.config.config_dir, entry.entry_id)


def put_away(path: Path) -> list[Path]:
    """Return the damaged files that are kept."""
    return [one for one in path.parent.glob(f"{path.name}.corrupt-*") if one.suffix != "-wal"]


def issue(hass: HomeAssistant, entry: MockConfigEntry, trouble: Trouble) -> ir.IssueEntry | None:
    """Return a repair issue of the account's log."""
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{trouble}_{entry.entry_id}")


async def publish(cloud: SimulatedCloud, automation: Automation, *payloads: str) -> None:
    """Publish events; an automation runs for each of them."""
    before = len(automation.runs)
    for payload in payloads:
        cloud.world.publish("greenhouse", "climate", payload)
    await automation.times(before + len(payloads))


def damage(path: Path, table: str) -> None:
    """Overwrite the first page of a table or index."""
    connection = sqlite3.connect(path)
    [page] = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
    ).fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)


async def payloads(entry: MockConfigEntry) -> list[str | None]:
    """Return the payloads of what the automations' device has published, newest first."""
    page = await log_of(entry).async_query(EventQuery(name="climate"))
    return [stored.event.data for stored in page.events]


@dataclass
class Disk:
    """Whether there is room for more than the file has when it is opened."""

    full: bool = False


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """A disk that can be full."""
    state = Disk()

    def open_to_write(path: Path) -> sqlite3.Connection:
        connection = schema.open_to_write(path)
        if state.full:
            [pages] = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    monkeypatch.setattr(database, "open_to_write", open_to_write)
    return state


@pytest.mark.expect_log("database or disk is full")
async def test_a_full_disk_stops_the_log_and_no_event(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One issue says so; once there is room, what waited is written and the issue is gone."""
    monkeypatch.setattr(log_module, "RETRY_INTERVAL", 0.01)
    disk.full = True
    entry = await listening(hass, set_up)
    automation = await automate(hass, received(event="climate"))
    large = [f"{number} {'x' * 20_000}" for number in range(5)]
    await publish(cloud, automation, *large)
    await until(hass, lambda: issue(hass, entry, Trouble.DISK_FULL))
    await publish(cloud, automation, "meanwhile")
    told = issue(hass, entry, Trouble.DISK_FULL)
    assert told is not None and told.translation_placeholders is not None
    assert told.translation_placeholders["file"] == str(log_of(entry).path)

    disk.full = False
    await until(hass, lambda: not issue(hass, entry, Trouble.DISK_FULL))
    assert await payloads(entry) == ["meanwhile", *reversed(large)]
    assert log_of(entry).dropped == 0


@pytest.mark.expect_log("cannot be written: unable to open database file")
async def test_a_file_that_cannot_be_written_stops_nothing(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    config_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A folder is in its place; a search says that it cannot be read; later all is well."""
    monkeypatch.setattr(log_module, "RETRY_INTERVAL", 0.01)
    path = path_of(hass, config_entry)
    path.mkdir()
    entry = await listening(hass, set_up)
    assert entry.state is ConfigEntryState.LOADED
    automation = await automate(hass, received(event="climate"))
    await publish(cloud, automation, "21")
    await until(hass, lambda: issue(hass, entry, Trouble.NOT_WRITABLE))
    with pytest.raises(HomeAssistantError, match="cannot be read"):
        await payloads(entry)

    path.rmdir()
    await until(hass, lambda: not issue(hass, entry, Trouble.NOT_WRITABLE))
    assert await payloads(entry) == ["21"]


@pytest.mark.expect_log("cannot be written: unable to open database file")
async def test_an_issue_goes_with_the_account(
    hass: HomeAssistant, set_up: SetUp, config_entry: MockConfigEntry
) -> None:
    """Unloaded, nothing is written, and nothing is missing."""
    path_of(hass, config_entry).mkdir()
    entry = await set_up()
    await until(hass, lambda: issue(hass, entry, Trouble.NOT_WRITABLE))
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not issue(hass, entry, Trouble.NOT_WRITABLE)


@pytest.mark.expect_log("is damaged and was renamed")
@pytest.mark.parametrize("contents", [GARBAGE, GARBAGE[:3]], ids=["long", "short"])
async def test_a_damaged_file_is_put_away_and_a_new_one_begins(
    hass: HomeAssistant,
    cloud: SimulatedCloud,
    set_up: SetUp,
    config_entry: MockConfigEntry,
    contents: bytes,
) -> None:
    path = path_of(hass, config_entry)
    path.write_bytes(contents)
    entry = await listening(hass, set_up)
    automation = await automate(hass, received(event="climate"))
    await publish(cloud, automation, "21")
    assert await payloads(entry) == ["21"]
    [kept] = put_away(path)
    assert kept.read_bytes() == contents
    told = issue(hass, entry, Trouble.DAMAGED)
    assert told is not None and told.severity is ir.IssueSeverity.WARNING
    assert told.translation_placeholders == {"account": entry.title, "file": str(kept)}
    assert log_of(entry).trouble is None


@pytest.mark.expect_log("is damaged and was renamed")
async def test_the_newest_two_damaged_files_are_kept(
    hass: HomeAssistant, set_up: SetUp, config_entry: MockConfigEntry
) -> None:
    path = path_of(hass, config_entry)
    for number in range(4):
        path.write_bytes(GARBAGE + bytes([number]))
        entry = await set_up() if not number else config_entry
        if number:
            await hass.config_entries.async_reload(entry.entry_id)
        await log_of(entry).async_flush()
        if number < 3:
            await hass.config_entries.async_unload(entry.entry_id)
    assert sorted(file.read_bytes()[-1] for file in put_away(path)) == [2, 3]


@pytest.mark.expect_log("is damaged and was renamed", "could not be read: database disk image")
async def test_damage_that_a_search_finds(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp
) -> None:
    """The search fails with a sentence, the next one finds what has come in since."""
    entry = await listening(hass, set_up)
    automation = await automate(hass, received(event="climate"))
    await publish(cloud, automation, "old")
    await hass.config_entries.async_unload(entry.entry_id)
    path = path_of(hass, entry)
    damage(path, "events_by_name")
    await hass.config_entries.async_setup(entry.entry_id)
    with pytest.raises(HomeAssistantError, match="cannot be read"):
        await payloads(entry)
    await until(hass, lambda: len(cloud.streams) == 1)
    await publish(cloud, automation, "new")
    assert await payloads(entry) == ["new"]
    assert issue(hass, entry, Trouble.DAMAGED)


@pytest.mark.expect_log("cannot be written: disk I/O error")
async def test_a_disk_that_breaks(
    hass: HomeAssistant, cloud: SimulatedCloud, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is not touched: it may be sound."""
    entry = await listening(hass, set_up)
    await log_of(entry).async_flush()

    def append(self: database.EventDatabase, events: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
        raise error

    monkeypatch.setattr(database.EventDatabase, "append", append)
    automation = await automate(hass, received(event="climate"))
    await publish(cloud, automation, "21")
    await log_of(entry).async_flush()
    assert issue(hass, entry, Trouble.NOT_WRITABLE)
    assert put_away(log_of(entry).path) == []
    assert await payloads(entry) == []
