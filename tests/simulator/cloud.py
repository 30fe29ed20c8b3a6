"""The simulated cloud: the public API, the control API and the world behind them."""

import asyncio
import socket
from types import TracebackType
from typing import Self

from aiohttp import web

from .api import ENDPOINTS
from .api.libraries import ARCHIVE
from .app import add_headers, build_app
from .clock import Clock
from .control import build_control_app
from .faults import Faults
from .held import HeldAnswers
from .limits import Limits
from .recorder import Operations, RequestLog
from .settings import Settings
from .streams import Streams
from .webhooks import Webhooks
from .world import World, defaults

_HOST = "127.0.0.1"


class SimulatedCloud:
    """A simulated Particle Cloud on loopback, which runs as long as its context.

    Attributes:
        world: Users, boards and products, which tests can change.
        faults: Faults that can be switched on.
        requests: Recorded requests, oldest first.
        operations: Data operations.
        limits: Rate limits.
        settings: Timeouts and behavior.
        clock: The simulated time.
        streams: The open event streams.
        held: Responses that the fault `held` delays.
    """

    username = defaults.USERNAME
    password = defaults.PASSWORD
    access_token = defaults.ACCESS_TOKEN
    client_id = defaults.CLIENT_ID
    client_secret = defaults.CLIENT_SECRET
    product_id = defaults.PRODUCT_ID
    product_client_id = defaults.PRODUCT_CLIENT_ID
    product_client_secret = defaults.PRODUCT_CLIENT_SECRET
    api_user_token = defaults.API_USER_TOKEN
    base_url: str
    control_url: str

    def __init__(
        self,
        *,
        port: int = 0,
        control_port: int = 0,
        living: bool = False,
        speed: float = 1.0,
        clock: Clock | None = None,
        settings: Settings | None = None,
        offline_wait: float | None = None,
    ) -> None:
        """Prepare the cloud; it starts with the context.

        Args:
            port: Port of the public API; 0 takes a free one.
            control_port: Port of the control API; 0 takes a free one.
            living: Whether boards act on their own.
            speed: Simulated seconds for each real one.
            clock: A different clock, for example one that is stopped.
            settings: Different settings.
            offline_wait: Real seconds until a call to a board that is offline times out; by default
                30 if boards act on their own, otherwise a short time.
        """
        self.clock = clock or Clock(speed=speed)
        self.settings = settings or Settings()
        self.settings.living = living
        if offline_wait is not None:
            self.settings.offline_wait = offline_wait
        elif not living and settings is None:
            self.settings.offline_wait = 0.1
        self.faults = Faults()
        self.limits = Limits()
        self.requests = RequestLog()
        self.operations = Operations()
        self.streams = Streams(self)
        self.held = HeldAnswers()
        self.faults.listeners.append(self._fault_switched)
        self._wanted_port = port
        self._wanted_control_port = control_port
        self._server: asyncio.Server | None = None
        self._reopening: asyncio.Task[int] | None = None
        self._runner: web.AppRunner | None = None
        self._control: web.AppRunner | None = None
        self.webhooks = Webhooks(self.settings, self.clock, self.faults)
        self.world = self._new_world()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    async def start(self) -> None:
        """Start the servers and the world."""
        self.clock.start()
        app = build_app(self, [*ENDPOINTS, ARCHIVE])
        app.on_response_prepare.append(add_headers)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        self._control = web.AppRunner(
            build_control_app(self), access_log=None, shutdown_timeout=0.1
        )
        await self._control.setup()
        port = await self._listen(self._wanted_port)
        self._wanted_port = port
        self.base_url = f"http://{_HOST}:{port}"
        site = web.TCPSite(self._control, _HOST, self._wanted_control_port)
        await site.start()
        self.control_url = f"http://{_HOST}:{self._control.addresses[0][1]}"
        self._populate()

    async def stop(self) -> None:
        """Stop everything that the cloud has started."""
        self.faults.listeners.clear()
        self.faults.clear()
        await self.world.close()
        await self.webhooks.close()
        if self._reopening is not None:
            await self._reopening
        self.streams.cut()
        self._close_port()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._control is not None:
            await self._control.cleanup()
        self.clock.stop()

    async def reset(self) -> None:
        """Restore the initial state: world, faults, limits, records."""
        self.faults.clear()
        self.held.release()
        await self.world.close()
        self.streams.cut()
        self.limits.forget()
        self.requests.clear()
        self.operations.clear()
        self.world = self._new_world()
        self._populate()

    @property
    def stream_limit_status(self) -> int:
        """HTTP status of the response to too many streams."""
        return 429 if self.faults.get("stream_limit_429") else 529

    def cut_streams(self, *, clean: bool = False) -> int:
        """Reset or close all open streams; return how many there were."""
        return self.streams.cut(clean=clean)

    def _new_world(self) -> World:
        """Return an empty world."""
        world = World(self.clock, self.settings, self.faults, self.operations)
        self.webhooks.attach(world)
        return world

    def _populate(self) -> None:
        """Fill the world with its initial state, without counting any data operations."""
        defaults.fill(self.world)
        self.world.events.history.clear()

    async def _listen(self, port: int) -> int:
        """Open the public port and return its number."""
        return await self._serve(_bind(port))

    async def _serve(self, listening: socket.socket) -> int:
        """Serve on a listening socket."""
        if self._runner is None or self._runner.server is None:
            raise RuntimeError("The cloud has not been started")
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._runner.server, sock=listening)
        port: int = listening.getsockname()[1]
        return port

    def _close_port(self) -> None:
        """Close the public port and cut all its connections."""
        if self._server is not None:
            self._server.close()
            self._server.abort_clients()
            self._server = None

    def _fault_switched(self, name: str, active: bool) -> None:
        """Close or open the public port with the fault `cloud_down`."""
        if name != "cloud_down":
            return
        if self.faults.get("cloud_down"):
            self._close_port()
        elif self._server is None:
            # The socket has to listen before the next line of a test runs; serving starts later.
            listening = _bind(self._wanted_port)
            self._reopening = asyncio.get_running_loop().create_task(self._serve(listening))


def _bind(port: int) -> socket.socket:
    """Return a socket that listens on loopback."""
    listening = socket.create_server((_HOST, port), backlog=512)
    listening.setblocking(False)
    return listening
