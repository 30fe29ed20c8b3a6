"""The state of the simulated cloud and the boards behind it."""

import asyncio
from collections.abc import Coroutine, Mapping
from datetime import timedelta
import itertools
import secrets
from typing import Any

from tests.simulator.clock import Clock, iso
from tests.simulator.faults import Faults
from tests.simulator.programs import Function, Program, Value
from tests.simulator.recorder import Operations, message_operations
from tests.simulator.settings import Settings

from .boards import Board, FunctionCall
from .events import Event, EventBus
from .identities import DEFAULT_LIFE, ApiUser, Customer, OAuthClient, Pending, Tokens, User
from .images import Image, read_image
from .integrations import Integration
from .libraries import Libraries
from .products import Firmware, Group, Organization, Product
from .sims import Sim
from .updates import Update, carry_out

_ID_PREFIX = 0x0A10ACED2021949440 << 24


class World:
    """The state of the simulated cloud: users, boards, products, events.

    Attributes:
        boards: By device ID, in the order in which they were added.
        users: By email address.
        customers: By product ID and email address.
    """

    def __init__(
        self, clock: Clock, settings: Settings, faults: Faults, operations: Operations
    ) -> None:
        """Initialize an empty world."""
        self.clock = clock
        self.settings = settings
        self.faults = faults
        self.operations = operations
        self.users: dict[str, User] = {}
        self.api_users: dict[str, ApiUser] = {}
        self.customers: dict[tuple[int, str], Customer] = {}
        self.clients: dict[str, OAuthClient] = {}
        self.tokens = Tokens()
        self.boards: dict[str, Board] = {}
        self.products: dict[int, Product] = {}
        self.organizations: dict[str, Organization] = {}
        self.subscribers: dict[str, Board] = {}
        self.password_resets: dict[str, str] = {}
        self.transfers: dict[str, tuple[str, str]] = {}
        self.claim_codes: dict[str, str] = {}
        self.sims: dict[str, Sim] = {}
        self.sim_requests: dict[str, dict[str, Any]] = {}
        self.binaries: dict[str, Image] = {}
        self.libraries = Libraries()
        self.integrations: dict[str, Integration] = {}
        self.events = EventBus()
        self.events.listen(self._deliver)
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[Any]] = set()

    # --- Lookup ------------------------------------------------------------------------------

    def new_id(self) -> str:
        """Return a new ID of 24 hexadecimal digits."""
        return f"0b{next(self._numbers):022x}"

    def new_number(self) -> int:
        """Return a number that has not been used."""
        return next(self._numbers)

    def board(self, id_or_name: str) -> Board:
        """Return a board by its ID or name.

        Raises:
            KeyError: There is none.
        """
        if (board := self.boards.get(id_or_name.lower())) is not None:
            return board
        for board in self.boards.values():
            if board.name == id_or_name:
                return board
        raise KeyError(id_or_name)

    def product(self, id_or_slug: str | int) -> Product | None:
        """Return a product by its ID or slug."""
        for product in self.products.values():
            if str(id_or_slug) in (str(product.id), product.slug):
                return product
        return None

    def organization(self, id_or_slug: str) -> Organization | None:
        """Return an organization by its ID or slug."""
        for organization in self.organizations.values():
            if id_or_slug in (organization.id, organization.slug):
                return organization
        return None

    def owner_id(self, username: str | None) -> str | None:
        """Return the ID of a user or customer."""
        if username is None:
            return None
        if (user := self.users.get(username)) is not None:
            return user.id
        for customer in self.customers.values():
            if customer.username == username:
                return customer.id
        return None

    def is_member(self, username: str, product: Product) -> bool:
        """Return whether a user has access to a product."""
        if product.owner == username or any(one.username == username for one in product.team):
            return True
        organization = self.organizations.get(product.organization_id or "")
        return organization is not None and any(
            one.username == username for one in organization.team
        )

    def give_code(self, username: str, client_id: str) -> str:
        """Return an authorization code for a web client, which is valid for 30 seconds."""
        code = secrets.token_hex(20)
        until = self.clock.now() + timedelta(seconds=30)
        self.tokens.codes[code] = Pending(username, client_id, until, DEFAULT_LIFE)
        return code

    @property
    def function_calls(self) -> list[FunctionCall]:
        """All function calls that boards have carried out, oldest first."""
        calls = [call for board in self.boards.values() for call in board.calls]
        return sorted(calls, key=lambda call: call.time)

    # --- Boards ------------------------------------------------------------------------------

    def add_board(
        self,
        name: str | None,
        *,
        platform_id: int = 32,
        program: Program | None = None,
        variables: Mapping[str, Value] | None = None,
        functions: Mapping[str, Function] | None = None,
        online: bool = True,
        owner: str | None = "",
        product_id: int | None = None,
        groups: list[str] | None = None,
        device_id: str | None = None,
        system_version: str = "5.8.0",
    ) -> Board:
        """Add a board, by default to the first user.

        Args:
            name: Name; None for a board without a name.
            platform_id: Hardware platform.
            program: Its firmware; by default created from `variables` and `functions`.
            variables: Initial values, which also determine the types.
            functions: Called with the argument; return a number (or an awaitable of one).
            online: Whether it connects immediately.
            owner: Email address of the user who claimed it; None if it is not claimed.
            product_id: Product that it belongs to.
            groups: Its groups in the product.
            device_id: Its ID; by default a new one.
            system_version: Its Device OS version.
        """
        if owner == "":
            owner = next(iter(self.users), None)
        board = Board(
            self,
            (device_id or f"{_ID_PREFIX + next(self._numbers):024x}").lower(),
            name,
            platform_id,
            program or Program(variables, functions),
            owner=owner,
            product_id=product_id,
            groups=groups,
            system_version=system_version,
        )
        if owner is not None:
            board.claim_time = self.clock.now()
        self.boards[board.id] = board
        if online:
            board.go_online()
        if self.settings.living:
            board.start()
        return board

    def remove_board(self, board: Board | str) -> None:
        """Remove a board from the world."""
        found = self.board(board) if isinstance(board, str) else board
        found.stop()
        self.subscribers.pop(found.id, None)
        del self.boards[found.id]

    def set_online(self, board: Board | str, online: bool) -> None:
        """Connect or disconnect a board, which publishes `spark/status`."""
        found = self.board(board) if isinstance(board, str) else board
        if online:
            found.go_online()
        else:
            found.go_offline()

    def rename(self, board: Board | str, name: str) -> None:
        """Rename a board, as its owner can in the Particle Console."""
        found = self.board(board) if isinstance(board, str) else board
        found.name = name

    def publish(self, board: Board | str, name: str, data: str | None = None) -> None:
        """Publish an event as a board."""
        found = self.board(board) if isinstance(board, str) else board
        found.publish(name, data)

    # --- Events ------------------------------------------------------------------------------

    def publish_from_board(
        self, board: Board, name: str, data: str | None, ttl: int, *, coreid: str | None = None
    ) -> None:
        """Publish an event of a board on the event bus."""
        self.events.publish(
            Event(
                name,
                data,
                self._published_at(name, board.id),
                coreid or board.id,
                ttl,
                device_id=board.id,
                owner=board.owner,
                owner_id=self.owner_id(board.owner),
                product_id=board.product_id,
                firmware_version=board.firmware_version,
            )
        )

    def publish_from_cloud(
        self,
        name: str,
        data: str | None,
        *,
        coreid: str = "api",
        ttl: int = 60,
        owner: str | None = None,
        product: Product | None = None,
        from_hook: bool = False,
        device_id: str | None = None,
    ) -> None:
        """Publish an event of the cloud or of a caller of the API on the event bus."""
        self.events.publish(
            Event(
                name,
                data,
                self._published_at(name, device_id),
                coreid,
                ttl,
                device_id=device_id,
                owner=owner,
                owner_id=self.owner_id(owner),
                product_id=product.id if product else None,
                firmware_version=None,
                from_hook=from_hook,
            )
        )

    def _published_at(self, name: str, device_id: str | None) -> str:
        """Return the time of an event that is published now."""
        moment = self.clock.now()
        fault = self.faults.get("clock_ahead", device=device_id)
        if fault is not None and name.startswith(str(fault.option("event", ""))):
            self.faults.take("clock_ahead", device=device_id)
            moment += timedelta(seconds=float(fault.option("seconds", 2_000_000_000)))
        return iso(moment)

    def _deliver(self, event: Event) -> None:
        """Deliver an event to the boards that subscribe to it; each delivery is a data operation."""
        for board in list(self.subscribers.values()):
            if not board.online:
                continue
            mine = event.product_id == board.product_id and event.product_id is not None
            if not mine and (event.owner is None or event.owner != board.owner):
                continue
            for prefix, handler in list(board.program.subscriptions.items()):
                if event.name.startswith(prefix):
                    amount = message_operations(event.data)
                    self.operations.record("delivery", board.id, event.name, amount)
                    handler(event.name, event.data or "")

    # --- Background tasks --------------------------------------------------------------------

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a background task, which ends with the world."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def spawn_value[Result](self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a task that ends with the world, even if its caller is cancelled."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    def ensure_groups(self, product: Product, names: list[str]) -> None:
        """Create the groups of a product that do not exist yet."""
        for name in names:
            product.groups.setdefault(name, Group(name))

    # --- Updates -----------------------------------------------------------------------------

    def flash(self, board: Board, update: Update) -> None:
        """Start to flash an image to a board."""
        self.spawn(carry_out(board, update))

    def targeted_firmware(self, board: Board) -> Firmware | None:
        """Return the product firmware that a board should run, if it runs a different one."""
        product = self.products.get(board.product_id or 0)
        if product is None or board.development or board.quarantined:
            return None
        if board.desired_firmware_version is not None:
            firmware = product.firmware.get(board.desired_firmware_version)
        else:
            firmware = product.default_firmware(board.groups)
        if firmware is None or firmware.version == board.firmware_version:
            return None
        return firmware

    def offer_update(self, board: Board) -> None:
        """Send a board of a product the firmware that it should run, if it accepts updates."""
        firmware = self.targeted_firmware(board)
        if firmware is None or not board.online or board.updating:
            return
        if not board.updates_enabled and not board.updates_forced:
            board.system_event("particle/device/updates/pending", "true")
            return
        board.system_event("spark/status", "auto-update")
        self.flash(board, Update(read_image(firmware.binary), firmware.name, firmware.version))

    # --- Ownership ---------------------------------------------------------------------------

    def by_identifier(self, identifier: str) -> Board | None:
        """Return a board by its ID, serial number, IMEI or ICCID."""
        wanted = identifier.lower()
        for board in self.boards.values():
            names = (board.id, board.serial_number, board.imei, board.iccid)
            if wanted in [name.lower() for name in names if name]:
                return board
        return None

    def leave_product(self, board: Board) -> None:
        """Remove a board from its product."""
        board.product_id = None
        board.groups = []
        board.quarantined = board.denied = board.development = False
        board.firmware_version = board.desired_firmware_version = None

    def add_sim(self, board: Board, product: Product | None) -> None:
        """Add the SIM of a board to a product, or to the account of its owner."""
        if board.iccid is not None:
            self.sims[board.iccid] = Sim(
                board.iccid,
                product.id if product else None,
                board.owner,
                board.id,
                activated_on=iso(self.clock.now()),
                updated_at=iso(self.clock.now()),
            )

    async def close(self) -> None:
        """Stop all background tasks."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
