"""The Particle integration: devices of the Particle Cloud in Home Assistant."""

import asyncio
import contextlib
from functools import partial

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.typing import ConfigType

from .account.issues import LISTING_ISSUES, async_delete_issues
from .account.login import create_auth
from .account.reauth import async_forget_reauth_guard
from .api import Auth, ParticleCloud
from .const import CONF_LOGIN, DOMAIN, Login
from .coordinator import AccountCoordinator, ParticleConfigEntry, ParticleRuntimeData
from .dashboard.event_export import async_register_export
from .dashboard.registration import async_get_registration
from .dashboard.websocket import async_register_commands
from .data_operations.meter import DataOperations
from .device_registry import async_register_account
from .event_log.log import EventLog
from .events.bus import async_forward_to_bus
from .events.history import EventHistory
from .events.hub import EventHub
from .events.streams import SupervisedStream
from .firmware.flash import async_end_flashes_with
from .services import async_setup_services
from .slices.removal import async_remove_from_registries, async_unload_entities

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.DEVICE_TRACKER,
    Platform.EVENT,
    Platform.SENSOR,
]

# Unloading must not hang when the cloud does not answer.
REVOKE_TIMEOUT = 5


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up the actions."""
    async_setup_services(hass)
    async_register_commands(hass)
    async_register_export(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ParticleConfigEntry) -> bool:
    """Set up an account."""
    # First, so that dashboards find the cards also while the cloud cannot be reached.
    await async_get_registration(hass).async_register()
    operations = DataOperations(hass, entry)
    cloud = ParticleCloud(
        async_get_clientsession(hass),
        create_auth(async_get_clientsession(hass), entry.data),
        on_data_operation=operations.record,
    )
    if entry.data[CONF_LOGIN] == Login.CLIENT_CREDENTIALS:
        # Otherwise the token stays valid for 90 days; the next set-up requests its own. On unload, together
        # with everything else: a call still under way would request another token.
        entry.async_on_unload(partial(_revoke, cloud.auth))
    entry.async_on_unload(partial(async_delete_issues, hass, entry, *LISTING_ISSUES))
    await operations.async_load(cloud)
    hub = EventHub(hass, entry.title)
    entry.async_on_unload(hub.close)
    account = AccountCoordinator(hass, entry, cloud, operations, hub)
    async_register_account(hass, entry)
    await account.async_config_entry_first_refresh()

    entry.runtime_data = ParticleRuntimeData(
        cloud=cloud,
        account=account,
        hub=hub,
        history=EventHistory(),
        event_log=EventLog(hass, entry),
        operations=operations,
        streams=[
            SupervisedStream(hass, entry, cloud, hub, scope, on_gap=account.async_refresh_soon)
            for scope in account.scopes
        ],
    )
    entry.async_on_unload(entry.runtime_data.history.async_start(hub))
    entry.async_on_unload(entry.runtime_data.event_log.async_close)
    entry.runtime_data.event_log.async_start(hub)
    async_forward_to_bus(hass, entry, hub, account.devices)
    async_end_flashes_with(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    await account.work.async_done()
    for stream in entry.runtime_data.streams:
        stream.start()

    @callback
    def handle_listing() -> None:
        for stream in entry.runtime_data.streams:
            stream.handle_listing(account.last_update_success)

    entry.async_on_unload(account.async_add_listener(handle_listing))
    entry.async_create_background_task(hass, account.async_fetch_vitals(), "particle vitals")
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ParticleConfigEntry) -> bool:
    """Unload an account."""
    entry.runtime_data.account.work.close()
    await async_unload_entities(hass, entry)
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await entry.runtime_data.account.async_save()
    await _async_unregister_cards_of_nobody(hass)
    return True


async def async_remove_entry(hass: HomeAssistant, entry: ParticleConfigEntry) -> None:
    """Remove what is stored for an account, and revoke the token of a password login."""
    await async_remove_from_registries(hass, entry)
    async_delete_issues(hass, entry)
    await AccountCoordinator.async_forget(hass, entry)
    await DataOperations.async_forget(hass, entry)
    await EventLog.async_forget(hass, entry)
    async_forget_reauth_guard(hass, entry)
    await _async_unregister_cards_of_nobody(hass)
    if entry.data[CONF_LOGIN] == Login.PASSWORD:
        await _revoke(create_auth(async_get_clientsession(hass), entry.data))


async def _async_unregister_cards_of_nobody(hass: HomeAssistant) -> None:
    """Unregister the cards unless an account is enabled: after a restart nothing would serve their files."""
    if not hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False):
        await async_get_registration(hass).async_unregister()


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: ParticleConfigEntry, device_entry: dr.AnyDeviceEntry
) -> bool:
    """Allow removing a device that the account no longer has."""
    return not any(
        domain == DOMAIN
        and (identifier in entry.runtime_data.devices or identifier == entry.unique_id)
        for domain, identifier in device_entry.identifiers
    )


async def _revoke(auth: Auth) -> None:
    """Revoke a token that the integration obtained, if the cloud can be reached."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(REVOKE_TIMEOUT):
            await auth.revoke()


async def _async_reload(hass: HomeAssistant, entry: ParticleConfigEntry) -> None:
    """Reload the entry after its options or credentials have changed."""
    hass.config_entries.async_schedule_reload(entry.entry_id)
