"""What credentials open: whose account or product it is, and what they may do there.

Everything here is free: it lists, opens an event stream and closes it again; no device is asked.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
import contextlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

import aiohttp
from homeassistant.config_entries import ConfigEntry

from ..account.login import create_auth
from ..api import (
    ACCOUNT,
    InvalidTokenError,
    NotFoundError,
    ParticleCloud,
    PermissionDeniedError,
    Product,
    Scope,
    StreamState,
    UnreachableError,
)
from ..const import CONF_LOGIN, CONF_PRODUCTS, DEFAULT_SERVER_URL, Login

PRODUCT_PREFIX: Final = "product_"

# An event stream has to open within this many seconds.
STREAM_TIMEOUT: Final = 30.0


class Permission(StrEnum):
    """What the integration wants to do with the credentials; texts are in the translations."""

    LIST_DEVICES = "list_devices"
    READ_EVENTS = "read_events"
    READ_VARIABLES = "read_variables"
    CALL_FUNCTIONS = "call_functions"
    PUBLISH_EVENTS = "publish_events"
    PING = "ping"
    CHANGE_DEVICES = "change_devices"


# Particle's names for what cannot be tried without paying or changing something.
SCOPE_NAMES: Final = {
    "devices.variable:get": Permission.READ_VARIABLES,
    "devices.function:call": Permission.CALL_FUNCTIONS,
    "events:send": Permission.PUBLISH_EVENTS,
    "devices:ping": Permission.PING,
    "devices:update": Permission.CHANGE_DEVICES,
}


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the credentials belong to.

    Attributes:
        unique_id: Particle's user id, or ``product_`` and the product's number, or address and user
            name at an own server; None as long as nobody said which product or user they belong to.
        title: Email address, user name or name of the product.
        product: The only product that they open; None for a user's account.
        products: Products to choose from.
        at_own_server: Whether the server is somebody's own and does not tell whose they are.
    """

    unique_id: str | None
    title: str
    product: Product | None = None
    products: tuple[Product, ...] = ()
    at_own_server: bool = False

    @classmethod
    def of_product(cls, product: Product) -> Self:
        """Return what credentials stand for that belong to one product."""
        return cls(
            f"{PRODUCT_PREFIX}{product.id}", product.name or f"Product {product.id}", product
        )

    @classmethod
    def of_own_server(cls, base_url: str, username: str | None, known_id: str | None) -> Self:
        """Return what credentials stand for that list devices at a server that tells no more.

        Args:
            base_url: The server.
            username: Name of the user, as far as the user of Home Assistant said it.
            known_id: Unique id of the entry that gets these credentials.
        """
        _, _, known_name = (known_id or "").partition(" ")
        name = (username or known_name).strip()
        if known_name and name.casefold() == known_name:
            # The server may have moved to another address; the account stays the same.
            return cls(known_id, name, at_own_server=True)
        unique_id = f"{base_url} {name}".casefold() if name else None
        return cls(unique_id, name, at_own_server=True)


@dataclass(frozen=True, slots=True)
class MissingPermission:
    """Something that the credentials cannot do.

    Attributes:
        permission: What.
        scope: Where; None for everywhere.
    """

    permission: Permission
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class PermissionReport:
    """What the credentials may do.

    Attributes:
        limits: What they cannot do.
        empty: Whether there is no device at all.
    """

    limits: tuple[MissingPermission, ...]
    empty: bool


@contextlib.asynccontextmanager
async def open_cloud(
    session: aiohttp.ClientSession, data: Mapping[str, Any]
) -> AsyncIterator[ParticleCloud]:
    """Return a client for a while; a token that it gets for itself is given back."""
    cloud = ParticleCloud(session, create_auth(session, data))
    try:
        yield cloud
    finally:
        if data[CONF_LOGIN] == Login.CLIENT_CREDENTIALS:
            await cloud.auth.revoke()


def entry_with_product(
    entries: Iterable[ConfigEntry], product: Product | None
) -> ConfigEntry | None:
    """Return the entry whose options include a product."""
    if product is None:
        return None
    names = {str(product.id), product.slug}
    for entry in entries:
        if not names.isdisjoint(entry.options.get(CONF_PRODUCTS, [])):
            return entry
    return None


