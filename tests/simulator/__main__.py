"""Run the simulated cloud as a program: `python -m tests.simulator --port 8980`."""

import argparse
import asyncio
import contextlib
import json
import signal

from .api import ENDPOINTS
from .cloud import SimulatedCloud


def main() -> None:
    """Parse the command line and run the cloud."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="public API; 0 takes a free port")
    parser.add_argument("--control-port", type=int, default=0, help="control API; 0: a free port")
    parser.add_argument("--speed", type=float, default=1, help="simulated seconds per second")
    parser.add_argument("--quiet-world", action="store_true", help="boards are inactive")
    parser.add_argument(
        "--offline-wait", type=float, default=30, help="seconds until an offline board times out"
    )
    parser.add_argument(
        "--json", action="store_true", help="print the credentials and devices as JSON"
    )
    parser.add_argument("--routes", action="store_true", help="print the route table and exit")
    arguments = parser.parse_args()
    if arguments.routes:
        print(route_table())
        return
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(arguments))


def route_table() -> str:
    """Return the route table: method, path, chapter, summary."""
    rows = [
        (endpoint.method, endpoint.path, endpoint.chapter, endpoint.summary)
        for endpoint in ENDPOINTS
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    )


async def _run(arguments: argparse.Namespace) -> None:
    """Run until a signal is received."""
    cloud = SimulatedCloud(
        port=arguments.port,
        control_port=arguments.control_port,
        living=not arguments.quiet_world,
        speed=arguments.speed,
        offline_wait=arguments.offline_wait,
    )
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with cloud:
        if arguments.json:
            print(json.dumps(describe(cloud)), flush=True)
        else:
            # The greeting comes last, where it is seen first.
            print(route_table(), _greeting(cloud), sep="\n\n", flush=True)
        await stopped.wait()


def describe(cloud: SimulatedCloud) -> dict[str, object]:
    """Return the addresses, the credentials and the devices for a client."""
    return {
        "base_url": cloud.base_url,
        "control_url": cloud.control_url,
        "client_id": cloud.client_id,
        "client_secret": cloud.client_secret,
        "username": cloud.username,
        "password": cloud.password,
        "access_token": cloud.access_token,
        "product_id": cloud.product_id,
        "product_client_id": cloud.product_client_id,
        "product_client_secret": cloud.product_client_secret,
        "api_user_token": cloud.api_user_token,
        "devices": [
            {
                "id": board.id,
                "name": board.name,
                "variables": board.program.types,
                "functions": list(board.program.functions),
            }
            for board in cloud.world.boards.values()
            if board.owner == cloud.username
        ],
    }


def _greeting(cloud: SimulatedCloud) -> str:
    """Return credentials and examples."""
    url, token = cloud.base_url, cloud.access_token
    return f"""The simulated Particle cloud listens at {url}
Control API: {cloud.control_url}

  client id        {cloud.client_id}
  client secret    {cloud.client_secret}
  email            {cloud.username}
  password         {cloud.password}
  access token     {token}
  product          {cloud.product_id}

Try:
  curl -H 'Authorization: Bearer {token}' {url}/v1/devices
  curl -H 'Authorization: Bearer {token}' {url}/v1/devices/greenhouse/temperature
  curl -H 'Authorization: Bearer {token}' {url}/v1/devices/garage/door -d arg=open
  curl -N -H 'Authorization: Bearer {token}' {url}/v1/devices/events
  curl -X PUT {cloud.control_url}/faults/cut_in_block -H 'Content-Type: application/json' -d '{{"count": 1}}'

Press Ctrl+C to stop."""


if __name__ == "__main__":
    main()
