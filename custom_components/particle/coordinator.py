"""The account: which boards there are, and all that the integration keeps at run time."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
import logging
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .api import (
    AuthenticationError,
    Device,
    NotFoundError,
    ParticleCloud,
    ParticleError,
    PermissionDeniedError,
    Product,
    RateLimitedError,
    Scope,
    VariableType,
)
from .board import BoardState
from .const import CONF_GROUPS, DOMAIN
from .data_operations import DataOperations
from .device_coordinator import DeviceCoordinator
from .event_hub import EventHub, ParticleEvent
from .event_learner import EventLearner
from .event_streams import SupervisedStream
from .pages import async_belongs_to_another_entry, async_register_board, async_remove_stale_pages
from .probe import scopes_of
from .reauth import async_reauth_guard
from .stored_values import async_save_or_log

_LOGGER = logging.getLogger(__name__)

LISTING_INTERVAL = timedelta(minutes=5)

# How many boards are asked for their details side by side.
PARALLEL_DESCRIPTIONS = 4

# Boards that publish and are not in our listing, remembered at the most.
NOT_OURS_LIMIT = 10_000

# Seconds for which a count of the polled variables holds.
COUNT_AGAIN = 5.0

STORE_VERSION = 1
STORE_DELAY = 30


@dataclass(slots=True)
class ParticleRuntimeData:
    """What an account's entry keeps while it is loaded.

    Attributes:
        cloud: The client.
        account: Which boards there are.
        hub: Where events come in.
        learner: What the boards have published lately.
        operations: The budget of data operations.
        streams: The event streams, one for the account and one for each chosen product.
    """

    cloud: ParticleCloud
    account: AccountCoordinator
    hub: EventHub
    learner: EventLearner
    operations: DataOperations
    streams: list[SupervisedStream]

    @property
    def devices(self) -> dict[str, DeviceCoordinator]:
        """The boards by Particle's id."""
        return self.account.devices


type ParticleConfigEntry = ConfigEntry[ParticleRuntimeData]


