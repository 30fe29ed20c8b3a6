"""The client stands alone, and its README tells the truth."""

import ast
import asyncio
from collections.abc import Iterator
import inspect
from pathlib import Path
import re
import shutil
import sys
from typing import Any

import aiohttp
import pytest

from tests.simulator import SimulatedCloud

FOLDER = Path(__file__).resolve().parents[2] / "custom_components" / "particle" / "api"
EXAMPLE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def lifted_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The client's folder under another name in another place, as somebody else would use it."""
    shutil.copytree(
        FOLDER, tmp_path / "particle_cloud", ignore=shutil.ignore_patterns("__pycache__")
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "particle_cloud"]:
        del sys.modules[name]


def in_the_simulated_cloud(source: str, cloud: SimulatedCloud) -> str:
    """An example with the simulated cloud's address and credentials in place of invented ones."""
    for old, new in {
        "my-client-1234": cloud.client_id,
        "my-client-secret": cloud.client_secret,
        "my-access-token": cloud.access_token,
        "my-password": cloud.password,
        "asyncio.run(main())": "await main()",
    }.items():
        source = source.replace(old, new)
    address = f", base_url={cloud.base_url!r})"
    pattern = r"(\b(?:ClientCredentials|FixedToken|PasswordLogin)\([^()]*)\)"
    return re.sub(pattern, rf"\1{address}", source)


async def _publish_to_the_first_stream(cloud: SimulatedCloud) -> None:
    """Let the example that iterates over events get one."""
    while not cloud.streams:
        await asyncio.sleep(0.01)
    cloud.world.publish("0a10aced202194944a000001", "greenhouse/door", "ajar")


async def test_the_examples_run(
    cloud: SimulatedCloud,
    lifted_out: None,
    capsys: pytest.CaptureFixture[str],
    session: aiohttp.ClientSession,
) -> None:
    """Each example does what the text around it says."""
    examples = EXAMPLE.findall((FOLDER / "README.md").read_text(encoding="utf-8"))
    cloud.world.users[cloud.username].mfa_enabled = True
    names: dict[str, Any] = {
        "session": session,
        "input": lambda _: cloud.world.users[cloud.username].otp,
    }
    answering = asyncio.create_task(_publish_to_the_first_stream(cloud))
    for example in examples:
        source = in_the_simulated_cloud(example, cloud)
        code = compile(source, "README.md", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        running = eval(code, names)  # noqa: S307
        if inspect.iscoroutine(running):
            await running
    await answering
    async with asyncio.timeout(10):
        while not names["stream"].state.connected:
            await asyncio.sleep(0.01)
    cloud.world.publish("hut", "goodbye", "1")
    async with asyncio.timeout(10):
        while not names["stream"].state.events:
            await asyncio.sleep(0.01)
    names["listening"].cancel()
    shown = capsys.readouterr().out
    for words in (
        f"Logged in as {cloud.username}",
        "greenhouse is online",
        "old photon is offline",
        "21.5",
        "22",
        "van-1 1",
        "goodbye 1",
        "greenhouse/door ajar",
        "panic hard_fault",
        "The device does not respond: function led of device 0a10aced202194944a000004: Timed out.",
        "1 data operation",
        "of 100000",
        "src/app.ino:2:",
        f"200 {cloud.username}",
    ):
        assert words in shown, words
    assert cloud.world.board("0a10aced202194944a000001").name == "hut"


def test_the_table_of_errors_is_whole(lifted_out: None) -> None:
    """Every error has a line that says what to do."""
    from particle_cloud import errors  # type: ignore[import-not-found]

    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    families = {"ParticleError", "AuthenticationError", "DeviceUnreachableError"}
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, errors.ParticleError):
            assert name in families or f"`{name}`" in text, name


def test_nothing_of_home_assistant_is_in_it() -> None:
    """The wall stands: no module of the client imports Home Assistant or the integration."""
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=names):
                    imported = [alias.name for alias in names]
                case ast.ImportFrom(module=str(module), level=0):
                    imported = [module]
                case ast.ImportFrom(level=level):
                    assert level == 1, path.name
                    continue
                case _:
                    continue
            assert not [
                name
                for name in imported
                if name.split(".")[0] in {"homeassistant", "custom_components", "voluptuous"}
            ], path.name
