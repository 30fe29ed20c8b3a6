"""The built files: a copy that lacks them says so, and browsers get them."""

from pathlib import Path
from typing import Any

from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.conftest import SetUp
from tests.simulator import SimulatedCloud

from .registered import build, issues, second_account, stored, url

pytestmark = pytest.mark.usefixtures("http")


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
