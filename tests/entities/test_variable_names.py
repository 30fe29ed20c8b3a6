"""What the names of variables say about what they measure: a wrong unit is worse than none."""

from homeassistant.components.sensor import DEVICE_CLASS_UNITS, SensorDeviceClass
import pytest

from custom_components.particle.entities.variable_names import (
    DEFAULT_ICON,
    Measurement,
    measurement_of,
)


@pytest.mark.parametrize(
    ("name", "device_class", "unit"),
    [
        ("tempC", SensorDeviceClass.TEMPERATURE, "°C"),
        ("temp_f", SensorDeviceClass.TEMPERATURE, "°F"),
        ("outside_temperature_celsius", SensorDeviceClass.TEMPERATURE, "°C"),
        ("humidity_percent", SensorDeviceClass.HUMIDITY, "%"),
        ("soilMoisturePct", SensorDeviceClass.MOISTURE, "%"),
        ("battery_pct", SensorDeviceClass.BATTERY, "%"),
        ("batteryMv", SensorDeviceClass.VOLTAGE, "mV"),
        ("battery_v", SensorDeviceClass.VOLTAGE, "V"),
        ("voltage_mV", SensorDeviceClass.VOLTAGE, "mV"),
        ("pressure_hPa", SensorDeviceClass.PRESSURE, "hPa"),
        ("pressurekPa", SensorDeviceClass.PRESSURE, "kPa"),
        ("co2_ppm", SensorDeviceClass.CO2, "ppm"),
        ("rssi", SensorDeviceClass.SIGNAL_STRENGTH, "dBm"),
        ("wifiRSSI", SensorDeviceClass.SIGNAL_STRENGTH, "dBm"),
        ("lux", SensorDeviceClass.ILLUMINANCE, "lx"),
    ],
)
def test_names_that_state_their_unit(
    name: str, device_class: SensorDeviceClass | None, unit: str | None
) -> None:
    """Home Assistant knows the unit for the class, so that people can choose another one."""
    found = measurement_of(name)
    assert (found.device_class, found.unit) == (device_class, unit)
    if found.device_class is not None:
        assert found.unit in DEVICE_CLASS_UNITS[found.device_class]


@pytest.mark.parametrize(
    "name",
    ["temperature", "temp", "humidity", "battery", "voltage", "pressure", "co2", "soil", "light"],
)
def test_names_that_do_not_state_their_unit(name: str) -> None:
    """They get an icon alone: 20 may be degrees of either scale, 0.6 a part or a percentage."""
    found = measurement_of(name)
    assert (found.device_class, found.unit) == (None, None)
    assert found.icon != DEFAULT_ICON


@pytest.mark.parametrize(
    "name", ["counter", "c", "template_c", "attempts", "f", "pct", "", "__", "Ω"]
)
def test_names_that_say_nothing(name: str) -> None:
    """A word inside another one does not count."""
    assert measurement_of(name) == Measurement()
