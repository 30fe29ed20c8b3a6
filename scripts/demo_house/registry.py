"""Entity and device IDs, as registered in Home Assistant."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from .client import HomeAssistantClient
from .processes import DemoError

_TIME_TO_REGISTER: Final = 60.0


@dataclass(frozen=True, slots=True)
class Registry:
    """The registered entities and devices.

    Attributes:
        entities: Entity IDs by integration and unique ID.
        devices: Device IDs of Home Assistant by Particle device ID.
    """

    entities: dict[tuple[str, str], str]
    devices: dict[str, str]

    @classmethod
    async def read(cls, client: HomeAssistantClient) -> Self:
        """Read the registries of Home Assistant."""
        entities = await client.command("config/entity_registry/list")
        devices = await client.command("config/device_registry/list")
        return cls(
            {
                (entity["platform"], entity["unique_id"]): entity["entity_id"]
                for entity in entities
                if entity["disabled_by"] is None
            },
            {
                identifier: device["id"]
                for device in devices
                for domain, identifier in device["identifiers"]
                if domain == "particle"
            },
        )

    @classmethod
    async def read_with(
        cls, client: HomeAssistantClient, wanted: Iterable[tuple[str, str]]
    ) -> Self:
        """Read the registries until all wanted entities are registered.

        Args:
            client: Home Assistant.
            wanted: Integrations and unique IDs.

        Raises:
            DemoError: Some of them were not registered in time; the message lists them.
        """
        missing = set(wanted)
        try:
            async with asyncio.timeout(_TIME_TO_REGISTER):
                while True:
                    registry = await cls.read(client)
                    missing -= registry.entities.keys()
                    if not missing:
                        return registry
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise DemoError(f"These did not appear in Home Assistant: {sorted(missing)}") from None

    def entity(self, unique_id: str, platform: str = "particle") -> str:
        """Return an entity ID.

        Raises:
            DemoError: There is no such entity.
        """
        try:
            return self.entities[platform, unique_id]
        except KeyError:
            raise DemoError(f"Home Assistant has no entity {unique_id} of {platform}") from None

    def account_entity(self, key: str) -> str:
        """Return an entity of the account, whose unique ID ends with a known key."""
        for (platform, unique_id), entity_id in self.entities.items():
            if platform == "particle" and unique_id.endswith(f"_{key}"):
                return entity_id
        raise DemoError(f"Home Assistant has no entity {key} of the account")

    def device(self, device_id: str) -> str:
        """Return the device ID of Home Assistant for a Particle device ID.

        Raises:
            DemoError: There is no such device.
        """
        try:
            return self.devices[device_id]
        except KeyError:
            raise DemoError(f"Home Assistant has no device {device_id}") from None