async def find_account(
    cloud: ParticleCloud,
    product: str | None = None,
    *,
    username: str | None = None,
    known_id: str | None = None,
) -> Account:
    """Find out whom the credentials belong to.

    Args:
        cloud: The client.
        product: Number or slug of the product, if the user had to say it.
        username: Name of the user, if the user had to say it.
        known_id: Unique id of the entry that gets these credentials; None for a new entry.

    Raises:
        ProductNotFoundError: There is no such product, or the credentials do not open it.
        ParticleError: The credentials are wrong, or the cloud cannot be asked.
    """
    if known_id is not None and known_id.startswith(PRODUCT_PREFIX):
        product = known_id.removeprefix(PRODUCT_PREFIX)
    if product is not None:
        return Account.of_product(await _get_product(cloud, product))
    try:
        identity = await cloud.users.identify()
    except (PermissionDeniedError, NotFoundError, InvalidTokenError) as err:
        # Credentials of a product belong to nobody, and an API user may not ask. Whether the token is
        # bad at all, the devices tell: own servers answer 404 to what they do not know, whatever the
        # token.
        with contextlib.suppress(PermissionDeniedError, NotFoundError):
            await _has_devices(cloud, ACCOUNT)
            # Nobody can be asked there whose the devices are.
            if isinstance(err, NotFoundError) and cloud.session.base_url != DEFAULT_SERVER_URL:
                return Account.of_own_server(cloud.session.base_url, username, known_id)
        products = await list_products(cloud)
    else:
        return Account(
            identity.id, identity.email or identity.id, products=await list_products(cloud)
        )
    if len(products) == 1:
        return Account.of_product(products[0])
    return Account(None, "", products=products)


async def list_products(cloud: ParticleCloud) -> tuple[Product, ...]:
    """List the products that the credentials show; none where they may not list any.

    Raises:
        ParticleError: The credentials are wrong, or the cloud cannot be asked.
    """
    try:
        return await cloud.products.list()
    except PermissionDeniedError, NotFoundError:
        return ()


async def _get_product(cloud: ParticleCloud, product: str) -> Product:
    """Ask for a product; its number alone is enough where the credentials may not ask."""
    try:
        return await cloud.products.get(product)
    except PermissionDeniedError:
        if not product.strip().isdecimal():
            raise
        return Product(id=int(product), slug=None, name=None)


async def check_permissions(cloud: ParticleCloud, scopes: list[Scope]) -> PermissionReport:
    """Try what the credentials may do.

    Args:
        cloud: The client.
        scopes: Where the devices are.

    Raises:
        PermissionDeniedError: They list no devices anywhere: nothing would work.
        ParticleError: The credentials are wrong, or the cloud cannot be asked.
    """
    limits: list[MissingPermission] = []
    refused = 0
    empty = True
    for scope in scopes:
        where = scope if len(scopes) > 1 else None
        try:
            empty = not await _has_devices(cloud, scope) and empty
        except (PermissionDeniedError, NotFoundError) as err:
            refused += 1
            if refused == len(scopes):
                raise PermissionDeniedError(err.message, status=err.status) from err
            limits.append(MissingPermission(Permission.LIST_DEVICES, where))
        if not await _may_read_events(cloud, scope):
            limits.append(MissingPermission(Permission.READ_EVENTS, where))
    limits.extend(MissingPermission(permission) for permission in await _missing_permissions(cloud))
    return PermissionReport(tuple(limits), empty)


async def _has_devices(cloud: ParticleCloud, scope: Scope) -> bool:
    async for _ in cloud.devices.list(scope):
        return True
    return False


async def _may_read_events(cloud: ParticleCloud, scope: Scope) -> bool:
    """Open the event stream, see that it is there, and close it."""
    settled: asyncio.Future[StreamState] = asyncio.get_running_loop().create_future()

    def on_state(state: StreamState) -> None:
        if not settled.done() and (state.connected or state.error is not None):
            settled.set_result(state)

    stream = cloud.events.stream(lambda _: None, on_state, scope=scope)
    running = asyncio.create_task(stream.run())
    try:
        await asyncio.wait(
            (running, settled), timeout=STREAM_TIMEOUT, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        running.cancel()
        [ended] = await asyncio.gather(running, return_exceptions=True)
    if not settled.done():
        raise ended if isinstance(ended, Exception) else UnreachableError("No stream in time")
    error = settled.result().error
    if isinstance(error, PermissionDeniedError | NotFoundError):
        return False
    if error is not None:
        raise error
    return True


async def _missing_permissions(cloud: ParticleCloud) -> list[Permission]:
    """Return what the token's own list of scopes leaves out; nothing where it has no such list."""
    try:
        told = set((await cloud.users.token_info()).scopes)
    except PermissionDeniedError, NotFoundError, InvalidTokenError:
        return []
    # Clients can carry scopes of another kind, which say nothing about devices.
    if not any(name.startswith(("devices", "events")) for name in told):
        return []
    return [permission for name, permission in SCOPE_NAMES.items() if name not in told]
