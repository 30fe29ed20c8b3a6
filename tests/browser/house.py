"""A real Home Assistant with the integration and a simulated cloud, each in a process of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
import json
from pathlib import Path
import secrets
import shutil
from typing import Any, Final

import aiohttp

from scripts.demo_house.account import add_account, fill_in
from scripts.demo_house.client import HomeAssistantClient
from scripts.demo_house.cloud import SimulatedCloud
from scripts.demo_house.home_assistant import HomeAssistant, confirm_http_settings, onboard, prepare
from scripts.demo_house.processes import free_port

DASHBOARD: Final = "test-cards"

# Real seconds; only a test that fails waits so long.
MAX_WAIT: Final = 30.0

_HURRY: Final = Path(__file__).parent / "particle_hurry"

# Home Assistant has no form for groups, but keeps those that are in its store.
NOBODY: Final = "nobody"
_GROUPS: Final = [
    {"id": NOBODY, "name": "Nobody", "policy": {"entities": {"domains": {"sun": True}}}}
]

# As it is without being set.
_AUTOMATIC: Final = {"share": 50, "minimum_interval": {"minutes": 1}}

type Card = dict[str, Any]
type Tokens = dict[str, Any]


class House:
    """What the tests control: Home Assistant, its dashboard and the simulated cloud.

    Attributes:
        url: Address of Home Assistant.
        cloud: The simulated cloud; its devices do nothing by themselves.
        entry_id: ID of the account's config entry.
        folder: The configuration of Home Assistant.
        tokens: Tokens of the administrator, as the frontend keeps them.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        home_assistant: HomeAssistant,
        client: HomeAssistantClient,
        cloud: SimulatedCloud,
        folder: Path,
    ) -> None:
        """Initialize without an account, see `start`."""
        self.url = client.url
        self.cloud = cloud
        self.folder = folder
        self.entry_id = ""
        self.tokens: Tokens = {}
        self._session = session
        self._home_assistant = home_assistant
        self._client = client

    @classmethod
    @asynccontextmanager
    async def start(cls, folder: Path, configuration_yaml: str = "") -> AsyncIterator[House]:
        """Start both programs in an empty folder, and add the account as a user does.

        Args:
            folder: Where everything is kept.
            configuration_yaml: What else Home Assistant's configuration contains.
        """
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            port = free_port()
            client = HomeAssistantClient(session, f"http://127.0.0.1:{port}")
            configuration = folder / "config"
            configuration.mkdir()
            _furnish(configuration, port, configuration_yaml)
            home_assistant = HomeAssistant(configuration, folder / "home-assistant.log")
            stack.push_async_callback(home_assistant.stop)
            await home_assistant.start()
            cloud = await SimulatedCloud.start(
                session, folder, "--quiet-world", "--offline-wait", "0.1"
            )
            stack.push_async_callback(cloud.stop)
            await home_assistant.wait_until_up(client)
            house = cls(session, home_assistant, client, cloud, configuration)
            house.tokens = house.frontend_tokens(await onboard(client))
            async with client.connected():
                await confirm_http_settings(client)
                house.entry_id = await add_account(client, cloud)
                await client.command(
                    "lovelace/dashboards/create",
                    url_path=DASHBOARD,
                    title="Cards",
                    mode="storage",
                    show_in_sidebar=False,
                    require_admin=False,
                )
            yield house

    async def show(self, *cards: Card, columns: int = 1) -> None:
        """Make the dashboard consist of these cards, in a section that is so wide."""
        section = {"type": "grid", "column_span": columns, "cards": list(cards)}
        view = {"type": "sections", "max_columns": columns, "sections": [section]}
        await self.command("lovelace/config/save", url_path=DASHBOARD, config={"views": [view]})

    async def shown(self) -> list[Card]:
        """Return the cards of the dashboard, as Home Assistant has saved them."""
        config = await self.command("lovelace/config", url_path=DASHBOARD, force=True)
        cards: list[Card] = config["views"][0]["sections"][0]["cards"]
        return cards

    async def command(self, command: str, **arguments: Any) -> Any:
        """Send a WebSocket command as the administrator, and return its result."""
        async with self._client.connected():
            return await self._client.command(command, **arguments)

    async def device_id(self, name: str) -> str:
        """Wait until a device of the account has this name, and return its ID in Home Assistant."""
        async with asyncio.timeout(MAX_WAIT):
            while True:
                for device in await self.command("config/device_registry/list"):
                    if device["name"] == name and self.entry_id in device["config_entries"]:
                        found: str = device["id"]
                        return found
                await asyncio.sleep(0.2)

    async def act(self, domain: str, action: str, **data: Any) -> None:
        """Perform an action as the administrator."""
        async with self._client.connected():
            await self._client.call(domain, action, **data)

    async def list_devices(self) -> None:
        """Let the integration list the devices of the account now; a failure counts at once."""
        await self.act("particle_hurry", "list_devices")

    async def reload_account(self) -> None:
        """Reload the account, as in its menu."""
        path = f"/api/config/config_entries/entry/{self.entry_id}/reload"
        await self._client.request("POST", path)

    async def remove_account(self) -> None:
        """Remove the account, as in its menu."""
        await self._client.request("DELETE", f"/api/config/config_entries/entry/{self.entry_id}")

    async def add_account(self) -> None:
        """Add the account again; its devices and entities get new IDs."""
        self.entry_id = await add_account(self._client, self.cloud)

    async def set_options(self, sleeping_devices: list[str]) -> None:
        """Submit the form with the options of the account."""
        scope = {"account_devices": True, "products": [self.cloud.product_id], "groups": []}
        polling = {"pace": "automatic", "monthly_allowance": 100_000}
        devices = {"sleeping_devices": sleeping_devices}
        answers = {
            "init": {"scope": scope, "polling": polling, "devices": devices},
            "automatic": _AUTOMATIC,
        }
        async with self._client.connected():
            await fill_in(
                self._client,
                "/api/config/config_entries/options/flow",
                handler=self.entry_id,
                answers=answers,
                choices={},
            )

    async def release(self) -> None:
        """Wait until the cloud holds a response back, and let it go."""
        async with asyncio.timeout(MAX_WAIT):
            while not (await self.cloud.control("POST", "/held/release"))["released"]:
                await asyncio.sleep(0.1)

    async def set_online(self, device: str, online: bool) -> None:
        """Connect or disconnect a simulated device."""
        await self.cloud.control("PUT", f"/boards/{device}/online", {"online": online})

    @asynccontextmanager
    async def offline(self, device: str) -> AsyncIterator[None]:
        """Disconnect a simulated device for a while."""
        await self.set_online(device, online=False)
        try:
            yield
        finally:
            await self.set_online(device, online=True)

    @asynccontextmanager
    async def more_devices(self, *names: str) -> AsyncIterator[None]:
        """Add devices to the account for a while."""
        added = [await self.cloud.control("POST", "/boards", {"name": name}) for name in names]
        await self.reload_account()
        try:
            yield
        finally:
            for device in added:
                await self.cloud.control("DELETE", f"/boards/{device['id']}")
            await self.reload_account()

    async def stop_home_assistant(self) -> None:
        """Stop Home Assistant, so that browsers lose their connection."""
        await self._home_assistant.stop()

    async def start_home_assistant(self) -> None:
        """Start it again, and wait until it responds."""
        await self._home_assistant.start()
        await self._home_assistant.wait_until_up(self._client)

    async def restricted_tokens(self, group: str = "system-users") -> Tokens:
        """Create a user who is not an administrator, and return that user's tokens."""
        name, password = f"guest-{secrets.token_hex(4)}", secrets.token_urlsafe()
        async with self._client.connected():
            created = await self._client.command("config/auth/create", name=name, group_ids=[group])
            await self._client.command(
                "config/auth_provider/homeassistant/create",
                user_id=created["user"]["id"],
                username=name,
                password=password,
            )
        guest = HomeAssistantClient(self._session, self.url)
        origin = {"client_id": f"{self.url}/"}
        flow = await guest.request(
            "POST",
            "/auth/login_flow",
            {**origin, "handler": ["homeassistant", None], "redirect_uri": f"{self.url}/"},
        )
        result = await guest.request(
            "POST",
            f"/auth/login_flow/{flow['flow_id']}",
            {**origin, "username": name, "password": password},
        )
        return self.frontend_tokens(await guest.log_in(result["result"]))

    def frontend_tokens(self, tokens: Tokens) -> Tokens:
        """Return tokens as the frontend keeps them in the browser."""
        return {
            **tokens,
            "hassUrl": self.url,
            "clientId": f"{self.url}/",
            # Milliseconds; far away, so that no page renews them.
            "expires": 10**14,
        }


def _furnish(folder: Path, port: int, configuration_yaml: str) -> None:
    """Write the configuration of Home Assistant, with a copy of the integration that a test may change."""
    prepare(folder, port)
    with (folder / "configuration.yaml").open("a") as configuration:
        configuration.write(f"\nparticle_hurry:\n{configuration_yaml}")
    integration = folder / "custom_components" / "particle"
    source = integration.resolve()
    integration.unlink()
    shutil.copytree(source, integration, ignore=shutil.ignore_patterns("__pycache__"))
    integration.with_name("particle_hurry").symlink_to(_HURRY)
    auth = {"users": [], "groups": _GROUPS, "credentials": [], "refresh_tokens": []}
    store = {"version": 1, "minor_version": 1, "key": "auth", "data": auth}
    (folder / ".storage" / "auth").write_text(json.dumps(store))
