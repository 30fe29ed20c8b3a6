"""Hardware platforms."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Platform:
    """A hardware platform."""

    id: int
    name: str
    wifi: bool
    cellular: bool


PLATFORMS = {
    platform.id: platform
    for platform in (
        Platform(0, "Core", True, False),
        Platform(6, "Photon", True, False),
        Platform(8, "P1", True, False),
        Platform(10, "Electron", False, True),
        Platform(12, "Argon", True, False),
        Platform(13, "Boron", False, True),
        Platform(14, "Xenon", False, False),
        Platform(15, "E-SoM-X", False, True),
        Platform(23, "B-SoM", False, True),
        Platform(25, "B5-SoM", False, True),
        Platform(26, "Asset Tracker", False, True),
        Platform(28, "Tracker-M", False, True),
        Platform(32, "Photon 2", True, False),
        Platform(35, "M-SoM", True, True),
        Platform(37, "Electron 2", False, True),
        Platform(38, "Sulu", True, True),
        Platform(42, "Tachyon", True, True),
        Platform(43, "Linux", True, False),
    )
}


def is_cellular(platform_id: int) -> bool:
    """Return whether a platform has a cellular modem."""
    platform = PLATFORMS.get(platform_id)
    return platform is not None and platform.cellular


def has_wifi(platform_id: int) -> bool:
    """Return whether a platform has Wi-Fi."""
    platform = PLATFORMS.get(platform_id)
    return platform is None or platform.wifi
