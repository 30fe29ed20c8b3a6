"""The cards reach dashboards by one resource, which comes, changes and goes with the integration."""

from datetime import timedelta
import gzip
import json
from pathlib import Path
from typing import Any, Final

from freezegun.api import TickingDateTimeFactory
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import (
    ResourceStorageCollection,
    ResourceYAMLCollection,
)
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, flush_store
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.particle.const import (
    CONF_ACCESS_TOKEN,
    CONF_LOGIN,
    CONF_SERVER_URL,
    DOMAIN,
    Login,
)
from custom_components.particle.dashboard import files
from tests.conftest import SetUp
from tests.simulator import SimulatedCloud
from tests.waiting import until

MANIFEST: Final = (
    Path(__file__).parents[2] / "custom_components" / DOMAIN / "manifest.json"
).read_text(encoding="utf-8")
VERSION: Final = json.loads(MANIFEST)["version"]

OTHERS: Final = [
    {"id": "1", "type": "module", "url": "/hacsfiles/mushroom/mushroom.js?hacstag=1"},
    {"id": "2", "type": "css", "url": "/local/particle_static/theme.css"},
    {"id": "3", "type": "js", "url": "https://[broken"},
]


def url(build: str) -> str:
    """Return the address that browsers are to load for a build."""
    return f"/particle_static/particle.js?v={VERSION}-{build}"


def build(folder: Path, name: str) -> None:
    """Write what scripts/cards writes."""
    folder.mkdir(exist_ok=True)
    (folder / "particle.js").write_text('import("./device-card-ABCDEFGH.js");\n')
    (folder / "device-card-ABCDEFGH.js").write_text("export {};\n")
    (folder / "particle.js.gz").write_bytes(gzip.compress((folder / "particle.js").read_bytes()))
    (folder / "manifest.json").write_text(json.dumps({"entry": "particle.js", "hash": name}))


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build of the cards, whether or not there is one in the clone."""
    folder = tmp_path / "dist"
    build(folder, "first")
    monkeypatch.setattr(files, "DIST", folder)
    return folder


@pytest.fixture(autouse=True)
async def http(hass: HomeAssistant, dist: Path) -> None:
    """Home Assistant's HTTP server, which is there before any integration."""
    assert await async_setup_component(hass, "http", {})


@pytest.fixture
async def lovelace(hass: HomeAssistant) -> None:
    """Dashboards whose resources are managed in the user interface, as nearly everywhere."""
    assert await async_setup_component(hass, "lovelace", {})


def store(hass_storage: dict[str, Any], *items: dict[str, str]) -> None:
    """Let resources be stored from an earlier run of Home Assistant."""
    hass_storage["lovelace_resources"] = {
        "version": 1,
        "minor_version": 1,
        "key": "lovelace_resources",
        "data": {"items": [dict(item) for item in items]},
    }


def storage_collection(hass: HomeAssistant) -> ResourceStorageCollection:
    """Return the resources, which are managed in the user interface."""
    resources = hass.data[LOVELACE_DATA].resources
    assert isinstance(resources, ResourceStorageCollection)
    return resources


async def stored(hass: HomeAssistant, hass_storage: dict[str, Any]) -> list[dict[str, str]]:
    """Return the resources that Home Assistant keeps, after it has written them."""
    resources = storage_collection(hass)
    await resources.async_get_info()
    await flush_store(resources.store)
    items: list[dict[str, str]] = hass_storage["lovelace_resources"]["data"]["items"]
    return items


def issues(hass: HomeAssistant) -> dict[str, dict[str, str] | None]:
    """Return what people are told about the cards."""
    return {
        issue_id: issue.translation_placeholders
        for (domain, issue_id), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue_id.startswith("cards")
    }


