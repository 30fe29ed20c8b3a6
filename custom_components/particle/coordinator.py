"""The account: which devices there are, and all that the integration keeps at run time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
import logging
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

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
from .events.history import EventHistory
from .events.hub import EventHub, ParticleEvent
from .events.streams import SupervisedStream
from .exceptions import rule_for
from .slices.work import SlicedWork, in_slices

_LOGGER = logging.getLogger(__name__)

LISTING_INTERVAL = timedelta(minutes=5)

# A listing that failed is tried again after this many seconds.
RETRY_AFTER = 60.0

# How many devices are asked for their details side by side.
PARALLEL_REQUESTS = 4

# Devices that publish and are not in our listing, remembered at the most.
NOT_OURS_LIMIT = 10_000

# Seconds for which a count of the polled variables holds.
COUNT_AGAIN = 5.0


@dataclass(slots=True)
class ParticleRuntimeData:
    """What an account's entry keeps while it is loaded.

    Attributes:
        cloud: The client.
        account: Which devices there are.
        hub: Where events come in.
        history: What the devices have published lately.
        operations: The budget of data operations.
        streams: The event streams, one for the account and one for each chosen product.
    """

    cloud: ParticleCloud
    account: AccountCoordinator
    hub: EventHub
    history: EventHistory
    operations: DataOperations
    streams: list[SupervisedStream]

    @property
    def devices(self) -> dict[str, DeviceCoordinator]:
        """The devices by Particle's id."""
        return self.account.devices


type ParticleConfigEntry = ConfigEntry[ParticleRuntimeData]


