"""A real Home Assistant in a temporary folder, which listens on 127.0.0.1 only."""

import asyncio
import json
from pathlib import Path
import secrets
import sys
from typing import Any, Final

from .client import HomeAssistantClient
from .processes import DemoError, Program

_TIME_TO_START: Final = 120.0
_EXIT_CODE_RESTART: Final = 100
_INTEGRATION: Final = Path(__file__).parents[2] / "custom_components" / "particle"

# Users of this computer are logged in without a password; 127.0.0.1 is not reachable for others.
_CONFIGURATION: Final = """\
homeassistant:
  name: Demo house
  latitude: 53.5511
  longitude: 9.9937
  elevation: 6
  unit_system: metric
  country: DE
  currency: EUR
  internal_url: {url}
  external_url: {url}
  auth_providers:
    - type: trusted_networks
      trusted_networks: [127.0.0.1]
      allow_bypass_login: true
    - type: homeassistant

config:
history:
logbook:
recorder:
sun:
automation: !include automations.yaml
logger:
  default: warning
  logs:
    custom_components.particle: info
    # These look for programs for cameras, which the demo does not have.
    haffmpeg: critical
    homeassistant.components.camera.img_util: critical
"""


def prepare(folder: Path, port: int) -> None:
    """Write the configuration of a new Home Assistant.

    Args:
        folder: The configuration folder, which exists and is empty.
        port: Port of Home Assistant.
    """
    url = f"http://127.0.0.1:{port}"
    (folder / "configuration.yaml").write_text(_CONFIGURATION.format(url=url))
    (folder / "automations.yaml").write_text("[]\n")
    (folder / "custom_components").mkdir()
    (folder / "custom_components" / "particle").symlink_to(_INTEGRATION)
    # Home Assistant reverts settings of the HTTP server in YAML after five minutes, unless a user
    # confirms them. In this file, they are stable settings from the start. It has the oldest
    # version of its format, which each version of Home Assistant migrates.
    _store(folder, "http", 1, {"server_host": ["127.0.0.1"], "server_port": port})
    # This onboarding step would set up weather, radio and voice integrations that use the internet.
    _store(folder, "onboarding", 4, {"done": ["core_config"]})


def _store(folder: Path, key: str, version: int, data: dict[str, object]) -> None:
    """Write a file of Home Assistant's storage."""
    path = folder / ".storage" / key
    path.parent.mkdir(exist_ok=True)
    content = {"version": version, "minor_version": 1, "key": key, "data": data}
    path.write_text(json.dumps(content))


class HomeAssistant:
    """The process of Home Assistant, which is started again when the user restarts it."""

    def __init__(self, folder: Path, log: Path) -> None:
        """Initialize with a configuration folder, see `prepare`."""
        self._folder = folder
        self._log = log
        self._program: Program | None = None

    async def start(self) -> None:
        """Start the process; see `wait_until_up`."""
        command = (str(Path(sys.executable).parent / "hass"), "--config", str(self._folder))
        self._program = await Program.start(
            # scripts/setup has already installed all requirements.
            "Home Assistant",
            *command,
            "--skip-pip",
            "--log-no-color",
            folder=self._folder,
            log=self._log,
        )

    async def wait_until_up(self, client: HomeAssistantClient) -> None:
        """Wait until the HTTP server responds.

        Raises:
            DemoError: Home Assistant ended, or did not respond in time.
        """
        program = self._running()
        try:
            async with asyncio.timeout(_TIME_TO_START):
                while not await client.is_up():
                    program.ensure_running()
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise DemoError(
                f"Home Assistant did not respond at {client.url} within {_TIME_TO_START:.0f} s:\n"
                f"{program.tail()}"
            ) from None

    async def run(self) -> None:
        """Wait until Home Assistant ends; start it again if the user restarts it.

        Raises:
            DemoError: It ended for another reason.
        """
        while await self._running().wait() == _EXIT_CODE_RESTART:
            await self.start()
        self._running().ensure_running()

    async def stop(self) -> None:
        """Stop the process."""
        if self._program is not None:
            await self._program.stop()

    def tail(self, lines: int = 25) -> str:
        """Return the end of the log."""
        return self._running().tail(lines)

    def _running(self) -> Program:
        """Return the process."""
        if self._program is None:
            raise DemoError("Home Assistant has not been started")
        return self._program


async def onboard(client: HomeAssistantClient) -> dict[str, Any]:
    """Create the demo's user through the onboarding, log in, and return the user's tokens."""
    user = await client.request(
        "POST",
        "/api/onboarding/users",
        {
            "client_id": f"{client.url}/",
            "name": "Demo",
            "username": "demo",
            # Not needed, because the demo does not require a login.
            "password": secrets.token_urlsafe(),
            "language": "en",
        },
    )
    tokens = await client.log_in(user["auth_code"])
    await client.request("POST", "/api/onboarding/analytics")
    await client.request(
        "POST",
        "/api/onboarding/integration",
        {"client_id": f"{client.url}/", "redirect_uri": f"{client.url}/?auth_callback=1"},
    )
    return tokens


async def confirm_http_settings(client: HomeAssistantClient) -> None:
    """Make sure that Home Assistant will not revert its HTTP settings after five minutes."""
    settings = await client.command("http/config")
    if settings["revert_at"] is not None:
        await client.command("http/config/promote")
        settings = await client.command("http/config")
    if settings["active_config_type"] != "stable" or settings["revert_at"] is not None:
        raise DemoError(f"Home Assistant would revert its HTTP settings: {settings}")
