"""Guess device class, unit and icon from the name of a variable.

A unit is set only if the name contains it, because a wrong unit is worse than none: the scale of
``temperature`` is unknown, that of ``tempC`` is not.
"""

from dataclasses import dataclass
import re
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    LIGHT_LUX,
    PERCENTAGE,
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    UnitOfElectricPotential,
    UnitOfPressure,
    UnitOfRatio,
    UnitOfTemperature,
)

DEFAULT_ICON: Final = "mdi:variable"


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a variable measures, as far as its name contains it.

    Attributes:
        device_class: Kind of measurement; only together with a unit.
        unit: Unit of the values.
        icon: Icon for entities without a device class.
    """

    device_class: SensorDeviceClass | None = None
    unit: str | None = None
    icon: str = DEFAULT_ICON


# Words of the quantity, icon, device class, and units by the words for them. The first match counts.
_QUANTITIES: Final[tuple[tuple[frozenset[str], str, SensorDeviceClass, dict[str, str]], ...]] = (
    (
        frozenset({"temp", "temperature"}),
        "mdi:thermometer",
        SensorDeviceClass.TEMPERATURE,
        {
            "c": UnitOfTemperature.CELSIUS,
            "celsius": UnitOfTemperature.CELSIUS,
            "degc": UnitOfTemperature.CELSIUS,
            "f": UnitOfTemperature.FAHRENHEIT,
            "fahrenheit": UnitOfTemperature.FAHRENHEIT,
            "degf": UnitOfTemperature.FAHRENHEIT,
        },
    ),
    (
        frozenset({"humidity", "rh"}),
        "mdi:water-percent",
        SensorDeviceClass.HUMIDITY,
        {"percent": PERCENTAGE, "pct": PERCENTAGE, "rh": PERCENTAGE},
    ),
    (
        frozenset({"moisture", "soil"}),
        "mdi:water-percent",
        SensorDeviceClass.MOISTURE,
        {"percent": PERCENTAGE, "pct": PERCENTAGE},
    ),
    (
        frozenset({"voltage", "batt", "battery", "vbat", "volts", "millivolts"}),
        "mdi:flash",
        SensorDeviceClass.VOLTAGE,
        {
            "v": UnitOfElectricPotential.VOLT,
            "volt": UnitOfElectricPotential.VOLT,
            "volts": UnitOfElectricPotential.VOLT,
            "mv": UnitOfElectricPotential.MILLIVOLT,
            "millivolts": UnitOfElectricPotential.MILLIVOLT,
        },
    ),
    (
        frozenset({"batt", "battery", "soc"}),
        "mdi:battery",
        SensorDeviceClass.BATTERY,
        {"percent": PERCENTAGE, "pct": PERCENTAGE},
    ),
    (
        frozenset({"pressure"}),
        "mdi:gauge",
        SensorDeviceClass.PRESSURE,
        {
            "hpa": UnitOfPressure.HPA,
            "mbar": UnitOfPressure.MBAR,
            "kpa": UnitOfPressure.KPA,
            "pa": UnitOfPressure.PA,
            "psi": UnitOfPressure.PSI,
            "bar": UnitOfPressure.BAR,
        },
    ),
    (
        frozenset({"co2"}),
        "mdi:molecule-co2",
        SensorDeviceClass.CO2,
        {"ppm": UnitOfRatio.PARTS_PER_MILLION},
    ),
    (
        frozenset({"rssi"}),
        "mdi:signal",
        SensorDeviceClass.SIGNAL_STRENGTH,
        # RSSI is always in dBm.
        {
            "rssi": SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
            "dbm": SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        },
    ),
    (
        frozenset({"light", "illuminance", "lux"}),
        "mdi:brightness-5",
        SensorDeviceClass.ILLUMINANCE,
        {"lux": LIGHT_LUX, "lx": LIGHT_LUX},
    ),
)

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+")


def measurement_of(name: str) -> Measurement:
    """Return the measurement that the name of a numeric variable implies.

    The unit is the name's last word: ``temp_c``, ``tempC``, ``battery_percent``, ``pressure_hPa``.
    """
    # Units in mixed case would be split.
    words = _WORD.findall(re.sub(r"hPa|kPa|mV$", lambda match: match[0].title(), name))
    words = [word.lower() for word in words]
    icon = DEFAULT_ICON
    for names, quantity_icon, device_class, units in _QUANTITIES:
        if names.isdisjoint(words):
            continue
        if unit := units.get(words[-1]):
            return Measurement(device_class, unit, quantity_icon)
        if icon == DEFAULT_ICON:
            icon = "mdi:battery" if "battery" in words or "batt" in words else quantity_icon
    return Measurement(icon=icon)