class AccountCoordinator(DataUpdateCoordinator[dict[str, Device]]):
    """Lists the devices of the account and of the chosen products; listing is free.

    Its data are the devices by id. Devices that appear get a coordinator and are registered, devices
    that a complete listing no longer contains lose both.
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
        # The scopes that the last listing did not reach.
        self._not_listed: set[Scope] = set()
        self._closed = ClosedScopes(hass, entry, self.product_name)
        self._products: dict[str, Product] = {}
        self._store = DeviceStore(
            hass, entry, lambda: {key: device.data for key, device in list(self.devices.items())}
        )
        self._not_ours: set[str] = set()
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
        self._failing_since: float | None = None
        self._polled_variables = 0
        self._counted_at = -COUNT_AGAIN
        self._stop_listening = hub.async_listen(self._handle_event)
        entry.async_on_unload(self._stop_listening)
        entry.async_on_unload(self._reauth.async_start(self.async_refresh_soon))
        entry.async_on_unload(self._shut_devices_down)

    # Where devices come from

    @property
    def scopes(self) -> list[Scope]:
        """The account, if it is wanted, and the chosen products."""
        return scopes_of(self.config_entry.options)

    @override
    async def _async_setup(self) -> None:
        """Load what offline devices had, and the names of the products."""
        await self._store.async_load()
        for scope in self.scopes:
            if scope.id is None:
                continue
            try:
                self._products[scope.id] = await self.cloud.products.get(scope.id)
            except ParticleError as err:
                # Only its name and hardware are missing; the listing decides whether it can be used.
                _LOGGER.debug("No details of product %s: %s", scope.id, err)

    @override
    async def _async_update_data(self) -> dict[str, Device]:
        """List the devices of every scope."""
        requested = self.hass.loop.time()
        try:
            found = await self._list_all()
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
        await self._apply_listing(found, requested)
        return found

    def _retry_after_failure(self, err: ParticleError) -> float | None:
        """Return when to list again: as the cloud says, and soon after the first failure."""
        if isinstance(err, RateLimitedError) and err.retry_after is not None:
            return err.retry_after
        if not self._listed:
            # From 2026.11 on the set-up waits that long, too; by itself it first waits five seconds.
            return None
        return RETRY_AFTER if self.available else None

    async def _list_all(self) -> dict[str, Device]:
        """List every scope; those that are closed to us do not take the others down.

        Raises:
            ParticleError: All of them are closed, or the cloud is in trouble.
        """
        listed: list[tuple[Scope, list[Device]]] = []
        not_listed: list[tuple[Scope, list[Device]]] = []
        for scope in self.scopes:
            try:
                listed.append((scope, await self._list(scope)))
            except ParticleError as err:
                if not rule_for(err).closed:
                    raise
                # Its devices may come back; until then nothing new is known of them.
                known = [device.device for device in self.devices.values() if device.scope == scope]
                not_listed.append((scope, known))
                if len(not_listed) == len(self.scopes):
                    raise
                self._closed.refused(scope, err, has_devices=bool(known))
            else:
                self._closed.listed(scope)
        found: dict[str, Device] = {}
        scopes: dict[str, Scope] = {}
        for scope, devices in listed + not_listed:
            for device in devices:
                if device.id not in found and not async_belongs_to_another_entry(
                    self.hass, self.config_entry, device.id
                ):
                    found[device.id] = device
                    scopes[device.id] = scope
        self._not_listed = {scope for scope, _ in not_listed}
        self._scopes = scopes
        self._operations.leave_out(self._outside_plan(found))
        return found

    def _outside_plan(self, found: dict[str, Device]) -> frozenset[str]:
        """Return the devices that the account's plan does not count: those that it does not own."""
        own = [device for device in found.values() if self._scopes[device.id].id is None]
        owners = {device.owner for device in own} | {self.config_entry.title}
        return frozenset(
            device.id
            for device in found.values()
            if self._scopes[device.id].id is not None and device.owner not in owners
        )

    async def _list(self, scope: Scope) -> list[Device]:
        groups = self.config_entry.options.get(CONF_GROUPS) if scope.id else None
        devices = self.cloud.devices.list(scope, groups=groups or None)
        return [device async for device in in_slices(devices)]

    def product_name(self, product_id: str) -> str:
        """Return what a product is called; its number where that is not known."""
        product = self._products.get(product_id)
        return product.name if product and product.name else f"product {product_id}"

    async def _apply_listing(self, found: dict[str, Device], requested: float) -> None:
        """Bring devices and the registry in line with a complete listing."""
        for device_id in [known for known in self.devices if known not in found]:
            await self._remove(device_id)
        scopes = self._scopes
        async for device_id, device in in_slices(found.items()):
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
            self._store.retain(found)
            await async_remove_stale_devices(self.hass, self.config_entry, found)
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
        """Ask for the details of devices that are online and whose listing told too little.

        One device's details must not take the others down; the next listing asks again.
        """
        await self._ask_each(coordinators, "details", DeviceCoordinator.async_describe)

    async def async_fetch_vitals(self) -> None:
        """Ask what devices that are online reported last; free, and not worth waiting for."""
        online = [device for device in self.devices.values() if device.online]
        await self._ask_each(online, "vitals", DeviceCoordinator.async_fetch_vitals)

    async def _ask_each(
        self,
        coordinators: Iterable[DeviceCoordinator],
        what: str,
        ask: Callable[[DeviceCoordinator], Awaitable[None]],
    ) -> None:
        """Ask about devices, a few side by side; a task for each of thousands would take too long."""
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

    # What the devices share

    def polled_variables(self) -> int:
        """How many variables of all devices together are to be read.

        Every device asks before it polls; counting once for all of them keeps large fleets cheap.
        """
        now = self.hass.loop.time()
        if now - self._counted_at > COUNT_AGAIN:
            self._counted_at = now
            self._polled_variables = sum(
                len(device.wanted_variables())
                for device in self.devices.values()
                if device.data.reachable
            )
        return self._polled_variables

    @override
    @callback
    def _async_refresh_finished(self) -> None:
        """Tell the devices' entities when the cloud is lost for longer than a moment, or is back."""
        now = self.hass.loop.time()
        if self.last_update_success:
            self._failing_since = None
        elif self._failing_since is None:
            self._failing_since = now
        available = self.last_update_success or (
            self._failing_since is not None and now - self._failing_since < GRACE
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
        """Pass an event on to its device; one of a device that we don't know asks for a new listing."""
        if event.device_id is None or event.replayed:
            return
        if coordinator := self.devices.get(event.device_id):
            coordinator.async_handle_event(event)
        elif event.device_id not in self._not_ours and len(self._not_ours) < NOT_OURS_LIMIT:
            # Perhaps a new device; one that the listing does not contain is asked for only once.
            self._not_ours.add(event.device_id)
            self.async_refresh_soon()

    async def async_save(self) -> None:
        """Write what is known of the devices now."""
        await self._store.async_save()

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Remove what is kept, when the account is removed."""
        await DeviceStore.async_forget(hass, entry)
