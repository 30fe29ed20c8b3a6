"""Boards: the simulated hardware, and what the cloud stores about it."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
import inspect
from typing import TYPE_CHECKING, Any

from tests.simulator.clock import Clock
from tests.simulator.jsontext import dumps
from tests.simulator.programs import Program, Value
from tests.simulator.recorder import message_operations

from .platforms import is_cellular
from .vitals import record_of, vitals_of

if TYPE_CHECKING:
    from .world import World


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function call that a board has carried out."""

    device_id: str
    name: str
    argument: str
    return_value: int
    time: datetime


@dataclass(frozen=True, slots=True)
class VariableRead:
    """A read of a variable."""

    device_id: str
    name: str
    value: Value
    time: datetime


class Board:
    """A board, and what the cloud knows about it.

    Attributes:
        owner: Email address of the user or customer who claimed it.
        product_id: The product it belongs to; None if it belongs to none.
        calls: Function calls carried out, oldest first.
        reads: Variables read, oldest first.
    """

    def __init__(
        self,
        world: World,
        device_id: str,
        name: str | None,
        platform_id: int,
        program: Program,
        *,
        owner: str | None = None,
        product_id: int | None = None,
        groups: list[str] | None = None,
        system_version: str = "5.8.0",
    ) -> None:
        """Initialize a board that is offline and has never connected."""
        self.world = world
        self.id = device_id
        self.name = name
        self.platform_id = platform_id
        self.owner = owner
        self.product_id = product_id
        self.groups = list(groups or [])
        self.system_version = system_version
        self.online = False
        self.safe_mode = False
        self.signaling = False
        self.mobile_secret = f"{device_id.upper()[-8:]}MOBILE0"
        self.protection = "disabled"
        self.server_nonce = ""
        self.updating = False
        self.restarting = False
        self.last_heard: datetime | None = None
        self.last_handshake_at: datetime | None = None
        self.notes: str | None = None
        self.last_ip_address = "203.0.113.9"
        self.firmware_version: int | None = None if product_id is None else 1
        self.desired_firmware_version: int | None = None
        self.development = False
        self.quarantined = False
        self.denied = False
        self.updates_enabled = True
        self.updates_forced = False
        self.claim_time: datetime | None = None
        self.app_hash = f"{int(device_id, 16):064x}"[-64:]
        self.booted_at = world.clock.now()
        self.described_from: datetime | None = None
        self.location: dict[str, Any] | None = None
        self.track: list[dict[str, Any]] = []
        self.calls: list[FunctionCall] = []
        self.reads: list[VariableRead] = []
        self.diagnostics: list[dict[str, Any]] = []
        self.configuration: dict[str, Any] | None = None
        self.pending_configuration: dict[str, Any] | None = None
        self.configuration_schema: dict[str, Any] | None = None
        self.lock = asyncio.Lock()
        self._life: asyncio.Task[None] | None = None
        self.program = program
        program.attach(self)

    # --- Properties --------------------------------------------------------------------------

    @property
    def clock(self) -> Clock:
        """The clock of the world."""
        return self.world.clock

    @property
    def cellular(self) -> bool:
        """Whether the platform has a cellular modem."""
        return is_cellular(self.platform_id)

    @property
    def serial_number(self) -> str:
        """The serial number."""
        return f"P{self.platform_id:03d}AB{int(self.id, 16) % 10**9:09d}"

    @property
    def iccid(self) -> str | None:
        """The number of the SIM, if the board has a modem."""
        return f"8934076500{int(self.id, 16) % 10**9:09d}" if self.cellular else None

    @property
    def imei(self) -> str | None:
        """The number of the modem, if the board has one."""
        return f"352753{int(self.id, 16) % 10**9:09d}" if self.cellular else None

    @property
    def variables(self) -> Mapping[str, Value]:
        """The values of the variables."""
        return self.program.values

    @property
    def max_argument(self) -> int:
        """Maximum length of a function's argument in bytes with this Device OS version."""
        major, minor = (int(part) for part in self.system_version.split(".")[:2])
        if major >= 3:
            return 864 if self.platform_id in (6, 8, 10) else 1024
        return 622 if (major, minor) >= (0, 8) else 63

    # --- Actions from outside ----------------------------------------------------------------

    def set(self, name: str, value: Value) -> None:
        """Change a variable."""
        self.program.set(name, value)

    def install(self, program: Program) -> None:
        """Replace the program, as a flash does."""
        alive = self._life is not None
        self.stop()
        self.program = program
        program.attach(self)
        if alive:
            self.start()

    def start(self) -> None:
        """Start the activity of the program."""
        if self._life is None:
            self._life = self.world.spawn(self.program.run())

    def stop(self) -> None:
        """Stop the activity of the program."""
        if self._life is not None:
            self._life.cancel()
            self._life = None

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a background task."""
        self.world.spawn(work)

    async def read(self, name: str) -> Value:
        """Return the value of a variable; the caller has checked that it exists."""
        async with self.lock:
            await asyncio.sleep(self.world.settings.device_latency)
            value = self.program.values[name]
            self._heard()
            self.reads.append(VariableRead(self.id, name, value, self.clock.now()))
            self.world.operations.record("variable", self.id, name)
            return value

    async def call(self, name: str, argument: str) -> int:
        """Carry out a function; the caller has checked that it exists."""
        async with self.lock:
            await asyncio.sleep(self.world.settings.device_latency)
            self._heard()
            self.world.operations.record("function", self.id, name)
            if self.world.faults.take("function_refuses", device=self.id):
                returned: int = -1
            else:
                outcome = self.program.functions[name](argument)
                returned = await outcome if inspect.isawaitable(outcome) else outcome
            # The protocol transmits a signed 32-bit integer.
            returned = (int(returned) + 2**31) % 2**32 - 2**31
            self.calls.append(FunctionCall(self.id, name, argument, returned, self.clock.now()))
            return returned

    # --- Actions of the board ----------------------------------------------------------------

    def go_online(self) -> None:
        """Connect to the cloud, which then checks for a firmware update.

        Does nothing if the board is connected.
        """
        if self.online:
            return
        self.connect()
        self.system_event("spark/status", "online")
        self.world.offer_update(self)

    def connect(self) -> None:
        """Connect to the cloud without publishing an event."""
        self.online = True
        self.last_handshake_at = self.clock.now()
        self.described_from = None
        if fault := self.world.faults.take("descriptions_late", device=self.id):
            late = timedelta(seconds=float(fault.option("seconds", 10)))
            self.described_from = self.last_handshake_at + late
        self._heard()
        if self.pending_configuration is not None:
            self.configuration, self.pending_configuration = self.pending_configuration, None

    def go_offline(self) -> None:
        """Lose the connection; does nothing if there is none."""
        if not self.online:
            return
        self.online = False
        self.signaling = False
        self.system_event("spark/status", "offline")

    def enter_safe_mode(self) -> None:
        """Start without the application, as if a Device OS dependency were missing."""
        self.safe_mode = True
        self.stop()
        self.system_event("spark/status/safe-mode", dumps(self.describe_modules()))

    def leave_safe_mode(self) -> None:
        """Run the application again."""
        self.safe_mode = False
        if self.world.settings.living:
            self.start()

    def restart(self, reason: str = "pin_reset") -> None:
        """Restart and report the reason; that of a panic is followed by a comma and its code."""
        self.go_offline()
        self.booted_at = self.clock.now()
        self.go_online()
        self.system_event("spark/device/last_reset", reason)

    def describe_modules(self) -> dict[str, Any]:
        """Return the description of the board: functions, variables and modules."""
        system = {"s": 49152, "l": "m", "vc": 30, "vv": 30, "f": "s", "n": "1", "v": 5800, "d": []}
        dependency = {"f": "s", "n": "1", "v": 6000, "_": ""}
        user = {"s": 131072, "l": "m", "vc": 30, "vv": 26, "u": self.app_hash, "f": "u", "n": "1"}
        modules = [system, {**user, "v": 6, "d": [dependency]}]
        return {"f": [], "v": {}, "p": self.platform_id, "m": modules}

    def publish(self, name: str, data: str | None = None, ttl: int = 60) -> None:
        """Publish an event; it is lost while the board is offline."""
        if not self.online:
            return
        self._heard()
        self.world.operations.record("publish", self.id, name, message_operations(data))
        self.world.publish_from_board(self, name, data, ttl)

    def system_event(self, name: str, data: str | None, *, coreid: str | None = None) -> None:
        """Publish a system event, which is free."""
        self.world.publish_from_board(self, name, data, 60, coreid=coreid)

    async def send_vitals(self) -> None:
        """Publish the vitals, which the cloud stores; this is free."""
        await self.clock.sleep(self.world.settings.device_latency)
        if not self.online:
            return
        payload = vitals_of(self)
        self.diagnostics.append(record_of(self, payload))
        self.system_event("spark/device/diagnostics/update", dumps(payload))

    def locate(self, latitude: float, longitude: float, properties: dict[str, Any]) -> None:
        """Store a location point in the cloud; it is lost while the board is offline."""
        if not self.online:
            return
        self.store_location(latitude, longitude, properties)
        self.world.operations.record("location", self.id, "loc")

    def store_location(self, latitude: float, longitude: float, properties: dict[str, Any]) -> None:
        """Add a point to the location history of the board."""
        self.location = {
            "coordinates": [longitude, latitude],
            "properties": properties,
            "time": self.clock.now(),
        }
        self.track.append(self.location)

    def _heard(self) -> None:
        """Record that the cloud has heard from the board."""
        self.last_heard = self.clock.now()