class AccountCoordinator(DataUpdateCoordinator[dict[str, Device]]):
    """Lists the boards of the account and of the chosen products; listing is free.

    Its data are the boards by id. Boards that appear get a coordinator and a device page, boards
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
        """Start with no boards."""
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
        # Whether the last listing reached every scope.
        self._complete = True
        self._products: dict[str, Product] = {}
        self._store = _store(hass, entry)
        self._remembered: dict[str, Any] = {}
        self._not_ours: set[str] = set()
        self._was_available = True
        self._polled_variables = 0
        self._counted_at = -COUNT_AGAIN
        self._stop_listening = hub.async_listen(self._handle_event)
        entry.async_on_unload(self._stop_listening)

    # Where boards come from

    @property
    def scopes(self) -> list[Scope]:
        """The account, if it is wanted, and the chosen products."""
        return scopes_of(self.config_entry.options)

    @override
    async def _async_setup(self) -> None:
        """Load what offline boards had, and the names of the products."""
        self._remembered = await self._store.async_load() or {}
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
        """List the boards of every scope."""
        found: dict[str, Device] = {}
        scopes: dict[str, Scope] = {}
        self._complete = True
        try:
            for scope in self.scopes:
                for device in await self._list(scope):
                    if device.id not in found and not async_belongs_to_another_entry(
                        self.hass, self.config_entry, device.id
                    ):
                        found[device.id] = device
                        scopes[device.id] = scope
        except AuthenticationError as err:
            raise self._reauth.failed_listing(err, setting_up=not self._listed) from err
        except (PermissionDeniedError, NotFoundError) as err:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="listing_not_permitted",
            ) from err
        except ParticleError as err:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="cloud_unavailable",
                translation_placeholders={"reason": err.message},
                retry_after=err.retry_after if isinstance(err, RateLimitedError) else None,
            ) from err
        self._reauth.accepted()
        self._listed = True
        self._scopes = scopes
        self._operations.leave_out(self._outside_plan(found))
        await self._take(found)
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
        """List one scope; a product that is gone or closed to us does not take the others down."""
        if scope.id is None:
            return [device async for device in self.cloud.devices.list(scope)]
        issue_id = f"product_unavailable_{self.config_entry.entry_id}_{scope.id}"
        groups = self.config_entry.options.get(CONF_GROUPS)
        try:
            devices = [
                device async for device in self.cloud.devices.list(scope, groups=groups or None)
            ]
        except (PermissionDeniedError, NotFoundError) as err:
            if len(self.scopes) == 1:
                raise
            ir.async_create_issue(
                self.hass,
                DOMAIN,
                issue_id,
                is_fixable=False,
                severity=ir.IssueSeverity.WARNING,
                translation_key="product_unavailable",
                translation_placeholders={
                    "account": self.config_entry.title,
                    "product": scope.id,
                    "reason": err.message,
                },
            )
            # Its boards may come back; until then nothing is known of them.
            self._complete = False
            return [
                replace(board.device, online=False)
                for board in self.devices.values()
                if board.scope == scope
            ]
        ir.async_delete_issue(self.hass, DOMAIN, issue_id)
        return devices

    async def _take(self, found: dict[str, Device]) -> None:
        """Bring boards and their pages in line with a complete listing."""
        for device_id in [known for known in self.devices if known not in found]:
            await self._remove(device_id)
        for device_id, device in found.items():
            if coordinator := self.devices.get(device_id):
                coordinator.scope = self._scopes[device_id]
                coordinator.async_set_device(device)
            else:
                self.devices[device_id] = self._new_coordinator(device)
        if self._complete:
            async_remove_stale_pages(self.hass, self.config_entry, found)
        await self._describe([c for c in self.devices.values() if c.needs_description])
        for device_id, coordinator in self.devices.items():
            product = self._products.get(self._scopes[device_id].id or "")
            async_register_board(self.hass, self.config_entry, coordinator.device, product)
        self._store.async_delay_save(self._to_store, STORE_DELAY)

    def _new_coordinator(self, device: Device) -> DeviceCoordinator:
        coordinator = DeviceCoordinator(
            self.hass,
            self.config_entry,
            cloud=self.cloud,
            operations=self._operations,
            scope=self._scopes[device.id],
            state=self._remembered_state(device),
            polled_variables=self.polled_variables,
            request_account_refresh=self.async_refresh_soon,
        )
        coordinator.async_set_device(device)
        return coordinator

    async def _describe(self, coordinators: list[DeviceCoordinator]) -> None:
        """Ask for the details of boards that are online and whose listing told too little."""
        limit = asyncio.Semaphore(PARALLEL_DESCRIPTIONS)

        async def describe(coordinator: DeviceCoordinator) -> None:
            async with limit:
                try:
                    await coordinator.async_describe()
                except ParticleError as err:
                    # One board's details must not take the others down; the next listing asks again.
                    _LOGGER.debug("No details of %s: %s", coordinator.name, err)

        await asyncio.gather(*(describe(coordinator) for coordinator in coordinators))

    async def async_fetch_vitals(self) -> None:
        """Ask what boards that are online reported last; free, and not worth waiting for."""
        limit = asyncio.Semaphore(PARALLEL_DESCRIPTIONS)

        async def fetch(coordinator: DeviceCoordinator) -> None:
            async with limit:
                try:
                    await coordinator.async_fetch_vitals()
                except ParticleError as err:
                    _LOGGER.debug("No vitals of %s: %s", coordinator.name, err)

        await asyncio.gather(*(fetch(device) for device in self.devices.values() if device.online))

    async def _remove(self, device_id: str) -> None:
        await self.devices.pop(device_id).async_shutdown()
        self._remembered.pop(device_id, None)

    # What the boards share

    def polled_variables(self) -> int:
        """How many variables of all boards together are to be read.

        Every board asks before it polls; counting once for all of them keeps large fleets cheap.
        """
        now = self.hass.loop.time()
        if now - self._counted_at > COUNT_AGAIN:
            self._counted_at = now
            self._polled_variables = sum(
                len(device.wanted_variables()) for device in self.devices.values() if device.online
            )
        return self._polled_variables

    @override
    @callback
    def _async_refresh_finished(self) -> None:
        """Tell the boards' entities when the cloud was lost or is back."""
        if self.last_update_success != self._was_available:
            self._was_available = self.last_update_success
            for device in self.devices.values():
                device.async_update_listeners()

    @callback
    def async_refresh_soon(self) -> None:
        """List the boards again soon."""
        self.config_entry.async_create_background_task(
            self.hass,
            self.async_request_refresh(),
            f"particle listing {self.config_entry.entry_id}",
        )

    @callback
    def _handle_event(self, event: ParticleEvent) -> None:
        """Pass an event on to its board; one of a board that we don't know asks for a new listing."""
        if event.device_id is None or event.replayed:
            return
        if coordinator := self.devices.get(event.device_id):
            coordinator.async_handle_event(event)
        elif event.device_id not in self._not_ours and len(self._not_ours) < NOT_OURS_LIMIT:
            # Perhaps a new board; one that the listing does not contain is asked for only once.
            self._not_ours.add(event.device_id)
            self.async_refresh_soon()

    # The last known functions and variables of boards that are offline

    def _remembered_state(self, device: Device) -> BoardState:
        """Return an offline board with what it had when it was last heard."""
        remembered = self._remembered.get(device.id, {})
        return BoardState(
            device=replace(device, online=False),
            online=False,
            functions=tuple(remembered.get("functions", ())),
            variables={
                name: VariableType(kind) for name, kind in remembered.get("variables", {}).items()
            },
            vitals_kinds=frozenset(remembered.get("vitals_kinds", ())),
        )

    @callback
    def _to_store(self) -> dict[str, Any]:
        return self._remembered | {
            device_id: {
                "functions": list(coordinator.data.functions),
                "variables": dict(coordinator.data.variables),
                "vitals_kinds": sorted(coordinator.data.vitals_kinds),
            }
            for device_id, coordinator in self.devices.items()
        }

    async def async_save(self) -> None:
        """Write what is remembered now."""
        if self.devices:
            await async_save_or_log(self._store, self._to_store())

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Remove what is remembered, when the account is removed."""
        await _store(hass, entry).async_remove()


def _store(hass: HomeAssistant, entry: ConfigEntry) -> Store[dict[str, Any]]:
    """Return where the last known functions and variables are kept."""
    return Store(hass, STORE_VERSION, f"{DOMAIN}.{entry.entry_id}.boards")
