"""Identify the account or product of credentials, and check their permissions.

All requests are free: they list, or open an event stream briefly; no request goes to a device.
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
    """Permissions that the integration uses; their names are in the translations."""

    LIST_DEVICES = "list_devices"
    READ_EVENTS = "read_events"
    READ_VARIABLES = "read_variables"
    CALL_FUNCTIONS = "call_functions"
    PUBLISH_EVENTS = "publish_events"
    PING = "ping"
    CHANGE_DEVICES = "change_devices"


# Particle's names of the permissions that cannot be tried without cost or side effects.
SCOPE_NAMES: Final = {
    "devices.variable:get": Permission.READ_VARIABLES,
    "devices.function:call": Permission.CALL_FUNCTIONS,
    "events:send": Permission.PUBLISH_EVENTS,
    "devices:ping": Permission.PING,
    "devices:update": Permission.CHANGE_DEVICES,
}


@dataclass(frozen=True, slots=True)
class Account:
    """The account or product that credentials belong to.

    Attributes:
        unique_id: Particle's user ID, ``product_`` and the product number, or URL and username at a
            self-hosted server; None until the user has named the product or the username.
        title: Email address, username or name of the product.
        product: The only product that the credentials give access to; None for a user's account.
        products: Products to choose from.
        at_own_server: Whether the server is self-hosted and does not identify the account.
    """

    unique_id: str | None
    title: str
    product: Product | None = None
    products: tuple[Product, ...] = ()
    at_own_server: bool = False

    @classmethod
    def of_product(cls, product: Product) -> Self:
        """Return the account for credentials of one product."""
        return cls(
            f"{PRODUCT_PREFIX}{product.id}", product.name or f"Product {product.id}", product
        )

    @classmethod
    def of_own_server(cls, base_url: str, username: str | None, known_id: str | None) -> Self:
        """Return the account for a self-hosted server that does not identify the user.

        Args:
            base_url: The server.
            username: The username, if the user has entered it.
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
    """A permission that the credentials do not have.

    Attributes:
        permission: The permission.
        scope: The scope in which it is missing; None for all scopes.
    """

    permission: Permission
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class PermissionReport:
    """The result of checking the permissions of credentials.

    Attributes:
        missing: The missing permissions.
        empty: Whether there are no devices.
    """

    missing: tuple[MissingPermission, ...]
    empty: bool


@contextlib.asynccontextmanager
async def open_cloud(
    session: aiohttp.ClientSession, data: Mapping[str, Any]
) -> AsyncIterator[ParticleCloud]:
    """Open a client temporarily; a token that it requests is revoked at the end."""
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
    """Identify the account that the credentials belong to.

    Args:
        cloud: The client.
        product: Number or slug of the product, if the user has entered it.
        username: The username, if the user has entered it.
        known_id: Unique id of the entry that gets these credentials; None for a new entry.

    Raises:
        ProductNotFoundError: The product does not exist or the credentials have no access to it.
        ParticleError: The credentials are wrong, or the cloud cannot be reached.
    """
    if known_id is not None and known_id.startswith(PRODUCT_PREFIX):
        product = known_id.removeprefix(PRODUCT_PREFIX)
    if product is not None:
        return Account.of_product(await _get_product(cloud, product))
    try:
        identity = await cloud.users.identify()
    except (PermissionDeniedError, NotFoundError, InvalidTokenError) as err:
        # Credentials of a product have no user, and an API user may not ask for it. Only listing
        # devices shows whether the token is valid: self-hosted servers answer 404 to unknown paths,
        # whatever the token.
        with contextlib.suppress(PermissionDeniedError, NotFoundError):
            await _has_devices(cloud, ACCOUNT)
            # A self-hosted server has no way to identify the user.
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
    """List the products of the credentials; none without permission.

    Raises:
        ParticleError: The credentials are wrong, or the cloud cannot be reached.
    """
    try:
        return await cloud.products.list()
    except PermissionDeniedError, NotFoundError:
        return ()


async def _get_product(cloud: ParticleCloud, product: str) -> Product:
    """Fetch a product; without permission to do so, its number is enough."""
    try:
        return await cloud.products.get(product)
    except PermissionDeniedError:
        if not product.strip().isdecimal():
            raise
        return Product(id=int(product), slug=None, name=None)


async def check_permissions(cloud: ParticleCloud, scopes: list[Scope]) -> PermissionReport:
    """Check which permissions the credentials have.

    Args:
        cloud: The client.
        scopes: The account and products that the devices come from.

    Raises:
        PermissionDeniedError: The credentials cannot list devices in any scope.
        ParticleError: The credentials are wrong, or the cloud cannot be reached.
    """
    missing: list[MissingPermission] = []
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
            missing.append(MissingPermission(Permission.LIST_DEVICES, where))
        if not await _may_read_events(cloud, scope):
            missing.append(MissingPermission(Permission.READ_EVENTS, where))
    missing.extend(
        MissingPermission(permission) for permission in await _missing_permissions(cloud)
    )
    return PermissionReport(tuple(missing), empty)


async def _has_devices(cloud: ParticleCloud, scope: Scope) -> bool:
    async for _ in cloud.devices.list(scope):
        return True
    return False


async def _may_read_events(cloud: ParticleCloud, scope: Scope) -> bool:
    """Open the event stream and close it again."""
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
    """Return the permissions that the token's list of scopes lacks; none if it has no list."""
    try:
        granted = set((await cloud.users.token_info()).scopes)
    except PermissionDeniedError, NotFoundError, InvalidTokenError:
        return []
    # OAuth clients can have scopes of another kind, which do not cover devices.
    if not any(name.startswith(("devices", "events")) for name in granted):
        return []
    return [permission for name, permission in SCOPE_NAMES.items() if name not in granted]
