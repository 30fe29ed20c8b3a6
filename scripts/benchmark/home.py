"""A real Home Assistant in a temporary folder, and helpers to set it up."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
import json
import logging
from pathlib import Path
import tempfile
from types import MappingProxyType
from typing import Any, cast

from aiohttp import ThreadedResolver
from homeassistant import bootstrap, loader
from homeassistant.auth import auth_manager_from_config
from homeassistant.config_entries import SOURCE_USER, ConfigEntries, ConfigEntry
from homeassistant.core import CoreState, HomeAssistant, ServiceCall, callback
from homeassistant.helpers import aiohttp_client, entity_registry as er
from homeassistant.setup import async_setup_component

from custom_components.particle.const import (
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_LOGIN,
    CONF_SERVER_URL,
    DOMAIN,
    Login,
)
from custom_components.particle.coordinator import ParticleConfigEntry

from . import bare
from .cloud import Address

# What both sides use is there before the clock starts.
_COMPONENTS = ("homeassistant", "automation", "binary_sensor", "button", "event", "sensor")


@asynccontextmanager
async def home_assistant() -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant without frontend, recorder and discovery, as long as the context lasts."""
    logging.getLogger("homeassistant.loader").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(
        prefix="particle-bench-", ignore_cleanup_errors=True
    ) as folder:
        hass = HomeAssistant(folder)
        loader.async_setup(hass)
        hass.config.skip_pip = True
        hass.config_entries = ConfigEntries(hass, {})
        await loader.async_get_custom_components(hass)
        await bootstrap.async_load_base_functionality(hass)
        hass.auth = await auth_manager_from_config(hass, [], [])
        # 127.0.0.1 needs no name service; Home Assistant's own would listen in the local network.
        cast(dict[Any, Any], hass.data)[aiohttp_client.DATA_RESOLVER] = ThreadedResolver()
        bare.install(hass)
        for component in _COMPONENTS:
            assert await async_setup_component(hass, component, {})
        await hass.async_start()
        await hass.async_block_till_done()
        assert hass.state is CoreState.running
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)


async def add_account(hass: HomeAssistant, cloud: Address, **options: Any) -> ParticleConfigEntry:
    """Add the simulated account with default options, and wait until it is set up."""
    entry: ParticleConfigEntry = ConfigEntry(
        domain=DOMAIN,
        title="bench",
        unique_id="5c00000000000000000000a1",
        data={
            CONF_LOGIN: Login.CLIENT_CREDENTIALS,
            CONF_SERVER_URL: cloud.base_url,
            CONF_CLIENT_ID: cloud.client_id,
            CONF_CLIENT_SECRET: cloud.client_secret,
        },
        options=options,
        **_COMMON,
    )
    await hass.config_entries.async_add(entry)
    await hass.async_block_till_done()
    return entry


async def add_bare(hass: HomeAssistant, devices: int, shape: bare.Shape) -> bare.BareConfigEntry:
    """Add devices and entities that do nothing."""
    entry: bare.BareConfigEntry = ConfigEntry(
        domain=bare.DOMAIN,
        title="bare",
        unique_id=None,
        data={"devices": devices, "enabled": shape.enabled, "disabled": shape.disabled},
        options={},
        **_COMMON,
    )
    await hass.config_entries.async_add(entry)
    await hass.async_block_till_done()
    return entry


_COMMON: dict[str, Any] = {
    "version": 1,
    "minor_version": 1,
    "source": SOURCE_USER,
    "discovery_keys": MappingProxyType({}),
    "subentries_data": None,
}


def shape_of(hass: HomeAssistant, entry: ParticleConfigEntry) -> bare.Shape:
    """Return the average number of entities of a device, for a comparison with the same number."""
    boards = len(entry.runtime_data.devices)
    enabled: Counter[str] = Counter()
    disabled: Counter[str] = Counter()
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        (disabled if entity.disabled else enabled)[entity.domain] += 1
    return bare.Shape(
        {platform: round(count / boards) for platform, count in enabled.items()},
        {platform: round(count / boards) for platform, count in disabled.items()},
    )


def register_note(hass: HomeAssistant, note: Callable[[Any], None]) -> None:
    """Register the action that the automations of the benchmarks run: ``bench.note``."""

    @callback
    def handle(call: ServiceCall) -> None:
        note(call.data["value"])

    hass.services.async_register("bench", "note", handle)


def automation(
    name: str, trigger: dict[str, Any], value: str, *, conditions: Iterable[dict[str, Any]] = ()
) -> dict[str, Any]:
    """Return an automation that records a value, without losing runs in quick succession."""
    return {
        "id": name,
        "alias": name,
        "mode": "queued",
        "max": 100_000,
        "triggers": [trigger],
        "conditions": list(conditions),
        "actions": [{"action": "bench.note", "data": {"value": value}}],
    }


async def set_automations(hass: HomeAssistant, automations: list[dict[str, Any]]) -> None:
    """Replace all automations."""
    folder = Path(hass.config.config_dir)
    (folder / "automations.yaml").write_text(json.dumps(automations))
    (folder / "configuration.yaml").write_text("automation: !include automations.yaml\n")
    await hass.services.async_call("automation", "reload", blocking=True)
    await hass.async_block_till_done()
    running = [state for state in hass.states.async_all("automation") if state.state == "on"]
    assert len(running) == len(automations), f"{len(running)} of {len(automations)} automations run"
