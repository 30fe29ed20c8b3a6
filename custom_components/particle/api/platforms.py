"""The hardware platforms of Particle (device constants 4.2.1)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Platform:
    """A hardware platform.

    Attributes:
        id: The ``platform_id`` of devices.
        name: Display name.
        wifi: Whether it supports Wi-Fi.
        cellular: Whether it supports cellular networks; if it supports both, use the ``cellular``
            flag of the device.
        generation: Particle's hardware generation; None for other hardware.
    """

    id: int
    name: str
    wifi: bool = False
    cellular: bool = False
    generation: int | None = None


PLATFORMS: dict[int, Platform] = {
    platform.id: platform
    for platform in (
        Platform(0, "Core", wifi=True, generation=1),
        Platform(3, "GCC virtual device"),
        Platform(6, "Photon", wifi=True, generation=2),
        Platform(8, "P1", wifi=True, generation=2),
        Platform(10, "Electron / E-Series", cellular=True, generation=2),
        Platform(11, "ESP32", wifi=True),
        Platform(12, "Argon", wifi=True, generation=3),
        Platform(13, "Boron", cellular=True, generation=3),
        Platform(14, "Xenon", generation=3),
        Platform(15, "E-SoM-X", cellular=True, generation=3),
        Platform(22, "A-SoM", wifi=True, generation=3),
        Platform(23, "B-SoM", cellular=True, generation=3),
        Platform(24, "X-SoM", generation=3),
        Platform(25, "B5-SoM", cellular=True, generation=3),
        Platform(26, "Asset Tracker / Monitor One", cellular=True, generation=3),
        Platform(28, "Tracker-M", cellular=True, generation=3),
        Platform(31, "Raspberry Pi", wifi=True),
        Platform(32, "Photon 2 / P2", wifi=True, generation=4),
        Platform(35, "M-SoM", wifi=True, cellular=True, generation=4),
        Platform(37, "Electron 2", cellular=True, generation=3),
        Platform(38, "Sulu", wifi=True, cellular=True, generation=4),
        Platform(42, "Tachyon", wifi=True, cellular=True),
        Platform(43, "Linux"),
        Platform(82, "Digistump Oak", wifi=True),
        Platform(88, "RedBear Duo", wifi=True),
        Platform(103, "Bluz"),
    )
}


def platform(platform_id: int | None) -> Platform:
    """Return the platform of a ``platform_id``; unknown ones get a generic name."""
    if platform_id is None:
        return Platform(-1, "Particle device")
    return PLATFORMS.get(platform_id) or Platform(
        platform_id, f"Particle device (platform {platform_id})"
    )
