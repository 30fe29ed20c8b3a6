"""Start the demo: `scripts/demo`, or `scripts/demo --check` to check that it works."""

import argparse
import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
import signal
import sys
import tempfile
import time

import aiohttp

from .account import add_account, set_pace
from .automation import AUTOMATION_ID, create_automation
from .check import Check
from .client import HomeAssistantClient
from .cloud import SimulatedCloud
from .dashboard import create_dashboard
from .home_assistant import HomeAssistant, confirm_http_settings, onboard, prepare
from .processes import DemoError, free_port
from .registry import Registry

_USUAL_PORT = 8123
_BEGIN = time.monotonic()


def main() -> int:
    """Parse the command line, run the demo, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="A simulated Particle Cloud and a real Home Assistant, on 127.0.0.1.",
    )
    parser.add_argument("--check", action="store_true", help="check that it works, and exit")
    parser.add_argument(
        "--port", type=int, default=_USUAL_PORT, help="port of Home Assistant, if free"
    )
    arguments = parser.parse_args()
    try:
        asyncio.run(_until_stopped(arguments.check, arguments.port))
    except DemoError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except asyncio.CancelledError:
        _say("Stopped")
        return 1 if arguments.check else 0
    return 0


def _say(text: str) -> None:
    """Print a message, with the seconds since the start."""
    print(f"[demo {time.monotonic() - _BEGIN:5.1f} s] {text}", flush=True)


async def _until_stopped(check: bool, port: int) -> None:
    """Run until the check is done or a signal is received, and clean up."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with tempfile.TemporaryDirectory(prefix="particle-demo-", ignore_cleanup_errors=True) as name:
        async with AsyncExitStack() as stack:
            await _run(stack, Path(name), check, port)


async def _run(stack: AsyncExitStack, folder: Path, check: bool, wanted_port: int) -> None:
    """Set up the demo, then keep it running or check it."""
    session = await stack.enter_async_context(aiohttp.ClientSession())
    port = free_port(wanted_port)
    client = HomeAssistantClient(session, f"http://127.0.0.1:{port}")
    configuration = folder / "config"
    configuration.mkdir()
    prepare(configuration, port)
    house = HomeAssistant(configuration, folder / "home-assistant.log")

    _say(f"Starting Home Assistant at {client.url} and a simulated Particle Cloud")
    stack.push_async_callback(house.stop)
    await house.start()
    cloud = await SimulatedCloud.start(session, folder)
    stack.push_async_callback(cloud.stop)
    _say(f"The simulated cloud is running, with {', '.join(sorted(cloud.boards))}")
    await house.wait_until_up(client)
    try:
        address = await _furnish(stack, client, cloud)
        if check:
            await _check(client, cloud)
        else:
            await _stay(house, cloud, address)
    except DemoError as error:
        raise DemoError(f"{error}\n\nThe end of Home Assistant's log:\n{house.tail()}") from error


async def _furnish(
    stack: AsyncExitStack, client: HomeAssistantClient, cloud: SimulatedCloud
) -> str:
    """Set up Home Assistant as a user would, and return the address of the dashboard."""
    await onboard(client)
    await stack.enter_async_context(client.connected())
    await confirm_http_settings(client)
    _say("Home Assistant is running, and its first user is created")
    entry_id = await add_account(client, cloud)
    await set_pace(client, cloud, entry_id)
    _say("The Particle account is added, with an OAuth client")
    boards = [("particle", f"{board}_published") for board in cloud.boards.values()]
    registry = await Registry.read_with(client, boards)
    await create_automation(client, cloud, registry)
    registry = await Registry.read_with(client, [*boards, ("automation", AUTOMATION_ID)])
    address = await create_dashboard(client, cloud, registry)
    _say("The automation and the dashboard are created")
    return address


async def _check(client: HomeAssistantClient, cloud: SimulatedCloud) -> None:
    """Check that everything works."""
    await Check(client, cloud, await Registry.read(client), lambda text: _say(f"ok {text}")).run()
    _say("Everything works")


async def _stay(house: HomeAssistant, cloud: SimulatedCloud, address: str) -> None:
    """Print the addresses, and run until Ctrl+C is pressed."""
    print(
        f"\n    Open {address} in a browser on this computer; no login is needed.\n"
        f"    Faults of the simulated cloud: {cloud.control_url}/faults\n"
        f"    Press Ctrl+C to stop.\n",
        flush=True,
    )
    await house.run()


if __name__ == "__main__":
    sys.exit(main())
