"""The client on its own: its version, how it introduces itself, and the Pythons that it runs on."""

import ast
import asyncio
import json
from pathlib import Path

import aiohttp
import pytest

from custom_components.particle import api
from custom_components.particle.api import ClientCredentials, ParticleCloud, PasswordLogin
from tests.simulator import SimulatedCloud

CLIENT = Path(api.__file__).parent
USER_AGENT = f"particle-home-assistant/{api.__version__} aiohttp/{aiohttp.__version__}"


def test_the_version_is_that_of_the_integration() -> None:
    """There is one release for both."""
    manifest = json.loads((CLIENT.parent / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["version"] == api.__version__


async def test_every_request_says_who_sends_it(
    cloud: SimulatedCloud, session: aiohttp.ClientSession, particle: ParticleCloud
) -> None:
    """Logins, calls, uploads and streams have the same User-Agent."""
    await particle.users.me()
    await PasswordLogin(session, base_url=cloud.base_url).login(cloud.username, cloud.password)
    await particle.firmware.build_targets()
    await particle.firmware.compile({"a.ino": "void setup() {}"}, platform_id=32)
    opened = asyncio.Event()
    stream = particle.events.stream(lambda event: None, lambda state: opened.set())
    task = asyncio.create_task(stream.run())
    await opened.wait()
    task.cancel()
    paths = {request.path for request in cloud.requests}
    assert paths >= {"/oauth/token", "/v1/user", "/v1/binaries", "/v1/devices/events"}
    assert {request.headers.get("user-agent") for request in cloud.requests} == {USER_AGENT}


async def test_a_client_gives_its_token_back(
    cloud: SimulatedCloud, session: aiohttp.ClientSession
) -> None:
    """A block with `async with` leaves no token behind, and the session open."""
    auth = ClientCredentials(
        session, cloud.client_id, cloud.client_secret, base_url=f"{cloud.base_url}/"
    )
    async with ParticleCloud(session, auth) as particle:
        assert particle.session.base_url == cloud.base_url
        token = await particle.auth.access_token()
        await particle.users.me()
    assert cloud.world.tokens.get(token) is None
    assert not session.closed


@pytest.mark.parametrize("path", sorted(CLIENT.rglob("*.py")), ids=lambda path: path.stem)
def test_the_client_is_written_for_python_3_12(path: Path) -> None:
    """The linter looks for names in annotations that only later Pythons would find."""
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 12))
