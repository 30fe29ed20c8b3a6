"""The client: authentication, session and namespaces of the API."""

from collections.abc import Callable
from typing import Self

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
from .events import Events
from .firmware import Firmware
from .fleet import Fleet
from .integrations import Integrations, Webhooks
from .libraries import Libraries
from .locations import Locations
from .metrics import Metrics
from .models import DataOperation
from .oauth_clients import OAuthClients
from .organizations import Organizations
from .product_firmware import ProductFirmware
from .products import Products
from .session import RETRY_DELAY, CloudSession
from .sims import Sims
from .teams import Teams
from .users import Users


class ParticleCloud:
    """Client for the Particle Cloud with one set of credentials.

    Attributes:
        auth: Provides the access tokens.
        session: Sends requests to any endpoint.
        access_tokens: Revoking tokens, and other grants.
        accounts: The user's own account.
        claims: Claiming devices.
        configuration: Settings of a product and its devices.
        customers: Customers of a product.
        device_groups: Groups of a product's devices.
        devices: Listing devices, reading variables, calling functions.
        diagnostics: Vitals.
        events: Publishing and streams.
        firmware: Compiling and flashing.
        fleet: The devices of a product.
        integrations: Webhooks and other integrations.
        libraries: Firmware libraries.
        locations: Locations of a product's devices.
        metrics: Metrics of a product's devices.
        oauth_clients: OAuth clients.
        organizations: Organizations.
        product_firmware: Firmware versions of a product.
        products: Products.
        sims: SIM cards.
        teams: Teams of a product or an organization.
        users: The user of the token, and the usage of the plan.
        webhooks: Webhooks at their classic address.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        auth: Auth,
        *,
        on_data_operation: Callable[[DataOperation], None] | None = None,
        retry_delay: float = RETRY_DELAY,
    ) -> None:
        """Initialize the client.

        Args:
            session: Open session, which is not closed here.
            auth: Provides the access tokens and the URL of the server.
            on_data_operation: Called for each call that costs a data operation, once it has been sent.
                Its exceptions are logged.
            retry_delay: Seconds before the first retry of a read that failed temporarily.
        """
        self.session = CloudSession(
            session, auth, on_data_operation=on_data_operation, retry_delay=retry_delay
        )
        self.auth = auth
        self.access_tokens = AccessTokens(self.session)
        self.accounts = Accounts(self.session)
        self.claims = Claims(self.session)
        self.configuration = Configuration(self.session)
        self.customers = Customers(self.session)
        self.device_groups = DeviceGroups(self.session)
        self.devices = Devices(self.session)
        self.diagnostics = Diagnostics(self.session)
        self.events = Events(self.session)
        self.firmware = Firmware(self.session)
        self.fleet = Fleet(self.session)
        self.integrations = Integrations(self.session)
        self.libraries = Libraries(self.session)
        self.locations = Locations(self.session)
        self.metrics = Metrics(self.session)
        self.oauth_clients = OAuthClients(self.session)
        self.organizations = Organizations(self.session)
        self.product_firmware = ProductFirmware(self.session)
        self.products = Products(self.session)
        self.sims = Sims(self.session)
        self.teams = Teams(self.session)
        self.users = Users(self.session)
        self.webhooks = Webhooks(self.session)

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Revoke the token if it was obtained by logging in; the session stays open."""
        await self.auth.revoke()
