"""A minimal client of the Particle Cloud, which only sends the requests."""

import aiohttp

from .cloud import Address


async def access_token(session: aiohttp.ClientSession, address: Address) -> str:
    """Log in: POST /oauth/token."""
    async with session.post(
        "/oauth/token",
        data={
            "grant_type": "client_credentials",
            "client_id": address.client_id,
            "client_secret": address.client_secret,
        },
    ) as response:
        token: str = (await response.json())["access_token"]
        return token


async def log_in_list_listen(address: Address) -> int:
    """Log in, list the devices and open the event stream; return the number of devices."""
    async with aiohttp.ClientSession(base_url=address.base_url) as session:
        headers = {"Authorization": f"Bearer {await access_token(session, address)}"}
        async with session.get("/v1/devices", headers=headers) as response:
            boards = len(await response.json())
        async with session.get("/v1/devices/events", headers=headers) as response:
            await response.content.readany()
        return boards
