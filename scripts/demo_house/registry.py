"""How Home Assistant calls what the demo shows: asked, never guessed."""

from dataclasses import dataclass
from typing import Self

from .client import HomeAssistantClient
from .processes import DemoError


@dataclass(frozen=True, slots=True)
class Registry:
    """The registered entities and device pages.

    Attributes:
        entities: Entity ids by integration and unique id.
        pages: Ids of the device pages by Particle's device id.
    """

    entities: dict[tuple[str, str], str]
    pages: dict[str, str]

    @classmethod
    async def read(cls, client: HomeAssistantClient) -> Self:
        """Ask Home Assistant."""
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

    def entity(self, unique_id: str, platform: str = "particle") -> str:
        """Return an entity id.

        Raises:
            DemoError: There is no such entity.
        """
        try:
            return self.entities[platform, unique_id]
        except KeyError:
            raise DemoError(f"Home Assistant has no entity {unique_id} of {platform}") from None

    def page(self, device_id: str) -> str:
        """Return the id of a board's page.

        Raises:
            DemoError: The board has none.
        """
        try:
            return self.pages[device_id]
        except KeyError:
            raise DemoError(f"Home Assistant has no page for the board {device_id}") from None

    def has_boards(self, device_ids: list[str]) -> bool:
        """Say whether all boards have pages and are known to be online or not."""
        return all(
            device_id in self.pages and ("particle", f"{device_id}_online") in self.entities
            for device_id in device_ids
        )
