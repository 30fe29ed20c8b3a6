"""A minimal integration, whose entities do nothing.

Home Assistant loads it like any other custom integration. It shows the cost of Home Assistant alone
for the same number of devices and entities.
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
    """The entities of a device.

    Attributes:
        enabled: Number of enabled entities by platform.
        disabled: Number of entities that are disabled by default, by platform.
    """

    enabled: dict[str, int]
    disabled: dict[str, int]

    @property
    def platforms(self) -> list[Platform]:
        """The platforms of these entities."""
        return [Platform(name) for name in sorted(self.enabled.keys() | self.disabled.keys())]


@dataclass(slots=True)
class Bare:
    """Runtime data of the entry: the number and the shape of its devices, and the added entities."""

    devices: int
    shape: Shape
    entities: dict[str, list[Any]]


type BareConfigEntry = ConfigEntry[Bare]


def install(hass: HomeAssistant) -> None:
    """Make the integration available to Home Assistant."""
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
    """Remove the entities."""
    return await hass.config_entries.async_unload_platforms(
        entry, entry.runtime_data.shape.platforms
    )
