"""The client itself: authorised requests, with what every one of them needs, and the groups of the API."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
import logging
import random
from typing import Any, Self
from weakref import WeakValueDictionary

import aiohttp

from .access_tokens import AccessTokens
from .accounts import Accounts
from .auth import Auth
from .claims import Claims
from .configuration import Configuration
from .customers import Customers
from .device_groups import DeviceGroups
from .devices import Devices
from .diagnostics import Diagnostics
from .error_mapping import Subject
from .errors import (
    AuthenticationError,
    CloudError,
    DeviceOfflineError,
    InvalidRequestError,
    InvalidTokenError,
    MalformedAnswerError,
    NotFoundError,
    ParticleError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitedError,
    UnreachableError,
)
from .events import Events
from .firmware import Firmware
from .fleet import Fleet
from .integrations import Integrations, Webhooks
from .libraries import Libraries
from .locations import Locations
from .metrics import Metrics
from .models import DataOperation, normal_device_id
from .oauth_clients import OAuthClients
from .organizations import Organizations
from .product_firmware import ProductFirmware
from .products import Products
from .sims import Sims
from .teams import Teams
from .transport import DEFAULT_TIMEOUT, Answer, Query, Transport
from .users import Users

_LOGGER = logging.getLogger(__name__)

ATTEMPTS = 3
RETRY_DELAY = 0.5
# Statuses with which a load balancer says "try again", unlike 500.
_PASSING_STATUSES = {502, 503, 504}


class ParticleCloud:
    """The Particle Cloud as seen with one set of credentials.

    Attributes:
        auth: Where the access tokens come from.
        access_tokens: Ending tokens, and the rarer ways to get one.
        accounts: The user's own account.
        claims: Whose a board is.
        configuration: Settings of a product and its boards.
        customers: People who own a product's boards.
        device_groups: Groups of a product's boards.
        devices: Boards: reading, calling, changing.
        diagnostics: Vitals.
        events: Publishing and streams.
        firmware: Compiling and flashing.
        fleet: The boards of a product as a whole.
        integrations: Webhooks and their kin.
        libraries: Shared code.
        locations: Where a product's boards are.
        metrics: Counts of a product's fleet.
        oauth_clients: Programs that may log in.
        organizations: Companies that own products.
        product_firmware: Versions of a product's program.
        products: Products.
        sims: SIM cards.
        teams: Who may work with a product or an organisation.
        users: Who is logged in, and what was used of the plan.
        webhooks: Webhooks under their classic address.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        auth: Auth,
        *,
        on_data_operation: Callable[[DataOperation], None] | None = None,
        retry_delay: float = RETRY_DELAY,
    ) -> None:
        """Use a session that somebody else opened and will close.

        Args:
            session: Open session.
            auth: Where the access tokens come from; it also knows the server.
            on_data_operation: Called for each call that costs a data operation, once it has been sent.
                What it raises is logged.
            retry_delay: Seconds before the second try of a read that failed in passing.
        """
        self.auth = auth
        self.on_data_operation = on_data_operation
        self._transport = Transport(session, auth.base_url)
        self._retry_delay = retry_delay
        self._board_locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.access_tokens = AccessTokens(self)
        self.accounts = Accounts(self)
        self.claims = Claims(self)
        self.configuration = Configuration(self)
        self.customers = Customers(self)
        self.device_groups = DeviceGroups(self)
        self.devices = Devices(self)
        self.diagnostics = Diagnostics(self)
        self.events = Events(self)
        self.firmware = Firmware(self)
        self.fleet = Fleet(self)
        self.integrations = Integrations(self)
        self.libraries = Libraries(self)
        self.locations = Locations(self)
        self.metrics = Metrics(self)
        self.oauth_clients = OAuthClients(self)
        self.organizations = Organizations(self)
        self.product_firmware = ProductFirmware(self)
        self.products = Products(self)
        self.sims = Sims(self)
        self.teams = Teams(self)
        self.users = Users(self)
        self.webhooks = Webhooks(self)

    async def __aenter__(self) -> Self:
        """Use the client for as long as the block lasts."""
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Give back the token, where it was obtained by logging in; the session stays open."""
        await self.auth.revoke()

    @property
    def base_url(self) -> str:
        """The server's address without a slash at its end."""
        return self._transport.base_url

    @property
    def transport(self) -> Transport:
        """The way to the server without a token, for the few calls that need none."""
        return self._transport

    def board_lock(self, device_id: str) -> asyncio.Lock:
        """The lock under which paid calls to one board are made: a board handles one at a time."""
        key = normal_device_id(device_id)
        if (lock := self._board_locks.get(key)) is None:
            lock = self._board_locks[key] = asyncio.Lock()
        return lock

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        data: Callable[[], aiohttp.FormData] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        retry: bool | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        subject: Subject = Subject.GENERAL,
        redirects: bool = False,
        operation: DataOperation | None = None,
    ) -> Answer:
        """Send an authorised request to any endpoint.

        Args:
            method: HTTP method.
            path: Encoded path with ``/v1`` in front.
            query: Parameters; None leaves one out.
            json: Body as JSON.
            form: Body as a form.
            data: Body as it is, or a function that makes a multipart body, which can be sent only once.
            headers: More headers.
            retry: Try again when the cloud fails in passing; by default only a read that costs nothing.
            timeout: Seconds for the exchange.
            subject: What the call is about, to read errors rightly.
            redirects: Follow redirects, for downloads.
            operation: The data operation that the call costs.

        Returns:
            The answer, where it reports no failure.

        Raises:
            InvalidRequestError: Path or query cannot be sent.
            ParticleError: What the cloud reported, or why it was not reached.
        """
        method = method.upper()
        validate_path(path)
        if any(key.lower() == "access_token" for key in query or {}):
            raise InvalidRequestError("A token never goes into the query", argument="query")
        if retry is None:
            retry = method in {"GET", "HEAD"} and operation is None
        once = operation is not None or not retry
        attempts = 1 if once else ATTEMPTS
        for attempt in range(1, attempts + 1):
            try:
                return await self._authorized(
                    method,
                    path,
                    query=query,
                    headers=headers,
                    timeout=timeout,
                    subject=subject,
                    redirects=redirects,
                    operation=operation,
                    once=once,
                    body=_body(json, form, data),
                )
            except (CloudError, UnreachableError) as err:
                if attempt == attempts or not _passes(err):
                    raise
            await asyncio.sleep(self._retry_delay * 2 ** (attempt - 1) * random.uniform(0.5, 1.5))
        raise AssertionError("the last attempt returns or raises")

    async def _authorized(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None,
        operation: DataOperation | None,
        body: Callable[[], dict[str, Any]],
        **options: Any,
    ) -> Answer:
        """Send with a token; when the cloud refuses it, renew once and try once more.

        Where it cannot be renewed the call is made again all the same: a single 401 can be a hiccup
        of the cloud, and a call that was refused for its token has not been carried out.
        """
        token = await self.auth.access_token()
        try:
            return await self._counted(
                operation,
                method,
                path,
                headers={**(headers or {}), "Authorization": f"Bearer {token}"},
                **options,
                **body(),
            )
        except InvalidTokenError:
            token = await self.fresh_token(token)
        return await self._counted(
            operation,
            method,
            path,
            headers={**(headers or {}), "Authorization": f"Bearer {token}"},
            **options,
            **body(),
        )

    async def fresh_token(self, rejected: str) -> str:
        """Another token after a 401; the same one again, after a moment, where there is no other."""
        try:
            return await self.auth.renew(rejected)
        except InvalidTokenError:
            await asyncio.sleep(self._retry_delay)
            return rejected

    async def _counted(
        self, operation: DataOperation | None, method: str, path: str, **options: Any
    ) -> Answer:
        """Send, and report a data operation unless the call surely never got to a board."""
        if operation is None or self.on_data_operation is None:
            return await self._transport.send(method, path, operation=operation, **options)
        charged = True
        try:
            return await self._transport.send(method, path, operation=operation, **options)
        except ParticleError as err:
            charged = _was_charged(err)
            raise
        finally:
            # Also when the caller gave up waiting: the call is under way.
            if charged:
                _report(self.on_data_operation, operation)

    @asynccontextmanager
    async def open_stream(
        self, path: str, token: str, *, timeout: aiohttp.ClientTimeout, head_timeout: float
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open an event stream with a token; the caller reads and judges the response.

        Args:
            path: Encoded path with ``/v1`` in front.
            token: Access token.
            timeout: Limits for connecting and between two bytes.
            head_timeout: Seconds until the answer's head must be complete.

        Raises:
            UnreachableError: The connection could not be made or broke.
        """
        await self._transport.pace.streams.take()
        async with self._transport.open(
            "GET",
            path,
            timeout=timeout,
            head_timeout=head_timeout,
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "text/event-stream",
                "Cache-Control": "no-cache",
            },
        ) as response:
            yield response


def validate_path(path: str) -> None:
    """Check that a path is one of the API's and of no other place.

    Raises:
        InvalidRequestError: It does not start with ``/v1/``, holds a query, or climbs out.
    """
    parts = path.split("/")
    if (
        not path.startswith("/v1/")
        or any(character in path for character in "?#\\@ ")
        or not path.isascii()
        or not path.isprintable()
        or any(part.lower().replace("%2e", ".") in {".", ".."} for part in parts)
    ):
        raise InvalidRequestError(
            "The path has to start with /v1/ and must not hold '?', '#', spaces or '..'",
            argument="path",
        )


def _body(
    json: Any,
    form: Mapping[str, str] | None,
    data: Callable[[], aiohttp.FormData] | bytes | None,
) -> Callable[[], dict[str, Any]]:
    """A function that makes the body, because a multipart body can be sent only once."""

    def make() -> dict[str, Any]:
        if form is not None:
            return {"data": dict(form)}
        if data is not None:
            return {"data": data if isinstance(data, bytes) else data()}
        return {} if json is None else {"json": json}

    return make


def _passes(err: CloudError | UnreachableError) -> bool:
    """True for trouble that is likely to be over in a moment."""
    if isinstance(err, CloudError):
        return err.status in _PASSING_STATUSES
    return type(err) is UnreachableError


def _report(callback: Callable[[DataOperation], None], operation: DataOperation) -> None:
    """Report a data operation; an error of whoever counts must not lose an answer that was paid for."""
    try:
        callback(operation)
    except Exception:
        _LOGGER.exception("Error while counting a data operation")


def _was_charged(err: ParticleError) -> bool:
    """False where the cloud turned the call away without asking the board, or never saw it."""
    match err:
        case UnreachableError() | MalformedAnswerError():
            return err.may_have_run
        case (
            AuthenticationError()
            | PermissionDeniedError()
            | NotFoundError()
            | DeviceOfflineError()
            | RateLimitedError()
            | QuotaExceededError()
        ):
            return False
    return True
