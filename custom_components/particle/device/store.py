"""Storage of the last known functions, variables and values of an account's devices."""

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

# Seconds from the first change until the states are saved; they are also saved on unload.
SAVE_DELAY = 30

# The connection number of readings over an earlier connection.
EARLIER_CONNECTION = -1

type States = Mapping[str, DeviceState]


class DeviceStore:
    """Store the states of devices across restarts.

    This is a cache: damaged parts are left out and fetched from the cloud again.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, states: Callable[[], States]
    ) -> None:
        """Initialize the store without loading it.

        Args:
            hass: Home Assistant.
            entry: The account.
            states: Returns the states of all devices by Particle device ID.
        """
        self._hass = hass
        self._title = entry.title
        self._states = states
        self._store = _store(hass, entry)
        self._kept: dict[str, Any] = {}
        self._memories: dict[str, Memory] = {}
        self._save_pending = False

    async def async_load(self) -> None:
        """Load the stored states; damaged parts are left out and logged."""
        dropped: list[str] = []
        kept = await async_load_or_none(self._store)
        stored = StoredValues({} if kept is None else {"devices": kept}, dropped)
        for device_id, value in stored.items("devices"):
            dropped_before = len(dropped)
            self._memories[device_id] = from_json(value, dropped)
            if len(dropped) == dropped_before:
                self._kept[device_id] = value
        if dropped:
            _LOGGER.warning(
                "The stored states of the devices of %s are damaged; left out: %s",
                self._title,
                ", ".join(sorted(set(dropped))),
            )

    def restore(self, device: Device) -> DeviceState:
        """Return the state of a device, including its stored state.

        It counts as connected only if the connection is the one that was stored.
        """
        memory = self._memories.get(device.id, Memory())
        same_connection = (
            memory.handshake_at is not None and memory.handshake_at == device.last_handshake_at
        )
        online = device.online and same_connection
        wall, now = dt_util.utcnow(), self._hass.loop.time()
        readings = {}
        for name, (value, read_at, source) in memory.readings.items():
            # The clock may have been ahead when the time was stored.
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
        """Discard the stored states of all other devices."""
        for device_id in [stored for stored in self._memories if stored not in device_ids]:
            del self._memories[device_id]
            self._kept.pop(device_id, None)

    @callback
    def async_schedule_save(self) -> None:
        """Schedule saving the states."""
        if not self._save_pending:
            # Scheduling again would postpone the save.
            self._save_pending = True
            self._store.async_delay_save(self._to_json, SAVE_DELAY)

    async def async_save(self) -> None:
        """Save the states now."""
        data = await self._hass.async_add_executor_job(self._to_json)
        await async_save_or_log(self._store, data)

    def _to_json(self) -> dict[str, Any]:
        """Return the data to store; runs outside the event loop, on immutable states."""
        self._save_pending = False
        return self._kept | {
            device_id: to_json(state) for device_id, state in self._states().items()
        }

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Delete the file when the account is removed."""
        await _store(hass, entry).async_remove()


def _store(hass: HomeAssistant, entry: ConfigEntry) -> Store[dict[str, Any]]:
    return Store(
        hass,
        STORE_VERSION,
        f"{DOMAIN}.{entry.entry_id}.devices",
        # Serializing thousands of values would block the event loop.
        serialize_in_event_loop=False,
    )
