"""Runtime data of an account, and the coordinator that lists its devices."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .account.closed_scopes import ClosedScopes
from .account.login import scopes_of
from .account.reauth import LISTING, async_reauth_guard
from .api import (
    AuthenticationError,
    Device,
    ParticleCloud,
    ParticleError,
    Product,
    RateLimitedError,
    Scope,
)
from .const import CONF_GROUPS, DOMAIN, GRACE
from .data_operations.meter import DataOperations
from .device.coordinator import DeviceCoordinator
from .device.shared import SharedByDevices
from .device.store import DeviceStore
from .device_registry import (
    async_belongs_to_another_entry,
    async_register_device,
    async_remove_stale_devices,
)
from .event_log.log import EventLog
from .events.history import EventHistory
from .events.hub import EventHub, ParticleEvent
from .events.streams import SupervisedStream
from .exceptions import rule_for
from .slices.work import SlicedWork, in_slices

_LOGGER = logging.getLogger(__name__)

LISTING_INTERVAL = timedelta(minutes=5)

# Seconds until a failed listing is retried.
RETRY_AFTER = 60.0

# How many devices are queried at the same time.
PARALLEL_REQUESTS = 4

# How many ids of publishing devices that are not listed are remembered.
MAX_UNLISTED = 10_000

# Seconds for which the number of polled variables is cached.
COUNT_INTERVAL = 5.0


@dataclass(slots=True)
class ParticleRuntimeData:
    """Runtime data of an account's config entry.

    Attributes:
        cloud: The client.
        account: The coordinator that lists the devices.
        hub: Distributes the events.
        history: Recently published events.
        event_log: Published events, kept on disk.
        operations: Counts and budgets data operations.
        streams: The event streams: one for the account and one for each selected product.
    """

    cloud: ParticleCloud
    account: AccountCoordinator
    hub: EventHub
    history: EventHistory
    event_log: EventLog
    operations: DataOperations
    streams: list[SupervisedStream]

    @property
    def devices(self) -> dict[str, DeviceCoordinator]:
        """The devices by Particle device ID."""
        return self.account.devices


type ParticleConfigEntry = ConfigEntry[ParticleRuntimeData]


class AccountCoordinator(DataUpdateCoordinator[dict[str, Device]]):
    """List the devices of the account and of the selected products; listing is free.

    The data maps device IDs to devices. New devices get a coordinator and a registry entry; devices
    that are missing from a complete listing lose both.
    """

    config_entry: ParticleConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ParticleConfigEntry,
        cloud: ParticleCloud,
        operations: DataOperations,
        hub: EventHub,
    ) -> None:
        """Initialize the coordinator."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=f"Particle account {entry.title}",
            update_interval=LISTING_INTERVAL,
        )
        self.cloud = cloud
        self.devices: dict[str, DeviceCoordinator] = {}
        self._operations = operations
        self._hub = hub
        self._scopes: dict[str, Scope] = {}
        self._reauth = async_reauth_guard(hass, entry)
        self._listed = False
        # Scopes that the last listing did not include.
        self._not_listed: set[Scope] = set()
        self._closed = ClosedScopes(hass, entry, self.product_name)
        self._products: dict[str, Product] = {}
        self._store = DeviceStore(
            hass, entry, lambda: {key: device.data for key, device in list(self.devices.items())}
        )
        self._unlisted: set[str] = set()
        self.work = SlicedWork(hass, entry)
        self._shared = SharedByDevices(
            cloud=cloud,
            operations=operations,
            work=self.work,
            polled_variables=self.polled_variables,
            request_listing=self.async_refresh_soon,
            request_save=self._store.async_schedule_save,
        )
        self.available = True
        self.failing_since: datetime | None = None
        self._failing_from: float | None = None
        self._polled_variables = 0
        self._counted_at = -COUNT_INTERVAL
        self._stop_listening = hub.async_listen(self._handle_event)
        entry.async_on_unload(self._stop_listening)
        entry.async_on_unload(self._reauth.async_start(self.async_refresh_soon))
        entry.async_on_unload(self._shut_devices_down)

    # Where devices come from

    @property
    def scopes(self) -> list[Scope]:
        """The account, unless it is deselected, and the selected products."""
        return scopes_of(self.config_entry.options)

    @override
    async def _async_setup(self) -> None:
        """Load the stored state of the devices and the details of the products."""
        await self._store.async_load()
        for scope in self.scopes:
            if scope.id is None:
                continue
            try:
                self._products[scope.id] = await self.cloud.products.get(scope.id)
            except ParticleError as err:
                # Only the name is missing; the listing decides whether the product can be used.
                _LOGGER.debug("No details of product %s: %s", scope.id, err)

    @override
    async def _async_update_data(self) -> dict[str, Device]:
        """List the devices of every scope."""
        requested = self.hass.loop.time()
        try:
            listing = await self._list_all()
        except AuthenticationError as err:
            raise self._reauth.failed_listing(err, setting_up=not self._listed) from err
        except ParticleError as err:
            closed = rule_for(err).closed
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="listing_not_permitted" if closed else "cloud_unavailable",
                translation_placeholders=None if closed else {"reason": err.message},
                retry_after=self._retry_after_failure(err),
            ) from err
        self.update_interval = (
            timedelta(seconds=RETRY_AFTER) if self._closed.in_doubt else LISTING_INTERVAL
        )
        self._reauth.accepted(LISTING)
        self._listed = True
        await self._apply_listing(listing, requested)
        return listing

    def _retry_after_failure(self, err: ParticleError) -> float | None:
        """Return when to retry: when the cloud says so, or soon after the first failure."""
        if isinstance(err, RateLimitedError) and err.retry_after is not None:
            return err.retry_after
        if not self._listed:
            # Since 2026.11 this also delays the next set-up, which otherwise is retried after 5 seconds.
            return None
        return RETRY_AFTER if self.available else None

    async def _list_all(self) -> dict[str, Device]:
        """List every scope; one that is refused does not affect the others.

        Raises:
            ParticleError: All scopes are refused, or the cloud cannot be reached.
        """
        listed: list[tuple[Scope, list[Device]]] = []
        not_listed: list[tuple[Scope, list[Device]]] = []
        for scope in self.scopes:
            try:
                listed.append((scope, await self._list(scope)))
            except ParticleError as err:
                if not rule_for(err).closed:
                    raise
                # Keep the devices as they are: the scope may become accessible again.
                known = [device.device for device in self.devices.values() if device.scope == scope]
                not_listed.append((scope, known))
                if len(not_listed) == len(self.scopes):
                    raise
                self._closed.refused(scope, err, has_devices=bool(known))
            else:
                self._closed.listed(scope)
        listing: dict[str, Device] = {}
        scopes: dict[str, Scope] = {}
        for scope, devices in listed + not_listed:
            for device in devices:
                if device.id not in listing and not async_belongs_to_another_entry(
                    self.hass, self.config_entry, device.id
                ):
                    listing[device.id] = device
                    scopes[device.id] = scope
        self._not_listed = {scope for scope, _ in not_listed}
        self._scopes = scopes
        self._operations.exclude_devices(self._devices_of_other_plans(listing))
        return listing

    def _devices_of_other_plans(self, listing: dict[str, Device]) -> frozenset[str]:
        """Return the devices whose usage counts against another owner's plan."""
        own = [device for device in listing.values() if self._scopes[device.id].id is None]
        owners = {device.owner for device in own} | {self.config_entry.title}
        return frozenset(
            device.id
            for device in listing.values()
            if self._scopes[device.id].id is not None and device.owner not in owners
        )

    async def _list(self, scope: Scope) -> list[Device]:
        groups = self.config_entry.options.get(CONF_GROUPS) if scope.id else None
        devices = self.cloud.devices.list(scope, groups=groups or None)
        return [device async for device in in_slices(devices)]

    def product_name(self, product_id: str) -> str:
        """Return the name of a product, or its number if the name is unknown."""
        product = self._products.get(product_id)
        return product.name if product and product.name else f"product {product_id}"

    async def _apply_listing(self, listing: dict[str, Device], requested: float) -> None:
        """Add, update and remove devices according to a listing."""
        for device_id in [known for known in self.devices if known not in listing]:
            await self._remove(device_id)
        scopes = self._scopes
        async for device_id, device in in_slices(listing.items()):
            if coordinator := self.devices.get(device_id):
                coordinator.scope = scope = scopes[device_id]
                if scope not in self._not_listed:
                    coordinator.async_set_device(device, requested=requested)
                coordinator.async_set_listed(scope not in self._closed)
            else:
                self.devices[device_id] = self._new_coordinator(
                    device, scopes[device_id], requested
                )
        if not self._not_listed:
            self._store.retain(listing)
            await async_remove_stale_devices(self.hass, self.config_entry, listing)
        await self._describe([c for c in self.devices.values() if c.needs_description])
        async for coordinator in in_slices(list(self.devices.values())):
            product = self._products.get(coordinator.scope.id or "")
            async_register_device(self.hass, self.config_entry, coordinator.device, product)
        self._store.async_schedule_save()

    def _new_coordinator(self, device: Device, scope: Scope, requested: float) -> DeviceCoordinator:
        coordinator = DeviceCoordinator(
            self.hass,
            self.config_entry,
            self._shared,
            scope,
            self._store.restore(device),
        )
        coordinator.async_set_device(device, requested=requested)
        return coordinator

    async def _describe(self, coordinators: list[DeviceCoordinator]) -> None:
        """Fetch the details of devices that are online but incompletely listed.

        A failure for one device does not affect the others; the next listing tries again.
        """
        await self._ask_each(coordinators, "details", DeviceCoordinator.async_describe)

    async def async_fetch_vitals(self) -> None:
        """Fetch the last vitals of the devices that are online; free."""
        online = [device for device in self.devices.values() if device.online]
        await self._ask_each(online, "vitals", DeviceCoordinator.async_fetch_vitals)

    async def _ask_each(
        self,
        coordinators: Iterable[DeviceCoordinator],
        what: str,
        ask: Callable[[DeviceCoordinator], Awaitable[None]],
    ) -> None:
        """Query devices, a few at the same time: one task each is too slow for thousands."""
        waiting = iter(coordinators)

        async def ask_next() -> None:
            for coordinator in waiting:
                try:
                    await ask(coordinator)
                except ParticleError as err:
                    _LOGGER.debug("No %s of %s: %s", what, coordinator.name, err)

        await asyncio.gather(*(ask_next() for _ in range(PARALLEL_REQUESTS)))

    async def _remove(self, device_id: str) -> None:
        await self.devices.pop(device_id).async_shutdown()

    async def _shut_devices_down(self) -> None:
        async for device in in_slices(list(self.devices.values())):
            await device.async_shutdown()

    # Shared by the devices

    def polled_variables(self) -> int:
        """Return how many variables are polled on all devices together.

        Cached, because every device asks before it polls.
        """
        now = self.hass.loop.time()
        if now - self._counted_at > COUNT_INTERVAL:
            self._counted_at = now
            self._polled_variables = sum(
                len(device.enabled_variables())
                for device in self.devices.values()
                if device.data.reachable
            )
        return self._polled_variables

    @override
    @callback
    def _async_refresh_finished(self) -> None:
        """Update the entities when the cloud has been unreachable for a while, or is back."""
        now = self.hass.loop.time()
        if self.last_update_success:
            self._failing_from = self.failing_since = None
        elif self._failing_from is None:
            self._failing_from, self.failing_since = now, dt_util.utcnow()
        available = self.last_update_success or (
            self._failing_from is not None and now - self._failing_from < GRACE
        )
        if available != self.available:
            self.available = available
            self.work.put(device.async_update_in_slices for device in self.devices.values())

    @callback
    def async_refresh_soon(self) -> None:
        """List the devices again soon."""
        self.config_entry.async_create_background_task(
            self.hass,
            self.async_request_refresh(),
            f"particle listing {self.config_entry.entry_id}",
        )

    @callback
    def _handle_event(self, event: ParticleEvent) -> None:
        """Pass an event to its device, or list the devices again if the device is unknown."""
        if event.device_id is None or event.replayed:
            return
        if coordinator := self.devices.get(event.device_id):
            coordinator.async_handle_event(event)
        elif event.device_id not in self._unlisted and len(self._unlisted) < MAX_UNLISTED:
            # It may be a new device. Each unknown device causes only one listing.
            self._unlisted.add(event.device_id)
            self.async_refresh_soon()

    async def async_save(self) -> None:
        """Save the state of the devices now."""
        await self._store.async_save()

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Delete the stored state when the account is removed."""
        await DeviceStore.async_forget(hass, entry)
