"""The least that an integration can be: entities that exist, and nothing behind them.

Home Assistant loads it like any other custom integration. What it costs is what Home Assistant alone
costs for as many devices and entities.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS, Integration

DOMAIN = "bare"


@dataclass(frozen=True, slots=True)
class Shape:
    """What one device has.

    Attributes:
        enabled: How many enabled entities of each platform.
        disabled: How many that are disabled by default.
    """

    enabled: dict[str, int]
    disabled: dict[str, int]

    @property
    def platforms(self) -> list[Platform]:
        """The platforms that any of them belongs to."""
        return [Platform(name) for name in sorted(self.enabled.keys() | self.disabled.keys())]


@dataclass(slots=True)
class Bare:
    """What the entry keeps: how many devices of which shape, and the entities once they are there."""

    devices: int
    shape: Shape
    entities: dict[str, list[Any]]


type BareConfigEntry = ConfigEntry[Bare]


def install(hass: HomeAssistant) -> None:
    """Let Home Assistant find the integration."""
    integration = Integration(
        hass,
        __name__,
        Path(__file__).parent,
        {
            "domain": DOMAIN,
            "name": "Bare minimum",
            "version": "1.0.0",
            "config_flow": False,
            "dependencies": [],
            "requirements": [],
            "iot_class": "calculated",
        },
        {path.name for path in Path(__file__).parent.iterdir()},
    )
    known = hass.data[DATA_CUSTOM_COMPONENTS]
    assert isinstance(known, dict)
    known[DOMAIN] = integration


async def async_setup_entry(hass: HomeAssistant, entry: BareConfigEntry) -> bool:
    """Add the devices."""
    entry.runtime_data = Bare(
        entry.data["devices"], Shape(entry.data["enabled"], entry.data["disabled"]), {}
    )
    await hass.config_entries.async_forward_entry_setups(entry, entry.runtime_data.shape.platforms)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: BareConfigEntry) -> bool:
    """Remove the devices' entities."""
    return await hass.config_entries.async_unload_platforms(
        entry, entry.runtime_data.shape.platforms
    )
