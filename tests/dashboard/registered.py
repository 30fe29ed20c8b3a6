"""A build of the cards, and what Home Assistant knows of it."""

import gzip
import json
from pathlib import Path
from typing import Any, Final

from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry, flush_store

from custom_components.particle.const import (
    CONF_ACCESS_TOKEN,
    CONF_LOGIN,
    CONF_SERVER_URL,
    DOMAIN,
    Login,
)
from tests.simulator import SimulatedCloud

MANIFEST: Final = (
    Path(__file__).parents[2] / "custom_components" / DOMAIN / "manifest.json"
).read_text(encoding="utf-8")
VERSION: Final = json.loads(MANIFEST)["version"]


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
