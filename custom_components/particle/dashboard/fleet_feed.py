"""All devices and accounts as the fleet card follows them."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from ..targeting import async_follow_accounts
from .access import access_to_device, may_read_everything
from .feed import Feed
from .fleet import account_summary, fleet_row
from .follow import async_follow_devices

# What a key of the object begins with; Particle's id of the device or the entry's id follows.
DEVICE: Final = "device/"
ACCOUNT: Final = "account/"


class FleetFeed:
    """Sends a row for each device that the user may see, and a summary of each account."""

    def __init__(
        self, hass: HomeAssistant, user: User, send: Callable[[dict[str, Any]], None]
    ) -> None:
        """Initialize the feed; `send` sends a message to the card."""
        self._hass = hass
        self._user = user
        self._accounts: dict[str, ParticleConfigEntry] = {}
        self._feed = Feed(hass, self._build, send)

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Follow all accounts; returns a function that ends it."""
        end = async_follow_accounts(self._hass, None, self._attach)
        self._feed.async_mark()

        @callback
        def stop() -> None:
            self._feed.async_stop()
            end()

        return stop

    @callback
    def _attach(self, entry: ParticleConfigEntry) -> CALLBACK_TYPE:
        """Follow an account that is loaded."""
        self._accounts[entry.entry_id] = entry
        mark_account = partial(self._feed.async_mark, ACCOUNT + entry.entry_id)
        ends = [
            async_follow_devices(entry, self._handle_change),
            entry.runtime_data.operations.async_add_listener(mark_account),
            entry.runtime_data.account.async_add_listener(mark_account),
            *(stream.async_add_listener(mark_account) for stream in entry.runtime_data.streams),
        ]
        mark_account()

        @callback
        def detach() -> None:
            for end in ends:
                end()
            del self._accounts[entry.entry_id]
            self._feed.async_mark(
                ACCOUNT + entry.entry_id, *(DEVICE + key for key in entry.runtime_data.devices)
            )

        return detach

    @callback
    def _handle_change(self, device_id: str) -> None:
        self._feed.async_mark(DEVICE + device_id)

    def _build(self, keys: Collection[str]) -> Mapping[str, Any]:
        present: dict[str, Any] = {}
        for key in keys:
            kind, _, name = key.partition("/")
            value = self._account(name) if kind == "account" else self._device(name)
            if value is not None:
                present[key] = value
        return present

    def _account(self, entry_id: str) -> dict[str, Any] | None:
        entry = self._accounts.get(entry_id)
        if entry is None or not may_read_everything(self._user):
            return None
        return account_summary(entry)

    def _device(self, device_id: str) -> dict[str, Any] | None:
        entry = next(
            (one for one in self._accounts.values() if device_id in one.runtime_data.devices), None
        )
        if entry is None:
            return None
        registered = dr.async_get(self._hass).async_get_device_by_identifier(
            (DOMAIN, device_id), entry.entry_id
        )
        if registered is None or not access_to_device(self._hass, self._user, registered.id).read:
            return None
        return {
            "device_id": registered.id,
            **fleet_row(entry, entry.runtime_data.devices[device_id]),
        }