async def second_account(hass: HomeAssistant, cloud: SimulatedCloud) -> MockConfigEntry:
    """Set another account up, with a token of the same cloud."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        unique_id="another",
        data={
            CONF_LOGIN: Login.ACCESS_TOKEN,
            CONF_SERVER_URL: cloud.base_url,
            CONF_ACCESS_TOKEN: cloud.access_token,
        },
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def test_first_account_adds_the_resource(
    hass: HomeAssistant, hass_storage: dict[str, Any], lovelace: None, set_up: SetUp
) -> None:
    await set_up()

    [resource] = await stored(hass, hass_storage)
    assert resource["type"] == "module"
    assert resource["url"] == url("first")
    assert issues(hass) == {}


async def test_resources_that_were_not_loaded_yet_are_kept(
    hass: HomeAssistant, hass_storage: dict[str, Any], set_up: SetUp
) -> None:
    """Home Assistant reads them when somebody opens a dashboard, which may be later than this."""
    store(hass_storage, *OTHERS)
    assert await async_setup_component(hass, "lovelace", {})
    assert not hass.data[LOVELACE_DATA].resources.loaded

    await set_up()

    *others, ours = await stored(hass, hass_storage)
    assert json.dumps(others) == json.dumps(OTHERS)
    assert ours["url"] == url("first")


async def test_upgrade_changes_the_resource_and_nothing_else(
    hass: HomeAssistant, hass_storage: dict[str, Any], set_up: SetUp
) -> None:
    """Its place among the others stays, too: some depend on the order."""
    ours = {"id": "0", "type": "module", "url": "/particle_static/particle.js?v=0.0.9-older"}
    store(hass_storage, OTHERS[0], ours, *OTHERS[1:])
    assert await async_setup_component(hass, "lovelace", {})

    await set_up()

    expected = [OTHERS[0], {**ours, "url": url("first")}, *OTHERS[1:]]
    assert json.dumps(await stored(hass, hass_storage)) == json.dumps(expected)


async def test_duplicates_are_reduced_to_one(
    hass: HomeAssistant, hass_storage: dict[str, Any], set_up: SetUp
) -> None:
    """People added it by hand, with another type or without a version."""
    store(
        hass_storage,
        {"id": "8", "type": "js", "url": "/particle_static/particle.js"},
        *OTHERS,
        {"id": "9", "type": "module", "url": "/particle_static/particle.js?v=0.0.9-older"},
    )
    assert await async_setup_component(hass, "lovelace", {})

    await set_up()

    ours, *others = await stored(hass, hass_storage)
    assert ours == {"id": "8", "type": "module", "url": url("first")}
    assert json.dumps(others) == json.dumps(OTHERS)


async def test_reload_with_the_same_cards_writes_nothing(
    hass: HomeAssistant, hass_storage: dict[str, Any], lovelace: None, set_up: SetUp
) -> None:
    entry = await set_up()
    before = await stored(hass, hass_storage)
    del hass_storage["lovelace_resources"]

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    await flush_store(storage_collection(hass).store)
    assert "lovelace_resources" not in hass_storage
    assert hass.data[LOVELACE_DATA].resources.async_items() == before


async def test_resource_goes_with_the_last_account(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    cloud: SimulatedCloud,
    set_up: SetUp,
) -> None:
    store(hass_storage, *OTHERS)
    assert await async_setup_component(hass, "lovelace", {})
    first = await set_up()
    second = await second_account(hass, cloud)
    assert len(await stored(hass, hass_storage)) == len(OTHERS) + 1

    await hass.config_entries.async_remove(first.entry_id)
    assert len(await stored(hass, hass_storage)) == len(OTHERS) + 1

    await hass.config_entries.async_remove(second.entry_id)
    assert json.dumps(await stored(hass, hass_storage)) == json.dumps(OTHERS)


async def test_resource_goes_while_the_last_account_is_disabled(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    lovelace: None,
    set_up: SetUp,
) -> None:
    """After a restart nothing would serve its files."""
    entry = await set_up()

    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    assert await stored(hass, hass_storage) == []

    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    assert [item["url"] for item in await stored(hass, hass_storage)] == [url("first")]


async def test_resource_comes_back_with_a_new_account(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    cloud: SimulatedCloud,
    lovelace: None,
    set_up: SetUp,
) -> None:
    entry = await set_up()
    await hass.config_entries.async_remove(entry.entry_id)
    assert await stored(hass, hass_storage) == []

    again = await second_account(hass, cloud)

    assert [item["url"] for item in await stored(hass, hass_storage)] == [url("first")]
    await hass.config_entries.async_remove(again.entry_id)


async def test_resources_in_yaml_lead_to_an_issue_with_the_line_to_paste(
    hass: HomeAssistant, clock: TickingDateTimeFactory, set_up: SetUp
) -> None:
    configuration: dict[str, Any] = {"lovelace": {"resource_mode": "yaml", "resources": []}}
    assert await async_setup_component(hass, "lovelace", configuration)

    await set_up()
    assert issues(hass) == {"cards_not_in_yaml": {"url": url("first")}}

    # The person pastes the line and reloads the resources.
    line = {"type": "module", "url": url("first")}
    hass.data[LOVELACE_DATA].resources = ResourceYAMLCollection([line])
    clock.tick(timedelta(minutes=1))
    await until(hass, lambda: not issues(hass))


async def test_line_of_an_older_release_is_not_enough(hass: HomeAssistant, set_up: SetUp) -> None:
    """Browsers would go on showing what they keep of the older one."""
    older = {"type": "module", "url": "/particle_static/particle.js?v=0.0.9-older"}
    configuration = {"lovelace": {"resource_mode": "yaml", "resources": [older]}}
    assert await async_setup_component(hass, "lovelace", configuration)

    entry = await set_up()
    assert issues(hass) == {"cards_not_in_yaml": {"url": url("first")}}

    await hass.config_entries.async_remove(entry.entry_id)
    assert issues(hass) == {}
    assert hass.data[LOVELACE_DATA].resources.async_items() == [older]


async def test_copy_without_the_cards_works_and_says_so_once(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    dist: Path,
    cloud: SimulatedCloud,
    lovelace: None,
    set_up: SetUp,
) -> None:
    (dist / "manifest.json").unlink()

    first = await set_up()
    second = await second_account(hass, cloud)

    assert first.state is second.state is ConfigEntryState.LOADED
    assert issues(hass) == {"cards_not_built": None}
    assert hass.data[LOVELACE_DATA].resources.async_items() == []

    build(dist, "second")
    await hass.config_entries.async_reload(first.entry_id)
    await hass.async_block_till_done()
    assert issues(hass) == {}
    assert [item["url"] for item in await stored(hass, hass_storage)] == [url("second")]
    await hass.config_entries.async_unload(second.entry_id)


@pytest.mark.parametrize("manifest", ["", "[]", '{"entry": "gone.js", "hash": "1"}'])
async def test_half_a_build_counts_as_none(
    hass: HomeAssistant, dist: Path, lovelace: None, set_up: SetUp, manifest: str
) -> None:
    (dist / "manifest.json").write_text(manifest)

    await set_up()

    assert issues(hass) == {"cards_not_built": None}


async def test_dashboards_that_come_later_get_the_cards_once_home_assistant_has_started(
    hass: HomeAssistant, hass_storage: dict[str, Any], set_up: SetUp
) -> None:
    hass.set_state(CoreState.not_running)
    entry = await set_up()
    assert entry.state is ConfigEntryState.LOADED

    assert await async_setup_component(hass, "lovelace", {})
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()

    assert [item["url"] for item in await stored(hass, hass_storage)] == [url("first")]


async def test_account_removed_meanwhile_gets_no_resource(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    hass.set_state(CoreState.not_running)
    entry = await set_up()
    await hass.config_entries.async_remove(entry.entry_id)

    assert await async_setup_component(hass, "lovelace", {})
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()

    assert hass.data[LOVELACE_DATA].resources.async_items() == []


async def test_home_assistant_without_dashboards_is_told_nothing(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    entry = await set_up()

    assert entry.state is ConfigEntryState.LOADED
    assert issues(hass) == {}
    await hass.config_entries.async_remove(entry.entry_id)


@pytest.mark.expect_log("The dashboard cards could not be registered")
async def test_resources_that_cannot_be_read_do_not_stop_the_account(
    hass: HomeAssistant, hass_storage: dict[str, Any], lovelace: None, set_up: SetUp
) -> None:
    """A newer Home Assistant has written them, and somebody has gone back to this one."""
    store(hass_storage, *OTHERS)
    hass_storage["lovelace_resources"]["version"] = 99

    entry = await set_up()

    assert entry.state is ConfigEntryState.LOADED
    assert hass_storage["lovelace_resources"]["data"]["items"] == OTHERS


async def test_browsers_get_the_files_and_may_keep_them(
    hass: HomeAssistant,
    dist: Path,
    hass_client_no_auth: ClientSessionGenerator,
    lovelace: None,
    set_up: SetUp,
) -> None:
    entry = await set_up()
    # Twice: routes can be registered once alone.
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    browser = await hass_client_no_auth()

    for path in (url("first"), "/particle_static/device-card-ABCDEFGH.js"):
        response = await browser.get(path)
        assert response.status == 200, path
        assert response.content_type == "text/javascript"
        assert "max-age=2678400" in response.headers["Cache-Control"]
        name = path.removeprefix("/particle_static/").partition("?")[0]
        assert await response.read() == (dist / name).read_bytes()
        compressed = (dist / f"{name}.gz").exists()
        assert response.headers.get("Content-Encoding") == ("gzip" if compressed else None), path
    # Not the folder's content, and nothing beside it.
    for path in ("/particle_static/", "/particle_static/..%2Fmanifest.json"):
        assert (await browser.get(path)).status in {400, 403, 404}, path
