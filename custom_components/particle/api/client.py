"""The client: a session and the namespaces of the API, nothing else."""

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
    """The Particle Cloud as seen with one set of credentials.

    Attributes:
        auth: Where the access tokens come from.
        session: Sends requests to any endpoint.
        access_tokens: Ending tokens, and the rarer ways to get one.
        accounts: The user's own account.
        claims: Whose a device is.
        configuration: Settings of a product and its devices.
        customers: People who own a product's devices.
        device_groups: Groups of a product's devices.
        devices: Devices: reading, calling, changing.
        diagnostics: Vitals.
        events: Publishing and streams.
        firmware: Compiling and flashing.
        fleet: The devices of a product as a whole.
        integrations: Webhooks and their kin.
        libraries: Shared code.
        locations: Where a product's devices are.
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
        """Use the client for as long as the block lasts."""
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Give back the token, where it was obtained by logging in; the session stays open."""
        await self.auth.revoke()
