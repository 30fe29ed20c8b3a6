"""Where the last known functions, variables and values of an account's devices are kept."""

from collections.abc import Callable, Container, Mapping
from dataclasses import replace
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..api import Device
from ..const import DOMAIN
from ..storage.values import StoredValues, async_load_or_none, async_save_or_log
from .memory import Memory, from_json, to_json
from .state import DeviceState, Reading

_LOGGER = logging.getLogger(__name__)

STORE_VERSION = 1

# Changes are written this many seconds after the first one, and when the account is unloaded.
SAVE_DELAY = 30

# A reading over a connection that has ended.
EARLIER_CONNECTION = -1

type States = Mapping[str, DeviceState]


class DeviceStore:
    """Keeps what is known of devices across restarts.

    It is a cache: whatever of it cannot be read is left out, and learned again from the cloud.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, states: Callable[[], States]
    ) -> None:
        """Initialize the store; nothing is read yet.

        Args:
            hass: Home Assistant.
            entry: The account.
            states: Gives the states of all devices, by Particle's id.
        """
        self._hass = hass
        self._title = entry.title
        self._states = states
        self._store = _store(hass, entry)
        self._kept: dict[str, Any] = {}
        self._memories: dict[str, Memory] = {}
        self._save_pending = False

    async def async_load(self) -> None:
        """Read what was kept; what is damaged is left out, and said once."""
        dropped: list[str] = []
        kept = await async_load_or_none(self._store)
        stored = StoredValues({} if kept is None else {"devices": kept}, dropped)
        for device_id, value in stored.items("devices"):
            known = len(dropped)
            self._memories[device_id] = from_json(value, dropped)
            if len(dropped) == known:
                self._kept[device_id] = value
        if dropped:
            _LOGGER.warning(
                "What was stored about the devices of %s is damaged; left out: %s",
                self._title,
                ", ".join(sorted(set(dropped))),
            )

    def restore(self, device: Device) -> DeviceState:
        """Return a device with what was known of it when Home Assistant stopped.

        It counts as connected only over the connection that was known then.
        """
        memory = self._memories.get(device.id, Memory())
        same_connection = (
            memory.handshake_at is not None and memory.handshake_at == device.last_handshake_at
        )
        online = device.online and same_connection
        wall, now = dt_util.utcnow(), self._hass.loop.time()
        readings = {}
        for name, (value, read_at, source) in memory.readings.items():
            # The clock may have been ahead.
            read_at = min(read_at, wall)
            readings[name] = Reading(
                value,
                read_at,
                source,
                at=now - (wall - read_at).total_seconds(),
                connection=0 if same_connection and name in memory.fresh else EARLIER_CONNECTION,
            )
        return DeviceState(
            device=replace(device, online=online),
            online=online,
            functions=memory.functions,
            variables=memory.variables,
            firmware_since=memory.firmware_since,
            readings=readings,
            vitals=memory.vitals if same_connection else None,
            vitals_kinds=memory.vitals_kinds,
            location=memory.location,
        )

    @callback
    def retain(self, device_ids: Container[str]) -> None:
        """Forget the devices that are not among these."""
        for device_id in [known for known in self._memories if known not in device_ids]:
            del self._memories[device_id]
            self._kept.pop(device_id, None)

    @callback
    def async_schedule_save(self) -> None:
        """Write what is known soon."""
        if not self._save_pending:
            # Asking again would put the writing off again and again.
            self._save_pending = True
            self._store.async_delay_save(self._to_json, SAVE_DELAY)

    async def async_save(self) -> None:
        """Write what is known now."""
        data = await self._hass.async_add_executor_job(self._to_json)
        await async_save_or_log(self._store, data)

    def _to_json(self) -> dict[str, Any]:
        """Return what is to be kept; runs outside of the event loop, on immutable states."""
        self._save_pending = False
        return self._kept | {
            device_id: to_json(state) for device_id, state in self._states().items()
        }

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Remove the file, when the account is removed."""
        await _store(hass, entry).async_remove()


def _store(hass: HomeAssistant, entry: ConfigEntry) -> Store[dict[str, Any]]:
    return Store(
        hass,
        STORE_VERSION,
        f"{DOMAIN}.{entry.entry_id}.devices",
        # Thousands of values take a while.
        serialize_in_event_loop=False,
    )
