"""What happens to a house for a while; afterwards it is as before."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from .house import House


@asynccontextmanager
async def fault(house: House, name: str, **options: Any) -> AsyncIterator[None]:
    """Switch a fault of the simulated cloud on."""
    await house.cloud.control("PUT", f"/faults/{name}", options)
    try:
        yield
    finally:
        await house.cloud.control("DELETE", f"/faults/{name}")


@asynccontextmanager
async def unreachable_cloud(house: House) -> AsyncIterator[None]:
    """Make all requests to the cloud fail."""
    try:
        async with fault(house, "cloud_down"):
            await house.list_devices()
            yield
    finally:
        await house.list_devices()


@asynccontextmanager
async def unlisted_devices(house: House) -> AsyncIterator[None]:
    """Forbid to list the devices of the account; those of its product remain."""
    try:
        async with fault(house, "forbidden", path="/v1/devices", method="GET"):
            await house.list_devices()
            yield
    finally:
        await house.list_devices()


async def system_event(house: House, device: str, name: str, data: str) -> None:
    """Publish an event of Device OS."""
    path = f"/boards/{device}/system_event"
    await house.cloud.control("POST", path, {"name": name, "data": data})


@asynccontextmanager
async def safe_mode(house: House, device: str) -> AsyncIterator[None]:
    """Let the firmware of a device fail to start."""
    path = f"/boards/{device}/safe_mode"
    await house.cloud.control("PUT", path, {"safe_mode": True})
    try:
        yield
    finally:
        await house.cloud.control("PUT", path, {"safe_mode": False})
        await house.cloud.control("POST", f"/boards/{device}/restart", {})


@asynccontextmanager
async def disabled_account(house: House) -> AsyncIterator[None]:
    """Disable the account, as in its menu."""
    command = "config_entries/disable"
    await house.command(command, entry_id=house.entry_id, disabled_by="user")
    try:
        yield
    finally:
        await house.command(command, entry_id=house.entry_id, disabled_by=None)


@asynccontextmanager
async def device_called(house: House, device_id: str, name: str) -> AsyncIterator[None]:
    """Give a device a name in Home Assistant."""
    command = "config/device_registry/update"
    await house.command(command, device_id=device_id, name_by_user=name)
    try:
        yield
    finally:
        await house.command(command, device_id=device_id, name_by_user=None)


@asynccontextmanager
async def entity_called(house: House, entity_id: str, new: str) -> AsyncIterator[None]:
    """Give an entity another ID."""
    command = "config/entity_registry/update"
    await house.command(command, entity_id=entity_id, new_entity_id=new)
    try:
        yield
    finally:
        await house.command(command, entity_id=new, new_entity_id=entity_id)


@asynccontextmanager
async def disabled_entity(house: House, entity_id: str) -> AsyncIterator[None]:
    """Disable an entity; Home Assistant would load one that is enabled again only 30 seconds later."""
    command = "config/entity_registry/update"
    await house.command(command, entity_id=entity_id, disabled_by="user")
    try:
        yield
    finally:
        await house.command(command, entity_id=entity_id, disabled_by=None)
        await house.reload_account()


@asynccontextmanager
async def sleeping(house: House, device: str) -> AsyncIterator[None]:
    """Say in the options that a device sleeps, and disconnect it."""
    await house.set_options(sleeping_devices=[house.cloud.boards[device]])
    try:
        async with house.offline(device):
            yield
    finally:
        await house.set_options(sleeping_devices=[])


@asynccontextmanager
async def new_device(house: House, name: str, **board: Any) -> AsyncIterator[str]:
    """Add a device to the account; yields its ID in Home Assistant."""
    added = await house.cloud.control("POST", "/boards", {"name": name, **board})
    house.cloud.boards[name] = added["id"]
    try:
        await house.list_devices()
        yield await house.device_id(name)
    finally:
        del house.cloud.boards[name]
        await house.cloud.control("DELETE", f"/boards/{added['id']}")
        await house.list_devices()


@asynccontextmanager
async def flashing(house: House, device: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Flash a device; what is yielded ends the transfer, and the device restarts with the same firmware."""

    async def status(text: str) -> None:
        await system_event(house, device, "spark/flash/status", f"{text} firmware.bin")

    await status("started")
    try:
        yield lambda: status("success")
    finally:
        # The watch for the flash ends with it.
        await house.reload_account()
